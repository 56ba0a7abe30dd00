"""Kinds of files: functions, initializers, external data, versions, domains."""
import numpy as np
from onnx import numpy_helper, parser

from .kind import Kind, floats, model

_FUNCTIONS = model(17, """
g (float[n, 4] x) => (float[n, 4] y) {
  a = local.scaled<factor = 2.0>(x)
  b = local.twice(a)
  y = Add(b, x)
}""", domains=', "local": 1', functions="""
<domain: "local", opset_import: ["": 17]>
scaled <factor> (v) => (w) {
  f = Constant<value_float: float = @factor>()
  w = Mul(v, f)
}
<domain: "local", opset_import: ["": 17, "local": 1]>
twice (v) => (w) {
  a = local.scaled<factor = 0.5>(v)
  b = Tanh(a)
  w = local.scaled<factor = 3.0>(b)
}""")

# Operators that the standard defines by a body of others.
_BODIES = model(18, """
g (float[n, 3, 4] x, float[4] scale, float[4] bias) => (float[n, 3, 4] y, float[n, 3, 4] z,
    float[n, 3, 4] m) {
  a = Celu<alpha = 0.7>(x)
  b = HardSwish(a)
  y = LayerNormalization(b, scale, bias)
  s = Softplus(x)
  c = ThresholdedRelu<alpha = 0.4>(s)
  z = LogSoftmax<axis = -1>(c)
  m = MeanVarianceNormalization<axes = [0, 2]>(x)
}""")

_OVERRIDABLE = model(17, """
g (float[n, 3] x, float[3] scale, float[3] shift) => (float[n, 3] y)
    <float[3] scale = {1, 2, 3}, float[3] shift = {0.5, 0.25, 0.125}> {
  a = Mul(x, scale)
  y = Add(a, shift)
}""")


def _external():
    rng = np.random.default_rng(3)
    proto = parser.parse_model(model(17, """
g (float[n, 64] x) => (float[n, 32] y) { a = MatMul(x, w)  y = Add(a, b) }"""))
    for name, shape in (("w", (64, 32)), ("b", (32,))):
        proto.graph.initializer.append(numpy_helper.from_array(
            rng.standard_normal(shape, dtype=np.float32) / 8, name))
    return proto


def _softmax(opset):
    """Up to 12 over all dimensions from `axis` on, from 13 along `axis` alone."""
    text = model(opset, """
g (float[n, 3, 4] x) => (float[n, 3, 4] y) { y = Softmax<axis = 1>(x) }""")

    def numpy(x):
        axes = (1, 2) if opset < 13 else (1,)
        e = np.exp(x.astype(np.float64) - x.max(axes, keepdims=True))
        return [(e / e.sum(axes, keepdims=True)).astype(np.float32)]
    return Kind("opsets 7 to 28", f"Softmax at {opset}", text, (floats(x=(2, 3, 4)),) * 2, numpy)


_ML = model(17, """
g (float[n, 3] x) => (int64[n] label, float[n, 3] scores, float[n, 1] trees) {
  s = ai.onnx.ml.Scaler<offset = [0.1, 0.2, 0.3], scale = [2.0, 1.0, 0.5]>(x)
  label, scores = ai.onnx.ml.LinearClassifier<classlabels_ints = [4, 7, 9],
      coefficients = [1.0, -1.0, 0.5, 0.2, 0.8, -0.6, -1.1, 0.3, 0.9],
      intercepts = [0.1, 0.0, -0.1], post_transform = "SOFTMAX">(s)
  trees = ai.onnx.ml.TreeEnsembleRegressor<n_targets = 1, nodes_treeids = [0, 0, 0, 0, 0],
      nodes_nodeids = [0, 1, 2, 3, 4], nodes_featureids = [0, 1, 0, 0, 0],
      nodes_modes = ["BRANCH_LEQ", "BRANCH_LEQ", "LEAF", "LEAF", "LEAF"],
      nodes_values = [0.1, -0.2, 0.0, 0.0, 0.0],
      nodes_truenodeids = [1, 3, 0, 0, 0], nodes_falsenodeids = [2, 4, 0, 0, 0],
      target_treeids = [0, 0, 0], target_nodeids = [2, 3, 4], target_ids = [0, 0, 0],
      target_weights = [1.5, -2.5, 0.25]>(x)
}""", domains=', "ai.onnx.ml": 3')

_MICROSOFT = model(17, """
g (float[n, 8] x, float[n, 8] skip, float[8] gamma, float[8] beta, float[5, 8] w)
    => (float[n, 8] y, float[n, 5] z) {
  a = com.microsoft.Gelu(x)
  y = com.microsoft.SkipLayerNormalization<epsilon = 0.00001>(a, skip, gamma, beta)
  z = com.microsoft.FusedMatMul<transB = 1, alpha = 0.5>(y, w)
}""", domains=', "com.microsoft": 1')


def _skip_sample(rows):
    return floats(x=(rows, 8), skip=(rows, 8), gamma=(8,), beta=(8,), w=(5, 8))


KINDS = [
    Kind("model-local functions", "with attributes, one calling the other", _FUNCTIONS,
         (floats(x=(2, 4)), floats(x=(5, 4)))),
    Kind("ONNX function bodies", "Celu, HardSwish, LayerNormalization, ...", _BODIES,
         (floats(x=(2, 3, 4), scale=(4,), bias=(4,)),) * 2),
    Kind("initializers that are inputs", "constants by default", _OVERRIDABLE,
         (floats(x=(2, 3)),) * 2),
    Kind("initializers that are inputs", "one kept an input by --overridable", _OVERRIDABLE,
         (floats(x=(2, 3), scale=(3,)),) * 2, flags=("--overridable=scale",)),
    Kind("external data", "weights in a file beside the model", _external(),
         (floats(x=(2, 64)), floats(x=(5, 64))), external=True),
    *(_softmax(opset) for opset in range(7, 29)),
    Kind("domain ai.onnx.ml", "scaler, linear classifier, trees", _ML,
         (floats(x=(6, 3)), floats(x=(1, 3)))),
    Kind("domain com.microsoft", "Gelu, SkipLayerNormalization, FusedMatMul", _MICROSOFT,
         (_skip_sample(3), _skip_sample(1))),
]
