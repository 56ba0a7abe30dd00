"""Zero points of 4 and 2 bits that reach a kernel through the program: they are few enough to be
followed as known expressions, which the program stores packed. Expected values are numpy's.

Needs `ingot` in PATH.
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper

_LIMITS = {TensorProto.INT4: (-8, 7), TensorProto.UINT4: (0, 15),
           TensorProto.INT2: (-2, 1), TensorProto.UINT2: (0, 3)}


def check(folder, element, count):
    """One message where a zero point per row was misread, else none."""
    low, high = _LIMITS[element]
    zeros = [(low + 3 * i) % (high + 1 - low) + low for i in range(count)]
    zeros = [min(max(zero, low), high) for zero in zeros]
    graph = helper.make_graph(
        [helper.make_node("QuantizeLinear", ["x", "scale", "zero"], ["q"], axis=0),
         helper.make_node("Cast", ["q"], ["y"], to=TensorProto.FLOAT)], "zeros",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [count, 5]),
         helper.make_tensor_value_info("scale", TensorProto.FLOAT, [count]),
         helper.make_tensor_value_info("zero", element, [count])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [count, 5])])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 25)], ir_version=13),
              folder / "model.onnx")
    zero = helper.make_tensor("zero", element, [count], zeros)
    (folder / "zero.pb").write_bytes(zero.SerializeToString())
    x = np.random.default_rng(count).normal(size=(count, 5)).astype(np.float32) * 4
    scale = np.linspace(0.5, 2, count).astype(np.float32)
    np.save(folder / "x.npy", x)
    np.save(folder / "scale.npy", scale)
    done = subprocess.run(
        ["ingot", "run", str(folder / "model.onnx"), "--output-dir", str(folder),
         *(f"--input={name}={folder / name}.{ending}"
           for name, ending in (("x", "npy"), ("scale", "npy"), ("zero", "pb")))],
        capture_output=True, text=True, check=False)
    what = f"{TensorProto.DataType.Name(element)} [{count}]"
    if done.returncode:
        return f"{what}: {done.stderr[-300:]}"
    expected = np.clip(np.rint(x / scale[:, None]) + np.array(zeros)[:, None], low, high)
    got = np.load(folder / "y.npy")
    return None if np.array_equal(got, expected) else f"{what}: expected {expected}, but got {got}"


def main():
    with tempfile.TemporaryDirectory() as folder:
        failures = [check(pathlib.Path(folder), element, count)
                    for element in _LIMITS for count in (1, 2, 3, 7)]
    failures = [each for each in failures if each]
    print("\n".join(failures) or "all agree")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
