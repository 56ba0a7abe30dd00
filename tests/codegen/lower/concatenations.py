"""Concatenations along the dimension that vectors run over, alone and inside larger kernels, against
onnxruntime. Needs `ingot` in PATH. Sizes lie around the vector widths, so that parts begin and end
in the middle of a vector.
"""
import pathlib
import sys
import tempfile

import numpy as np
import onnx

from tests.oracle import compare, near, report

# name → (inputs, body, whether there must be vector code)
CASES = {
    "parts of odd sizes": ("float[B, 5] a, float[B, 16] b, float[B, 37] c",
                           "y = Concat<axis = -1>(a, b, c)", True),
    "an empty part, and one of one": ("float[B, 0] a, float[B, 33] b, float[B, 1] c",
                                      "y = Concat<axis = 1>(a, b, c)", True),
    "the same operand twice": ("float[B, 19] a", "y = Concat<axis = 1>(a, a)", True),
    "computed parts": ("float[B, 21] a, float[B, 40] b",
                       "c = Exp(a)\nd = Concat<axis = 1>(c, b)\ny = Relu(d)", True),
    "a concatenation of concatenations": (
        "float[B, 7] a, float[B, 18] b, float[B, 25] c",
        "d = Concat<axis = 1>(a, b)\ne = Concat<axis = 1>(d, c)\n"
        "f = Concat<axis = 1>(c, d)\ny = Add(e, f)", None),
    "the halves of a rotation": (
        "float[B, 3, 64] a, float[3, 64] b, float[3, 64] c",
        "l, r = Split<axis = -1, num_outputs = 2>(a)\nn = Neg(r)\nd = Concat<axis = -1>(n, l)\n"
        "e = Mul(d, b)\nf = Mul(a, c)\ny = Add(e, f)", True),
    "another dimension of the same size": ("float[B, 12, 40] a, float[B, 28, 40] b",
                                           "y = Concat<axis = 1>(a, b)", True),
    "many parts": ("float[B, 3] a, float[B, 4] b", "c = Concat<axis = 1>(" +
                   ", ".join("ab"[i % 2] for i in range(40)) + ")\ny = Neg(c)", None),
    "bytes": ("uint8[B, 30] a, uint8[B, 50] b", "y = Concat<axis = 1>(a, b)", True),
}


def check(folder, name, inputs, body, vectors):
    """One message where something is wrong, else none."""
    kind = inputs.split("[")[0]
    rank = inputs.split("]")[0].count(",") + 1
    dims = ", ".join(f"d{i}" for i in range(rank))
    model = onnx.parser.parse_model(f"""<ir_version: 10, opset_import: ["": 21]>
g ({inputs}) => ({kind}[{dims}] y) {{
{body}
}}""")
    rng, feeds = np.random.default_rng(1), {}
    for value in model.graph.input:
        shape = [each.dim_value if each.HasField("dim_value") else 4
                 for each in value.type.tensor_type.shape.dim]
        feeds[value.name] = (100 * rng.random(shape) - 50).astype(
            np.uint8 if kind == "uint8" else np.float32)
    return compare(folder, name, model, feeds, near(rtol=1e-6), vectorized=bool(vectors))


def main():
    with tempfile.TemporaryDirectory() as folder:
        return report(check(pathlib.Path(folder), name, *case) for name, case in CASES.items())


if __name__ == "__main__":
    sys.exit(main())
