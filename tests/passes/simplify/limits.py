"""What limits the size of an input and what does not, against onnxruntime.

Needs `ingot` in PATH. Every model runs with inputs shorter than, as long as and longer than the 8
rows of a table: whatever onnxruntime takes must be taken, with its numbers, and what it refuses is
refused.
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

SIZES = [0, 1, 2, 8, 9, 20]
TABLE = np.arange(32, dtype=np.float32).reshape(8, 4) / 8
CONSTANTS = {"table": TABLE, "row": TABLE[2:3], "long": np.tile(TABLE, (3, 1)),
             "zero": np.array([0]), "one": np.array([1]), "limit": np.array([8]),
             "huge": np.array([10**9]), "tail": np.array([4]),
             "vast": np.zeros((300000, 4), np.float32)}
node = helper.make_node


def cut(data="table", result="t", end="n"):
    return node("Slice", [data, "zero", end, "zero"], [result])


LENGTH = [node("Shape", ["x"], ["n"], start=0, end=1)]
ADD = [cut(), node("Add", ["x", "t"], ["y"])]


def branch():
    def graph(name, nodes):
        return helper.make_graph(nodes, name, [], [helper.make_tensor_value_info(
            name + ".y", TensorProto.FLOAT, None)])
    then = graph("then", [cut(result="b"), node("Add", ["x", "b"], ["then.y"])])
    other = graph("other", [node("Neg", ["x"], ["other.y"])])
    return [node("If", ["run"], ["y"], then_branch=then, else_branch=other)]


def loop():
    value = helper.make_tensor_value_info
    body = helper.make_graph(
        [node("Identity", ["go"], ["go.next"]), cut(result="b"), node("Add", ["v", "b"], ["v.next"])],
        "body", [value("i", TensorProto.INT64, []), value("go", TensorProto.BOOL, []),
                 value("v", TensorProto.FLOAT, ["S", 4])],
        [value("go.next", TensorProto.BOOL, []), value("v.next", TensorProto.FLOAT, None)])
    return [node("Cast", ["run"], ["trips"], to=TensorProto.INT64),
            node("Loop", ["trips", "", "x"], ["y"], body=body)]


CASES = {
    "broadcast against the input": LENGTH + ADD,
    "cut alone": LENGTH + [cut(), node("Neg", ["t"], ["y"])],
    "cut beside the input": LENGTH + [cut(), node("Concat", ["x", "t"], ["y"], axis=0)],
    "cut broadcast against one row": LENGTH + [cut(), node("Mul", ["t", "row"], ["y"])],
    "cut folded": LENGTH + [cut(), node("ReduceSum", ["t", "zero"], ["s"]),
                            node("Add", ["x", "s"], ["y"])],
    "table of one row": LENGTH + [cut("row"), node("Add", ["x", "t"], ["y"])],
    "cut in a branch": LENGTH + branch(),
    "cut in a loop": LENGTH + loop(),
    "cut in front of a branch": LENGTH + [cut(result="b")] + [node("If", ["run"], ["y"], **{
        k: helper.make_graph(n, k, [], [helper.make_tensor_value_info(k, TensorProto.FLOAT, None)])
        for k, n in {"then_branch": [node("Add", ["x", "b"], ["then_branch"])],
                     "else_branch": [node("Neg", ["x"], ["else_branch"])]}.items()})],
    # Scores of the longest would fill 360 GB.
    "scores of a long table": LENGTH + [
        cut("vast"), node("Add", ["x", "t"], ["u"]), node("Transpose", ["u"], ["ut"]),
        node("MatMul", ["u", "ut"], ["s"]), node("Softmax", ["s"], ["p"]),
        node("MatMul", ["p", "u"], ["y"])],
    "end beyond any size": [cut("x", end="huge"), node("Add", ["x", "t"], ["y"])],
    "end at a number": [cut("x", end="limit"), node("Mul", ["t", "t"], ["y"])],
    "end at a number, broadcast": [cut("x", end="limit"), node("Add", ["x", "t"], ["y"])],
    "end at one, broadcast": [cut("x", end="one"), node("Add", ["x", "t"], ["y"])],
    "side by side": LENGTH + [cut(), node("Concat", ["x", "t"], ["y"], axis=1)],
    "product": LENGTH + [cut(), node("Transpose", ["x"], ["xt"]),
                         node("MatMul", ["xt", "t"], ["y"])],
    "two tables": LENGTH + ADD[:1] + [cut("long", "l"), node("Add", ["x", "t"], ["p"]),
                                      node("Add", ["x", "l"], ["q"]), node("Add", ["p", "q"], ["y"])],
    "reshape": LENGTH + [node("Min", ["n", "limit"], ["m"]),
                         node("Concat", ["m", "tail"], ["s"], axis=0),
                         node("Reshape", ["x", "s"], ["y"])],
    "expand": LENGTH + [cut(), node("Concat", ["n", "tail"], ["s"], axis=0),
                        node("Expand", ["t", "s"], ["y"])],
    "a second input of that name": LENGTH + [cut(), node("Add", ["z", "t"], ["u"]),
                                             node("Add", ["x", "u"], ["y"])],
}


def model(nodes):
    used = {name for each in nodes for name in each.input}
    used |= {name for each in nodes for a in each.attribute for n in a.g.node for name in n.input}
    value = helper.make_tensor_value_info
    inputs = [value(name, TensorProto.FLOAT, ["S", 4]) for name in ("x", "z") if name in used]
    inputs += [value("run", TensorProto.BOOL, [])] if "run" in used else []
    graph = helper.make_graph(nodes, "limits", inputs, [value("y", TensorProto.FLOAT, None)],
                              [numpy_helper.from_array(v, k) for k, v in CONSTANTS.items()
                               if k in used])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)


def expected(session, feeds):
    """Null where onnxruntime refuses."""
    try:
        return session.run(["y"], feeds)[0]
    except Exception:  # its errors have no common base of their own
        return None


def run(folder, feeds):
    """The result and what was said."""
    command = ["ingot", "run", "model.so", "--output-dir", "."]
    for key, value in feeds.items():
        np.save(folder / f"{key}.npy", value)
        command += ["--input", f"{key}={key}.npy"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    return (None if done.returncode else np.load(folder / "y.npy")), done.stderr


def check(folder, name, nodes):
    onnx.save(model(nodes), folder / "model.onnx")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    # What its optimizer drops would fail otherwise.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options,
                                           providers=["CPUExecutionProvider"])
    done = subprocess.run(["ingot", "compile", "model.onnx", "-o", "model.so"], cwd=folder,
                          capture_output=True, text=True, check=False)
    if done.returncode:
        yield f"{name}: {done.stderr[-300:]}"
        return
    names = [each.name for each in session.get_inputs()]
    for size in SIZES:
        for active in ([False, True] if "run" in names else [True]):
            rng = np.random.default_rng(size)
            feeds = {key: np.array(active) if key == "run" else
                     rng.standard_normal((size, 4)).astype(np.float32) for key in names}
            want, (got, said) = expected(session, feeds), run(folder, feeds)
            what = f"{name}, {size} rows{'' if active else ', not run'}"
            if (want is None) != (got is None):
                yield f"{what}: {'not refused' if want is None else 'refused: ' + said[-200:]}"
            elif want is not None and (got.shape != want.shape or
                                       not np.allclose(got, want, rtol=1e-5, atol=1e-5)):
                yield f"{what}: {got.shape} against {want.shape}"


def main():
    wrong = []
    with tempfile.TemporaryDirectory() as place:
        for name, nodes in CASES.items():
            wrong += check(pathlib.Path(place), name, nodes)
    print("\n".join(wrong))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
