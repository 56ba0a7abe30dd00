"""Einsum against numpy: implicit outputs, diagonals, and dimensions behind an ellipsis that broadcast.

Needs `ingot` in PATH. Sizes are known at compile time, or open: then every model runs with all the
sizes given, 1 for some of those that numpy broadcasts. Arguments are options of `ingot compile`.
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import helper

RNG = np.random.default_rng(5)

CASES = [
    # An implicit output keeps what stands once in all of the equation, in alphabetical order.
    ("ii", [((4, 4),)]), ("iij", [((3, 3, 2),)]), ("iij,jk", [((3, 3, 2), (2, 4))]),
    ("ij,jk", [((2, 3), (3, 4))]), ("ba", [((2, 3),)]), ("Ba", [((2, 3),)]),
    ("ii,i", [((3, 3), (3,))]), ("i,i", [((3,), (3,))]), ("...ii", [((2, 3, 3),), ((1, 4, 4),)]),
    ("i...i,j", [((3, 2, 3), (4,))]),
    # Diagonals that are kept.
    ("ii->i", [((4, 4),), ((1, 1),)]), ("iji->ji", [((3, 2, 3),)]), ("iii->i", [((3, 3, 3),)]),
    ("ii,ij->j", [((3, 3), (3, 2))]), ("...ii->...i", [((2, 3, 3),)]),
    ("iijj->ij", [((2, 2, 3, 3),)]),
    # Of the dimensions of an ellipsis either may be 1, or missing.
    ("...ij,...jk->...ik", [((2, 3, 2, 4), (2, 3, 4, 5)), ((1, 3, 2, 4), (2, 1, 4, 5)),
                            ((2, 1, 2, 4), (1, 3, 4, 5)), ((0, 1, 2, 4), (1, 3, 4, 5))]),
    ("...ij,...jk", [((2, 2, 4), (1, 4, 5)), ((1, 2, 4), (3, 4, 5))]),
    ("...ij,jk...->...ik", [((2, 2, 4), (4, 5, 2)), ((1, 2, 4), (4, 5, 3))]),
    ("...i,...i->...", [((2, 3, 4), (2, 3, 4)), ((2, 1, 4), (1, 3, 4))]),
    ("...,...->...", [((2, 3), (2, 3)), ((2, 1), (1, 3)), ((0, 1), (1, 3))]),
    ("...ij,...jk,...kl->...il", [((2, 2, 3), (2, 3, 4), (2, 4, 2)),
                                  ((1, 2, 3), (2, 3, 4), (1, 4, 2)),
                                  ((1, 2, 3), (1, 3, 4), (3, 4, 2))]),
    ("...ij,...j->...i", [((3, 2, 4), (4,)), ((1, 2, 4), (4,))]),
    # Letters that are kept broadcast as well.
    ("bij,bjk->bik", [((2, 2, 3), (2, 3, 4)), ((1, 2, 3), (2, 3, 4)), ((2, 2, 3), (1, 3, 4))]),
    ("bhqd,bhkd->bhqk", [((2, 3, 4, 5), (2, 3, 6, 5)), ((2, 3, 4, 5), (2, 1, 6, 5))]),
]

# Sizes under one letter that differ within an operand: refused, whenever they are known.
UNEQUAL = [("ii->i", (3, 2)), ("ii", (2, 3)), ("iij->j", (4, 3, 2))]


def save(path, equation, shapes):
    names = [f"x{i}" for i in range(len(shapes))]
    graph = helper.make_graph(
        [helper.make_node("Einsum", names, ["y"], equation=equation)], "einsum",
        [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
         for name, shape in zip(names, shapes)],
        [helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, None)])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8),
              path)


def ingot(*arguments):
    return subprocess.run(["ingot", *map(str, arguments)], capture_output=True, text=True,
                          check=False)


def run(folder, operands):
    inputs = []
    for i, value in enumerate(operands):
        np.save(folder / f"x{i}.npy", value)
        inputs += ["--input", f"x{i}={folder}/x{i}.npy"]
    return ingot("run", folder / "model.so", *inputs, "--output-dir", folder)


def agree(folder, what, equation, shapes):
    """One message where a run differs from numpy, else none."""
    operands = [RNG.standard_normal(shape).astype(np.float32) for shape in shapes]
    expected = np.einsum(equation, *operands)
    done = run(folder, operands)
    if done.returncode:
        return f"{what}: {done.stderr[-300:]}"
    got = np.load(folder / "y.npy")
    if got.shape != expected.shape or not np.allclose(got, expected, 1e-4, 1e-5):
        return f"{what}: {got.shape}, expected {expected.shape}, or other numbers"
    return None


def open_sizes(shapes):
    """Every dimension its own symbol."""
    return [[f"d{i}_{k}" for k in range(len(shape))] for i, shape in enumerate(shapes)]


def check(folder, options):
    model = folder / "model.onnx"
    for equation, runs in CASES:
        whole = runs if all(len(a) == len(b) for a, b in zip(runs, runs[1:])) else runs[:1]
        for known in (True, False):
            for i, shapes in enumerate(whole):
                what = f"{equation} {shapes}{'' if known else ', open'}"
                if known or i == 0:
                    save(model, equation, shapes if known else open_sizes(shapes))
                    done = ingot("compile", model, "-o", folder / "model.so", *options)
                    if done.returncode:
                        yield f"{what}: {done.stderr[-300:]}"
                        break
                yield agree(folder, what, equation, shapes)
    for equation, shape in UNEQUAL:
        save(model, equation, [shape])
        done = ingot("compile", model, "-o", folder / "model.so", *options)
        if done.returncode != 1 or "expected equal dimensions under one letter" not in done.stderr:
            yield f"{equation} {shape}: {done.returncode} {done.stderr}"
        save(model, equation, open_sizes([shape]))
        ingot("compile", model, "-o", folder / "model.so", *options)
        done = run(folder, [np.zeros(shape, np.float32)])
        if done.returncode != 1 or "Einsum" not in done.stderr and "must be" not in done.stderr:
            yield f"{equation} {shape}, open: {done.returncode} {done.stderr}"


def main(options):
    with tempfile.TemporaryDirectory() as folder:
        wrong = [each for each in check(pathlib.Path(folder), options) if each]
    print("\n".join(wrong) or "all agree")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
