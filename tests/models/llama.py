"""Row 10: a Llama-like decoder: RMSNorm, rotary positions, grouped key/value heads,
SwiGLU; the chains are those of the exports of transformers' LlamaForCausalLM."""
import numpy as np

from .gpt2 import samples
from .graph import Graph
from .torch_layers import dim, linear, merge_heads, shape_vector, silu, split_heads, view

_SIZES = {"full": dict(layers=12, hidden=768, heads=12, kv_heads=4, ffn=2048,
                       vocabulary=32000, length=128),
          "small": dict(layers=2, hidden=32, heads=4, kv_heads=2, ffn=56,
                        vocabulary=90, length=9)}


def _rms_norm(g, x, size, name):
    """x · rsqrt(mean(x²) + ε) · w, as Pow, ReduceMean, Add, Sqrt, Div, Mul, Mul."""
    with g.scope(name):
        scale = g.init(".".join(g.scopes) + ".weight", 1 + 0.1 * g.rng.standard_normal(
            size, dtype=np.float32))
        mean = g.op("ReduceMean", g.op("Pow", x, g.const(np.float32(2))),
                    g.const(np.array([-1])), keepdims=1)
        root = g.op("Sqrt", g.op("Add", mean, g.const(np.float32(1e-6))))
        return g.op("Mul", scale, g.op("Mul", x, g.op("Div", g.const(np.float32(1)), root)))


def _rotary_tables(g, places, depth):
    """cos and sin [batch, 1, seq, depth] from position_ids."""
    with g.scope("model.rotary_emb"):
        inverse = 10000 ** (-np.arange(0, depth, 2, dtype=np.float32) / depth)
        inverse = g.init("inv_freq", inverse.astype(np.float32)[None, :, None])
        batch = g.op("Concat", g.op("Unsqueeze", dim(g, places, 0), g.const(np.array([0]))),
                     g.const(np.array([-1, 1])), axis=0)
        wide = g.op("Expand", inverse, g.op("Where", g.op("Equal", batch, g.const(
            np.array([-1, -1, -1]))), g.const(np.array([1, 1, 1])), batch))
        at = g.op("Cast", g.op("Unsqueeze", places, g.const(np.array([1]))), to=1)
        angle = g.op("Transpose", g.op("MatMul", wide, at), perm=[0, 2, 1])
        angle = g.op("Concat", angle, angle, axis=-1)
        return [g.op("Unsqueeze", g.op(kind, angle), g.const(np.array([1])))
                for kind in ("Cos", "Sin")]


def _rotate(g, x, tables, depth):
    """x·cos + rotate_half(x)·sin, halves by Slice as the exporter writes them."""
    half, end = g.const(np.array([depth // 2])), g.const(np.array([np.iinfo(np.int64).max]))
    axis, zero = g.const(np.array([3])), g.const(np.array([0]))
    low, high = g.op("Slice", x, zero, half, axis), g.op("Slice", x, half, end, axis)
    turned = g.op("Concat", g.op("Neg", high), low, axis=-1)
    return g.op("Add", g.op("Mul", x, tables[0]), g.op("Mul", turned, tables[1]))


def _repeat_heads(g, x, times, heads, depth):
    """repeat_kv: [b, kv, s, d] → [b, kv·times, s, d] by Unsqueeze, Expand, Reshape."""
    batch, length = dim(g, x, 0), dim(g, x, 2)
    wide = g.op("Unsqueeze", x, g.const(np.array([2])))
    wide = g.op("Expand", wide, shape_vector(g, [batch, heads // times, times, length, depth]))
    return view(g, wide, [batch, heads, length, depth])


def _attention(g, x, past, tables, mask, c):
    hidden, heads, kv_heads = c["hidden"], c["heads"], c["kv_heads"]
    depth = hidden // heads
    query = split_heads(g, linear(g, x, hidden, hidden, "q_proj", 3, False, 1.4), heads, depth)
    key, value = (split_heads(g, linear(g, x, kv_heads * depth, hidden, name, 3, False),
                              kv_heads, depth) for name in ("k_proj", "v_proj"))
    query, key = (_rotate(g, each, tables, depth) for each in (query, key))
    key = g.op("Concat", past[0], key, axis=2)
    value = g.op("Concat", past[1], value, axis=2)
    times = heads // kv_heads
    keys, values = (_repeat_heads(g, each, times, heads, depth) for each in (key, value))
    scores = g.op("MatMul", query, g.op("Transpose", keys, perm=[0, 1, 3, 2]))
    scores = g.op("Mul", scores, g.const(np.float32(depth ** -0.5)))
    weights = g.op("Softmax", g.op("Add", scores, mask), axis=-1)
    mixed = merge_heads(g, g.op("MatMul", weights, values), hidden)
    return linear(g, mixed, hidden, hidden, "o_proj", 3, False, 0.6), (key, value)


def _causal_mask(g, ids, mask):
    """Additive [batch, 1, seq, total]: −max where masked or in the future."""
    with g.scope("model"):
        length, total = dim(g, ids, 1), dim(g, mask, 1)
        zero, one = g.const(np.int64(0)), g.const(np.int64(1))
        row = g.op("Range", g.op("Sub", total, length), total, one)
        column = g.op("Range", zero, total, one)
        row = g.op("Unsqueeze", row, g.const(np.array([1])))
        seen = g.op("LessOrEqual", g.op("Unsqueeze", column, g.const(np.array([0]))), row)
        kept = g.op("Cast", mask, to=9)
        kept = g.op("Unsqueeze", g.op("Unsqueeze", kept, g.const(np.array([1]))),
                    g.const(np.array([1])))
        allowed = g.op("And", g.op("Unsqueeze", seen, g.const(np.array([0, 1]))), kept)
        return g.op("Where", allowed, g.const(np.float32(0)),
                    g.const(np.float32(np.finfo(np.float32).min)))


def graph(c):
    hidden = c["hidden"]
    g = Graph("llama", opset=18)
    ids = g.input("input_ids", ["batch", "sequence"], np.int64)
    mask = g.input("attention_mask", ["batch", "past + sequence"], np.int64)
    places = g.input("position_ids", ["batch", "sequence"], np.int64)
    kept = ["batch", c["kv_heads"], "past", hidden // c["heads"]]
    pasts = [[g.input(f"past_key_values.{i}.{part}", kept) for part in ("key", "value")]
             for i in range(c["layers"])]
    value = g.op("Gather", g.weight("model.embed_tokens.weight", (c["vocabulary"], hidden),
                                    fan_in=1), ids)
    tables = _rotary_tables(g, places, hidden // c["heads"])
    additive, presents = _causal_mask(g, ids, mask), []
    for index in range(c["layers"]):
        with g.scope(f"model.layers.{index}"):
            y = _rms_norm(g, value, hidden, "input_layernorm")
            with g.scope("self_attn"):
                y, present = _attention(g, y, pasts[index], tables, additive, c)
            presents.append(present)
            value = g.op("Add", value, y)
            y = _rms_norm(g, value, hidden, "post_attention_layernorm")
            gate = silu(g, linear(g, y, c["ffn"], hidden, "mlp.gate_proj", 3, False))
            up = linear(g, y, c["ffn"], hidden, "mlp.up_proj", 3, False)
            y = linear(g, g.op("Mul", gate, up), hidden, c["ffn"], "mlp.down_proj", 3, False)
            value = g.op("Add", value, y)
    value = _rms_norm(g, value, hidden, "model.norm")
    g.output(linear(g, value, c["vocabulary"], hidden, "lm_head", 3, False), "logits",
             ["batch", "sequence", c["vocabulary"]])
    grown = ["batch", c["kv_heads"], "past + sequence", hidden // c["heads"]]
    for index, pair in enumerate(presents):
        for part, each in zip(("key", "value"), pair):
            g.output(each, f"present.{index}.{part}", grown)
    return g.model()


def llama_decode(size):
    """One token past 128 cached ones."""
    c = _SIZES[size]
    return graph(c), samples(c, 1, 1, c["length"], c["kv_heads"])


def llama_prefill(size):
    """A prompt of 128 tokens; the past has length 0."""
    c = _SIZES[size]
    return graph(c), samples(c, 1, c["length"], 0, c["kv_heads"])
