"""Row 11: ViT (patches by one strided convolution, a class token) and the Whisper
encoder (two 1-d convolutions in front of a pre-norm transformer)."""
import numpy as np

from .graph import Graph, normal, two
from .torch_layers import (attend, dim, gelu_erf, layer_norm, linear,
                           merge_heads, shape_vector, split_heads)


def _layer(g, x, hidden, heads, ffn, key_bias=True):
    """A pre-norm block; Whisper's keys have no bias."""
    y = layer_norm(g, x, hidden, "layernorm_before")
    q, k, v = (split_heads(g, linear(g, y, hidden, hidden, part, 3,
                                     key_bias or part != "key", gain), heads,
                           hidden // heads)
               for part, gain in (("query", 1.5), ("key", 1.5), ("value", 1.0)))
    mixed = merge_heads(g, attend(g, q, k, v, hidden // heads), hidden)
    x = g.op("Add", linear(g, mixed, hidden, hidden, "attention.output", 3), x)
    y = layer_norm(g, x, hidden, "layernorm_after")
    y = gelu_erf(g, linear(g, y, ffn, hidden, "intermediate", 3))
    return g.op("Add", linear(g, y, hidden, ffn, "output", 3), x)


def vit(size):
    """ViT-S/16 at 224: [batch, 3, 224, 224] → 1000 logits."""
    full = size == "full"
    edge, patch, hidden, heads, layers, classes = ((224, 16, 384, 6, 12, 1000) if full else
                                                   (32, 8, 24, 3, 2, 10))
    cells = (edge // patch) ** 2
    g = Graph("vit")
    x = g.input("pixel_values", ["batch", 3, edge, edge])
    weight = g.weight("vit.embeddings.patch.weight", (hidden, 3, patch, patch))
    y = g.op("Conv", x, weight, g.bias("vit.embeddings.patch.bias", hidden),
             kernel_shape=[patch] * 2, strides=[patch] * 2, pads=[0] * 4)
    shape = g.op("Slice", g.op("Shape", y), g.const(np.array([0])), g.const(np.array([2])))
    flat = g.op("Reshape", y, g.op("Concat", shape, g.const(np.array([-1])), axis=0))
    tokens = g.op("Transpose", flat, perm=[0, 2, 1])
    token = g.weight("vit.embeddings.cls_token", (1, 1, hidden), fan_in=1)
    first = g.op("Expand", token, shape_vector(g, [dim(g, x, 0), 1, hidden]))
    value = g.op("Concat", first, tokens, axis=1)
    value = g.op("Add", value, g.weight("vit.embeddings.position_embeddings",
                                        (1, cells + 1, hidden), fan_in=4))
    for index in range(layers):
        with g.scope(f"vit.encoder.layer.{index}"):
            value = _layer(g, value, hidden, heads, 4 * hidden)
    value = layer_norm(g, value, hidden, "vit.layernorm")
    value = g.op("Gather", value, g.const(np.int64(0)), axis=1)
    g.output(linear(g, value, classes, hidden, "classifier"), "logits", ["batch", classes])
    return g.model(), two(lambda rng: {"pixel_values": normal(rng, 1, 3, edge, edge)})


def _conv1d(g, x, out, inp, stride, name):
    with g.scope(name):
        y = g.op("Conv", x, g.weight(name + ".weight", (out, inp, 3), gain=1.5),
                 g.bias(name + ".bias", out), kernel_shape=[3], strides=[stride],
                 pads=[1, 1], dilations=[1], group=1)
        return gelu_erf(g, y)


def whisper_encoder(size):
    """Whisper-tiny's encoder: 80 mel bins × 3,000 frames → 1,500 × 384."""
    full = size == "full"
    mels, frames, hidden, heads, layers = ((80, 3000, 384, 6, 4) if full else
                                           (8, 24, 24, 3, 2))
    g = Graph("whisper_encoder")
    x = g.input("input_features", [1, mels, frames])
    y = _conv1d(g, x, hidden, mels, 1, "conv1")
    y = g.op("Transpose", _conv1d(g, y, hidden, hidden, 2, "conv2"), perm=[0, 2, 1])
    angle = np.arange(frames // 2)[:, None] * 10000 ** -np.linspace(0, 1, hidden // 2)
    table = np.concatenate([np.sin(angle), np.cos(angle)], 1).astype(np.float32)
    value = g.op("Add", y, g.init("embed_positions.weight", table))
    for index in range(layers):
        with g.scope(f"layers.{index}"):
            value = _layer(g, value, hidden, heads, 4 * hidden, key_bias=False)
    g.output(layer_norm(g, value, hidden, "layer_norm"), "last_hidden_state",
             [1, frames // 2, hidden])
    return g.model(), two(lambda rng: {"input_features": normal(rng, 1, mels, frames)})
