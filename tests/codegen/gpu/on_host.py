"""Numbers of the GPU's kernels without a GPU, against onnxruntime.

The LLVM IR from which PTX is made is compiled for the host, with NVVM's thread numbers and barriers
replaced by those of block.c, and run block by block. Needs `ingot` and clang in PATH.
"""
import ctypes
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

_HERE = pathlib.Path(__file__).parent
_INTRINSICS = {"llvm.nvvm.read.ptx.sreg.tid.x": "host_thread",
               "llvm.nvvm.read.ptx.sreg.ctaid.x": "host_block",
               "llvm.nvvm.barrier.cta.sync.aligned.all": "host_barrier"}


def _for_host(ir):
    """The module with the host's functions, in one address space."""
    for intrinsic, function in _INTRINSICS.items():
        ir = ir.replace(f"@{intrinsic}(", f"@{function}(")
    ir = re.sub(r"^(declare .*@host_\w+\(.*\)).*$", r"\1", ir, flags=re.MULTILINE)
    ir = re.sub(r"^.*@llvm.experimental.noalias.scope.decl.*$", "", ir, flags=re.MULTILINE)
    ir = re.sub(r"^(target (triple|datalayout)|attributes #|![^ ]+ =).*$", "", ir,
                flags=re.MULTILINE)
    ir = re.sub(r" #\d+|, ![a-z.]+ !\d+", "", ir)
    return ir.replace(" addrspace(3)", "").replace("ptx_kernel ", "")


def _build(folder, model):
    """The kernels as a library, and what PTX says of their parameters and blocks."""
    for form in "ptx", "llvm":
        subprocess.run(["ingot", "compile", model, "--gpu=sm_90", f"--emit={form}", "-o",
                        folder / f"m.{form}"], check=True, capture_output=True)
    (folder / "host.ll").write_text(_for_host((folder / "m.llvm").read_text()))
    clang = shutil.which("clang") or shutil.which("clang-22")
    subprocess.run([clang, "-O1", "-shared", "-fPIC", "-Wno-override-module", "-march=native",
                    folder / "host.ll", _HERE / "block.c", "-o", folder / "host.so", "-lpthread"],
                   check=True)
    text = (folder / "m.ptx").read_text()
    kernels = re.findall(r"^// (k\d+): .*?\): (.*); blocks: (\d+) of (\d+) threads", text,
                         re.MULTILINE)
    return ctypes.CDLL(str(folder / "host.so")), kernels


def _aligned(array):
    """A copy at a 64-byte boundary, as buffers on the GPU are."""
    space = np.zeros(array.nbytes + 64, np.uint8)
    start = -space.ctypes.data % 64
    copy = space[start:start + array.nbytes].view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy


def _values(rng, shapes):
    """Floats of a shape, or elements of another type where a pair gives that and the shape."""
    values = {}
    for key, shape in shapes.items():
        if isinstance(shape, tuple):
            bounds = np.iinfo(shape[0])
            values[key] = rng.integers(bounds.min, bounds.max, shape[1], dtype=shape[0],
                                       endpoint=True)
        else:
            values[key] = rng.standard_normal(shape).astype(np.float32)
    return values


def check(folder, name, nodes, shapes, constants=None):
    """One message where the only kernel of the model and onnxruntime differ, else none."""
    rng = np.random.default_rng(0)
    feeds, weights = _values(rng, shapes), _values(rng, constants or {})
    graph = helper.make_graph(
        nodes, "g",
        [helper.make_tensor_value_info(key, helper.np_dtype_to_tensor_dtype(value.dtype),
                                       value.shape) for key, value in feeds.items()],
        [helper.make_empty_tensor_value_info("y")],
        [numpy_helper.from_array(value, key) for key, value in weights.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(onnx.shape_inference.infer_shapes(model), folder / "m.onnx")
    session = onnxruntime.InferenceSession(str(folder / "m.onnx"),
                                           providers=["CPUExecutionProvider"])
    expected = session.run(["y"], feeds)[0]
    library, kernels = _build(folder, folder / "m.onnx")
    if len(kernels) != 1:
        return f"{name}: {len(kernels)} kernels"
    function, parameters, blocks, threads = kernels[0]
    real = expected.dtype.kind == "f"
    result = _aligned(np.full(expected.shape, np.nan if real else -1, expected.dtype))
    # Every tensor of a case has a shape of its own.
    by_shape = {"x".join(map(str, each.shape)): _aligned(each)
                for each in [*feeds.values(), *weights.values()]}
    arguments = (ctypes.c_uint64 * 8)()
    for i, parameter in enumerate(parameters.split(", ")):
        kind, _, tensor = parameter.split(" ")
        shape = tensor[len("tensor<"):].rpartition("x")[0]
        arguments[i] = (result if kind == "result" else by_shape[shape]).ctypes.data
    if library.run_blocks(ctypes.cast(library[function], ctypes.c_void_p), arguments, int(blocks),
                          int(threads)):
        return f"{name}: the threads did not start"
    tolerance = 1e-4 if real else 0
    if not np.allclose(result, expected, rtol=tolerance, atol=tolerance):
        return f"{name}: off by up to {np.abs(result - expected).max()}"
    return None


def cases():
    """name, nodes, input shapes, shapes of constants."""
    node = helper.make_node
    # Multiples of four or not, tiles that are whole or not, either operand along its depth or not.
    for rows, depth, columns in (64, 16, 128), (100, 75, 102), (9, 33, 65), (130, 40, 20):
        for left in 0, 1:
            for right in 0, 1:
                yield (f"gemm {rows} {depth} {columns} transposed {left} {right}",
                       [node("Gemm", ["x", "w", "b"], ["g"], transA=left, transB=right),
                        node("Relu", ["g"], ["y"])],
                       {"x": [depth, rows] if left else [rows, depth]},
                       {"w": [columns, depth] if right else [depth, columns], "b": [columns]})
    yield ("few rows", [node("MatMul", ["x", "w"], ["m"]), node("Tanh", ["m"], ["y"])],
           {"x": [2, 70]}, {"w": [70, 30]})
    yield ("batches", [node("MatMul", ["x", "z"], ["m"]), node("Add", ["m", "r"], ["y"])],
           {"x": [3, 2, 20, 36], "z": [2, 36, 24], "r": [3, 1, 20, 24]}, {})
    yield ("chain", [node("Mul", ["x", "s"], ["a"]), node("Exp", ["a"], ["b"]),
                     node("Add", ["b", "x"], ["c"]), node("Erf", ["c"], ["y"])],
           {"x": [30, 70], "s": [1]}, {})
    yield ("broadcast", [node("Sub", ["x", "z"], ["a"]), node("Sigmoid", ["a"], ["y"])],
           {"x": [5, 7, 9], "z": [7, 1]}, {})
    yield ("convolution", [node("Conv", ["x", "w", "b"], ["c"], pads=[1, 1, 1, 1], strides=[2, 2]),
                           node("Relu", ["c"], ["y"])],
           {"x": [2, 3, 9, 11]}, {"w": [5, 3, 3, 3], "b": [5]})
    yield ("convolution of integers",
           [node("ConvInteger", ["x", "w", "z"], ["y"], pads=[1, 1, 1, 1], strides=[2, 2])],
           {"x": (np.uint8, [2, 3, 9, 11])},
           {"w": (np.int8, [5, 3, 3, 3]), "z": (np.uint8, [])})


def main():
    failures = []
    for case in cases():
        with tempfile.TemporaryDirectory() as folder:
            failures.append(check(pathlib.Path(folder), *case))
    failures = [f for f in failures if f]
    print("\n".join(failures) or "all agree")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
