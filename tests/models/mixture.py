"""Row 17: a mixture of experts in its two exported forms: each expert gathers its own
tokens (sizes born in the run), and all experts in batched products with zero gates."""
import numpy as np

from .graph import Graph, normal, two
from .torch_layers import linear, silu


def _sizes(size):
    """tokens, model width, ffn width, experts, chosen."""
    return (128, 512, 2048, 8, 2) if size == "full" else (10, 12, 16, 4, 2)


def _route(g, x, c):
    """Softmax of the router, the best two, their weights normalized to sum one."""
    tokens, width, _, experts, top = c
    gates = g.op("Softmax", linear(g, x, experts, width, "gate", bias=False, gain=2.0),
                 axis=-1)
    best, which = g.op("TopK", gates, g.const(np.array([top])), outputs=2, axis=-1)
    total = g.op("ReduceSum", best, g.const(np.array([-1])), keepdims=1)
    return g.op("Div", best, total), which


def mixture(size):
    """One-hot of the choice, then per expert Where → Gather → MLP → ScatterND add."""
    c = tokens, width, ffn, experts, top = _sizes(size)
    g = Graph("mixture", opset=18)
    x = g.input("hidden", [tokens, width])
    best, which = _route(g, x, c)
    total = g.op("ConstantOfShape", g.op("Shape", x), value=np.array([0], np.float32))
    for index in range(experts):
        with g.scope(f"experts.{index}"):
            mask = g.op("Equal", which, g.const(np.int64(index)))
            places = g.op("NonZero", mask)
            token = g.op("Gather", places, g.const(np.int64(0)), axis=0)
            own = g.op("Gather", x, token, axis=0)
            y = g.op("Mul", silu(g, linear(g, own, ffn, width, "w1", bias=False)),
                     linear(g, own, ffn, width, "w3", bias=False))
            y = linear(g, y, width, ffn, "w2", bias=False, gain=2.0)
            gate = g.op("GatherND", best, g.op("Transpose", places, perm=[1, 0]))
            y = g.op("Mul", y, g.op("Unsqueeze", gate, g.const(np.array([1]))))
            total = g.op("ScatterND", total, g.op("Unsqueeze", token, g.const(np.array([1]))),
                         y, reduction="add")
    g.output(total, "out", [tokens, width])
    return g.model(), two(lambda rng: {"hidden": normal(rng, tokens, width)})


def mixture_dense(size):
    """Every expert on every token as [experts, tokens, ·] products, gated sums."""
    c = tokens, width, ffn, experts, top = _sizes(size)
    g = Graph("mixture_dense", opset=18)
    x = g.input("hidden", [tokens, width])
    best, which = _route(g, x, c)
    gates = g.op("ConstantOfShape", g.const(np.array([tokens, experts])),
                 value=np.array([0], np.float32))
    gates = g.op("ScatterElements", gates, which, best, axis=1)
    wide = g.op("Expand", g.op("Unsqueeze", x, g.const(np.array([0]))),
                g.const(np.array([experts, tokens, width])))
    y = silu(g, g.op("MatMul", wide, g.weight("w1", (experts, width, ffn), width)))
    y = g.op("MatMul", y, g.weight("w2", (experts, ffn, width), ffn, 2.0))
    gates = g.op("Unsqueeze", g.op("Transpose", gates, perm=[1, 0]), g.const(np.array([2])))
    g.output(g.op("ReduceSum", g.op("Mul", y, gates), g.const(np.array([0])), keepdims=0),
             "out", [tokens, width])
    return g.model(), two(lambda rng: {"hidden": normal(rng, tokens, width)})
