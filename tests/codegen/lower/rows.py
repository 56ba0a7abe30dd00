"""Folds, softmax and normalization over rows of every kind, against onnxruntime.

Needs `ingot` in PATH. Sizes are chosen around the vector widths: rows shorter than a vector, with a
partly filled last one, and long enough for several independent sums.
"""
import pathlib
import sys
import tempfile

import numpy as np
from onnx import helper

from tests import oracle


def check(folder, name, nodes, shapes, constants, dynamic):
    """One message where the two differ, else none."""
    rng = np.random.default_rng(0)
    feeds = {key: rng.standard_normal(shape).astype(np.float32) * 2
             for key, shape in shapes.items()}
    free = {key: [f"{key}_{i}" for i in range(len(shape))] for key, shape in shapes.items()}
    made = oracle.model(nodes, free if dynamic else shapes, constants)
    return oracle.compare(folder, name, made, feeds, oracle.near(1e-4, 1e-4))


def cases():
    """name, nodes, input shapes, constants of every case."""
    node = helper.make_node
    for shape in ([3, 5, 197], [7, 13], [4, 3, 16], [2, 130, 33]):
        for axis in range(len(shape)):
            yield (f"softmax {shape} axis {axis}", [node("Softmax", ["x"], ["y"], axis=axis)],
                   {"x": shape}, {})
    yield ("log_softmax", [node("LogSoftmax", ["x"], ["y"], axis=1)], {"x": [3, 21, 19]}, {})
    yield ("softmax with producer and consumer",
           [node("Add", ["x", "m"], ["s"]), node("Softmax", ["s"], ["t"]),
            node("Mul", ["t", "m"], ["y"])], {"x": [3, 5, 77], "m": [3, 1, 77]}, {})
    for kind in ("ReduceSum", "ReduceMax"):
        for axes in ([3], [2, 3], [0], [1], [0, 2], [1, 3], [0, 1, 2, 3], [1, 2]):
            for keep in (0, 1):
                yield (f"{kind} {axes} keepdims {keep}",
                       [node("Mul", ["x", "x"], ["q"]),
                        node(kind, ["q", "axes"], ["r"], keepdims=keep),
                        node("Sqrt", ["r"], ["y"])],
                       {"x": [3, 5, 7, 70]}, {"axes": np.array(axes, np.int64)})
    for shape, axis in (([5, 768], 1), ([7, 33], 1), ([4, 3, 11], 1)):
        weights = {key: np.linspace(-1, 2, np.prod(shape[axis:])).astype(np.float32)
                   .reshape(shape[axis:]) for key in ("scale", "shift")}
        yield (f"layer norm {shape} from {axis}",
               [node("Add", ["x", "z"], ["s"]),
                node("LayerNormalization", ["s", "scale", "shift"], ["y"], axis=axis)],
               {"x": shape, "z": shape}, weights)
    # A last dimension of one element: its index counts for nothing.
    for axes in ([2, 3], [0, 2, 3], [1, 3]):
        yield (f"ReduceMean {axes} of one column",
               [node("ReduceMean", ["x", "axes"], ["y"])],
               {"x": [3, 4, 37, 1]}, {"axes": np.array(axes, np.int64)})
    weights = {key: np.linspace(-1, 2, 8).astype(np.float32) for key in ("scale", "shift")}
    yield ("instance norm of one column",
           [node("InstanceNormalization", ["x", "scale", "shift"], ["y"])],
           {"x": [2, 8, 37, 1]}, weights)
    yield ("instance norm", [node("InstanceNormalization", ["x", "scale", "shift"], ["y"])],
           {"x": [2, 8, 5, 7]}, weights)
    yield ("group norm",
           [node("GroupNormalization", ["x", "scale", "shift"], ["y"], num_groups=4)],
           {"x": [2, 8, 9, 7]}, weights)


def main():
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        for name, nodes, shapes, constants in cases():
            for dynamic in (False, True):
                if dynamic and "group" in name:
                    continue  # onnxruntime's expansion wants the channels
                failures.append(check(pathlib.Path(folder), name + (" ?" if dynamic else ""), nodes,
                                      shapes, constants, dynamic))
    return oracle.report(failures)


if __name__ == "__main__":
    sys.exit(main())
