"""Row 11: T5, encoder and decoder in one graph: relative position buckets computed in
the graph, unscaled attention, RMS norms, tied embeddings."""
import numpy as np

from .graph import Graph, two
from .llama import _rms_norm
from .torch_layers import dim, linear, merge_heads, split_heads

_SIZES = {"full": dict(layers=6, hidden=512, heads=8, ffn=2048, vocabulary=32128,
                       source=64, target=32),
          "small": dict(layers=2, hidden=32, heads=4, ffn=48, vocabulary=80, source=9,
                        target=6)}
_BUCKETS, _FARTHEST = 32, 128


def _buckets(g, query, key, both_ways):
    """T5's log-spaced buckets of key − query position, int64 [query, key]."""
    zero, one = g.const(np.int64(0)), g.const(np.int64(1))
    row = g.op("Unsqueeze", g.op("Range", zero, dim(g, query, 1), one), g.const(np.array([1])))
    column = g.op("Unsqueeze", g.op("Range", zero, dim(g, key, 1), one),
                  g.const(np.array([0])))
    relative = g.op("Sub", column, row)
    count, base = _BUCKETS, None
    if both_ways:
        count //= 2
        positive = g.op("Cast", g.op("Greater", relative, zero), to=7)
        base = g.op("Mul", positive, g.const(np.int64(count)))
        distance = g.op("Abs", relative)
    else:
        distance = g.op("Neg", g.op("Min", relative, zero))
    exact = count // 2
    near = g.op("Less", distance, g.const(np.int64(exact)))
    ratio = g.op("Div", g.op("Cast", distance, to=1), g.const(np.float32(exact)))
    # Distance 0 gives log 0 in the unused branch; Max keeps the Cast below defined.
    ratio = g.op("Log", g.op("Max", ratio, g.const(np.float32(1))))
    scaled = g.op("Mul", ratio, g.const(np.float32((count - exact) / np.log(
        _FARTHEST / exact))))
    far = g.op("Add", g.op("Cast", scaled, to=7), g.const(np.int64(exact)))
    far = g.op("Min", far, g.const(np.int64(count - 1)))
    bucket = g.op("Where", near, distance, far)
    return g.op("Add", base, bucket) if both_ways else bucket


def _bias(g, query, key, c, both_ways, name):
    """Relative attention bias [1, heads, query, key], shared by all layers."""
    with g.scope(name):
        table = g.weight(name + ".relative_attention_bias.weight", (_BUCKETS, c["heads"]), 1)
        values = g.op("Gather", table, _buckets(g, query, key, both_ways))
        values = g.op("Transpose", values, perm=[2, 0, 1])
        return g.op("Unsqueeze", values, g.const(np.array([0])))


def _attention(g, x, memory, bias, c, name):
    hidden, heads = c["hidden"], c["heads"]
    depth = hidden // heads
    with g.scope(name):
        # T5 leaves out 1/√d and trains it into the query weights: hence the gain.
        q = linear(g, x, hidden, hidden, "q", 3, False, 1.3 / np.sqrt(depth))
        k, v = (linear(g, memory, hidden, hidden, part, 3, False) for part in "kv")
        q, k, v = (split_heads(g, each, heads, depth) for each in (q, k, v))
        scores = g.op("MatMul", q, g.op("Transpose", k, perm=[0, 1, 3, 2]))
        if bias:
            scores = g.op("Add", scores, bias)
        mixed = g.op("MatMul", g.op("Softmax", scores, axis=-1), v)
        return linear(g, merge_heads(g, mixed, hidden), hidden, hidden, "o", 3, False, 0.7)


def _stack(g, x, c, bias, name, memory=None, memory_bias=None):
    hidden = c["hidden"]
    for index in range(c["layers"]):
        with g.scope(f"{name}.block.{index}"):
            y = _rms_norm(g, x, hidden, "layer.0.layer_norm")
            x = g.op("Add", x, _attention(g, y, y, bias, c, "layer.0.SelfAttention"))
            if memory:
                y = _rms_norm(g, x, hidden, "layer.1.layer_norm")
                x = g.op("Add", x, _attention(g, y, memory, memory_bias, c,
                                              "layer.1.EncDecAttention"))
            y = _rms_norm(g, x, hidden, "layer.2.layer_norm")
            y = g.op("Relu", linear(g, y, c["ffn"], hidden, "wi", 3, False, np.sqrt(2)))
            x = g.op("Add", x, linear(g, y, hidden, c["ffn"], "wo", 3, False, 0.7))
    return _rms_norm(g, x, hidden, f"{name}.final_layer_norm")


def t5(size):
    """64 source tokens, 32 target tokens (teacher forcing)."""
    c = _SIZES[size]
    g = Graph("t5", opset=18)
    source = g.input("input_ids", ["batch", "source"], np.int64)
    mask = g.input("attention_mask", ["batch", "source"], np.int64)
    target = g.input("decoder_input_ids", ["batch", "target"], np.int64)
    shared = g.weight("shared.weight", (c["vocabulary"], c["hidden"]), fan_in=1)
    wide = g.op("Cast", g.op("Unsqueeze", mask, g.const(np.array([1, 2]))), to=1)
    padding = g.op("Mul", g.op("Sub", g.const(np.float32(1)), wide),
                   g.const(np.float32(np.finfo(np.float32).min)))
    bias = g.op("Add", _bias(g, source, source, c, True, "encoder"), padding)
    memory = _stack(g, g.op("Gather", shared, source), c, bias, "encoder")
    bias = _bias(g, target, target, c, False, "decoder")
    minus = g.op("ConstantOfShape", g.op("Shape", bias),
                 value=np.array([np.finfo(np.float32).min], np.float32))
    bias = g.op("Add", bias, g.op("Trilu", minus, g.const(np.int64(1)), upper=1))
    value = _stack(g, g.op("Gather", shared, target), c, bias, "decoder", memory, padding)
    value = g.op("Mul", value, g.const(np.float32(c["hidden"] ** -0.5)))
    g.output(g.op("MatMul", value, g.op("Transpose", shared, perm=[1, 0])), "logits",
             ["batch", "target", c["vocabulary"]])

    def make(rng):
        mask = np.ones((1, c["source"]), np.int64)
        mask[0, c["source"] - 2:] = 0
        return {"input_ids": rng.integers(0, c["vocabulary"], (1, c["source"])),
                "attention_mask": mask,
                "decoder_input_ids": rng.integers(0, c["vocabulary"], (1, c["target"]))}
    return g.model(), two(make)
