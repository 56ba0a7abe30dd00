"""Row 12: recurrent networks on ONNX's own operators, batch first as PyTorch writes
them: a Transpose in front, a Squeeze of the direction behind, states from Shape."""
import numpy as np

from .graph import Graph, normal, two
from .torch_layers import dim, linear, shape_vector

_GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}


def cell_weights(g, kind, size, hidden, directions, name):
    """W [d, gates·h, in], R [d, gates·h, h], B [d, 2·gates·h]."""
    rows = _GATES[kind] * hidden
    return (g.weight(f"onnx::{kind}_{name}_W", (directions, rows, size), fan_in=size),
            g.weight(f"onnx::{kind}_{name}_R", (directions, rows, hidden), fan_in=hidden),
            g.bias(f"onnx::{kind}_{name}_B", (directions, 2 * rows)))


def layer(g, x, kind, size, hidden, name, bidirectional=False, batch=None, lengths=None,
          **attributes):
    """One recurrent layer on [time, batch, size] → ([time, batch, d·hidden], last h)."""
    directions = 2 if bidirectional else 1
    if bidirectional:
        attributes["direction"] = "bidirectional"
    shape = shape_vector(g, [directions, batch or dim(g, x, 1), hidden])
    zero = g.op("ConstantOfShape", shape, value=np.array([0], np.float32))
    states = [zero, zero] if kind == "LSTM" else [zero]
    y = g.op(kind, x, *cell_weights(g, kind, size, hidden, directions, name), lengths,
             *states, outputs=len(states) + 1, hidden_size=hidden, **attributes)
    value = y[0]
    if bidirectional:
        value = g.op("Transpose", value, perm=[0, 2, 1, 3])
        value = g.op("Reshape", value, g.const(np.array([0, 0, -1])))
    else:
        value = g.op("Squeeze", value, g.const(np.array([1])))
    return value, y[1]


def _network(name, kind, size, hidden, steps, bidirectional=False, dynamic=False,
             **attributes):
    """Two layers and a projection of every step to 10 classes."""
    g = Graph(name)
    batch = 2 if dynamic else 1
    x = g.input("x", ["batch", "time", size] if dynamic else [1, steps, size])
    value = g.op("Transpose", x, perm=[1, 0, 2])
    width, lasts = size, []
    for index in range(2):
        with g.scope(kind.lower()):
            value, last = layer(g, value, kind, width, hidden, f"l{index}", bidirectional,
                                **attributes)
        width = hidden * (2 if bidirectional else 1)
        lasts.append(last)
    value = g.op("Transpose", value, perm=[1, 0, 2])
    y = linear(g, value, 10, width, "fc", 3, gain=3.0)
    g.output(y, "y", ["batch", "time", 10] if dynamic else [1, steps, 10])
    g.output(g.op("Concat", *lasts, axis=0), "h",
             [4 if bidirectional else 2, "batch" if dynamic else 1, hidden])
    times = iter([(1, steps), (batch, steps - 3)] if dynamic else [(1, steps)] * 2)
    return g.model(), two(lambda rng: {"x": normal(rng, *next(times), size)})


def _sizes(size):
    return (512, 512, 100) if size == "full" else (12, 10, 9)


def lstm(size):
    return _network("lstm", "LSTM", *_sizes(size))


def gru(size):
    """PyTorch's GRU: the reset gate behind the recurrent product; dynamic."""
    return _network("gru", "GRU", *_sizes(size), dynamic=True, linear_before_reset=1)


def rnn(size):
    return _network("rnn", "RNN", *_sizes(size), dynamic=True)


def bilstm(size):
    return _network("bilstm", "LSTM", *_sizes(size), bidirectional=True)


def lstm_lengths(size):
    """Packed sequences: sequence_lens is an input, peepholes and a clip are set."""
    width, hidden, steps = _sizes(size)
    g = Graph("lstm_lengths")
    x = g.input("x", [steps, 3, width])
    lengths = g.input("lengths", [3], np.int32)
    weights = cell_weights(g, "LSTM", width, hidden, 1, "l0")
    peephole = g.bias("peephole", (1, 3 * hidden), 0.3)
    y, h, c = g.op("LSTM", x, *weights, lengths, None, None, peephole, outputs=3,
                   hidden_size=hidden, clip=3.0, direction="reverse")
    g.output(g.op("Squeeze", y, g.const(np.array([1]))), "y", [steps, 3, hidden])
    g.output(h, "h", [1, 3, hidden])
    g.output(c, "c", [1, 3, hidden])
    return g.model(), two(lambda rng: {
        "x": normal(rng, steps, 3, width),
        "lengths": np.array([steps, *rng.integers(1, steps, 2)], np.int32)})
