"""Pools between a convolution and Flatten, against onnxruntime.

The convolution gives channels-last, Flatten takes row-major. Needs `ingot` in PATH. Channel counts
are below, at and above whole vectors.
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

POOLS = {
    "max": ("MaxPool", {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}),
    "max ceil": ("MaxPool", {"kernel_shape": [2, 2], "strides": [2, 2], "ceil_mode": 1}),
    "average": ("AveragePool", {"kernel_shape": [3, 2], "pads": [1, 0, 1, 1]}),
    "average with padding": ("AveragePool", {"kernel_shape": [2, 2], "pads": [1, 1, 0, 0],
                                             "count_include_pad": 1}),
}


def build(channels, pool, attributes):
    """image -> Conv -> Relu -> pool -> Flatten."""
    rng = np.random.default_rng(channels)
    weight = rng.standard_normal((channels, 3, 3, 3)).astype(np.float32)
    nodes = [helper.make_node("Conv", ["x", "w"], ["c"]),
             helper.make_node("Relu", ["c"], ["r"]),
             helper.make_node(pool, ["r"], ["p"], **attributes),
             helper.make_node("Flatten", ["p"], ["y"])]
    graph = helper.make_graph(
        nodes, "pools", [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [2, 3, 9, 11])],
        [helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, None)],
        [numpy_helper.from_array(weight, "w")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    return onnx.shape_inference.infer_shapes(model), rng.standard_normal((2, 3, 9, 11))


def check(folder, name, channels, pool, attributes):
    """One message where something is wrong, else none."""
    model, x = build(channels, pool, attributes)
    x = x.astype(np.float32)
    path, artifact = folder / "model.onnx", folder / "model.so"
    onnx.save(model, path)
    np.save(folder / "x.npy", x)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    expected = session.run(["y"], {"x": x})[0]
    for command in (["compile", path, "-o", artifact],
                    ["run", artifact, "--input", f"x={folder / 'x.npy'}", "--output-dir", folder]):
        done = subprocess.run(["ingot", *map(str, command)], capture_output=True, text=True,
                              check=False)
        if done.returncode:
            return f"{name}: {done.stderr[-300:]}"
        if "reference lowering" in done.stderr:
            return f"{name}: no vector code"
    got = np.load(folder / "y.npy")
    if got.shape != expected.shape or not np.allclose(got, expected, rtol=1e-4, atol=1e-4):
        return f"{name}: wrong numbers"
    return None


def main():
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        for name, (pool, attributes) in POOLS.items():
            for channels in (5, 16, 37):
                failures.append(check(pathlib.Path(folder), f"{name}, {channels} channels",
                                      channels, pool, attributes))
    failures = [each for each in failures if each]
    print("\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
