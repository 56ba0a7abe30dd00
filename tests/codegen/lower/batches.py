"""Products whose batch dimensions are open and 1 in some runs, against numpy.

Needs `ingot` in PATH. Every product is compiled once and run with batches that are equal, 1 on
either side, and none against 1; arguments are options of `ingot compile`. Products that have tiles
where their sizes are known must have them here too.
"""
import itertools
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import helper, numpy_helper

node = helper.make_node
RNG = np.random.default_rng(3)
F32, F64, I32, I8, U8 = np.float32, np.float64, np.int32, np.int8, np.uint8
PAIRS = ((2, 2), (1, 3), (3, 1), (1, 1), (0, 1), (1, 0), (0, 0))


def values(shape, element):
    if np.issubdtype(element, np.floating):
        return RNG.standard_normal(shape).astype(element)
    low, high = (-9, 10) if element == I32 else (np.iinfo(element).min, np.iinfo(element).max + 1)
    return RNG.integers(low, high, shape).astype(element)


class Case:
    """`inputs`: element type and shape by name, where texts are open sizes that `runs` give."""

    def __init__(self, name, nodes, inputs, constants, expected, runs, tiled=True):
        self.name, self.nodes, self.inputs, self.constants = name, nodes, inputs, constants
        self.expected, self.runs, self.tiled = expected, runs, tiled


def two(name, nodes, left, right, expected, element=F32, **more):
    """Open batches `a` of x and `b` of w, in pairs."""
    return Case(name, nodes, {"x": (element, left), "w": (element, right)}, more.pop("constants", {}),
                expected, [{"a": a, "b": b} for a, b in PAIRS], **more)


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True, initial=-np.inf))
    return e / e.sum(axis=-1, keepdims=True)


def attention(q, k, v):
    return softmax(q @ k.swapaxes(-1, -2)) @ v


def plain():
    product = [node("MatMul", ["x", "w"], ["y"])]
    for element in (F32, F64, I32):
        # Only floats have tiles.
        more = {"element": element, "tiled": element == F32}
        name = f"MatMul {element.__name__}"
        yield two(name, product, ["a", 9, 40], ["b", 40, 21], np.matmul, **more)
        yield two(name + " of two open dimensions", product, ["a", "b", 5, 7], ["b", "a", 7, 3],
                  np.matmul, **more)
        yield two(name + ", matrices of one row", product, ["a", 1, 40], ["b", 40, 17], np.matmul,
                  **more)
        x, w = values((3, 6, 13), element), values((3, 13, 8), element)
        yield Case(name + " by a constant", product, {"x": (element, ["n", 6, 13])}, {"w": w},
                   lambda x, w=w: x @ w, [{"n": 3}, {"n": 1}], tiled=element == F32)
        yield Case(name + " of a constant", product, {"w": (element, ["n", 13, 8])}, {"x": x},
                   lambda w, x=x: x @ w, [{"n": 3}, {"n": 1}], tiled=element == F32)


def fused():
    bias = values((21,), F32)
    yield two("with bias and Relu",
              [node("MatMul", ["x", "w"], ["p"]), node("Add", ["p", "c"], ["q"]),
               node("Relu", ["q"], ["y"])], ["a", 9, 40], ["b", 40, 21],
              lambda x, w: np.maximum(x @ w + bias, 0), constants={"c": bias})
    yield two("with its own operand added",
              [node("MatMul", ["x", "w"], ["p"]), node("Add", ["p", "w"], ["y"])],
              ["a", 16, 16], ["b", 16, 16], lambda x, w: x @ w + w)
    yield two("of transposed operands",
              [node("Transpose", ["x"], ["s"], perm=[0, 2, 1]),
               node("Transpose", ["w"], ["t"], perm=[0, 2, 1]), node("MatMul", ["s", "t"], ["y"])],
              ["a", 40, 9], ["b", 21, 40],
              lambda x, w: x.swapaxes(1, 2) @ w.swapaxes(1, 2))
    yield two("behind Expand to the other's batch",
              [node("Shape", ["w"], ["s"], start=0, end=1),
               node("Concat", ["s", "tail"], ["shape"], axis=0),
               node("Expand", ["x", "shape"], ["e"]), node("MatMul", ["e", "w"], ["y"])],
              ["a", 9, 40], ["b", 40, 21], np.matmul, constants={"tail": np.array([9, 40])})
    # Rows whose number the run finds.
    yield Case("of rows that NonZero counts",
               [node("NonZero", ["m"], ["at"]), node("Transpose", ["at"], ["rows"], perm=[1, 0]),
                node("Cast", ["rows"], ["f"], to=onnx.TensorProto.FLOAT),
                node("Unsqueeze", ["f", "two"], ["u"]), node("MatMul", ["u", "w"], ["y"])],
               {"m": (F32, [4]), "w": (F32, ["b", 1, 5])}, {"two": np.array([2])},
               lambda m, w: np.argwhere(m).astype(F32)[..., None] @ w,
               [{"b": 1}, {"b": 4}, {"ones": 1, "b": 3}, {"ones": 1, "b": 1}, {"ones": 0, "b": 1}])


def integers():
    zero = np.array(7, U8)
    for name, x, w in (("u8 s8", U8, I8), ("s8 s8", I8, I8)):
        yield Case(f"MatMulInteger {name}", [node("MatMulInteger", ["x", "w", "z"], ["y"])],
                   {"x": (x, ["a", 5, 12]), "w": (w, ["b", 12, 9])},
                   {"z": zero.astype(x)},
                   lambda x, w: (x.astype(I32) - 7) @ w.astype(I32),
                   [{"a": a, "b": b} for a, b in PAIRS], tiled=False)
    held = values((3, 12, 9), I8)
    yield Case("MatMulInteger of constant batches", [node("MatMulInteger", ["x", "w"], ["y"])],
               {"x": (U8, ["a", 5, 12])}, {"w": held},
               lambda x: x.astype(I32) @ held.astype(I32), [{"a": 1}, {"a": 3}], tiled=False)
    # Scales are powers of two, so that all but the rounding is exact.
    def quantized(x, w):
        exact = (x.astype(np.int64) - 9) @ w.astype(np.int64)
        return np.clip(np.rint(exact / 512) + 100, 0, 255).astype(U8)
    scales = {"xs": np.array(1 / 16, F32), "x0": np.array(9, U8), "ws": np.array(1 / 32, F32),
              "w0": np.array(0, I8), "ys": np.array(1, F32), "y0": np.array(100, U8)}
    yield Case("QLinearMatMul",
               [node("QLinearMatMul", ["x", "xs", "x0", "w", "ws", "w0", "ys", "y0"], ["y"])],
               {"x": (U8, ["a", 5, 12]), "w": (I8, ["b", 12, 9])}, scales, quantized,
               [{"a": a, "b": b} for a, b in PAIRS], tiled=False)


def shared():
    """One matrix on the right, and attention over keys of another batch."""
    weight, bias = values((40, 21), F32), values((21,), F32)
    yield Case("Gemm of merged rows",
               [node("Reshape", ["x", "flat"], ["r"]), node("Gemm", ["r", "w", "c"], ["y"])],
               {"x": (F32, ["a", "b", 40])}, {"w": weight, "c": bias, "flat": np.array([-1, 40])},
               lambda x: x.reshape(-1, 40) @ weight + bias,
               [{"a": a, "b": b} for a, b in PAIRS if a * b])
    score = [node("Transpose", ["k"], ["t"], perm=[0, 1, 3, 2]), node("MatMul", ["q", "t"], ["s"]),
             node("Softmax", ["s"], ["p"], axis=-1), node("MatMul", ["p", "v"], ["y"])]
    runs = [{"a": 2, "b": 2}, {"a": 1, "b": 3}, {"a": 3, "b": 1}, {"a": 1, "b": 1}]
    yield Case("attention, keys and values of one batch", score,
               {"q": (F32, ["a", 2, 9, 16]), "k": (F32, ["b", 2, 19, 16]),
                "v": (F32, ["b", 2, 19, 16])}, {}, attention, runs)
    yield Case("attention, heads of keys open", score,
               {"q": (F32, ["a", 3, 9, 16]), "k": (F32, ["a", "h", 19, 16]),
                "v": (F32, ["a", "h", 19, 16])}, {}, attention,
               [{"a": 2, "h": 3}, {"a": 2, "h": 1}, {"a": 1, "h": 1}])
    yield Case("attention, values of a third batch", score,
               {"q": (F32, ["a", 2, 9, 16]), "k": (F32, ["b", 1, 19, 16]),
                "v": (F32, ["c", 2, 19, 16])}, {}, attention,
               [dict(zip("abc", sizes)) for sizes in itertools.product((1, 2), repeat=3)])
    yield Case("attention, values that stretch the scores", score,
               {"q": (F32, [2, 1, 9, 16]), "k": (F32, [2, 1, 19, 16]),
                "v": (F32, [1, 3, 19, 16])}, {}, attention, [{}])


def save(path, case):
    graph = helper.make_graph(
        case.nodes, "batches",
        [helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(np.dtype(element)),
                                       shape) for name, (element, shape) in case.inputs.items()],
        [helper.make_empty_tensor_value_info("y")],
        [numpy_helper.from_array(value, name) for name, value in case.constants.items()])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    onnx.save(onnx.shape_inference.infer_shapes(made), path)


def feeds(case, sizes):
    made = {}
    for name, (element, shape) in case.inputs.items():
        made[name] = values([sizes.get(d, d) for d in shape], element)
    if "m" in made:
        made["m"][:] = np.arange(4) >= 4 - sizes.get("ones", 4)
    return made


def run(folder, case, sizes):
    """One message where the run fails or differs, else none."""
    given, inputs = feeds(case, sizes), []
    for name, value in given.items():
        np.save(folder / f"{name}.npy", value)
        inputs += ["--input", f"{name}={folder / name}.npy"]
    done = subprocess.run(["ingot", "run", folder / "model.so", *inputs, "--output-dir", folder],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        return f"{case.name} {sizes}: {done.stderr[-300:]}"
    got, expected = np.load(folder / "y.npy"), case.expected(*given.values())
    if got.shape != expected.shape or got.dtype != expected.dtype:
        return f"{case.name} {sizes}: {got.dtype}{got.shape}, not {expected.dtype}{expected.shape}"
    if not np.allclose(got, expected, 1e-4, 1e-4):
        return f"{case.name} {sizes}: off by {np.abs(got - expected).max()}"
    return None


def check(folder, case, options):
    save(folder / "model.onnx", case)
    done = subprocess.run(["ingot", "compile", folder / "model.onnx", "-o", folder / "model.so",
                           *options], capture_output=True, text=True, check=False)
    if done.returncode:
        return [f"{case.name}: {done.stderr[-300:]}"]
    if case.tiled and "--reference" not in options and "reference lowering" in done.stderr:
        return [f"{case.name}: {done.stderr.splitlines()[-1]}"]
    return [run(folder, case, sizes) for sizes in case.runs]


def main(options):
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        for case in itertools.chain(plain(), fused(), integers(), shared()):
            wrong += [each for each in check(pathlib.Path(folder), case, options) if each]
    print("\n".join(wrong) or "all agree")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
