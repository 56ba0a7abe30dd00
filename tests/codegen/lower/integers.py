"""Integer contractions of every form that quantizers write, against exact sums.

Needs `ingot` in PATH. The references are sums of 64-bit integers made here by numpy: onnxruntime
lets pairs of products saturate where the CPU has no VNNI. Every third value is an end of its range.
None may run by a reference lowering, and the assembly must hold the integer instruction of the CPU
and no product of floats.
"""
import itertools
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import helper, numpy_helper

node = helper.make_node
RNG = np.random.default_rng(7)


def integers(shape, element, low=None, high=None):
    info = np.iinfo(element)
    low, high = info.min if low is None else low, info.max if high is None else high
    value = RNG.integers(low, high + 1, shape)
    flat = value.reshape(-1)
    flat[::3] = np.where(np.arange(flat[::3].size) % 2, low, high)
    return value.astype(element)


def convolve(x, w, stride, pad, groups):
    """Exact sums; x and w are less their zero points."""
    x = np.pad(x.astype(np.int64), [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    w = w.astype(np.int64)
    out = [(x.shape[2 + d] - w.shape[2 + d]) // stride + 1 for d in range(2)]
    y = np.zeros((x.shape[0], w.shape[0], *out), np.int64)
    each, made = w.shape[1], w.shape[0] // groups
    for m, (i, j) in itertools.product(range(w.shape[0]), np.ndindex(*out)):
        first = m // made * each
        patch = x[:, first:first + each, i * stride:i * stride + w.shape[2],
                  j * stride:j * stride + w.shape[3]]
        y[:, m, i, j] = (patch * w[m]).sum(axis=(1, 2, 3))
    return y.astype(np.int32)


def matmuls():
    """name, nodes, feeds, constants, expected `y`."""
    for left, right, zero in ((np.uint8, np.int8, 0), (np.int8, np.int8, 0),
                              (np.uint8, np.uint8, 128), (np.uint8, np.uint8, 119),
                              (np.int8, np.int8, -5), (np.uint8, np.int8, "column")):
        x, w = integers((5, 67), left), integers((67, 21), right)
        zeros = integers(21, right) if zero == "column" else np.array(zero, right)
        start = np.array(9, left)
        wide = np.asarray(zeros, np.int64)
        yield (f"matmul {left.__name__} {right.__name__} zero {zero}",
               [node("MatMulInteger", ["x", "w", "x0", "w0"], ["y"])], {"x": x},
               {"w": w, "x0": start, "w0": zeros},
               ((x.astype(np.int64) - 9) @ (w.astype(np.int64) - wide)).astype(np.int32))
    x, w = integers((4, 100), np.int8), integers((10, 100), np.int8)
    yield ("small transposed weight", [node("Transpose", ["w"], ["t"], perm=[1, 0]),
                                       node("MatMulInteger", ["x", "t"], ["y"])],
           {"x": x}, {"w": w}, (x.astype(np.int64) @ w.T.astype(np.int64)).astype(np.int32))


def dequantized():
    """Scales that are powers of two: the products of floats would be exact, so are ours."""
    for element, low, high in ((np.int8, -128, 127), ("int4", -8, 7)):
        x = integers((3, 64), np.uint8)
        w = integers((64, 24), np.int8, low, high)
        exact = (x.astype(np.int64) - 3) @ w.astype(np.int64) / 1024
        weight = (numpy_helper.from_array(w, "w") if element != "int4" else
                  helper.make_tensor("w", onnx.TensorProto.INT4, w.shape, w.reshape(-1)))
        nodes = [node("DequantizeLinear", ["x", "s", "x0"], ["xf"]),
                 node("DequantizeLinear", ["w", "c"], ["wf"], axis=1),
                 node("MatMul", ["xf", "wf"], ["y"])]
        yield (f"dequantized {element}", nodes, {"x": x},
               {"w": weight, "s": np.array(1 / 32, np.float32), "x0": np.array(3, np.uint8),
                "c": np.full(24, 1 / 32, np.float32)}, exact.astype(np.float32))
    # Data [N, H, W, C] and weights [H, W, C, M], brought into ONNX's order as floats.
    x, w = integers((2, 9, 8, 12), np.uint8), integers((3, 3, 12, 20), np.int8)
    scales = np.exp2(-RNG.integers(4, 8, 20)).astype(np.float32)
    exact = convolve(x.transpose(0, 3, 1, 2).astype(np.int64) - 3, w.transpose(3, 2, 0, 1), 1, 1, 1)
    yield ("dequantized channels-last",
           [node("DequantizeLinear", ["x", "s", "x0"], ["xf"]),
            node("DequantizeLinear", ["w", "c"], ["wf"], axis=3),
            node("Transpose", ["xf"], ["xt"], perm=[0, 3, 1, 2]),
            node("Transpose", ["wf"], ["wt"], perm=[3, 2, 0, 1]),
            node("Conv", ["xt", "wt"], ["y"], pads=[1] * 4)], {"x": x},
           {"w": w, "s": np.array(1 / 32, np.float32), "x0": np.array(3, np.uint8), "c": scales},
           (exact * (scales / 32).reshape(-1, 1, 1)).astype(np.float32))


def convolutions():
    for channels, out, groups, zero, stride, pad in (
            (12, 20, 1, 0, 1, 1), (12, 20, 1, 131, 1, 1), (3, 16, 1, 90, 2, 3),
            (16, 24, 2, "channel", 1, 1), (8, 8, 8, 117, 1, 1), (4, 1100, 1, "channel", 8, 0),
            (4, 1100, 1, "zeros", 8, 0)):
        element = np.int8 if zero in (0, "zeros") else np.uint8
        x = integers((2, channels, 9, 8), np.uint8)
        w = integers((out, channels // groups, 3, 3), element)
        zeros = (integers(out, element) if zero == "channel" else
                 np.zeros(out, element) if zero == "zeros" else np.array(zero, element))
        wide = np.asarray(zeros, np.int64).reshape(-1, 1, 1, 1)
        attributes = {"pads": [pad] * 4, "strides": [stride] * 2, "group": groups}
        name = f"conv {channels} to {out}, {groups} groups, zero {zero}"
        expected = convolve(x.astype(np.int64) - 77, w - wide, stride, pad, groups)
        constants = {"w": w, "w0": zeros}
        conv = node("ConvInteger", ["x", "w", "x0", "w0"], ["y"], **attributes)
        yield name, [conv], {"x": x}, {**constants, "x0": np.array(77, np.uint8)}, expected
        yield (name + ", data's zero known in the run", [conv],
               {"x": x, "x0": np.array(77, np.uint8)}, constants, expected)


def requantize(exact, factor, zero, element):
    """Ties to even; all factors are powers of two, so that the products are exact."""
    info = np.iinfo(element)
    wide = np.rint(exact * factor) + zero
    assert ((wide > info.min) & (wide < info.max)).mean() > 0.7, "most are cut to the range"
    return np.clip(wide, info.min, info.max).astype(element)


def qlinear():
    """QLinearMatMul and QLinearConv, a scale per tensor and per channel."""
    for left, right, made in ((np.uint8, np.int8, np.uint8), (np.int8, np.int8, np.int8),
                              (np.uint8, np.uint8, np.uint8)):
        x, w = integers((5, 67), left), integers((67, 21), right)
        for channels in (False, True):
            scale = (np.exp2(RNG.integers(-11, -9, 21)) if channels else
                     np.array(1 / 1024)).astype(np.float32)
            middle = 127 if right == np.uint8 else 0
            zero = np.full(21, middle, right) if channels else np.array(middle + 5, right)
            start = 120 if made == np.uint8 else -7
            exact = (x.astype(np.int64) - 9) @ (w.astype(np.int64) - zero.astype(np.int64))
            values = {"w": w, "xs": np.array(1 / 16, np.float32), "x0": np.array(9, left),
                      "ws": scale, "w0": zero, "ys": np.array(1 / 2, np.float32),
                      "y0": np.array(start, made)}
            yield (f"QLinearMatMul {left.__name__} {right.__name__}, channels {channels}",
                   [node("QLinearMatMul", ["x", "xs", "x0", "w", "ws", "w0", "ys", "y0"], ["y"])],
                   {"x": x}, values, requantize(exact, scale.astype(np.float64) / 8, start, made))
    for channels, out, groups, per_channel in ((12, 20, 1, False), (16, 24, 2, True)):
        x = integers((2, channels, 9, 8), np.uint8)
        w = integers((out, channels // groups, 3, 3), np.int8)
        bias = integers(out, np.int32, -5000, 5000)
        scale = (np.exp2(RNG.integers(-11, -8, out)) if per_channel else
                 np.array(1 / 512)).astype(np.float32)
        exact = convolve(x.astype(np.int64) - 77, w, 1, 1, groups) + bias.reshape(1, -1, 1, 1)
        factor = np.broadcast_to(scale, out).astype(np.float64).reshape(1, -1, 1, 1) / 8
        values = {"w": w, "xs": np.array(1 / 8, np.float32), "x0": np.array(77, np.uint8),
                  "ws": scale, "w0": np.zeros(scale.shape, np.int8),
                  "ys": np.array(1, np.float32), "y0": np.array(100, np.uint8), "b": bias}
        names = ["x", "xs", "x0", "w", "ws", "w0", "ys", "y0", "b"]
        yield (f"QLinearConv {channels} to {out}, {groups} groups, channels {per_channel}",
               [node("QLinearConv", names, ["y"], pads=[1] * 4, group=groups)], {"x": x}, values,
               requantize(exact, factor, 100, np.uint8))


def save(path, case, dynamic):
    _, nodes, feeds, constants, _ = case
    free = {key: [f"{key}{i}" if i != (3 if "channels-last" in case[0] else 1) else d
                  for i, d in enumerate(value.shape)] for key, value in feeds.items()}
    graph = helper.make_graph(
        nodes, "integers",
        [helper.make_tensor_value_info(key, helper.np_dtype_to_tensor_dtype(value.dtype),
                                       free[key] if dynamic else value.shape)
         for key, value in feeds.items()],
        [helper.make_empty_tensor_value_info("y")],
        [value if isinstance(value, onnx.TensorProto) else numpy_helper.from_array(value, key)
         for key, value in constants.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    onnx.save(onnx.shape_inference.infer_shapes(model), path)


def ingot(*arguments):
    """What it says on stderr, and whether it ended well."""
    done = subprocess.run(["ingot", *map(str, arguments)], capture_output=True, text=True,
                          check=False)
    return done.stderr, done.returncode == 0


def check(folder, case, cpu, dynamic):
    """One message where the two differ, else none."""
    name = f"{case[0]} ({cpu}{', free sizes' if dynamic else ''})"
    path, artifact = folder / "model.onnx", folder / "model.so"
    save(path, case, dynamic)
    said, good = ingot("compile", path, "-o", artifact, f"--cpu={cpu}")
    if not good or "reference lowering" in said:
        return f"{name}: {said[-300:]}"
    inputs = []
    for key, value in case[2].items():
        np.save(folder / f"{key}.npy", value)
        inputs += ["--input", f"{key}={folder / key}.npy"]
    said, good = ingot("run", artifact, *inputs, "--output-dir", folder)
    if not good:
        return f"{name}: {said[-300:]}"
    got = np.load(folder / "y.npy")
    if got.shape != case[4].shape or got.dtype != case[4].dtype:
        return f"{name}: {got.dtype}{got.shape}, expected {case[4].dtype}{case[4].shape}"
    if not np.array_equal(got, case[4]):
        return f"{name}: {(got != case[4]).sum()} of {got.size} differ"
    return None


def check_assembly(folder, case, cpu, instruction):
    """The kernel's code: that instruction, none that saturates, and no multiplication of vectors of
    floats but those that scale sums."""
    save(folder / "model.onnx", case, False)
    said, good = ingot("compile", folder / "model.onnx", "-o", folder / "model.s", "--emit=asm",
                       f"--cpu={cpu}")
    if not good:
        return said[-300:]
    text = (folder / "model.s").read_text()
    if not re.search(rf"\b{instruction}\b", text):
        return f"{case[0]} for {cpu}: no {instruction}"
    floats = "" if case[0].startswith("QLinear") else r"|\bv(fmadd\w*|mul)(ps|pd)\b"
    if re.search(rf"\bvpmaddubsw\b|\bvpdpbusds\b{floats}", text):
        return f"{case[0]} for {cpu}: products of floats, or ones that saturate"
    return None


def main():
    failures = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for case in itertools.chain(matmuls(), dequantized(), convolutions(), qlinear()):
            for cpu, dynamic in (("host", False), ("host", True), ("x86-64-v3", False)):
                failures.append(check(folder, case, cpu, dynamic))
            if not case[0].startswith("dequantized"):
                for cpu, instruction in (("x86-64-v3", "vpmaddwd"), ("znver4", "vpdpbusd"),
                                         ("sapphirerapids", "vpdpbusd")):
                    failures.append(check_assembly(folder, case, cpu, instruction))
    failures = [f for f in failures if f]
    print("\n".join(failures) or "all agree")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
