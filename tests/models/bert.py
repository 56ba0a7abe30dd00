"""Row 9: a BERT classifier as torch.onnx exports it with eager attention: dynamic
Shape/Gather/Unsqueeze/Concat/Reshape chains, GELU spelled with Erf, the mask as
(1 − m)·min, and layer norms as one node (opset 17) or as the older chain."""
import numpy as np

from .graph import Graph, two
from .torch_layers import (attend, dim, fixed_view, gelu_erf, layer_norm, linear,
                           merge_heads, split_heads)

_SIZES = {"full": dict(layers=12, hidden=768, heads=12, ffn=3072, vocabulary=30522,
                       positions=512, length=128),
          "small": dict(layers=2, hidden=32, heads=4, ffn=64, vocabulary=100,
                        positions=40, length=12)}


def _embeddings(g, ids, types, c, dynamic, fused):
    with g.scope("bert.embeddings"):
        words = g.weight("bert.embeddings.word_embeddings.weight",
                         (c["vocabulary"], c["hidden"]), fan_in=1)
        kinds = g.weight("bert.embeddings.token_type_embeddings.weight",
                         (2, c["hidden"]), fan_in=1)
        places = g.weight("bert.embeddings.position_embeddings.weight",
                          (c["positions"], c["hidden"]), fan_in=4)
        position = g.init("bert.embeddings.position_ids",
                          np.arange(c["positions"], dtype=np.int64)[None])
        total = g.op("Add", g.op("Gather", words, ids), g.op("Gather", kinds, types))
        if dynamic:
            end = g.op("Unsqueeze", dim(g, ids, 1), g.const(np.array([0])))
        else:
            end = g.const(np.array([c["length"]]))
        position = g.op("Slice", position, g.const(np.array([0])), end,
                        g.const(np.array([1])), g.const(np.array([1])))
        total = g.op("Add", total, g.op("Gather", places, position))
        return layer_norm(g, total, c["hidden"], "LayerNorm", 1e-12, fused)


def _heads(g, x, c, dynamic):
    depth = c["hidden"] // c["heads"]
    if dynamic:
        return split_heads(g, x, c["heads"], depth)
    shaped = fixed_view(g, x, [1, c["length"], c["heads"], depth])
    return g.op("Transpose", shaped, perm=[0, 2, 1, 3])


def _layer(g, x, mask, c, dynamic, fused):
    hidden = c["hidden"]
    with g.scope("attention"):
        q, k, v = (_heads(g, linear(g, x, hidden, hidden, f"self.{name}", 3, gain=gain), c,
                          dynamic)
                   for name, gain in (("query", 1.5), ("key", 1.5), ("value", 1.0)))
        mixed = attend(g, q, k, v, hidden // c["heads"], mask)
        if dynamic:
            mixed = merge_heads(g, mixed, hidden)
        else:
            mixed = fixed_view(g, g.op("Transpose", mixed, perm=[0, 2, 1, 3]),
                               [1, c["length"], hidden])
        mixed = linear(g, mixed, hidden, hidden, "output.dense", 3)
        x = layer_norm(g, g.op("Add", mixed, x), hidden, "output.LayerNorm", 1e-12, fused)
    y = gelu_erf(g, linear(g, x, c["ffn"], hidden, "intermediate.dense", 3))
    y = linear(g, y, hidden, c["ffn"], "output.dense", 3)
    return layer_norm(g, g.op("Add", y, x), hidden, "output.LayerNorm", 1e-12, fused)


def _mask(g, mask):
    """attention_mask [batch, seq] → additive [batch, 1, 1, seq]."""
    wide = g.op("Unsqueeze", g.op("Unsqueeze", mask, g.const(np.array([1]))),
                g.const(np.array([2])))
    kept = g.op("Cast", wide, to=1)
    return g.op("Mul", g.op("Sub", g.const(np.float32(1)), kept),
                g.const(np.float32(np.finfo(np.float32).min)))


def samples(vocabulary, shapes):
    """Token ids with padding at the end of some rows, one sample per shape."""
    at = iter(shapes)

    def make(rng):
        batch, length = next(at)
        mask = np.ones((batch, length), np.int64)
        for row in range(batch):
            mask[row, length - int(rng.integers(0, length // 3)):] = 0
        return {"input_ids": rng.integers(0, vocabulary, (batch, length)) * mask,
                "attention_mask": mask,
                "token_type_ids": np.broadcast_to(
                    np.arange(length) > length // 2, mask.shape).astype(np.int64) * mask}
    return two(make)


def encoder(g, c, dynamic, fused):
    """The three inputs, embeddings and layers; [batch, sequence, hidden]."""
    shape = ["batch", "sequence"] if dynamic else [1, c["length"]]
    ids, mask, types = (g.input(each, shape, np.int64) for each in
                        ("input_ids", "attention_mask", "token_type_ids"))
    mask = _mask(g, mask)
    value = _embeddings(g, ids, types, c, dynamic, fused)
    for index in range(c["layers"]):
        with g.scope(f"bert.encoder.layer.{index}"):
            value = _layer(g, value, mask, c, dynamic, fused)
    return value


def _graph(name, c, dynamic, fused):
    g = Graph(name, opset=17 if fused else 14, ir_version=8)
    value = encoder(g, c, dynamic, fused)
    first = g.op("Gather", value, g.const(np.int64(0)), axis=1)
    pooled = g.op("Tanh", linear(g, first, c["hidden"], c["hidden"], "bert.pooler.dense"))
    g.output(linear(g, pooled, 2, c["hidden"], "classifier"), "logits",
             ["batch" if dynamic else 1, 2])
    return g.model()


def bert(size):
    """Static, batch 1, sequence 128."""
    c = _SIZES[size]
    return (_graph("bert", c, False, True),
            samples(c["vocabulary"], [(1, c["length"])] * 2))


def bert_dynamic(size):
    """Dynamic batch and sequence, opset 14 with decomposed layer norms."""
    c = _SIZES[size]
    length = c["length"]
    return (_graph("bert_dynamic", c, True, False),
            samples(c["vocabulary"], [(1, length), (2, length - 5)]))
