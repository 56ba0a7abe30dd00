"""Attention as exporters spell it, against onnxruntime: every case must become one kernel.

Needs `ingot` in PATH. Numbers of queries and keys are chosen around the sizes of blocks, registers
and vectors; with known and with dynamic dimensions.
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import helper, numpy_helper

from tests import oracle

INFINITY = float("inf")


class Graph:
    """Nodes, and constants by value."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def __call__(self, kind, *inputs, **attributes):
        names = []
        for value in inputs:
            if not isinstance(value, str):
                self.constants.append(
                    numpy_helper.from_array(np.asarray(value), f"c{len(self.constants)}"))
                value = self.constants[-1].name
            names.append(value)
        self.nodes.append(helper.make_node(kind, names, [f"n{len(self.nodes)}"], **attributes))
        return self.nodes[-1].output[0]

    def split(self, x, heads, size):
        x = self("Reshape", x, np.array([0, 0, heads, size]))
        return self("Transpose", x, perm=[0, 2, 1, 3])

    def join(self, x, width):
        x = self("Transpose", x, perm=[0, 2, 1, 3])
        return self("Reshape", x, np.array([0, 0, width]))


def eager(g, heads, size, mask=None):
    """Keys transposed, scores divided, heads split before and joined behind."""
    q, k, v = (g.split(x, heads, size) for x in "qkv")
    scores = g("MatMul", q, g("Transpose", k, perm=[0, 1, 3, 2]))
    scores = g("Div", scores, np.float32(size ** 0.5))
    if mask:
        scores = g("Add", scores, mask)
    return g.join(g("MatMul", g("Softmax", scores, axis=-1), v), heads * size)


def scaled(g, heads, size, mask="m"):
    """Queries and keys scaled each, a truth mask, and rows without keys as zeros."""
    q, k, v = (g.split(x, heads, size) for x in "qkv")
    half = np.array([size ** -0.25], np.float32)
    k = g("Transpose", k, perm=[0, 1, 3, 2])
    scores = g("MatMul", g("Mul", q, half), g("Mul", k, half))
    allowed = g("Greater", mask, np.float32(0))
    bias = g("Where", allowed, np.float32(0), np.float32(-INFINITY))
    p = g("Softmax", g("Add", scores, bias), axis=-1)
    p = g("Where", g("IsNaN", p), np.float32(0), p)
    return g.join(g("MatMul", p, v), heads * size)


def flat(g, heads, size):
    """[seq, batch · heads, size], as torch.nn.MultiheadAttention lays them out; a cap instead of a
    mask."""
    del heads
    q, k, v = (g("Transpose", x, perm=[1, 0, 2]) for x in "qkv")
    scores = g("MatMul", g("Mul", q, np.float32(size ** -0.5)), g("Transpose", k, perm=[0, 2, 1]))
    scores = g("Mul", g("Tanh", g("Div", scores, np.float32(2))), np.float32(2))
    return g("Transpose", g("MatMul", g("Softmax", scores, axis=-1), v), perm=[1, 0, 2])


def grouped(g, heads, size):
    """Two query heads share a key head: [batch, kv heads, 2, seq, size]."""
    shape = np.array([0, 0, heads // 2, 2, size])
    q = g("Transpose", g("Reshape", "q", shape), perm=[0, 2, 3, 1, 4])
    k, v = (g("Unsqueeze", g.split(x, heads // 2, size), np.array([2])) for x in "kv")
    scores = g("MatMul", q, g("Transpose", k, perm=[0, 1, 2, 4, 3]))
    y = g("MatMul", g("Softmax", scores, axis=-1), v)
    y = g("Transpose", y, perm=[0, 3, 1, 2, 4])
    return g("Reshape", y, np.array([0, 0, heads * size]))


def cases():
    """name, builder, input shapes."""
    for queries, keys, size in ((1, 1, 16), (1, 129, 16), (3, 7, 5), (17, 64, 24), (64, 128, 64),
                                (65, 130, 33), (130, 300, 16), (5, 256, 80)):
        shapes = {"q": [2, queries, 3 * size], "k": [2, keys, 3 * size], "v": [2, keys, 3 * size]}
        yield (f"eager {queries}x{keys}x{size}", lambda g, s=size: eager(g, 3, s), shapes)
        masked = dict(shapes, m=[2, 1, 1, keys])
        yield (f"key mask {queries}x{keys}x{size}", lambda g, s=size: eager(g, 3, s, "m"), masked)
    for queries, keys in ((9, 21), (70, 290)):
        shapes = {"q": [2, queries, 48], "k": [2, keys, 48], "v": [2, keys, 48]}
        yield (f"scaled {queries}x{keys}", lambda g: scaled(g, 3, 16),
               dict(shapes, m=[2, 1, queries, keys]))
        yield (f"grouped {queries}x{keys}", lambda g: grouped(g, 4, 16),
               {"q": [2, queries, 64], "k": [2, keys, 32], "v": [2, keys, 32]})
        yield (f"flat {queries}x{keys}", lambda g: flat(g, 1, 16),
               {"q": [queries, 6, 16], "k": [keys, 6, 16], "v": [keys, 6, 16]})


def model(build, shapes, dynamic):
    def dims(name, shape):
        if not dynamic:
            return shape
        # Equal sizes have equal names, as exporters write them; the width is known.
        return [f"d{d}" if d > 1 and (i < len(shape) - 1 or name == "m") else d
                for i, d in enumerate(shape)]

    g = Graph()
    g.nodes.append(helper.make_node("Identity", [build(g)], ["y"]))
    graph = helper.make_graph(
        g.nodes, "attention",
        [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, dims(name, shape))
         for name, shape in shapes.items()],
        [helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, None)], g.constants)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    return onnx.shape_inference.infer_shapes(made)


def check(folder, name, build, shapes, dynamic):
    """One message where something is wrong, else none."""
    rng = np.random.default_rng(len(name))
    feeds = {key: rng.standard_normal(shape).astype(np.float32) for key, shape in shapes.items()}
    if "m" in feeds and "scaled" in name:
        feeds["m"][0, 0, 1] = -1  # a query without keys
        feeds["m"][0, 0, 2, : feeds["m"].shape[-1] - 1] = -1  # one that sees the last alone
    path = folder / "model.onnx"
    made = model(build, shapes, dynamic)
    onnx.save(made, path)
    fused = subprocess.run(["ingot", "compile", str(path), "--emit=mlir", "-o",
                            str(folder / "fused.mlir")], capture_output=True, text=True,
                           check=False)
    if fused.returncode:
        return f"{name}: {fused.stderr[-300:]}"
    text = (folder / "fused.mlir").read_text(encoding="utf-8")
    if text.count('kernel "attention"') != 1 or 'kernel "softmax"' in text:
        return f"{name}: not one kernel"
    return oracle.compare(folder, name, made, feeds, oracle.near(share=1e-5))


def main():
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        for name, build, shapes in cases():
            for dynamic in (False, True):
                failures.append(check(pathlib.Path(folder), name + (" ?" if dynamic else ""),
                                      build, shapes, dynamic))
    return oracle.report(failures)


if __name__ == "__main__":
    sys.exit(main())
