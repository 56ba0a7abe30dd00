"""Rows of errors.py: ai.onnx.ml, text, sequences and maps, control flow."""
_ROW = "float[2, 3] x"
_VECTORS = "support_vectors = [1.0, 2.0, 3.0], n_supports = 1, rho = [0.0]"
_CLASSES = "classlabels_ints = [0, 1]"
_GRAMS = ("min_gram_length = 1, max_gram_length = 1, max_skip_count = 0, ngram_counts = [0], "
          "ngram_indexes = [0, 1]")


def _tree(prefix="target", **changes):
    """One split with two leaves, as an attribute list; what `changes` says is different."""
    values = {"nodes_treeids": "[0, 0, 0]", "nodes_nodeids": "[0, 1, 2]",
              "nodes_featureids": "[0, 0, 0]", "nodes_truenodeids": "[1, 0, 0]",
              "nodes_falsenodeids": "[2, 0, 0]", "nodes_values": "[0.5, 0.0, 0.0]",
              "nodes_modes": '["BRANCH_LEQ", "LEAF", "LEAF"]', f"{prefix}_treeids": "[0, 0]",
              f"{prefix}_nodeids": "[1, 2]", f"{prefix}_ids": "[0, 0]",
              f"{prefix}_weights": "[1.0, 2.0]", **changes}
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def _ensemble(**changes):
    """The same in the form of version 5."""
    values = {"nodes_featureids": "[0]", "nodes_splits": "float[1] {0.5}",
              "nodes_modes": "uint8[1] {0}", "nodes_truenodeids": "[0]",
              "nodes_falsenodeids": "[1]", "nodes_trueleafs": "[1]", "nodes_falseleafs": "[1]",
              "tree_roots": "[0]", "leaf_targetids": "[0, 0]",
              "leaf_weights": "float[2] {1.0, 2.0}", **changes}
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def _regressor(**changes):
    return f"ai.onnx.ml.TreeEnsembleRegressor <{_tree(**changes)}> (x)"


ROWS = [
    # Classical
    ("ai.onnx.ml.LinearRegressor <coefficients = [1.0]> (x)", "float[1, 2, 3] x",
     "expected input of rank 1 or 2, but got 3"),
    ("ai.onnx.ml.LinearRegressor <coefficients = [1.0, 2.0, 3.0], targets = 2> (x)", _ROW,
     "expected coefficients for 2 targets, but got 3"),
    ("ai.onnx.ml.LinearRegressor <coefficients = [1.0, 2.0, 3.0], intercepts = [1.0, 2.0]> (x)",
     _ROW, "expected 1 intercepts, but got 2"),
    ("ai.onnx.ml.LinearRegressor <coefficients = [1.0, 2.0, 3.0], post_transform = \"TANH\"> (x)",
     _ROW, "expected post_transform NONE, SOFTMAX, LOGISTIC, SOFTMAX_ZERO or PROBIT, but got 'TANH'"),
    ("y, z = ai.onnx.ml.LinearClassifier <coefficients = [1.0]> (x)", _ROW,
     "expected attribute 'classlabels_ints' or 'classlabels_strings'"),
    ("y, z = ai.onnx.ml.LinearClassifier <coefficients = [1.0, 2.0, 3.0], intercepts = [1.0], "
     "classlabels_ints = [0, 1, 2]> (x)", _ROW, "expected 3 intercepts, but got 1"),
    ("ai.onnx.ml.Scaler <offset = [1.0, 2.0]> (x)", _ROW,
     "expected offsets for 1 or 3 features, but got 2"),
    ("ai.onnx.ml.Normalizer (x)", "float x", "expected input of rank 1 or more, but got 0"),
    ("ai.onnx.ml.Normalizer <norm = \"L3\"> (x)", _ROW,
     "expected norm MAX, L1 or L2, but got 'L3'"),
    ("ai.onnx.ml.Imputer <imputed_value_int64s = [1]> (x)", _ROW,
     "expected imputed values of the input's type"),
    ("ai.onnx.ml.FeatureVectorizer <inputdimensions = [2]> (x)", _ROW,
     "inputdimensions that differ from the inputs"),
    # SupportVector
    (f"ai.onnx.ml.SVMRegressor <{_VECTORS}, coefficients = [1.0], kernel_params = [1.0]> (x)",
     _ROW, "expected 3 kernel_params, but got 1"),
    (f"ai.onnx.ml.SVMRegressor <{_VECTORS}, coefficients = [1.0], kernel_type = \"CUBE\", "
     "kernel_params = [1.0, 0.0, 3.0]> (x)", _ROW,
     "expected kernel_type LINEAR, POLY, RBF or SIGMOID, but got 'CUBE'"),
    ("ai.onnx.ml.SVMRegressor <support_vectors = [1.0, 2.0, 3.0], n_supports = 2, rho = [0.0], "
     "coefficients = [1.0, 2.0]> (x)", _ROW, "expected vectors of one length, and rho"),
    (f"ai.onnx.ml.SVMRegressor <{_VECTORS}, coefficients = [1.0, 2.0]> (x)", _ROW,
     "expected a coefficient for each of 1 vectors, but got 2"),
    (f"y, z = ai.onnx.ml.SVMClassifier <{_CLASSES}, support_vectors = [1.0, 2.0, 3.0], "
     "vectors_per_class = [1, 0], rho = [0.0, 1.0], coefficients = [1.0]> (x)", _ROW,
     "expected coefficients, rho and vectors_per_class for 2 classes"),
    (f"y, z = ai.onnx.ml.SVMClassifier <{_CLASSES}, rho = [0.0], coefficients = [1.0]> (x)", _ROW,
     "machines without support vectors"),
    (f"y, z = ai.onnx.ml.SVMClassifier <{_CLASSES}, prob_a = [0.1], vectors_per_class = [1, 0]> (x)",
     _ROW, "probabilities of classes (prob_a)"),
    (f"y, z = ai.onnx.ml.SVMClassifier <{_CLASSES}, support_vectors = [1.0, 2.0, 3.0], "
     "vectors_per_class = [1, 0], rho = [0.0], coefficients = [1.0], "
     "post_transform = \"SOFTMAX\"> (x)", _ROW, "post_transform SOFTMAX of two classes"),
    # Trees
    (_regressor(nodes_featureids="[3, 0, 0]"), _ROW,
     "expected input of at least 4 features, but got 3"),
    (_regressor(aggregate_function='"MEAN"'), _ROW,
     "expected aggregate_function SUM, AVERAGE, MIN or MAX, but got 'MEAN'"),
    (_regressor(base_values_as_tensor="int64[1] {1}"), _ROW,
     "expected base_values_as_tensor of floats", 23, 3),
    (_regressor(nodes_values="[0.5]"), _ROW, "expected nodes_* of one length, but got 1 and 3"),
    (_regressor(nodes_truenodeids="[7, 0, 0]"), _ROW,
     "expected a known mode, feature and children of node 0 of tree 0"),
    (_regressor(target_weights="[1.0]"), _ROW, "expected target_* of one length"),
    (_regressor(target_nodeids="[1, 9]"), _ROW, "expected weights of known nodes and targets"),
    (_regressor(base_values="[1.0, 2.0, 3.0]", n_targets="2"), _ROW,
     "expected 2 base_values, but got 3"),
    (_regressor(nodes_truenodeids="[0, 0, 0]"), _ROW,
     "expected a known mode, feature and children of node 0 of tree 0"),
    # Each node has the other as both its children.
    (_regressor(nodes_modes='["BRANCH_LEQ", "BRANCH_LEQ", "LEAF"]', nodes_truenodeids="[1, 0, 0]",
                nodes_falsenodeids="[1, 0, 0]"), _ROW,
     "trees of more than 128 levels, or with a cycle"),
    (f"ai.onnx.ml.TreeEnsemble <{_ensemble(nodes_truenodeids='[0, 1]')}> (x)", _ROW,
     "expected nodes_* of one length, but got 2 and 1"),
    (f"ai.onnx.ml.TreeEnsemble <{_ensemble(aggregate_function=9)}> (x)", _ROW,
     "expected a known aggregate_function and post_transform, tree_roots, and a target for each "
     "leaf weight"),
    (f"ai.onnx.ml.TreeEnsemble <{_ensemble(nodes_truenodeids='[5]')}> (x)", _ROW,
     "expected children among the nodes and leaves, but got 5"),
    (f"ai.onnx.ml.TreeEnsemble <{_ensemble(nodes_modes='uint8[1] {9}')}> (x)", _ROW,
     "expected a known mode, feature and children of node 0"),
    (f"ai.onnx.ml.TreeEnsemble <{_ensemble(nodes_falseleafs='[0]', nodes_falsenodeids='[0]')}> (x)",
     _ROW, "expected a known mode, feature and children of node 0"),
    (f"ai.onnx.ml.TreeEnsemble <{_ensemble(tree_roots='[4]')}> (x)", _ROW,
     "expected tree_roots among the nodes, but got 4"),
    (f"ai.onnx.ml.TreeEnsemble <{_ensemble(leaf_targetids='[0, 7]')}> (x)", _ROW,
     "expected leaf_targetids below n_targets, but got 7"),
    # Label
    ("ai.onnx.ml.LabelEncoder <keys_tensor = int64[1, 2] {1, 2}, values_tensor = int64[2] {3, 4}> (x)",
     "int64[2] x", "expected keys_tensor of rank 1, but got 2"),
    ("ai.onnx.ml.LabelEncoder <keys_int64s = [1], values_int64s = [2], "
     "default_tensor = int64[2] {1, 2}> (x)", "int64[2] x",
     "expected default_tensor of one element of the values' type"),
    ("ai.onnx.ml.LabelEncoder <keys_int64s = [1]> (x)", "int64[2] x",
     "expected attributes keys_* and values_*"),
    ("ai.onnx.ml.LabelEncoder <keys_int64s = [1], values_int64s = [2, 3]> (x)", "int64[2] x",
     "expected as many values as keys, and some"),
    ("ai.onnx.ml.LabelEncoder <keys_int64s = [1], values_int64s = [2]> (x)", "string[2] x",
     "expected keys of the input's type"),
    ("ai.onnx.ml.LabelEncoder (x)", "int64[2] x", "expected attribute 'classes_strings'", 23, 1),
    ("ai.onnx.ml.CategoryMapper <cats_int64s = [1]> (x)", "int64[2] x",
     "expected attributes 'cats_int64s' and 'cats_strings' of one length"),
    ("ai.onnx.ml.OneHotEncoder (x)", "int64[2] x",
     "expected attribute 'cats_int64s' or 'cats_strings'"),
    ("ai.onnx.ml.OneHotEncoder <cats_int64s = [1]> (x)", "string[2] x",
     "expected categories of the input's type"),
    ("ai.onnx.ml.OneHotEncoder <cats_int64s = [1], zeros = 0> (x)", "int64[2] x",
     "failing for unknown categories (zeros = 0)"),
    # Map
    ("ai.onnx.ml.DictVectorizer <int64_vocabulary = [1]> (m)", "map(int64, string) m",
     "expected a map to numbers, but got another value"),
    ("ai.onnx.ml.DictVectorizer <int64_vocabulary = [1]> (m)", "map(string, float) m",
     "expected a vocabulary of the map's kind of keys"),
    ("ai.onnx.ml.ZipMap <classlabels_int64s = [1]> (x)", "float[1, 2, 3] x",
     "expected input of rank 1 or 2, but got 3"),
    ("ai.onnx.ml.ZipMap <classlabels_int64s = [1]> (x)", _ROW,
     "expected 1 columns, but got 3"),
    # NGrams, Text
    (f"TfIdfVectorizer <mode = \"TF\", {_GRAMS}> (x)", "int64[3] x",
     "expected one of pool_int64s and pool_strings"),
    (f"TfIdfVectorizer <mode = \"TF\", {_GRAMS}, pool_int64s = [1, 2]> (x)", "string[3] x",
     "expected an input of the pool's type"),
    (f"TfIdfVectorizer <mode = \"IDF\", {_GRAMS}, pool_int64s = [1, 2], weights = [1.0]> (x)",
     "int64[3] x", "expected a weight for each of 2 n-grams, but got 1"),
    (f"TfIdfVectorizer <mode = \"MAX\", {_GRAMS}, pool_int64s = [1, 2]> (x)", "int64[3] x",
     "expected an input of rank 1 or 2, a mode of TF, IDF or TFIDF, positive lengths, and counts "
     "and indexes of n-grams"),
    (f"TfIdfVectorizer <mode = \"TF\", {_GRAMS}, pool_int64s = [1, 2, 3]> (x)", "int64[3] x",
     "ngram_counts and ngram_indexes do not fit the pool"),
    (f"TfIdfVectorizer <mode = \"IDF\", {_GRAMS.replace('[0, 1]', '[0, 0]')}, "
     "pool_int64s = [1, 2], weights = [1.0, 2.0]> (x)", "int64[3] x",
     "n-grams of one column with different weights"),
    # Sequence
    ("SequenceEmpty <dtype = 99> ()", "", "expected an element type, but got 99"),
    ("SequenceConstruct ()", "", "expected 1 or more inputs, but got 0"),
    ("SequenceLength (x)", _ROW, "expected a sequence"),
    ("SequenceErase (x)", _ROW, "expected a sequence"),
    ("SequenceInsert (x, x)", _ROW, "expected a sequence"),
    ("ConcatFromSequence <axis = 0> (x)", _ROW, "expected a sequence"),
    ("SequenceAt (x, i)", "float[2] x, int64 i", "expected a sequence"),
    ("Optional ()", "", "expected an input or the attribute 'type'"),
    ("e = SequenceEmpty () i = Constant <value_int = 0> () y = SequenceAt (e, i)", "",
     "a tensor of unknown rank is not supported"),
    # ControlFlow
    ("If (x) <then_branch = a () => (t) { t = Relu (x) }, else_branch = b () => (e) "
     "{ e = Relu (x) }>", "float x", "expected input 0 of type bool, but got float"),
    ("Loop (t, , x) <body = b (int64 i, bool c, float[2] v) => (c) { }>", "int64 t, float[2] x",
     "expected a body of at least 2 outputs, but got 1"),
    ("SequenceMap (x) <body = b (float[2] v) => (float[2] w) { w = Relu (v) }>", "float[2] x",
     "expected a sequence, and a body with an input for every input"),
    ("SequenceMap (s) <body = b (float[2] v) => (w) { w = Relu (v) }>", "seq(float[2]) s",
     "the body must declare its outputs as tensors"),
    ("Scan <num_scan_inputs = 1, scan_input_axes = [0, 0], body = b (float[3] v) => (w) "
     "{ w = Relu (v) }> (x)", _ROW, "expected 1 values of 'scan_input_axes', but got 2"),
    ("Scan <num_scan_inputs = 1, body = b (float[3] v) => (w) { w = Relu (v) }> (l, x)",
     "int64[1] l, float[1, 2, 3] x", "sequence_lens is not supported", 8),
    ("Scan <num_scan_inputs = 2, body = b (float[3] v) => (w) { w = Relu (v) }> (x)", _ROW,
     "expected num_scan_inputs in [1, 1] that fits the body, but got 2"),
]
