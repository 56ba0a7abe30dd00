"""Row 16: a DLRM-like recommender: 26 tables, a bottom MLP, pairwise dot products of
all features, a top MLP. Four tables are bags of three, as Gather + ReduceSum."""
import numpy as np

from .graph import Graph, normal, two
from .torch_layers import linear


def _mlp(g, x, widths, name, last):
    for index, (fan_in, fan_out) in enumerate(zip(widths, widths[1:])):
        x = linear(g, x, fan_out, fan_in, f"{name}.{2 * index}", gain=np.sqrt(2))
        x = g.op("Relu" if index < len(widths) - 2 else last, x)
    return x


def _dlrm(size, batch):
    full = size == "full"
    tables, rows, width, bags = (26, 10000, 64, 4) if full else (5, 40, 8, 2)
    bottom, top = ((13, 512, 256), (512, 256, 1)) if full else ((13, 16), (12, 1))
    g = Graph("dlrm")
    dense = g.input("dense", [batch, 13])
    sparse = g.input("sparse", [batch, tables - bags], np.int64)
    bagged = g.input("bags", [bags, batch, 3], np.int64)
    x = _mlp(g, dense, (*bottom, width), "bot_l", "Relu")
    features = [x]
    for index in range(tables):
        with g.scope(f"emb_l.{index}"):
            table = g.weight(f"emb_l.{index}.weight", (rows, width), fan_in=4)
            if index < tables - bags:
                at = g.op("Gather", sparse, g.const(np.int64(index)), axis=1)
                features.append(g.op("Gather", table, at, axis=0))
            else:
                at = g.op("Gather", bagged, g.const(np.int64(index - tables + bags)), axis=0)
                features.append(g.op("ReduceSum", g.op("Gather", table, at, axis=0),
                                     g.const(np.array([1])), keepdims=0))
    count = tables + 1
    stacked = g.op("Concat", *[g.op("Unsqueeze", each, g.const(np.array([1])))
                               for each in features], axis=1)
    pairs = g.op("MatMul", stacked, g.op("Transpose", stacked, perm=[0, 2, 1]))
    rows_, columns = np.tril_indices(count, -1)
    flat = g.op("Reshape", pairs, g.const(np.array([-1, count * count])))
    flat = g.op("Gather", flat, g.init("tril", rows_ * count + columns), axis=1)
    joined = g.op("Concat", x, flat, axis=1)
    # Dot products of `width` terms have a variance far above one.
    joined = g.op("Mul", joined, g.const(np.float32(width ** -0.5)))
    y = _mlp(g, joined, (width + len(rows_), *top), "top_l", "Sigmoid")
    g.output(y, "ctr", [batch, 1])
    return g.model(), two(lambda rng: {
        "dense": normal(rng, batch, 13),
        "sparse": rng.integers(0, rows, (batch, tables - bags)),
        "bags": rng.integers(0, rows, (bags, batch, 3))})


def dlrm(size):
    return _dlrm(size, 1)


def dlrm_batch(size):
    return _dlrm(size, 128 if size == "full" else 6)
