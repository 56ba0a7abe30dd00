"""Windows that pad themselves and transforms along sizes that only the run knows, against
onnxruntime.

Needs `ingot` in PATH.
"""
import pathlib
import sys
import tempfile

import numpy as np
from onnx import helper, numpy_helper

from tests import oracle


def build(node, feeds, constants):
    """A model of one node; every dimension of more than one element is open, save the last of
    transforms' inputs and the channels of images."""
    inputs = []
    for name, value in feeds.items():
        kept = 1 if node.op_type.endswith("Pool") or "Conv" in node.op_type else value.ndim
        dims = [size if size == 1 or d == kept or d == value.ndim - 1 and size == 2
                else f"{name}{d}" for d, size in enumerate(value.shape)]
        inputs.append(helper.make_tensor_value_info(
            name, helper.np_dtype_to_tensor_dtype(value.dtype), dims))
    graph = helper.make_graph([node], "open", inputs, [helper.make_empty_tensor_value_info("y")],
                              [numpy_helper.from_array(value, name)
                               for name, value in constants.items()])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=8)


def windows(rng):
    """Sizes of every rest by the stride; kernels at and above it."""
    for pad, height, width, kernel, stride in (
            ("SAME_UPPER", 5, 9, 3, 2), ("SAME_LOWER", 7, 4, 4, 3)):
        common = {"auto_pad": pad, "strides": [stride, 2], "kernel_shape": [kernel, 3]}
        x = {"x": rng.normal(size=(2, 3, height, width)).astype(np.float32) - 3}
        what = f"{pad} {height} {width} {kernel} {stride}"
        w = rng.normal(size=(4, 3, kernel, 3)).astype(np.float32)
        yield f"Conv {what}", helper.make_node("Conv", ["x", "w"], ["y"], **common), x, {"w": w}
        w = rng.normal(size=(3, 4, kernel, 3)).astype(np.float32)
        yield (f"ConvTranspose {what}",
               helper.make_node("ConvTranspose", ["x", "w"], ["y"], **common), x, {"w": w})
        for op, more in (("MaxPool", {}), ("AveragePool", {}), ("LpPool", {}),
                         ("AveragePool", {"count_include_pad": 1})):
            yield (f"{op} {more} {what}",
                   helper.make_node(op, ["x"], ["y"], **common, **more), x, {})
    x = {"x": rng.integers(-128, 128, size=(1, 2, 5, 7)).astype(np.int8)}
    yield ("MaxPool int8", helper.make_node("MaxPool", ["x"], ["y"], auto_pad="SAME_UPPER",
                                            strides=[2, 2], kernel_shape=[3, 3]), x, {})
    w = rng.normal(size=(3, 2, 3, 3)).astype(np.float32)
    x = {"x": rng.normal(size=(1, 3, 5, 4)).astype(np.float32)}
    yield ("ConvTranspose of a given shape",
           helper.make_node("ConvTranspose", ["x", "w"], ["y"], strides=[2, 2],
                            output_shape=[9, 8]), x, {"w": w})


def transforms(rng):
    number = lambda value: np.array(value, np.int64)
    for size, length, parts in ((9, None, 1), (16, None, 2), (10, 7, 1), (10, 12, 2)):
        x = {"x": rng.normal(size=(2, size, 3, parts)).astype(np.float32)}
        constants = {"axis": number(1)} | ({"length": number(length)} if length else {})
        for inverse, onesided in ((0, 0), (1, 0), (0, 1)):
            if (onesided and parts == 2) or (inverse and parts == 1):
                continue
            yield (f"DFT {size} {length} {parts} inverse {inverse} onesided {onesided}",
                   helper.make_node("DFT", ["x", "length" if length else "", "axis"], ["y"],
                                    inverse=inverse, onesided=onesided), x, constants)
    for size, step, length in ((40, 7, 16), (33, 5, 33)):
        x = {"x": rng.normal(size=(2, size, 1)).astype(np.float32)}
        constants = {"step": number(step), "length": number(length),
                     "window": np.hanning(length).astype(np.float32)}
        yield (f"STFT {size} {step} {length}",
               helper.make_node("STFT", ["x", "step", "window", "length"], ["y"]), x, constants)


def main():
    rng = np.random.default_rng(7)
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        for rows in windows, transforms:
            for what, node, feeds, constants in rows(rng):
                made = build(node, feeds, constants)
                failures.append(oracle.compare(pathlib.Path(folder), what, made, feeds,
                                               oracle.near(1e-4, 1e-5, share=1e-5)))
    return oracle.report(failures)


if __name__ == "__main__":
    sys.exit(main())
