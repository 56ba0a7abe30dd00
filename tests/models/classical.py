"""Row 18: linear and kernel models, and pipelines with strings, as skl2onnx writes them."""
import numpy as np
import onnx
from onnx import helper

from .graph import Graph, normal, two
from .trees import forest_attributes

_ML = "ai.onnx.ml"
_FEATURES = 8


def _graph(name, ml=1):
    return Graph(name, opset=17, domains={_ML: ml}, producer="skl2onnx")


def _floats(rng, count, scale=1.0):
    return [float(each) for each in (scale * rng.normal(size=count)).astype(np.float32)]


def _rows(make, counts=(5, 9)):
    at = iter(counts)
    return two(lambda rng: make(rng, next(at)))


def logistic_regression(size):
    """LinearClassifier with softmax, then the L1 Normalizer that skl2onnx appends."""
    g = _graph("logistic_regression")
    g.op("LinearClassifier", g.input("X", [None, _FEATURES]), domain=_ML,
         outputs=["label", "probability_tensor"], classlabels_ints=[0, 1, 2],
         coefficients=_floats(g.rng, 3 * _FEATURES), intercepts=_floats(g.rng, 3),
         multi_class=1, post_transform="SOFTMAX")
    g.op("Normalizer", "probability_tensor", outputs=["probabilities"], domain=_ML, norm="L1")
    g.output("label", shape=[None], dtype=np.int64)
    g.output("probabilities", shape=[None, 3])
    return g.model(), _rows(lambda rng, n: {"X": normal(rng, n, _FEATURES)})


def ridge(size):
    """LinearRegressor with two targets on scaled features."""
    g = _graph("ridge")
    x = g.op("Scaler", g.input("X", [None, _FEATURES]), domain=_ML,
             offset=_floats(g.rng, _FEATURES, 0.2), scale=[1.5] * _FEATURES)
    y = g.op("LinearRegressor", x, domain=_ML, coefficients=_floats(g.rng, 2 * _FEATURES),
             intercepts=_floats(g.rng, 2), targets=2)
    g.output(y, "variable", [None, 2])
    return g.model(), _rows(lambda rng, n: {"X": normal(rng, n, _FEATURES)})


def support_vector_regressor(size):
    """SVR with an RBF kernel over 12 support vectors."""
    g = _graph("support_vector_regressor")
    y = g.op("SVMRegressor", g.input("X", [None, _FEATURES]), domain=_ML,
             coefficients=_floats(g.rng, 12), kernel_params=[0.1, 0.0, 3.0],
             kernel_type="RBF", n_supports=12, rho=[0.3], post_transform="NONE",
             support_vectors=_floats(g.rng, 12 * _FEATURES))
    g.output(y, "variable", [None, 1])
    return g.model(), _rows(lambda rng, n: {"X": normal(rng, n, _FEATURES)})


def support_vector_classifier(size):
    """SVC of three classes with a polynomial kernel, decision by votes."""
    g = _graph("support_vector_classifier")
    g.op("SVMClassifier", g.input("X", [None, _FEATURES]), domain=_ML,
         outputs=["label", "scores"], classlabels_ints=[3, 5, 8],
         coefficients=_floats(g.rng, 2 * 12), kernel_params=[0.2, 1.0, 2.0],
         kernel_type="POLY", rho=_floats(g.rng, 3), post_transform="NONE",
         support_vectors=_floats(g.rng, 12 * _FEATURES), vectors_per_class=[4, 5, 3])
    g.output("label", shape=[None], dtype=np.int64)
    g.output("scores", shape=[None, 3])
    return g.model(), _rows(lambda rng, n: {"X": normal(rng, n, _FEATURES)})


def _zip_map(g, scores, labels):
    """ZipMap and the sequence-of-maps output of skl2onnx's default options."""
    text = isinstance(labels[0], str)
    kind = onnx.TensorProto.STRING if text else onnx.TensorProto.INT64
    key = "classlabels_strings" if text else "classlabels_int64s"
    g.op("ZipMap", scores, outputs=["output_probability"], domain=_ML, **{key: labels})
    value = helper.make_tensor_type_proto(onnx.TensorProto.FLOAT, None)
    maps = helper.make_map_type_proto(kind, value)
    g.output("output_probability", dtype=helper.make_sequence_type_proto(maps))


def pipeline_zipmap(size):
    """Imputer, Scaler, Normalizer, LinearClassifier with string classes, ZipMap."""
    labels = ["maybe", "no", "yes"]
    g = _graph("pipeline_zipmap")
    x = g.op("Imputer", g.input("X", [None, _FEATURES]), domain=_ML,
             imputed_value_floats=_floats(g.rng, _FEATURES), replaced_value_float=np.nan)
    x = g.op("Scaler", x, domain=_ML, offset=_floats(g.rng, _FEATURES, 0.2),
             scale=[0.8] * _FEATURES)
    x = g.op("Normalizer", x, domain=_ML, norm="L2")
    g.op("LinearClassifier", x, domain=_ML, outputs=["output_label", "scores"],
         classlabels_strings=labels, coefficients=_floats(g.rng, 3 * _FEATURES, 3.0),
         intercepts=_floats(g.rng, 3), multi_class=1, post_transform="SOFTMAX")
    g.output("output_label", shape=[None], dtype=str)
    _zip_map(g, g.op("Normalizer", "scores", domain=_ML, norm="L1"), labels)

    def make(rng, count):
        x = normal(rng, count, _FEATURES)
        x[rng.random(x.shape) < 0.1] = np.nan
        return {"X": x}
    return g.model(), _rows(make)


def pipeline_columns(size):
    """A ColumnTransformer: OneHotEncoder on strings, LabelEncoder, Binarizer and Scaler
    on numbers, FeatureVectorizer joins, a forest decides."""
    g = _graph("pipeline_columns", ml=2)
    colour = g.input("colour", [None, 1], str)
    town = g.input("town", [None, 1], str)
    numbers = g.input("numbers", [None, 3])
    hot = g.op("OneHotEncoder", colour, domain=_ML, cats_strings=["blue", "green", "red"],
               zeros=1)
    hot = g.op("Reshape", hot, g.init("shape_tensor", np.array([-1, 3])))
    code = g.op("LabelEncoder", town, domain=_ML, keys_strings=["Bern", "Oslo", "Rome"],
                values_floats=[0.1, 1.2, -0.7], default_float=-1.0)
    scaled = g.op("Scaler", numbers, domain=_ML, offset=[0.1, -0.2, 0.0], scale=[2.0, 1.0, 0.5])
    sign = g.op("Binarizer", numbers, domain=_ML, threshold=0.2)
    joined = g.op("FeatureVectorizer", hot, code, scaled, sign, domain=_ML,
                  inputdimensions=[3, 1, 3, 3])
    labels, scores = g.op("TreeEnsembleClassifier", joined, outputs=2, domain=_ML,
                          classlabels_strings=["down", "level", "up"],
                          **forest_attributes(g.rng, 12, 5, 10, 3))
    g.output(labels, "output_label", [None], str)
    g.output(scores, "probabilities", [None, 3])

    def make(rng, count):
        return {"colour": rng.choice(["red", "green", "violet"], (count, 1)).astype(object),
                "town": rng.choice(["Oslo", "Rome", "Ulm"], (count, 1)).astype(object),
                "numbers": normal(rng, count, 3)}
    return g.model(), _rows(make)
