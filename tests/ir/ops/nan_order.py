"""Where NaN stands in an order: TopK, ArgMax, ArgMin, Hardmax and Unique against numpy, by way of
the reference evaluator.

NaN is above every number, the first NaN is the extreme of both kinds, equal numbers (also 0 and -0)
come by their indices. Needs `ingot` in PATH.
"""
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import onnx
from onnx import helper
from onnx.reference import ReferenceEvaluator

NAN, INF = np.nan, np.inf
ROWS = np.array([[3, NAN, 1, -0.0, 0, NAN, 5, -2, NAN, 3, INF], [NAN] * 11,
                 [0, -0.0, 0, -0.0, 1, 1, -INF, -INF, INF, INF, NAN],
                 [NAN, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [5, 4, 5, 4, 3, 4, 3, 5, 3, 4, NAN],
                 [1, 2, 3, 4, 5, 6, 6, 5, 4, 3, 2]])


def nodes():
    """Nodes on `x` and their outputs."""
    made = []
    def add(op, inputs, count, **attributes):
        outputs = [f"y{len(made)}_{i}" for i in range(count)]
        made.append(helper.make_node(op, inputs, outputs, **attributes))
    for op in ("ArgMax", "ArgMin"):
        for last in (0, 1):
            for axis in (0, 1):
                add(op, ["x"], 1, axis=axis, keepdims=axis, select_last_index=last)
    for largest in (0, 1):
        for k in ("one", "some", "all"):
            add("TopK", ["x", k], 2, axis=1, largest=largest)
        add("TopK", ["x", "some"], 2, axis=0, largest=largest)
    add("Hardmax", ["x"], 1, axis=1)
    return made


def unique(**axis):
    """The reference evaluator takes axis 0 alone, and flat tensors."""
    return [helper.make_node("Unique", ["x"], [f"y{order}_{i}" for i in range(4)], sorted=order,
                             **axis) for order in (0, 1)]


def check(folder, made, x, open_sizes, flags):
    """One message where an output differs, else none."""
    shape = ["rows", "columns"] if open_sizes else x.shape
    element = helper.np_dtype_to_tensor_dtype(x.dtype)
    names = [name for node in made for name in node.output]
    graph = helper.make_graph(
        made, "g", [helper.make_tensor_value_info("x", element, shape)],
        [helper.make_empty_tensor_value_info(name) for name in names],
        [onnx.numpy_helper.from_array(np.array([k]), name)
         for name, k in (("one", 1), ("some", 4), ("all", x.shape[-1]))])
    model = onnx.shape_inference.infer_shapes(helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9))
    path = folder / "model.onnx"
    onnx.save(model, path)
    np.save(folder / "x.npy", x)
    what = f"{x.dtype}{' open' if open_sizes else ''} {' '.join(flags)}"
    done = subprocess.run(["ingot", "run", path, "--input", f"x={folder / 'x.npy'}",
                           "--output-dir", folder, *flags], capture_output=True, text=True,
                          check=False)
    if done.returncode:
        return f"{what}: {done.stderr[-300:]}"
    for name, expected in zip(names, ReferenceEvaluator(model).run(names, {"x": x})):
        got = np.load(folder / f"{name}.npy")
        if got.shape != expected.shape or not np.array_equal(got, expected, equal_nan=True):
            node = next(node for node in made if name in node.output)
            return f"{what}: {node}: got {got.tolist()}, expected {expected.tolist()}"
    return None


def main():
    warnings.filterwarnings("ignore")
    wrong = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for element in (np.float32, np.float64, np.float16):
            wrong.append(check(folder, nodes(), ROWS.astype(element), False, []))
            slices = np.tile(ROWS.T, (2, 1)).astype(element)
            if element != np.float16:  # numpy puts slices of halves with NaN first
                wrong.append(check(folder, unique(axis=0), slices, False, []))
            wrong.append(check(folder, unique(), slices.ravel(), False, []))
        wrong.append(check(folder, nodes(), ROWS.astype(np.float32), True, []))
        wrong.append(check(folder, nodes(), ROWS.astype(np.float32), False, ["--reference"]))
    wrong = [each for each in wrong if each]
    print("\n".join(wrong) or "all agree")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
