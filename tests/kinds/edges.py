"""Kinds at the edges of what a tensor can be: no elements, no dimensions, many dimensions."""
import numpy as np

from .kind import Kind, fixed, floats, model

_EMPTY = model(17, """
g (float[n, m] x, float[m, k] w) => (float[n, k] product, float[k] sum, float[n, m] same,
    float[two_n, m] joined, float[m, n] turned, float[flat] line, float[n, k] p, float[n, m] gone)
    <int64[1] all = {-1}, int64[1] rows = {0}, int64[1] start = {1}, int64[1] end = {1}> {
  product = MatMul(x, w)
  sum = ReduceSum<keepdims = 0>(product, rows)
  same = Tanh(x)
  joined = Concat<axis = 0>(x, same)
  turned = Transpose<perm = [1, 0]>(x)
  line = Reshape(x, all)
  p = Softmax(product)
  gone = Neg(x)
}""")


def _empty_numpy(x, w):
    product = x @ w
    e = np.exp(product - product.max(1, keepdims=True, initial=-np.inf))
    same = np.tanh(x)
    return [product, product.sum(0), same, np.concatenate([x, same]), x.T.copy(), x.reshape(-1),
            e / e.sum(1, keepdims=True), -x]


_SCALAR = model(17, """
g (float a, float b, bool c, int64 i) => (float y, float z, float m, int64[r] shape, float[1] wide,
    float picked) <int64[1] zero = {0}> {
  y = Add(a, b)
  z = Where(c, a, y)
  m = ReduceMax<keepdims = 0>(y)
  shape = Shape(y)
  wide = Unsqueeze(y, zero)
  two = Concat<axis = 0>(wide, wide)
  picked = Gather(two, i)
}""")

_RANK = 9
_SHAPE = (1, 2, 3, 1, 2, 1, 2, 2, 3)
_ORDER = (8, 0, 3, 5, 1, 7, 2, 4, 6)
_HIGH = model(17, f"""
g (float[{','.join(f'd{i}' for i in range(_RANK))}] x, float[3] b) => (float[a1, a2, a3, a4, a5, a6,
    a7, a8, a9] y, float[b1, b2, b3, b4, b5, b6, b7, b8, b9] t, float[c1, c2, c3, c4, c5, c6, c7] s)
    <int64[2] axes = {{2, 7}}> {{
  y = Add(x, b)
  t = Transpose<perm = [{','.join(map(str, _ORDER))}]>(y)
  s = ReduceSum<keepdims = 0>(t, axes)
}}""")

KINDS = [
    Kind("zero-size dimensions", "products, sums, joins of nothing", _EMPTY,
         (floats(x=(0, 4), w=(4, 3)), floats(x=(2, 0), w=(0, 3)), floats(x=(2, 4), w=(4, 0)),
          floats(x=(2, 4), w=(4, 3))), _empty_numpy),
    Kind("rank 0", "scalars in and out", _SCALAR,
         (fixed(a=np.float32(1.5), b=np.float32(-2), c=np.bool_(True), i=np.int64(1)),
          fixed(a=np.float32(1.5), b=np.float32(3), c=np.bool_(False), i=np.int64(-1)))),
    Kind("high rank", "nine dimensions", _HIGH, (floats(x=_SHAPE, b=(3,)),) * 2),
]
