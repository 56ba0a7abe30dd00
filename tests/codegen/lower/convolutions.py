"""Convolutional graphs of every kind against onnxruntime, none by the reference lowerings.

Needs `ingot` in PATH. Each case is a small graph with constant weights, compiled with fixed and with
free sizes. Channels are chosen around the panel and vector widths, sizes so that windows meet the
padding on all sides.
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

node = helper.make_node


class Case:
    """A graph from `x` to `y`; weights get names as they are asked for."""

    def __init__(self, name, shape, element=np.float32):
        self.name, self.shape, self.element = name, shape, element
        self.nodes, self.constants = [], {}
        self.rng = np.random.default_rng(len(name))

    def weight(self, *shape, element=np.float32, low=0, high=256):
        name = f"w{len(self.constants)}"
        value = self.rng.standard_normal(shape) / np.sqrt(max(np.prod(shape[1:]), 1))
        if element is not np.float32:
            value = self.rng.integers(low, high, shape)
        self.constants[name] = value.astype(element)
        return name

    def constant(self, value):
        name = f"c{len(self.constants)}"
        self.constants[name] = np.asarray(value)
        return name

    def then(self, operator, *inputs, out=None, **attributes):
        name = out or f"v{len(self.nodes)}"
        self.nodes.append(node(operator, list(inputs), [name], **attributes))
        return name

    def model(self, dynamic):
        dims = ["n", self.shape[1]] + [f"s{i}" for i in range(len(self.shape) - 2)]
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(self.element))
        graph = helper.make_graph(
            self.nodes, "convolutions",
            [helper.make_tensor_value_info("x", kind, dims if dynamic else self.shape)],
            [helper.make_empty_tensor_value_info("y")],
            [numpy_helper.from_array(value, key) for key, value in self.constants.items()])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)],
                                  ir_version=10)
        return onnx.shape_inference.infer_shapes(model)


def convolutions():
    for channels, out, size, attributes in (
            (3, 8, [9, 11], {"strides": [2, 2], "pads": [1, 1, 1, 1]}),
            (16, 24, [7, 7], {"pads": [1, 1, 1, 1]}),
            (20, 33, [6, 5], {"pads": [0, 1, 2, 0], "dilations": [2, 1]}),
            (32, 32, [8, 8], {"group": 4, "pads": [1, 1, 1, 1]}),
            (24, 24, [9, 9], {"group": 24, "pads": [1, 1, 1, 1], "strides": [2, 2]}),
            (5, 7, [17], {"pads": [2, 0]}),
            (4, 6, [4, 5, 6], {"pads": [1] * 6})):
        case = Case(f"conv {channels} {out} {size} {attributes}", [2, channels, *size])
        kernel = [3] * len(size)
        weight = case.weight(out, channels // attributes.get("group", 1), *kernel)
        case.then("Relu", case.then("Conv", "x", weight, case.weight(out), **attributes), out="y")
        yield case


def channels_last_weights():
    """As frameworks keep them, transposed in the graph."""
    case = Case("channels-last weights", [2, 16, 9, 8])
    weight = case.then("Transpose", case.weight(3, 3, 16, 24), perm=[3, 2, 0, 1])
    case.then("Relu", case.then("Conv", "x", weight), out="y")
    yield case


def transposed():
    for channels, out, kernel, attributes in (
            (24, 24, [2, 2], {"strides": [2, 2]}),
            (24, 1, [2, 2], {"strides": [2, 2]}),
            (16, 20, [4, 4], {"strides": [2, 2], "pads": [1, 1, 1, 1]}),
            (6, 8, [3, 3], {"strides": [2, 1], "pads": [1, 1, 1, 1], "output_padding": [1, 0]}),
            (8, 8, [3, 3], {"strides": [2, 2], "group": 8}),
            (8, 12, [3, 2], {"group": 4, "dilations": [2, 1]}),
            (8, 4, [5], {"strides": [3], "pads": [1, 2]}),
            (4, 4, [2, 3, 2], {"strides": [2, 1, 2]}),
            (5, 3, [1, 1], {"strides": [2, 2]})):
        case = Case(f"transposed {channels} {out} {kernel} {attributes}",
                    [2, channels, *[5, 6, 4][:len(kernel)]])
        weight = case.weight(channels, out // attributes.get("group", 1), *kernel)
        value = case.then("ConvTranspose", "x", weight, case.weight(out), **attributes)
        case.then("Relu", value, out="y")
        yield case


def integers():
    for data, weights, padding in ((np.uint8, np.int8, 1), (np.uint8, np.int8, 0),
                                   (np.uint8, np.uint8, 1)):
        case = Case(f"integer {data.__name__} {weights.__name__} pad {padding}", [2, 12, 7, 9], data)
        low, high = (-128, 128) if weights is np.int8 else (0, 256)
        weight = case.weight(20, 12, 3, 3, element=weights, low=low, high=high)
        zeros = [case.constant(np.array(7, data)),
                 case.constant(np.array(0 if weights is np.int8 else 128, weights))]
        case.then("ConvInteger", "x", weight, *zeros, pads=[padding] * 4, out="y")
        yield case


def graphs():
    """What stands between convolutions."""
    def begin(name, channels=16):
        case = Case(name, [2, 3, 12, 14])
        value = case.then("Conv", "x", case.weight(channels, 3, 3, 3), pads=[1] * 4)
        return case, value

    def end(case, value, channels):
        value = case.then("Conv", value, case.weight(8, channels, 1, 1))
        case.then("Relu", value, out="y")
        return case

    for kind, attributes in (("MaxPool", {"pads": [1] * 4}), ("AveragePool", {"pads": [1] * 4}),
                             ("MaxPool", {"ceil_mode": 1})):
        case, value = begin(f"{kind} {attributes}")
        value = case.then(kind, value, kernel_shape=[3, 3], strides=[2, 2], **attributes)
        yield end(case, value, 16)
    case, value = begin("residual")
    inner = case.then("Conv", value, case.weight(16, 16, 3, 3), case.weight(16), pads=[1] * 4)
    yield end(case, case.then("Relu", case.then("Add", inner, value)), 16)
    for channels in (16, 20):
        case, value = begin(f"concat {channels}", channels)
        other = case.then("Conv", value, case.weight(24, channels, 1, 1))
        yield end(case, case.then("Concat", value, other, value, axis=1), 2 * channels + 24)
    case, value = begin("squeeze and excite")
    gate = case.then("Conv", case.then("GlobalAveragePool", value), case.weight(16, 16, 1, 1))
    yield end(case, case.then("Mul", value, case.then("HardSigmoid", gate)), 16)
    for mode, coordinates in (("nearest", "asymmetric"), ("linear", "half_pixel")):
        case, value = begin(f"resize {mode}")
        scales = case.constant(np.array([1, 1, 2, 2], np.float32))
        value = case.then("Resize", value, "", scales, mode=mode, nearest_mode="floor",
                          coordinate_transformation_mode=coordinates)
        yield end(case, value, 16)
    case = Case("one channel seen another way", [2, 12, 14, 1])
    value = case.then("Reshape", "x", case.constant(np.array([-1, 1, 12, 14])))
    yield end(case, case.then("Conv", value, case.weight(16, 1, 3, 3)), 16)
    case = Case("rows become an image", [2, 3 * 12 * 14])
    value = case.then("Reshape", "x", case.constant(np.array([-1, 3, 12, 14])))
    yield end(case, case.then("Conv", value, case.weight(16, 3, 3, 3)), 16)
    case, value = begin("split and shuffle", 32)
    case.nodes.append(node("Split", [value], ["left", "right"], axis=1, num_outputs=2))
    right = case.then("Conv", "right", case.weight(16, 1, 3, 3), pads=[1] * 4, group=16)
    yield end(case, case.then("Concat", "left", right, axis=1), 32)


def difference(got, expected, rounded):
    """What is wrong, or None. Written so that what is not a number is wrong too."""
    if got.shape != expected.shape:
        return f"shape {got.shape}, expected {expected.shape}"
    worst = np.abs(got.astype(np.float64) - expected).max()
    most = 1e-4 * np.abs(expected).max() if rounded else 0
    return None if np.isfinite(most) and worst <= most else f"off by up to {worst}"


def check_difference():
    """A comparison that accepts everything would show nothing."""
    right = np.ones(3, np.float32)
    assert difference(right, right, True) is None
    for wrong in np.nan, np.inf, 1.001:
        assert difference(np.array([1, wrong, 1], np.float32), right, True), wrong
        assert difference(right, np.array([1, wrong, 1], np.float32), True), wrong


def check(folder, case, dynamic):
    """One message where the two differ, else none."""
    name = case.name + (" ?" if dynamic else "")
    path, artifact = folder / "model.onnx", folder / "model.so"
    onnx.save(case.model(dynamic), path)
    if case.element is np.float32:
        x = case.rng.standard_normal(case.shape).astype(np.float32)
    else:
        x = case.rng.integers(0, 256, case.shape).astype(case.element)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    expected = session.run(["y"], {"x": x})[0]
    np.save(folder / "x.npy", x)
    for command in (["compile", path, "-o", artifact],
                    ["run", artifact, "--input", f"x={folder / 'x.npy'}", "--output-dir", folder]):
        done = subprocess.run(["ingot", *map(str, command)], capture_output=True, text=True,
                              check=False)
        if done.returncode:
            return f"{name}: {done.stderr[-300:]}"
        if "reference lowering" in done.stderr:
            return f"{name}: {done.stderr.splitlines()[-1]}"
    wrong = difference(np.load(folder / "y.npy"), expected, case.element is np.float32)
    return wrong and f"{name}: {wrong}"


def main():
    check_difference()
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        for family in (convolutions, channels_last_weights, transposed, integers, graphs):
            for case in family():
                for dynamic in (False, True):
                    failures.append(check(pathlib.Path(folder), case, dynamic))
    failures = [f for f in failures if f]
    print("\n".join(failures) or "all agree")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
