"""Element-wise integer operators over tensors as short as shapes are, which the planner may take for
values that it computes itself: every operator, type and size is planned, a tenth is run against the
standard's reference evaluator. Needs `ingot` in PATH.
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

SIZES = [1, 2, 8, 15, 16, 17, 33, 63, 64, 65, 100]
TYPES = {name: helper.np_dtype_to_tensor_dtype(np.dtype(name))
         for name in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")}
BINARY = ["Add", "Sub", "Mul", "Div", "Max", "Min", "Mod", "Pow", "BitwiseAnd", "BitwiseOr",
          "BitwiseXor"]
COMPARISONS = ["Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Equal"]
UNARY = ["Neg", "Abs", "Sign", "BitwiseNot", "Relu", "Identity"]
node = helper.make_node


def graphs(kind):
    """Name → nodes from x (any element) and z (no zeros) to y, with the scalar s."""
    signed, wide = kind.startswith("int"), kind.endswith(("32", "64"))
    for op in BINARY:
        if op == "Pow" and (not signed or not wide):
            continue
        yield op, [node(op, ["x", "z"], ["y"])]
        yield op + " by a scalar", [node(op, ["x", "s"], ["y"])]
    for op in UNARY:
        if signed or op not in ("Neg", "Relu"):
            yield op, [node(op, ["x"], ["y"])]
    for op in COMPARISONS:
        yield op, [node(op, ["x", "z"], ["c"]), node("Where", ["c", "x", "z"], ["y"])]
        yield op + " cast", [node(op, ["x", "s"], ["c"]), node("Cast", ["c"], ["y"], to=TYPES[kind])]
    yield "scaled where small", [node("Less", ["x", "s"], ["c"]), node("Mul", ["x", "s"], ["m"]),
                                 node("Where", ["c", "m", "x"], ["y"])]
    if wide:
        yield "PRelu", [node("PRelu", ["x", "s"], ["y"])]
    if not signed:
        yield "BitShift", [node("BitShift", ["x", "s"], ["y"], direction="LEFT")]
    yield "Clip", [node("Clip", ["x", "s"], ["y"])]
    yield "cast to floats", [node("Cast", ["x"], ["f"], to=TensorProto.FLOAT),
                             node("Floor", ["f"], ["g"]), node("Cast", ["g"], ["y"], to=TYPES[kind])]


def cases(kind):
    return [(name, size, nodes) for size in SIZES for name, nodes in graphs(kind)]


def build(kind, chosen):
    """One model of all the graphs that are chosen, with inputs of their sizes."""
    nodes, outputs = [], []
    for i, (_, size, part) in enumerate(chosen):
        def rename(name, size=size, i=i):
            return f"{name}{size}" if name in "xz" else name if name == "s" else f"{name}_{i}"
        for each in part:
            copy = onnx.NodeProto()
            copy.CopyFrom(each)
            copy.input[:] = map(rename, each.input)
            copy.output[:] = map(rename, each.output)
            nodes.append(copy)
        outputs.append(helper.make_tensor_value_info(f"y_{i}", TYPES[kind], [size]))
    inputs = [helper.make_tensor_value_info(f"{name}{size}", TYPES[kind], [size])
              for name in "xz" for size in sorted({size for _, size, _ in chosen})]
    scalar = numpy_helper.from_array(np.array(2, kind), "s")
    graph = helper.make_graph(nodes, "g", inputs, outputs, [scalar])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)


def ingot(folder, *command):
    done = subprocess.run(["ingot", *map(str, command)], capture_output=True, text=True, check=False,
                          cwd=folder)
    return f"status {done.returncode}: {done.stderr[-400:]}" if done.returncode else ""


def check(folder, kind):
    chosen = cases(kind)
    onnx.save(build(kind, chosen), folder / "all.onnx")
    if wrong := ingot(folder, "compile", "all.onnx", "--emit=mlir", "-o", "all.mlir"):
        yield f"{kind}, planned: {wrong}"
    # Another tenth for each type, of every size.
    chosen = chosen[list(TYPES).index(kind)::10]
    made = build(kind, chosen)
    onnx.save(made, folder / "some.onnx")
    rng, feeds, command = np.random.default_rng(1), {}, []
    for value in made.graph.input:
        low = -5 if kind.startswith("int") else 0
        data = rng.integers(low, 6, value.type.tensor_type.shape.dim[0].dim_value)
        if value.name[0] == "z":
            data = rng.integers(1, 4, len(data))
        feeds[value.name] = data.astype(kind)
        np.save(folder / f"{value.name}.npy", feeds[value.name])
        command += ["--input", f"{value.name}={value.name}.npy"]
    if wrong := ingot(folder, "run", "some.onnx", *command, "--output-dir", "."):
        yield f"{kind}, run: {wrong}"
        return
    for (name, size, nodes), i in zip(chosen, range(len(chosen))):
        # The evaluator's own division rounds down.
        if name.startswith("Div"):
            other = feeds[f"z{size}"] if name == "Div" else np.array(2, kind)
            expected = np.trunc(feeds[f"x{size}"] / other).astype(kind)
        else:
            expected = ReferenceEvaluator(build(kind, [(name, size, nodes)])).run(
                None,
                {f"{key}{size}": feeds[f"{key}{size}"] for key in "xz"})[0]
        got = np.load(folder / f"y_{i}.npy")
        if got.dtype != expected.dtype or not np.array_equal(got, expected):
            yield f"{name} of {size} {kind}: {got} instead of {expected}"


def main():
    wrong = []
    for kind in TYPES:
        with tempfile.TemporaryDirectory() as folder:
            wrong += check(pathlib.Path(folder), kind)
    print("\n".join(wrong) or "all agree")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
