"""Sizes that must agree and do not: a status that names the node, wherever the sizes come from.

Every model is right for the first feeds and wrong for the second ones.
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import parser


def _f(*shape):
    return np.linspace(-1, 1, int(np.prod(shape)), dtype=np.float32).reshape(shape)


def _i(*shape):
    return np.zeros(shape, np.int64)


_SCAN = """
scan (float[N, A] x, float[M, A] z) => (float[K, A] y) {
  y = Scan <num_scan_inputs = 2, body = b (float[A] p, float[A] q) => (float[A] r) {
    r = Add(p, q) }> (x, z)
}"""

# Text, then right and wrong inputs.
_MODELS = [
    ("gather (float[N, A] x, int64[M, 1] i) => (float[M] y) { y = GatherND <batch_dims = 1> (x, i) }",
     {"x": _f(3, 4), "i": _i(3, 1)}, {"x": _f(3, 4), "i": _i(300, 1)}),
    ("elements (float[N, A] x, int64[M, B] i) => (float[M, B] y) { y = GatherElements <axis = 1> (x, i) }",
     {"x": _f(3, 4), "i": _i(2, 5)}, {"x": _f(3, 4), "i": _i(4, 4)}),
    ("scatter (float[N, A] x, int64[M, B] i, float[K, C] u) => (float[N, A] y) "
     "{ y = ScatterElements <axis = 1> (x, i, u) }",
     {"x": _f(3, 4), "i": _i(2, 1), "u": _f(2, 1)}, {"x": _f(3, 4), "i": _i(2, 1), "u": _f(1, 1)}),
    ("scatter_nd (float[N, A] x, int64[M, 1] i, float[K, C] u) => (float[N, A] y) "
     "{ y = ScatterND (x, i, u) }",
     {"x": _f(3, 4), "i": _i(1, 1), "u": _f(1, 4)}, {"x": _f(3, 4), "i": _i(1, 1), "u": _f(1, 3)}),
    ("grid (float[N, 1, H, W] x, float[M, 2, 2, 2] g) => (float[M, 1, 2, 2] y) { y = GridSample (x, g) }",
     {"x": _f(2, 1, 4, 4), "g": _f(2, 2, 2, 2)}, {"x": _f(1, 1, 4, 4), "g": _f(200, 2, 2, 2)}),
    ("regions (float[1, 2, 8, 8] x, float[R, 4] b, int64[Q] i) => (float[R, 2, 2, 2] y) "
     "{ y = RoiAlign <output_height = 2, output_width = 2, sampling_ratio = 1> (x, b, i) }",
     {"x": _f(1, 2, 8, 8), "b": _f(3, 4), "i": _i(3)}, {"x": _f(1, 2, 8, 8), "b": _f(300, 4), "i": _i(3)}),
    ("reverse (float[N, T] x, int64[M] i) => (float[N, T] y) "
     "{ y = ReverseSequence <batch_axis = 0, time_axis = 1> (x, i) }",
     {"x": _f(3, 4), "i": _i(3) + 2}, {"x": _f(300, 4), "i": _i(3) + 2}),
    ("boxes (float[N, B, 4] x, float[M, 1, K] s) => (int64[R, 3] y) <int64[1] n = {5}> "
     "{ y = NonMaxSuppression (x, s, n) }",
     {"x": _f(1, 6, 4), "s": _f(1, 1, 6)}, {"x": _f(1, 6, 4), "s": _f(1, 1, 300)}),
    ("loss (float[N, C] x, int64[M] t) => (float[M] y) "
     "{ y = NegativeLogLikelihoodLoss <reduction = \"none\"> (x, t) }",
     {"x": _f(3, 4), "t": _i(3)}, {"x": _f(3, 4), "t": _i(2)}),
    ("weights (float[N, C] x, int64[M] t, float[D] w) => (float[M] y) "
     "{ y = NegativeLogLikelihoodLoss <reduction = \"none\"> (x, t, w) }",
     {"x": _f(3, 4), "t": _i(3), "w": _f(4)}, {"x": _f(3, 4), "t": _i(3), "w": _f(3)}),
    ("diagonal (float[A, B] x) => (float[C] y) { y = Einsum <equation = \"ii->i\"> (x) }",
     {"x": _f(3, 3)}, {"x": _f(3, 4)}),
    ("normal (float[N, C, L] x, float[D] s, float[E] b) => (float[N, C, L] y) "
     "{ y = InstanceNormalization (x, s, b) }",
     {"x": _f(2, 3, 4), "s": _f(3), "b": _f(3)}, {"x": _f(2, 1, 4), "s": _f(3), "b": _f(3)}),
    ("lstm (float[T, N, 2] x, float[1, 12, 2] w, float[1, 12, 3] r, float[1, M, 3] h) "
     "=> (float[T, 1, N, 3] y) { y = LSTM <hidden_size = 3> (x, w, r, , , h) }",
     {"x": _f(2, 3, 2), "w": _f(1, 12, 2), "r": _f(1, 12, 3), "h": _f(1, 3, 3)},
     {"x": _f(2, 3, 2), "w": _f(1, 12, 2), "r": _f(1, 12, 3), "h": _f(1, 2, 3)}),
    (_SCAN, {"x": _f(3, 2), "z": _f(3, 2)}, {"x": _f(300, 2), "z": _f(3, 2)}),
    # Sizes that the data of the run decides.
    ("born (float[N] m, float[A, B] x) => (float[M] y) { n = NonZero(m) i = Transpose(n) "
     "y = GatherND <batch_dims = 1> (x, i) }",
     {"m": np.float32([1, 0, 1]), "x": _f(2, 4)}, {"m": np.float32([1, 1, 1]), "x": _f(2, 4)}),
    ("branch (bool c, float[N, A] x, int64[M, 1] i) => (float[K] y) { y = If (c) < "
     "then_branch = t () => (float[K] a) { a = GatherND <batch_dims = 1> (x, i) }, "
     "else_branch = e () => (float[K] a) { a = Constant <value_floats = [1.0]> () }> }",
     {"c": np.array(True), "x": _f(3, 4), "i": _i(3, 1)},
     {"c": np.array(True), "x": _f(3, 4), "i": _i(300, 1)}),
]


def check(folder, text, right, wrong, flags):
    """A message where something is not as it should be."""
    model = parser.parse_model(f'<ir_version: 9, opset_import: ["": 18]>\n{text}')
    model.graph.node[-1].name = "the_node"
    path, artifact = folder / "model.onnx", folder / "model.so"
    onnx.save(model, path)
    what = " ".join((model.graph.name, *flags))
    expected = onnxruntime.InferenceSession(str(path)).run(["y"], right)[0]
    done = subprocess.run(["ingot", "compile", path, "-o", artifact, *flags], capture_output=True,
                          text=True, check=False)
    if done.returncode:
        return f"{what}: {done.stderr}"
    for feeds in (right, wrong):
        inputs = []
        for name, value in feeds.items():
            np.save(folder / f"{name}.npy", value)
            inputs += ["--input", f"{name}={folder / name}.npy"]
        done = subprocess.run(["ingot", "run", artifact, *inputs, "--output-dir", folder],
                              capture_output=True, text=True, check=False)
        if feeds is wrong:
            if done.returncode != 1 or "node" not in done.stderr or "must be" not in done.stderr:
                return f"{what}: exit {done.returncode} of a wrong run: {done.stderr}"
        elif done.returncode:
            return f"{what}: {done.stderr}"
        elif not np.allclose(np.load(folder / "y.npy"), expected, 1e-4, 1e-5):
            return f"{what}: other numbers"
    return None


def main():
    with tempfile.TemporaryDirectory() as folder:
        messages = [check(pathlib.Path(folder), *model, flags)
                    for model in _MODELS for flags in ((), ("--reference",))]
    wrong = [each for each in messages if each]
    print("\n".join(wrong) or "all agree")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
