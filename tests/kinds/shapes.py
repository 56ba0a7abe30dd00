"""Kinds of shapes: what of them is known when."""
import numpy as np
from onnx import numpy_helper, parser

from .kind import Kind, fixed, floats, model


def _with_weights(text, seed=5, **shapes):
    """The parsed model with random float initializers of variance 1 / fan-in."""
    rng = np.random.default_rng(seed)
    proto = parser.parse_model(text)
    for name, shape in shapes.items():
        fan = int(np.prod(shape[1:])) if len(shape) > 2 else shape[0]
        proto.graph.initializer.append(numpy_helper.from_array(
            rng.standard_normal(shape, dtype=np.float32) / np.float32(np.sqrt(fan)), name))
    return proto


_MLP = """
mlp (float[{rows}, 12] x) => (float[{rows}, 5] y) {{
  a = MatMul(x, w1)
  b = Add(a, b1)
  c = Relu(b)
  d = MatMul(c, w2)
  y = Softmax(d)
}}"""


def _mlp(rows):
    return _with_weights(model(17, _MLP.format(rows=rows)), w1=(12, 20), b1=(20,), w2=(20, 5))


# Shape -> Gather -> Concat -> Reshape, as exporters of PyTorch write a view.
_HEADS = _with_weights(model(17, """
heads (float[batch, sequence, 8] x, float[batch, sequence, 8] z) => (float[batch, sequence, 8] y)
    <int64 zero = {0}, int64 one = {1}, int64[1] first = {0}, int64[1] two = {2},
     int64[1] four = {4}, int64[1] eight = {8}> {
  shape = Shape(x)
  b = Gather(shape, zero)
  s = Gather(shape, one)
  b1 = Unsqueeze(b, first)
  s1 = Unsqueeze(s, first)
  wide = Concat<axis = 0>(b1, s1, two, four)
  narrow = Concat<axis = 0>(b1, s1, eight)
  q0 = MatMul(x, w)
  q1 = Reshape(q0, wide)
  q = Transpose<perm = [0, 2, 1, 3]>(q1)
  k0 = Reshape(z, wide)
  k = Transpose<perm = [0, 2, 3, 1]>(k0)
  scores = MatMul(q, k)
  p = Softmax(scores)
  v0 = Reshape(x, wide)
  v = Transpose<perm = [0, 2, 1, 3]>(v0)
  m0 = MatMul(p, v)
  m1 = Transpose<perm = [0, 2, 1, 3]>(m0)
  m = Reshape(m1, narrow)
  y = Add(m, z)
}"""), w=(8, 8))

_CNN = _with_weights(model(17, """
cnn (float[1, 3, height, width] x) => (float[1, 4, h, w] y, float[1, 4] means) {
  a = Conv<pads = [1, 1, 1, 1], strides = [2, 2]>(x, w1)
  b = Relu(a)
  c = MaxPool<kernel_shape = [3, 3], pads = [1, 1, 1, 1]>(b)
  y = Conv(c, w2)
  g = GlobalAveragePool(y)
  means = Flatten(g)
}"""), w1=(6, 3, 3, 3), w2=(4, 6, 1, 1))

_NONZERO = model(17, """
positives (float[rows, 6] x) => (int64[2, count] at, float[count] found, float[] total)
    <float zero = {0.5}, int64[1] first = {0}> {
  good = Greater(x, zero)
  at = NonZero(good)
  pairs = Transpose<perm = [1, 0]>(at)
  found = GatherND(x, pairs)
  total = ReduceSum<keepdims = 0>(found, first)
}""")

_NMS = model(17, """
boxes (float[1, spots, 4] boxes, float[1, 2, spots] scores)
    => (int64[picked, 3] chosen, float[picked, 4] kept)
    <int64 most = {4}, float overlap = {0.5}, float least = {0.3}, int64[1] two = {2},
     int64[1] three = {3}, int64[1] one = {1}> {
  chosen = NonMaxSuppression(boxes, scores, most, overlap, least)
  column = Slice(chosen, two, three, one)
  index = Squeeze(column, one)
  rows = Squeeze(boxes)
  kept = Gather(rows, index)
}""")


def _box_sample(spots):
    def make(rng):
        corners = rng.uniform(0, 8, (1, spots, 2)).astype(np.float32)
        sizes = rng.uniform(1, 5, (1, spots, 2)).astype(np.float32)
        return {"boxes": np.concatenate([corners, corners + sizes], axis=2),
                "scores": rng.uniform(0, 1, (1, 2, spots)).astype(np.float32)}
    return make


KINDS = [
    Kind("static shapes", "multi-layer perceptron", _mlp(3), (floats(x=(3, 12)),) * 2),
    Kind("dynamic batch", "multi-layer perceptron", _mlp("batch"),
         (floats(x=(1, 12)), floats(x=(7, 12)), floats(x=(0, 12)))),
    Kind("dynamic sequence", "attention behind Shape-Gather-Concat-Reshape", _HEADS,
         (floats(x=(2, 5, 8), z=(2, 5, 8)), floats(x=(1, 17, 8), z=(1, 17, 8))),
         kernels=("matmul", "attention", "none")),
    Kind("dynamic height and width", "convolutions and pools", _CNN,
         (floats(x=(1, 3, 20, 31)), floats(x=(1, 3, 33, 8)))),
    Kind("bounded dynamic", "--shape x:1..32x12 of a perceptron", _mlp("batch"),
         (floats(x=(1, 12)), floats(x=(32, 12))), flags=("--shape=x:1..32x12",)),
    Kind("several entry points", "one row and up to 9, over one copy of the weights",
         _mlp("batch"), (floats(x=(1, 12)), floats(x=(9, 12)), floats(x=(1, 12))),
         flags=("--shape=x:1x12", "--shape=x:2..9x12")),
    Kind("data-dependent shapes", "NonZero", _NONZERO,
         (floats(x=(9, 6)), floats(x=(2, 6)),
          fixed(x=np.zeros((3, 6), np.float32)))),
    Kind("data-dependent shapes", "NonMaxSuppression", _NMS, (_box_sample(30), _box_sample(3))),
]
