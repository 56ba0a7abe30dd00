"""Kernels of long graphs have a limit, and nothing recurses along a graph: counts of kernels, and a few
of them against onnxruntime. Needs `ingot` in PATH.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper

from tests.oracle import compare, near, report

node = helper.make_node


def chain(*ops, length):
    """Unary operators one after another."""
    names = ["x"] + [f"v{i}" for i in range(1, length)] + ["y"]
    return [node(ops[i % len(ops)], [names[i]], [names[i + 1]]) for i in range(length)]


def sums(length):
    names = ["x"] + [f"v{i}" for i in range(1, length)] + ["y"]
    return [node("Add", [names[i], "x"], [names[i + 1]]) for i in range(length)]


def many(op, count, **attributes):
    return [node(op, ["x"] * count, ["y"], **attributes)]


def computed(count):
    return [node("Neg", ["x"], [f"n{i}"]) for i in range(count)] + [
        node("Concat", [f"n{i}" for i in range(count)], ["y"], axis=0)]


def transposes(length):
    nodes = chain("Transpose", length=length)
    for i, each in enumerate(nodes):
        each.attribute.append(helper.make_attribute("perm", [[1, 0, 2], [0, 2, 1]][i % 2]))
    return nodes


# name → (nodes, the fewest and the most kernels, whether it is run)
CASES = {
    "256 sums are one": (sums(256), 1, 1, True),
    "257 are two": (sums(257), 2, 2, True),
    "6,000 sums": (sums(6000), 20, 30, False),
    "14,500 sums": (sums(14500), 50, 70, False),
    "8 sines are one": (chain("Sin", "Cos", length=8), 1, 1, True),
    "128 sines": (chain("Sin", "Cos", length=128), 16, 16, False),
    "16,000 operands of Max": (many("Max", 16000), 0, 100, False),
    "20,000 operands of Sum": (many("Sum", 20000), 50, 100, False),
    "200 operands of Concat": (many("Concat", 200, axis=0), 1, 5, True),
    "20,000 operands of Concat": (many("Concat", 20000, axis=0), 300, 330, False),
    "1,000 computed operands of Concat": (computed(1000), 4, 1100, False),
    "300 computed operands of Concat": (computed(300), 3, 400, True),
    "6,000 rearrangements": (transposes(6000), 1, 30, False),
}


def check(folder, name, nodes, fewest, most, run):
    shape = [2, 3, 4]
    made = helper.make_model(helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)]),
        opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    path = folder / "long.onnx"
    onnx.save(made, path)
    done = subprocess.run(["ingot", "compile", path, "--emit=mlir", "-o", folder / "long.mlir"],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        return f"{name}: status {done.returncode}: {done.stderr[-300:]}"
    kernels = int(re.search(r"fuse … (\d+) kernels", done.stderr)[1])
    if not fewest <= kernels <= most:
        return f"{name}: {kernels} kernels, expected {fewest} to {most}"
    if not run:
        return None
    data = np.random.default_rng(1).standard_normal(shape).astype(np.float32)
    return compare(folder, name, made, {"x": data}, near(rtol=1e-5, atol=1e-5))


def main():
    with tempfile.TemporaryDirectory() as folder:
        return report(check(pathlib.Path(folder), name, *case) for name, case in CASES.items())


if __name__ == "__main__":
    sys.exit(main())
