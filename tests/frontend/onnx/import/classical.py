"""Trees, support vectors and labels of ai.onnx.ml, against onnxruntime.

Needs `ingot` in PATH. Trees mix their comparisons, meet NaN and thresholds exactly, and lack weights
for some targets.
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

MODES = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"]
STEPS = np.array([-1.5, -1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 1, 1.5], np.float32)


def _values(folder, name):
    if (folder / f"{name}.npy").is_file():
        return np.load(folder / f"{name}.npy")
    tensor = onnx.TensorProto()
    tensor.ParseFromString((folder / f"{name}.pb").read_bytes())
    return numpy_helper.to_array(tensor)


def check(folder, what, node, x, outputs):
    """One message where the two differ, else none."""
    kind = helper.np_dtype_to_tensor_dtype(x.dtype)
    graph = helper.make_graph(
        [node], "classical", [helper.make_tensor_value_info("x", kind, ["n", *x.shape[1:]])],
        [helper.make_empty_tensor_value_info(name) for name in outputs])
    model = helper.make_model(graph, ir_version=10, opset_imports=[
        helper.make_opsetid("", 21), helper.make_opsetid("ai.onnx.ml", 3)])
    path = folder / "model.onnx"
    onnx.save(model, path)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    expected = session.run(outputs, {"x": x})
    (folder / "x.pb").write_bytes(numpy_helper.from_array(x).SerializeToString())
    for name in outputs:
        for ending in ("npy", "pb"):
            (folder / f"{name}.{ending}").unlink(missing_ok=True)
    done = subprocess.run(["ingot", "run", str(path), "--input", f"x={folder / 'x.pb'}",
                           "--output-dir", str(folder)],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        return f"{what}: {done.stderr[-300:]}"
    for name, wanted in zip(outputs, expected):
        got = _values(folder, name)
        if wanted.dtype.kind == "f":
            same = wanted.shape == got.shape and np.allclose(got, wanted, 1e-4, 1e-5)
        else:
            same = [str(v) for v in np.ravel(wanted)] == [
                v.decode() if isinstance(v, bytes) else str(v) for v in np.ravel(got)]
        if not same:
            return f"{what}: {name}: expected {wanted}, but got {got}"
    return None


def forest(rng, modes, missing, trees=4, depth=4, features=5):
    """Node attributes, and the (tree, node) pairs of the leaves."""
    keys = ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids")
    nodes, tracks, leaves = {"nodes_" + key: [] for key in keys}, [], []

    def add(tree, level):
        at, row = sum(t == tree for t in nodes["nodes_treeids"]), len(nodes["nodes_treeids"])
        for key, value in zip(keys, (tree, at, int(rng.integers(features)),
                                     float(rng.choice(STEPS[1:-1])), "LEAF", 0, 0)):
            nodes["nodes_" + key].append(value)
        tracks.append(int(rng.integers(2)))
        if level == depth or (level > 0 and rng.random() < 0.2):
            leaves.append((tree, at))
            return at
        nodes["nodes_modes"][row] = str(rng.choice(modes))
        nodes["nodes_truenodeids"][row] = add(tree, level + 1)
        nodes["nodes_falsenodeids"][row] = add(tree, level + 1)
        return at

    for tree in range(trees):
        add(tree, 0)
    if missing:
        nodes["nodes_missing_value_tracks_true"] = tracks
    return nodes, leaves


def regressors():
    for modes, missing in ((MODES, False), (MODES, True), (["BRANCH_LT"], False),
                           (["BRANCH_GTE", "BRANCH_EQ"], True)):
        rng = np.random.default_rng(len(modes) + missing)
        nodes, leaves = forest(rng, modes, missing)
        x = rng.choice(STEPS, (40, 5))
        if missing:
            x[rng.random(x.shape) < 0.2] = np.nan
        for how in ("SUM", "AVERAGE", "MIN", "MAX"):
            node = helper.make_node(
                "TreeEnsembleRegressor", ["x"], ["y"], domain="ai.onnx.ml", n_targets=2,
                aggregate_function=how, target_treeids=[leaf[0] for leaf in leaves],
                target_nodeids=[leaf[1] for leaf in leaves],
                target_ids=[int(t) for t in rng.integers(0, 2, len(leaves))],
                target_weights=[float(w) for w in rng.normal(size=len(leaves))], **nodes)
            yield f"trees of {modes} {how} missing {missing}", node, x, ["y"]


def machines():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(9, 4)).astype(np.float32)
    numbers = lambda count: [float(v) for v in rng.normal(size=count)]
    for kind in ("LINEAR", "POLY", "RBF", "SIGMOID"):
        common = {"kernel_type": kind, "kernel_params": [0.3, 0.5, 2.0], "domain": "ai.onnx.ml"}
        yield (f"regressor {kind}",
               helper.make_node("SVMRegressor", ["x"], ["y"], n_supports=7, rho=[0.2],
                                support_vectors=numbers(28), coefficients=numbers(7), **common),
               x, ["y"])
        for classes, labels in ((3, {"classlabels_ints": [3, 5, 8]}),
                                (2, {"classlabels_strings": ["no", "yes"]})):
            yield (f"classifier {kind} of {classes}",
                   helper.make_node("SVMClassifier", ["x"], ["label", "scores"],
                                    vectors_per_class=[3] * classes,
                                    rho=numbers(classes * (classes - 1) // 2),
                                    support_vectors=numbers(12 * classes),
                                    coefficients=numbers(3 * classes * (classes - 1)),
                                    **labels, **common),
                   x, ["label", "scores"])


def labels():
    words = np.array([["a", "ccc"], ["bb", ""]], object)
    numbers = np.array([[3, 1], [9, 2]], np.int64)
    make = lambda kind, **more: helper.make_node(kind, ["x"], ["y"], domain="ai.onnx.ml", **more)
    yield ("words to numbers", make("LabelEncoder", keys_strings=["a", "bb"], values_int64s=[7, 9],
                                    default_int64=-4), words, ["y"])
    yield ("numbers to words", make("LabelEncoder", keys_int64s=[1, 2, 3],
                                    values_strings=["one", "two", "three"]), numbers, ["y"])
    yield ("numbers to floats", make("LabelEncoder", keys_int64s=[1, 2, 3],
                                     values_floats=[0.5, 1.5, 2.5], default_float=-1.0),
           numbers, ["y"])
    yield ("one-hot words", make("OneHotEncoder", cats_strings=["bb", "a"]), words, ["y"])
    yield ("categories", make("CategoryMapper", cats_int64s=[4, 5], cats_strings=["a", "bb"]),
           words, ["y"])


def main():
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        for family in (regressors, machines, labels):
            for case in family():
                failures.append(check(pathlib.Path(folder), *case))
    failures = [each for each in failures if each]
    print("\n".join(failures) or "all agree")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
