"""Operators that take positions from data: inside of the range onnxruntime's numbers, outside a
status that names the operator, in every form (static, open, computed, the typed function aside).

Needs `ingot` in PATH; writes into the folder it is given.
"""
import pathlib
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

F32, I64, I32 = TensorProto.FLOAT, TensorProto.INT64, TensorProto.INT32
TYPES = {np.dtype("float32"): F32, np.dtype("int64"): I64, np.dtype("int32"): I32}


def integers(*values):
    return np.array(values, np.int64)


def table(*shape):
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape)


def cases():
    """name, nodes, inputs, the input with positions, and what it must refuse."""
    node = helper.make_node
    yield ("Gather", [node("Gather", ["x", "i"], ["y"], axis=1)],
           {"x": table(3, 5), "i": integers(0, -5, 4)}, "i", [[0, 5, 1], [0, -6, 1]])
    yield ("Gather of sums", [node("Add", ["i", "i"], ["k"]), node("Gather", ["x", "k"], ["g"]),
                              node("Relu", ["g"], ["y"])],
           {"x": table(5, 4), "i": integers(0, 2, -1)}, "i", [[0, 3, 1]])
    yield ("Gather of casts", [node("Cast", ["i"], ["k"], to=I64),
                               node("Reshape", ["k", "flat"], ["r"]),
                               node("Gather", ["x", "r"], ["y"])],
           {"x": table(5, 4), "i": np.array([[0, 2], [-1, 4]], np.int32)}, "i",
           [[[0, 2], [5, 1]], [[-6, 0], [0, 0]]])
    yield ("GatherElements", [node("GatherElements", ["x", "i"], ["y"], axis=0)],
           {"x": table(4, 2), "i": integers([3, -4], [0, 1])}, "i", [[[3, 4], [0, 1]]])
    yield ("GatherND", [node("GatherND", ["x", "i"], ["y"])],
           {"x": table(4, 2, 3), "i": integers([3, -2], [-4, 1])}, "i",
           [[[3, 2], [0, 1]], [[0, 0], [4, 0]], [[0, 0], [0, -3]]])
    yield ("ScatterElements", [node("ScatterElements", ["x", "i", "u"], ["y"], axis=1)],
           {"x": table(2, 5), "i": integers([1], [-5]), "u": table(2, 1)}, "i", [[[5], [0]]])
    yield ("ScatterND", [node("ScatterND", ["x", "i", "u"], ["y"])],
           {"x": table(4, 3), "i": integers([1], [-4]), "u": table(2, 3)}, "i", [[[4], [0]]])
    yield ("ReverseSequence", [node("ReverseSequence", ["x", "i"], ["y"], batch_axis=0,
                                    time_axis=1)],
           {"x": table(2, 4), "i": integers(4, 1)}, "i", [[5, 1], [1, -1]])
    yield ("RoiAlign", [node("RoiAlign", ["x", "r", "i"], ["y"], output_height=2, output_width=2,
                             sampling_ratio=1)],
           {"x": table(2, 1, 4, 4), "r": np.array([[0, 0, 2, 2]], np.float32), "i": integers(1)},
           "i", [[2], [-1]])
    yield ("NegativeLogLikelihoodLoss", [node("NegativeLogLikelihoodLoss", ["x", "i"], ["y"])],
           {"x": table(2, 3), "i": integers(2, 0)}, "i", [[3, 0]])


def model(nodes, feeds, isOpen):
    def shape(name, value):
        return [f"{name}_{d}" for d in range(value.ndim)] if isOpen else list(value.shape)

    # What gives ranks and lengths of vectors stays as it is.
    graph = helper.make_graph(
        nodes, "g",
        [helper.make_tensor_value_info(
            name, TYPES[value.dtype],
            shape(name, value) if name == "x" or value.ndim == 1 and nodes[0].op_type != "RoiAlign"
            else list(value.shape)) for name, value in feeds.items()],
        [helper.make_tensor_value_info("y", F32, None)],
        [numpy_helper.from_array(integers(-1), "flat")])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)


def check(folder, name, nodes, feeds, key, outside, isOpen, flags):
    path, artifact = folder / "model.onnx", folder / "model.so"
    onnx.save(model(nodes, feeds, isOpen), path)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    done = subprocess.run(["ingot", "compile", path, "-o", artifact, "--verify-each", *flags],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        return [f"{name}: {done.stderr[-300:]}"]

    def run(positions):
        values = {**feeds, key: positions}
        inputs = []
        for tensor, value in values.items():
            np.save(folder / f"{tensor}.npy", value)
            inputs += ["--input", f"{tensor}={folder / tensor}.npy"]
        return values, subprocess.run(
            ["ingot", "run", artifact, *inputs, "--output-dir", folder], capture_output=True,
            text=True, check=False)

    values, done = run(feeds[key])
    if done.returncode:
        return [f"{name}: {done.stderr[-300:]}"]
    failures = []
    if not np.allclose(np.load(folder / "y.npy"), session.run(["y"], values)[0], 1e-5):
        failures.append(f"{name}: other numbers")
    for wrong in outside:
        _, done = run(np.array(wrong, feeds[key].dtype))
        operator = next(n.op_type for n in nodes if n.op_type not in ("Add", "Cast", "Reshape"))
        if done.returncode != 1 or operator not in done.stderr or "lies outside" not in done.stderr:
            failures.append(f"{name} {wrong}: exit {done.returncode}, {done.stderr[-200:]}")
    return failures


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    failures, count = [], 0
    for name, nodes, feeds, key, outside in cases():
        for isOpen in (False, True):
            for flags in ([], ["--reference"]):
                label = f"{name}{' ?' if isOpen else ''} {' '.join(flags)}"
                failures += check(folder, label, nodes, feeds, key, outside, isOpen, flags)
                count += 1
    print("\n".join(failures) or f"all {count} agree")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
