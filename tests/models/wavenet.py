"""Row 14: a WaveNet stack: gated dilated causal convolutions, residual and skip sums."""
import numpy as np

from .graph import Graph, normal, two


def _conv1d(g, x, out, inp, kernel, name, dilation=1, gain=1.0):
    with g.scope(name):
        path = ".".join(g.scopes)
        return g.op("Conv", x, g.weight(path + ".weight", (out, inp, kernel), gain=gain),
                    g.bias(path + ".bias", out), kernel_shape=[kernel], strides=[1],
                    pads=[0, 0], dilations=[dilation], group=1)


def wavenet(size):
    """2,000 samples, 20 layers of dilation 2^(l mod 10), 64 residual, 128 skip, 256 out."""
    full = size == "full"
    samples, layers, cycle, residual, skip, out = ((2000, 20, 10, 64, 128, 256) if full else
                                                   (60, 6, 3, 8, 12, 16))
    g = Graph("wavenet")
    value = _conv1d(g, g.input("audio", [1, 1, samples]), residual, 1, 1, "input")
    total = None
    for index in range(layers):
        dilation = 2 ** (index % cycle)
        with g.scope(f"layers.{index}"):
            padded = g.op("Pad", value, g.const(np.array([0, 0, dilation, 0, 0, 0])),
                          g.const(np.float32(0)), mode="constant")
            gates = _conv1d(g, padded, 2 * residual, residual, 2, "dilated", dilation, 1.5)
            a, b = g.op("Split", gates, g.const(np.array([residual] * 2)), outputs=2, axis=1)
            gated = g.op("Mul", g.op("Tanh", a), g.op("Sigmoid", b))
            value = g.op("Add", _conv1d(g, gated, residual, residual, 1, "residual"), value)
            part = _conv1d(g, gated, skip, residual, 1, "skip")
            total = g.op("Add", total, part) if total else part
    value = _conv1d(g, g.op("Relu", total), skip, skip, 1, "head.0", gain=1.4)
    value = _conv1d(g, g.op("Relu", value), out, skip, 1, "head.2", gain=1.4)
    g.output(value, "logits", [1, out, samples])
    return g.model(), two(lambda rng: {"audio": normal(rng, 1, 1, samples)})
