"""What Ingot and onnxruntime make of one model, for the scripts that lit runs as modules.

Needs `ingot` in PATH.
"""
import subprocess

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper


def model(nodes, inputs, constants, opset=21):
    """A model with the output `y`; `inputs` are shapes of floats by name, `constants` arrays."""
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
                     for name, shape in inputs.items()],
        [helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in constants.items()])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)
    return onnx.shape_inference.infer_shapes(made)


def near(rtol=0.0, atol=0.0, share=0.0):
    """|y - ref| <= rtol |ref| + atol + share max|ref|, as an argument of compare."""
    def holds(got, expected):
        return np.allclose(got, expected, rtol, atol + share * np.abs(expected).max(initial=0))
    return holds


def compare(folder, what, made, feeds, holds, vectorized=False):
    """One message where the two differ in `y`, else none; also where `vectorized` is asked for and
    a kernel is plain loops."""
    path, artifact = folder / "model.onnx", folder / "model.so"
    onnx.save(made, path)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    expected = session.run(["y"], feeds)[0]
    inputs = []
    for name, value in feeds.items():
        np.save(folder / f"{name}.npy", value)
        inputs += ["--input", f"{name}={folder / name}.npy"]
    # What the kernels are is said by the compilation alone.
    compiled = [["compile", path, "-o", artifact]] if vectorized else []
    for command in (*compiled, ["run", artifact if vectorized else path, *inputs, "--output-dir",
                                folder]):
        done = subprocess.run(["ingot", *map(str, command)], capture_output=True, text=True,
                              check=False)
        if done.returncode:
            return f"{what}: {done.stderr[-300:]}"
        if vectorized and "reference lowering" in done.stderr:
            return f"{what}: {done.stderr.splitlines()[-1]}"
    got = np.load(folder / "y.npy")
    if got.shape != expected.shape:
        return f"{what}: shape {got.shape}, expected {expected.shape}"
    if not holds(got, expected):
        return (f"{what}: off by up to {np.abs(got - expected).max()} of "
                f"{np.abs(expected).max()}")
    return None


def report(messages):
    """Prints those that there are; the exit status."""
    wrong = [each for each in messages if each]
    print("\n".join(wrong) or "all agree")
    return bool(wrong)
