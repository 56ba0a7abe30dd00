"""Row 18: tree ensembles as skl2onnx writes random forests and gradient boosting."""
import numpy as np

from .graph import Graph, normal, two


def grow(rng, trees, depth, features):
    """Random trees in skl2onnx's order (depth first, the true branch next).

    A branch stops early once in a while, as trained trees do. Returns the node
    attributes and the (tree, node) pairs of the leaves.
    """
    keys = ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids",
            "falsenodeids", "hitrates", "missing_value_tracks_true")
    nodes, leaves = {key: [] for key in keys}, []

    def add(tree, level):
        at = len(nodes["treeids"]) - starts[tree]
        leaf = level == depth or (level > 2 and rng.random() < 0.1)
        place = len(nodes["treeids"])
        for key, value in zip(keys, (tree, at, 0, 0.0, "LEAF", 0, 0, 1.0, 0)):
            nodes[key].append(value)
        if leaf:
            leaves.append((tree, at))
            return at
        nodes["featureids"][place] = int(rng.integers(features))
        nodes["values"][place] = float(np.float32(rng.normal(scale=0.8)))
        nodes["modes"][place] = "BRANCH_LEQ"
        nodes["truenodeids"][place] = add(tree, level + 1)
        nodes["falsenodeids"][place] = add(tree, level + 1)
        return at

    starts = []
    for tree in range(trees):
        starts.append(len(nodes["treeids"]))
        add(tree, 0)
    return {"nodes_" + key: values for key, values in nodes.items()}, leaves


def _sizes(size):
    """trees, depth, features."""
    return (100, 8, 20) if size == "full" else (7, 4, 6)


def forest_attributes(rng, trees, depth, features, classes):
    """Attributes of a classifier whose leaves hold probabilities of every class."""
    nodes, leaves = grow(rng, trees, depth, features)
    weights = rng.dirichlet(np.full(classes, 0.4), len(leaves)) / trees
    return dict(nodes, class_treeids=[t for t, _ in leaves for _ in range(classes)],
                class_nodeids=[n for _, n in leaves for _ in range(classes)],
                class_ids=list(range(classes)) * len(leaves),
                class_weights=[float(w) for w in weights.astype(np.float32).ravel()],
                post_transform="NONE")


def _graph(name):
    return Graph(name, opset=17, domains={"ai.onnx.ml": 1}, producer="skl2onnx")


def forest_classifier(size):
    """RandomForestClassifier of three classes, one sample a call and many."""
    trees, depth, features = _sizes(size)
    g = _graph("forest_classifier")
    x = g.input("X", [None, features])
    g.op("TreeEnsembleClassifier", x, outputs=["label", "probabilities"],
         domain="ai.onnx.ml", classlabels_int64s=[0, 1, 2],
         **forest_attributes(g.rng, trees, depth, features, 3))
    g.output("label", shape=[None], dtype=np.int64)
    g.output("probabilities", shape=[None, 3])
    rows = iter([1, 1000 if size == "full" else 20])
    return g.model(), two(lambda rng: {"X": normal(rng, next(rows), features)})


def boosted_regressor(size):
    """GradientBoostingRegressor: sums of leaf values over a base value."""
    trees, depth, features = _sizes(size)
    g = _graph("boosted_regressor")
    x = g.input("X", [None, features])
    nodes, leaves = grow(g.rng, trees, depth, features)
    g.op("TreeEnsembleRegressor", x, outputs=["variable"], domain="ai.onnx.ml",
         **nodes, target_treeids=[t for t, _ in leaves], target_nodeids=[n for _, n in leaves],
         target_ids=[0] * len(leaves),
         target_weights=[float(w) for w in g.rng.normal(size=len(leaves)).astype(np.float32)],
         n_targets=1, base_values=[0.25], aggregate_function="SUM", post_transform="NONE")
    g.output("variable", shape=[None, 1])
    rows = iter([1000 if size == "full" else 20] * 2)
    return g.model(), two(lambda rng: {"X": normal(rng, next(rows), features)})


def boosted_classifier(size):
    """A binary booster as XGBoost's converter writes it: one logit, BRANCH_LT, LOGISTIC."""
    trees, depth, features = _sizes(size)
    g = _graph("boosted_classifier")
    x = g.input("X", [None, features])
    nodes, leaves = grow(g.rng, trees, depth, features)
    nodes["nodes_modes"] = ["BRANCH_LT" if mode == "BRANCH_LEQ" else mode
                            for mode in nodes["nodes_modes"]]
    scale = 2.0 / np.sqrt(trees)
    g.op("TreeEnsembleClassifier", x, outputs=["label", "probabilities"],
         domain="ai.onnx.ml", classlabels_int64s=[0, 1], **nodes,
         class_treeids=[t for t, _ in leaves], class_nodeids=[n for _, n in leaves],
         class_ids=[0] * len(leaves), base_values=[0.1],
         class_weights=[float(np.float32(w)) for w in g.rng.normal(
             scale=scale, size=len(leaves))], post_transform="LOGISTIC")
    g.output("label", shape=[None], dtype=np.int64)
    g.output("probabilities", shape=[None, 2])
    rows = iter([1000 if size == "full" else 20] * 2)
    return g.model(), two(lambda rng: {"X": normal(rng, next(rows), features)})
