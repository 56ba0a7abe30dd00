"""TfIdfVectorizer on numbers and words, with every mode, against onnxruntime.

Needs `ingot` in PATH. The pool has n-grams that begin others and sizes that are not asked for.
"""
import itertools
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

POOL = [2, 3, 5, 2, 3, 3, 5, 6, 7, 7, 3, 2, 3, 5]  # 1-grams, 2-grams from 3, 3-grams from 11
STARTS = [0, 3, 11]
COLUMNS = [0, 1, 2, 3, 4, 5, 7, 6]


def model(kind, shape, free, **attributes):
    number = onnx.TensorProto.STRING if kind is str else helper.np_dtype_to_tensor_dtype(
        np.dtype(kind))
    pool = ({"pool_strings": [str(each) for each in POOL]} if kind is str else
            {"pool_int64s": POOL})
    node = helper.make_node("TfIdfVectorizer", ["x"], ["y"], ngram_counts=STARTS,
                            ngram_indexes=COLUMNS, **pool, **attributes)
    dims = [f"d{i}" for i in range(len(shape))] if free else shape
    graph = helper.make_graph([node], "ngrams",
                              [helper.make_tensor_value_info("x", number, dims)],
                              [helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT,
                                                             [None] * len(shape))])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def check(folder, kind, shape, free, **attributes):
    """One message where the two differ, else none."""
    rng = np.random.default_rng(shape[-1])
    x = rng.choice([2, 3, 5, 6, 7, 9], shape)
    x = x.astype(str).astype(object) if kind is str else x.astype(kind)
    made = model(kind, shape, free, **attributes)
    session = onnxruntime.InferenceSession(made.SerializeToString(),
                                           providers=["CPUExecutionProvider"])
    expected = session.run(None, {"x": x})[0]
    onnx.save(made, folder / "model.onnx")
    (folder / "x.pb").write_bytes(numpy_helper.from_array(x).SerializeToString())
    done = subprocess.run(["ingot", "run", folder / "model.onnx", "--input",
                           f"x={folder / 'x.pb'}", "--output-dir", folder],
                          capture_output=True, text=True, check=False)
    what = f"{kind.__name__} {shape} {'free ' if free else ''}{attributes}"
    if done.returncode:
        return f"{what}: {done.stderr[-300:]}"
    got = np.load(folder / "y.npy")
    if got.shape != expected.shape or not np.allclose(got, expected, 1e-6):
        return f"{what}: {got}, expected {expected}"
    return None


def main():
    failures = []
    weights = [0.5 + i for i in range(8)]
    with tempfile.TemporaryDirectory() as name:
        for kind, shape, free, mode in itertools.product(
                (np.int32, np.int64, str), ([9], [3, 12], [2, 1]), (False, True),
                ("TF", "IDF", "TFIDF")):
            for least, most, skips in ((1, 1, 0), (1, 3, 2), (2, 2, 5), (2, 3, 0)):
                extra = {} if mode == "TF" else {"weights": weights}
                failures.append(check(pathlib.Path(name), kind, shape, free, mode=mode,
                                      min_gram_length=least, max_gram_length=most,
                                      max_skip_count=skips, **extra))
    failures = [each for each in failures if each]
    print("\n".join(failures[:20]) or "all agree")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
