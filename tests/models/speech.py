"""Row 13: a DNN acoustic model, and a speech encoder-decoder with attention that
decodes greedily in a Loop until it meets the end token or its limit."""
import numpy as np

from .graph import Graph, normal, two
from .recurrent import layer
from .recurrent_loops import lstm_cell
from .torch_layers import linear


def acoustic(size):
    """440 → 6×2048 → 3000 over a dynamic number of frames, log posteriors."""
    full = size == "full"
    width, hidden, depth, senones, frames = (440, 2048, 6, 3000, 16) if full else (
        20, 24, 3, 30, 5)
    g = Graph("acoustic")
    value = g.input("frames", ["frames", width])
    fan_in = width
    for index in range(depth):
        # Sigmoid units answer in [0, 1]: a gain of 4 keeps them apart.
        value = g.op("Sigmoid", linear(g, value, hidden, fan_in, f"hidden.{index}",
                                       gain=1.5 if index == 0 else 4.0))
        fan_in = hidden
    logits = linear(g, value, senones, hidden, "senones", gain=4.0)
    g.output(g.op("LogSoftmax", logits, axis=-1), "log_posteriors", ["frames", senones])
    counts = iter([frames, frames - 2])
    return g.model(), two(lambda rng: {"frames": normal(rng, next(counts), width)})


def _encoder(g, x, width, hidden):
    """BiLSTM of two layers on [1, time, width] → memory [time, 2·hidden]."""
    value = g.op("Transpose", x, perm=[1, 0, 2])
    for index in range(2):
        with g.scope("encoder"):
            value, _ = layer(g, value, "LSTM", width if index == 0 else 2 * hidden, hidden,
                             f"enc{index}", True, batch=1)
    return g.op("Squeeze", value, g.const(np.array([1])))


def _attend(g, memory, keys, query, memory_width):
    """Dot attention: context [1, memory] of a query [1, memory]."""
    scores = g.op("MatMul", query, g.op("Transpose", keys, perm=[1, 0]))
    scores = g.op("Mul", scores, g.const(np.float32(memory_width ** -0.5)))
    return g.op("MatMul", g.op("Softmax", scores, axis=-1), memory)


def speech_attention(size):
    """200×80 frames, BiLSTM 2×256, decoder LSTM 512, 1,000 tokens, up to 50 steps."""
    full = size == "full"
    width, half, hidden, tokens, embed, frames, limit = (
        (80, 256, 512, 1000, 256, 200, 50) if full else (6, 8, 12, 15, 8, 14, 8))
    g = Graph("speech_attention", opset=18)
    memory = _encoder(g, g.input("features", [1, "frames", width]), width, half)
    keys = linear(g, memory, 2 * half, 2 * half, "attention.keys", gain=2.0)
    zero = g.op("ConstantOfShape", g.const(np.array([1, hidden])),
                value=np.array([0], np.float32))
    body = g.body("decode")
    body.input("step", [], np.int64)
    body.input("going", [], np.bool_)
    token = body.input("token", [1], np.int64)
    h, c = (body.input(name, [1, hidden]) for name in ("h", "c"))
    table = body.weight("decoder.embedding", (tokens, embed), fan_in=1)
    query = linear(body, h, 2 * half, hidden, "attention.query", gain=4.0)
    context = _attend(body, memory, keys, query, 2 * half)
    x = body.op("Concat", body.op("Gather", table, token), context, axis=1)
    h, c = lstm_cell(body, x, h, c, embed + 2 * half, hidden, "decoder.cell")
    logits = linear(body, body.op("Concat", h, context, axis=1), tokens, hidden + 2 * half,
                    "decoder.out", gain=6.0)
    chosen = body.op("ArgMax", logits, axis=-1, keepdims=0)
    end = body.op("Equal", chosen, body.const(np.array([tokens - 1])))
    body.output(body.op("Not", body.op("Squeeze", end, body.const(np.array([0])))), shape=[],
                dtype=np.bool_)
    body.output(chosen, shape=[1], dtype=np.int64)
    body.output(h, shape=[1, hidden])
    body.output(c, shape=[1, hidden])
    body.output(body.op("Squeeze", logits, body.const(np.array([0]))), shape=[tokens])
    body.output(body.op("Squeeze", chosen, body.const(np.array([0]))), shape=[],
                dtype=np.int64)
    results = g.op("Loop", g.const(np.int64(limit)), g.const(np.bool_(True)),
                   g.const(np.array([0])), zero, zero, outputs=5, body=body.graph())
    g.output(results[3], "logits", ["steps", tokens])
    g.output(results[4], "tokens", ["steps"], np.int64)
    lengths = iter([frames, frames - 5])
    return g.model(), two(lambda rng: {"features": normal(rng, 1, next(lengths), width)})
