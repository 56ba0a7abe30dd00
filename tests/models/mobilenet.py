"""Row 6: MobileNetV2 (ReLU6 as Clip) and MobileNetV3 (hard-swish, squeeze-excite)."""
import numpy as np

from .graph import Graph, normal, two
from .torch_layers import conv, linear


def _relu6(g, x):
    """Opset 11 and later give Clip its bounds as inputs."""
    return g.op("Clip", x, g.const(np.float32(0)), g.const(np.float32(6)))


def _hard_swish(g, x):
    return g.op("HardSwish", x)


def _hard_swish_chain(g, x):
    """Hardswish before opset 14: x · clip(x + 3, 0, 6) / 6."""
    shifted = _relu6(g, g.op("Add", x, g.const(np.float32(3))))
    return g.op("Div", g.op("Mul", x, shifted), g.const(np.float32(6)))


def _relu(g, x):
    return g.op("Relu", x)


def _squeeze_excite(g, x, channels, squeezed):
    pooled = g.op("GlobalAveragePool", x)
    gate = _relu(g, conv(g, pooled, squeezed, channels, 1, "fc1"))
    gate = conv(g, gate, channels, squeezed, 1, "fc2", gain=1.0)
    return g.op("Mul", g.op("HardSigmoid", gate, alpha=1 / 6, beta=0.5), x)


def _inverted_residual(g, x, inp, out, expanded, kernel, stride, activate, squeeze=0):
    """Expand, depthwise, (squeeze-excite,) project; the sum where shapes agree."""
    y = x
    if expanded != inp:
        y = activate(g, conv(g, y, expanded, inp, 1, "conv.0"))
    y = activate(g, conv(g, y, expanded, expanded, kernel, "conv.1", stride,
                         groups=expanded, gain=1.6))
    if squeeze:
        y = _squeeze_excite(g, y, expanded, squeeze)
    y = conv(g, y, out, expanded, 1, "conv.2", gain=1.6)
    return g.op("Add", x, y) if stride == 1 and inp == out else y


def mobilenet_v2(size):
    full = size == "full"
    # expansion, channels, repeats, stride
    plan = ([(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
             (6, 160, 3, 2), (6, 320, 1, 1)] if full else
            [(1, 8, 1, 1), (3, 12, 2, 2), (3, 16, 2, 2)])
    edge, first, last, classes = (224, 32, 1280, 1000) if full else (48, 8, 40, 10)
    g = Graph("mobilenet_v2")
    value = _relu6(g, conv(g, g.input("image", ["batch", 3, edge, edge]), first, 3, 3,
                           "features.0", 2))
    channels, index = first, 1
    for expansion, width, repeats, stride in plan:
        for repeat in range(repeats):
            with g.scope(f"features.{index}"):
                value = _inverted_residual(g, value, channels, width, channels * expansion,
                                           3, stride if repeat == 0 else 1, _relu6)
            channels, index = width, index + 1
    value = _relu6(g, conv(g, value, last, channels, 1, f"features.{index}"))
    value = g.op("Flatten", g.op("GlobalAveragePool", value), axis=1)
    g.output(linear(g, value, classes, last, "classifier.1", gain=2.0), "logits",
             ["batch", classes])
    return g.model(), two(lambda rng: {"image": normal(rng, 1, 3, edge, edge)})


# kernel, expanded, out, squeeze-excite, hard-swish, stride (torchvision's large)
_V3_LARGE = [(3, 16, 16, 0, 0, 1), (3, 64, 24, 0, 0, 2), (3, 72, 24, 0, 0, 1),
             (5, 72, 40, 1, 0, 2), (5, 120, 40, 1, 0, 1), (5, 120, 40, 1, 0, 1),
             (3, 240, 80, 0, 1, 2), (3, 200, 80, 0, 1, 1), (3, 184, 80, 0, 1, 1),
             (3, 184, 80, 0, 1, 1), (3, 480, 112, 1, 1, 1), (3, 672, 112, 1, 1, 1),
             (5, 672, 160, 1, 1, 2), (5, 960, 160, 1, 1, 1), (5, 960, 160, 1, 1, 1)]
_V3_SMALL = [(3, 8, 8, 1, 0, 2), (3, 24, 12, 0, 0, 2), (5, 32, 16, 1, 1, 2),
             (5, 48, 16, 1, 1, 1)]


def mobilenet_v3(size):
    """The last activations are spelled as the chain that opset 13 exports hold."""
    full = size == "full"
    plan = _V3_LARGE if full else _V3_SMALL
    edge, first, last, hidden, classes = ((224, 16, 960, 1280, 1000) if full else
                                          (64, 8, 48, 32, 10))
    g = Graph("mobilenet_v3")
    value = _hard_swish(g, conv(g, g.input("image", [1, 3, edge, edge]), first, 3, 3,
                                "features.0", 2))
    channels = first
    for index, (kernel, expanded, out, excite, swish, stride) in enumerate(plan):
        with g.scope(f"features.{index + 1}"):
            value = _inverted_residual(
                g, value, channels, out, expanded, kernel, stride,
                _hard_swish if swish else _relu, max(8, expanded // 4) if excite else 0)
        channels = out
    value = _hard_swish_chain(g, conv(g, value, last, channels, 1, "features.last"))
    value = g.op("Flatten", g.op("GlobalAveragePool", value), axis=1)
    value = _hard_swish_chain(g, linear(g, value, hidden, last, "classifier.0", gain=2.0))
    g.output(linear(g, value, classes, hidden, "classifier.3", gain=2.0), "logits",
             [1, classes])
    return g.model(), two(lambda rng: {"image": normal(rng, 1, 3, edge, edge)})
