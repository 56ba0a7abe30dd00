"""Row 10: GPT-2 with past keys and values as inputs and outputs; one graph serves a
prompt (prefill, past of length 0) and one token (decode)."""
import numpy as np

from .graph import Graph, normal, two
from .torch_layers import dim, gelu_tanh, layer_norm, merge_heads, split_heads, view

_SIZES = {"full": dict(layers=12, hidden=768, heads=12, vocabulary=50257,
                       positions=1024, length=128),
          "small": dict(layers=2, hidden=32, heads=4, vocabulary=97, positions=40,
                        length=9)}


def _conv1d(g, x, inp, out, name, gain=1.0):
    """Transformers' Conv1D: a Gemm on the flattened rows, between two views."""
    with g.scope(name):
        path = ".".join(g.scopes)
        batch, length = dim(g, x, 0), dim(g, x, 1)
        rows = view(g, x, [-1, inp])
        y = g.op("Gemm", rows, g.weight(path + ".weight", (inp, out), inp, gain),
                 g.bias(path + ".bias", out), alpha=1.0, beta=1.0)
        return view(g, y, [batch, length, out])


def _causal(g, query, key, c):
    """Rows past..past+length of the lower triangle kept in the file, as a bool slice."""
    table = g.init(g.unique("bias"), np.tril(
        np.ones((1, 1, c["positions"], c["positions"]), np.bool_)))
    unsqueezed = g.const(np.array([0]))
    end, length = dim(g, key, 2), dim(g, query, 2)
    start = g.op("Unsqueeze", g.op("Sub", end, length), unsqueezed)
    end = g.op("Unsqueeze", end, unsqueezed)
    one = g.const(np.array([1]))
    rows = g.op("Slice", table, start, end, g.const(np.array([2])), one)
    return g.op("Slice", rows, g.const(np.array([0])), end, g.const(np.array([3])), one)


def _attention(g, x, past, mask, c):
    hidden, heads = c["hidden"], c["heads"]
    depth = hidden // heads
    joined = _conv1d(g, x, hidden, 3 * hidden, "c_attn", 1.3)
    parts = g.op("Split", joined, g.const(np.array([hidden] * 3)), outputs=3, axis=2)
    query, key, value = (split_heads(g, part, heads, depth) for part in parts)
    key = g.op("Concat", past[0], key, axis=2)
    value = g.op("Concat", past[1], value, axis=2)
    scores = g.op("MatMul", query, g.op("Transpose", key, perm=[0, 1, 3, 2]))
    scores = g.op("Div", scores, g.const(np.float32(np.sqrt(depth))))
    scores = g.op("Where", _causal(g, query, key, c), scores,
                  g.const(np.float32(np.finfo(np.float32).min)))
    scores = g.op("Add", scores, mask)
    mixed = merge_heads(g, g.op("MatMul", g.op("Softmax", scores, axis=-1), value), hidden)
    return _conv1d(g, mixed, hidden, hidden, "c_proj", 0.5), (key, value)


def _mask(g, mask):
    """attention_mask [batch, past + length] → additive [batch, 1, 1, total]."""
    wide = g.op("Unsqueeze", view(g, mask, [dim(g, mask, 0), -1]), g.const(np.array([1])))
    wide = g.op("Cast", g.op("Unsqueeze", wide, g.const(np.array([2]))), to=1)
    return g.op("Mul", g.op("Sub", g.const(np.float32(1)), wide),
                g.const(np.float32(np.finfo(np.float32).min)))


def graph(c):
    hidden, heads = c["hidden"], c["heads"]
    g = Graph("gpt2", opset=17)
    ids = g.input("input_ids", ["batch", "sequence"], np.int64)
    mask = g.input("attention_mask", ["batch", "past + sequence"], np.int64)
    places = g.input("position_ids", ["batch", "sequence"], np.int64)
    kept = ["batch", heads, "past", hidden // heads]
    pasts = [[g.input(f"past_key_values.{i}.{part}", kept) for part in ("key", "value")]
             for i in range(c["layers"])]
    words = g.weight("transformer.wte.weight", (c["vocabulary"], hidden), fan_in=hidden)
    table = g.weight("transformer.wpe.weight", (c["positions"], hidden), fan_in=4 * hidden)
    value = g.op("Add", g.op("Gather", words, ids), g.op("Gather", table, places))
    mask = _mask(g, mask)
    presents = []
    for index in range(c["layers"]):
        with g.scope(f"transformer.h.{index}"):
            y = layer_norm(g, value, hidden, "ln_1")
            with g.scope("attn"):
                y, present = _attention(g, y, pasts[index], mask, c)
            presents.append(present)
            value = g.op("Add", y, value)
            y = layer_norm(g, value, hidden, "ln_2")
            y = gelu_tanh(g, _conv1d(g, y, hidden, 4 * hidden, "mlp.c_fc"))
            value = g.op("Add", value, _conv1d(g, y, 4 * hidden, hidden, "mlp.c_proj", 0.5))
    value = layer_norm(g, value, hidden, "transformer.ln_f")
    # The head is the embedding itself: exporters write it transposed as its own tensor
    # or as a Transpose of the shared one; the latter keeps the file at one copy.
    head = g.op("Transpose", words, perm=[1, 0])
    g.output(g.op("MatMul", value, head), "logits", ["batch", "sequence", c["vocabulary"]])
    grown = ["batch", heads, "past + sequence", hidden // heads]
    for index, pair in enumerate(presents):
        for part, each in zip(("key", "value"), pair):
            g.output(each, f"present.{index}.{part}", grown)
    return g.model()


def samples(c, batch, length, past, kv_heads=None):
    """Inputs for `length` tokens behind `past` cached ones."""
    kv_heads, depth = kv_heads or c["heads"], c["hidden"] // c["heads"]

    def make(rng):
        feed = {"input_ids": rng.integers(0, c["vocabulary"], (batch, length)),
                "attention_mask": np.ones((batch, past + length), np.int64),
                "position_ids": np.tile(np.arange(past, past + length), (batch, 1))}
        for index in range(c["layers"]):
            for part in ("key", "value"):
                feed[f"past_key_values.{index}.{part}"] = normal(
                    rng, batch, kv_heads, past, depth)
        return feed
    return two(make)


def gpt2_decode(size):
    """One token past 128 cached ones."""
    c = _SIZES[size]
    return graph(c), samples(c, 1, 1, c["length"])


def gpt2_prefill(size):
    """A prompt of 128 tokens; the past has length 0."""
    c = _SIZES[size]
    return graph(c), samples(c, 1, c["length"], 0)
