"""Row 12 in the other spellings: an LSTM cell inside Scan, a GRU cell inside Loop (as
scripted modules export), and a plain RNN unrolled step by step."""
import numpy as np

from .graph import Graph, normal, two
from .torch_layers import linear


def lstm_cell(g, x, h, c, size, hidden, name):
    """torch.nn.LSTMCell decomposed: two Gemms, a Split, sigmoids and tanhs."""
    total = g.op("Add", linear(g, x, 4 * hidden, size, name + ".ih"),
                 linear(g, h, 4 * hidden, hidden, name + ".hh"))
    parts = g.op("Split", total, g.const(np.array([hidden] * 4)), outputs=4, axis=1)
    i, f, o = (g.op("Sigmoid", parts[k]) for k in (0, 1, 3))
    c = g.op("Add", g.op("Mul", f, c), g.op("Mul", i, g.op("Tanh", parts[2])))
    return g.op("Mul", o, g.op("Tanh", c)), c


def gru_cell(g, x, h, size, hidden, name):
    """torch.nn.GRUCell decomposed."""
    a = g.op("Split", linear(g, x, 3 * hidden, size, name + ".ih"),
             g.const(np.array([hidden] * 3)), outputs=3, axis=1)
    b = g.op("Split", linear(g, h, 3 * hidden, hidden, name + ".hh"),
             g.const(np.array([hidden] * 3)), outputs=3, axis=1)
    r, z = (g.op("Sigmoid", g.op("Add", a[k], b[k])) for k in (0, 1))
    n = g.op("Tanh", g.op("Add", a[2], g.op("Mul", r, b[2])))
    return g.op("Add", n, g.op("Mul", z, g.op("Sub", h, n)))


def _sizes(size):
    return (512, 512, 100) if size == "full" else (8, 6, 7)


def lstm_scan(size):
    """Scan over time with two state variables and one scan output; dynamic time."""
    width, hidden, _ = _sizes(size)
    g = Graph("lstm_scan", opset=18)
    x = g.input("xs", ["time", "batch", width])
    h, c = (g.input(name, ["batch", hidden]) for name in ("h0", "c0"))
    body = g.body("scan_body")
    bh, bc = (body.input(name, ["batch", hidden]) for name in ("h_in", "c_in"))
    bx = body.input("x_t", ["batch", width])
    nh, nc = lstm_cell(body, bx, bh, bc, width, hidden, "cell")
    body.output(nh, shape=["batch", hidden])
    body.output(nc, shape=["batch", hidden])
    body.output(body.op("Identity", nh), shape=["batch", hidden])
    h, c, ys = g.op("Scan", h, c, x, outputs=3, body=body.graph(), num_scan_inputs=1)
    g.output(ys, "ys", ["time", "batch", hidden])
    g.output(h, "h", ["batch", hidden])
    g.output(c, "c", ["batch", hidden])
    shapes = iter([(_sizes(size)[2], 1), (5, 2)])

    def make(rng):
        time, batch = next(shapes)
        return {"xs": normal(rng, time, batch, width), "h0": normal(rng, batch, hidden),
                "c0": normal(rng, batch, hidden)}
    return g.model(), two(make)


def gru_loop(size):
    """Loop over time, the step's input by Gather, the outputs as scan outputs."""
    width, hidden, _ = _sizes(size)
    g = Graph("gru_loop", opset=18)
    x = g.input("xs", ["time", 1, width])
    steps = g.op("Gather", g.op("Shape", x), g.const(np.int64(0)))
    start = g.op("ConstantOfShape", g.const(np.array([1, hidden])),
                 value=np.array([0], np.float32))
    body = g.body("loop_body")
    at = body.input("i", [], np.int64)
    going = body.input("cond_in", [], np.bool_)
    bh = body.input("h_in", [1, hidden])
    now = body.op("Gather", x, at, axis=0)
    nh = gru_cell(body, now, bh, width, hidden, "cell")
    body.output(body.op("Identity", going), shape=[], dtype=np.bool_)
    body.output(nh, shape=[1, hidden])
    body.output(body.op("Identity", nh), shape=[1, hidden])
    h, ys = g.op("Loop", steps, g.const(np.bool_(True)), start, outputs=2,
                 body=body.graph())
    g.output(ys, "ys", ["time", 1, hidden])
    g.output(linear(g, h, 10, hidden, "fc"), "y", [1, 10])
    times = iter([_sizes(size)[2], 4])
    return g.model(), two(lambda rng: {"xs": normal(rng, next(times), 1, width)})


def rnn_unrolled(size):
    """A Python loop that the tracer unrolled: Gather of each step, shared weights."""
    width, hidden, steps = _sizes(size)
    g = Graph("rnn_unrolled")
    x = g.input("x", [1, steps, width])
    wx, wh = g.weight("cell.ih", (hidden, width)), g.weight("cell.hh", (hidden, hidden))
    bias = g.bias("cell.bias", hidden)
    h, seen = g.const(np.zeros((1, hidden), np.float32)), []
    for step in range(steps):
        now = g.op("Gather", x, g.const(np.int64(step)), axis=1)
        total = g.op("Gemm", now, wx, bias, transB=1)
        h = g.op("Tanh", g.op("Add", total, g.op("Gemm", h, wh, transB=1)))
        seen.append(g.op("Unsqueeze", h, g.const(np.array([1]))))
    g.output(g.op("Concat", *seen, axis=1), "y", [1, steps, hidden])
    return g.model(), two(lambda rng: {"x": normal(rng, 1, steps, width)})
