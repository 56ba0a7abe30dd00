"""Row 8: torch.nn.Transformer, encoder and decoder, post-norm, with the causal mask
built in the graph (Trilu) and padding given as an input."""
import numpy as np

from .graph import Graph, normal, two
from .torch_layers import attend, dim, layer_norm, linear, shape_vector, view


def _attention(g, query, memory, c, mask, name):
    """nn.MultiheadAttention on [length, batch, d]: heads live in the batch dim."""
    d, heads = c["d"], c["heads"]
    with g.scope(name):
        length, batch, source = dim(g, query, 0), dim(g, query, 1), dim(g, memory, 0)
        rows = g.op("Mul", batch, g.const(np.int64(heads)))
        q, k, v = (linear(g, x, d, d, "in_proj_" + part, 3, gain=gain) for part, x, gain in
                   (("q", query, 1.5), ("k", memory, 1.5), ("v", memory, 1.0)))
        q, k, v = (g.op("Transpose", view(g, x, [n, rows, d // heads]), perm=[1, 0, 2])
                   for x, n in ((q, length), (k, source), (v, source)))
        q, k, v = (g.op("Unsqueeze", x, g.const(np.array([0]))) for x in (q, k, v))
        mixed = g.op("Squeeze", attend(g, q, k, v, d // heads, mask), g.const(np.array([0])))
        mixed = g.op("Transpose", mixed, perm=[1, 0, 2])
        mixed = view(g, mixed, [g.op("Mul", length, batch), d])
        mixed = linear(g, mixed, d, d, "out_proj")
        return view(g, mixed, [length, batch, d])


def _block(g, x, memory, c, self_mask, memory_mask):
    """One layer; with `memory` a decoder's."""
    d = c["d"]
    x = layer_norm(g, g.op("Add", x, _attention(g, x, x, c, self_mask, "self_attn")), d,
                   "norm1")
    if memory:
        y = _attention(g, x, memory, c, memory_mask, "multihead_attn")
        x = layer_norm(g, g.op("Add", x, y), d, "norm2")
    y = g.op("Relu", linear(g, x, c["ffn"], d, "linear1", 3, gain=np.sqrt(2)))
    return layer_norm(g, g.op("Add", x, linear(g, y, d, c["ffn"], "linear2", 3)), d, "norm3")


def _causal(g, x):
    """[length, length] of −inf above the diagonal."""
    length = dim(g, x, 0)
    full = g.op("ConstantOfShape", shape_vector(g, [length, length]),
                value=np.array([-np.inf], np.float32))
    return g.op("Trilu", full, g.const(np.int64(1)), upper=1)


def _padding(g, mask, rows):
    """bool [batch, source] (true = padded) → [1, batch·heads, 1, source] additive."""
    wide = g.op("Unsqueeze", g.op("Unsqueeze", mask, g.const(np.array([1]))),
                g.const(np.array([1])))
    wide = g.op("Expand", wide, g.const(np.array([1, rows, 1, 1])))
    flat = view(g, wide, [1, -1, 1, dim(g, mask, 1)])
    zero = g.const(np.float32(0))
    return g.op("Where", flat, g.const(np.float32(-np.inf)), zero)


def transformer(size):
    c = (dict(d=512, heads=8, layers=2, ffn=2048, length=64) if size == "full" else
         dict(d=32, heads=4, layers=2, ffn=48, length=7))
    g = Graph("transformer")
    source = g.input("src", ["source", "batch", c["d"]])
    target = g.input("tgt", ["target", "batch", c["d"]])
    padded = g.input("src_key_padding_mask", ["batch", "source"], np.bool_)
    source_mask = _padding(g, padded, c["heads"])
    memory = source
    for index in range(c["layers"]):
        with g.scope(f"encoder.layers.{index}"):
            memory = _block(g, memory, None, c, source_mask, None)
    memory = layer_norm(g, memory, c["d"], "encoder.norm")
    causal, value = _causal(g, target), target
    for index in range(c["layers"]):
        with g.scope(f"decoder.layers.{index}"):
            value = _block(g, value, memory, c, causal, source_mask)
    g.output(layer_norm(g, value, c["d"], "decoder.norm"), "out",
             ["target", "batch", c["d"]])
    lengths = iter([(1, c["length"]), (2, c["length"] - 2)])

    def make(rng):
        batch, length = next(lengths)
        mask = np.zeros((batch, length), np.bool_)
        mask[-1, length - 2:] = True
        return {"src": normal(rng, length, batch, c["d"]),
                "tgt": normal(rng, length - 1, batch, c["d"]),
                "src_key_padding_mask": mask}
    return g.model(), two(make)
