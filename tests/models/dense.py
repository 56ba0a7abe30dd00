"""Rows 1, 2: linear regression, multi-layer perceptrons, and bare matrix products."""
import numpy as np

from .graph import Graph, normal, two
from .torch_layers import linear


def linear_regression(size):
    """13 → 1 at batch 1: one matrix product, freestanding."""
    g = Graph("linear_regression")
    x = g.input("features", [1, 13])
    g.output(linear(g, x, 1, 13, "linear"), "price", [1, 1])
    return g.model(), two(lambda rng: {"features": normal(rng, 1, 13)})


def _mlp(name, widths, batch):
    """Gemm + Relu layers, then Softmax; logits have a gain that spreads the classes."""
    g = Graph(name)
    value = g.input("x", [batch, widths[0]])
    for layer, (fan_in, fan_out) in enumerate(zip(widths, widths[1:])):
        value = linear(g, value, fan_out, fan_in, f"fc{layer + 1}", gain=np.sqrt(2))
        if layer < len(widths) - 2:
            value = g.op("Relu", value)
    g.output(g.op("Softmax", value, axis=-1), "probs", [batch, widths[-1]])
    return g.model(), two(lambda rng: {"x": normal(rng, batch, widths[0])})


def mlp_tiny(size):
    return _mlp("mlp_tiny", [64, 128, 128, 10], 1)


def mlp(size):
    return _mlp("mlp", [1024, 100, 10] if size == "full" else [64, 24, 10], 1)


def mlp_batch(size):
    return (_mlp("mlp_batch", [1024, 100, 10], 128) if size == "full" else
            _mlp("mlp_batch", [64, 24, 10], 9))


def _gemm(name, m, k, n):
    g = Graph(name)
    x = g.input("a", [m, k])
    g.output(g.op("MatMul", x, g.weight("b", (k, n), fan_in=k)), "c", [m, n])
    return g.model(), two(lambda rng: {"a": normal(rng, m, k)})


def gemm_square(size):
    return _gemm("gemm_square", *((1024,) * 3 if size == "full" else (37, 53, 41)))


def gemm_wide(size):
    return _gemm("gemm_wide", *((128, 768, 3072) if size == "full" else (16, 48, 96)))
