"""Kinds of elements: every type of ONNX, computed with or at least moved and converted."""
import ml_dtypes
import numpy as np

from onnx import numpy_helper

from .kind import Kind, model

_PARSED = {"float32": "float", "float64": "double", "float8_e4m3fn": "float8e4m3fn",
           "float8_e4m3fnuz": "float8e4m3fnuz", "float8_e5m2": "float8e5m2",
           "float8_e5m2fnuz": "float8e5m2fnuz", "float4_e2m1fn": "float4e2m1",
           "float8_e8m0fnu": "float8e8m0"}
_CODES = {"float32": 1, "uint4": 21, "int4": 22, "uint2": 25, "int2": 26, "bfloat16": 16,
          "float8_e4m3fn": 17, "float8_e4m3fnuz": 18, "float8_e5m2": 19, "float8_e5m2fnuz": 20,
          "float4_e2m1fn": 23, "float8_e8m0fnu": 24}


def _dtype(name):
    return np.dtype(getattr(ml_dtypes, name, None) or name)


def _integers(name):
    """Wrapping arithmetic, truncating division, comparison and reduction."""
    text = model(17, f"""
g ({name}[n, 5] a, {name}[n, 5] b, {name}[5] c)
    => ({name}[n, 5] sum, {name}[n, 5] quotient, {name}[n, 5] most, bool[n, 5] less,
        {name}[5, n] turned, int64[n, 5] wide) {{
  product = Mul(a, b)
  sum = Add(product, c)
  quotient = Div(a, c)
  most = Max(a, b)
  less = Less(a, b)
  turned = Transpose<perm = [1, 0]>(sum)
  wide = Cast<to = 7>(quotient)
}}""")
    info = np.iinfo(name)

    def sample(rng):
        a, b = (rng.integers(info.min, info.max, (3, 5), dtype=name, endpoint=True)
                for _ in range(2))
        c = rng.integers(1, 100, 5).astype(name)
        a[0, 0], b[0, 0] = info.max, info.max
        return {"a": a, "b": b, "c": c}

    def numpy(a, b, c):
        total = a * b + c
        whole = np.abs(a.astype(object)) // c.astype(object)
        quotient = np.where(a < 0, -whole, whole).astype(name)
        return [total, quotient, np.maximum(a, b), a < b, np.ascontiguousarray(total.T),
                quotient.astype(np.int64)]
    return Kind(name, "arithmetic that wraps, division, order", text, (sample,) * 2, numpy)


def _small_integers(name):
    """Packed in the input, moved, converted both ways and dequantized."""
    text = model(25, f"""
g ({name}[3, n] x, float[3] scale, float[7] f) => ({name}[n, 3] t, int8[3, n] wide,
    float[3, n] real, {name}[7] back) {{
  t = Transpose<perm = [1, 0]>(x)
  wide = Cast<to = 3>(x)
  real = DequantizeLinear<axis = 0>(x, scale)
  g8 = Cast<to = {6 if name.startswith("int") else 2}>(f)
  back = Cast<to = {_CODES[name]}>(g8)
}}""")
    bits = int(name[-1])
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if name[0] == "i" else (0, (1 << bits) - 1)

    def sample(width):
        def make(rng):
            return {"x": rng.integers(low, high, (3, width), endpoint=True).astype(_dtype(name)),
                    "scale": np.float32([0.5, 2, 0.25]),
                    "f": np.float32([low, low + 1, 0, 1, high, high, low])}
        return make

    def numpy(x, scale, f):
        wide = x.astype(np.int8)
        return [np.ascontiguousarray(x.T), wide, wide.astype(np.float32) * scale[:, None],
                f.astype(np.int8).astype(_dtype(name))]
    return Kind(name, "packed: transposed, converted, dequantized", text,
                (sample(5), sample(8)), numpy)


def _floats(name, **tolerance):
    """A small layer: product, bias, activation, normalization."""
    kind = _PARSED.get(name, name)
    text = model(17, f"""
g ({kind}[n, 16] x, {kind}[16, 8] w, {kind}[8] b) => ({kind}[n, 8] y, {kind}[n, 8] p) {{
  a = MatMul(x, w)
  c = Add(a, b)
  y = Relu(c)
  p = Softmax(c)
}}""")

    def sample(rng):
        return {key: (rng.standard_normal(shape) / 2).astype(_dtype(name))
                for key, shape in (("x", (4, 16)), ("w", (16, 8)), ("b", (8,)))}

    def numpy(x, w, b):
        c = x.astype(np.float64) @ w.astype(np.float64) + b.astype(np.float64)
        e = np.exp(c - c.max(-1, keepdims=True))
        return [each.astype(_dtype(name)) for each in (np.maximum(c, 0),
                                                       e / e.sum(-1, keepdims=True))]
    return Kind(name, "product, sum, Relu, Softmax", text, (sample,) * 2, numpy, **tolerance)


def _eight_bit_floats(name):
    """Converted both ways, beyond the range with and without saturation, and moved."""
    kind = _PARSED[name]
    finfo = ml_dtypes.finfo(_dtype(name))
    most = float(finfo.max)
    text = model(21, f"""
g (float[n] f, {kind}[2, 3] x) => ({kind}[n] near, {kind}[n] over, float[3, 2] wide) {{
  near = Cast<to = {_CODES[name]}>(f)
  over = Cast<to = {_CODES[name]}, saturate = 0>(f)
  t = Transpose<perm = [1, 0]>(x)
  wide = Cast<to = 1>(t)
}}""")

    def sample(rng):
        f = (rng.standard_normal(40) * np.exp2(rng.integers(-12, 5, 40))).astype(np.float32)
        # Just beyond what rounds to the largest, far beyond, and what is no number.
        edge = np.float32(most * (1 + 2.0 ** -(finfo.nmant + 1)))
        beyond = [most, edge, np.nextafter(edge, np.float32(0)),
                  np.nextafter(edge, np.float32(np.inf)), 2 * most, 1e30, np.inf]
        f = np.concatenate([f, np.float32(beyond), -np.float32(beyond), np.float32([np.nan])])
        x = rng.standard_normal((2, 3)).astype(_dtype(name))
        return {"f": f, "x": x}

    def numpy(f, x):
        # Within the range both are the nearest value, ties to even; beyond it the largest one or,
        # without saturation, infinity or not a number.
        near, over = np.clip(f, -most, most).astype(_dtype(name)), f.astype(_dtype(name))
        assert np.isfinite(near[:-1].astype(np.float32)).all()
        assert (~np.isfinite(over.astype(np.float32))).sum() > 8, "nothing is beyond the range"
        return [near, over, x.T.astype(np.float32)]
    return Kind(name, "converted from and to float, transposed", text, (sample,) * 2, numpy)


_F4 = model(23, """
g (float4e2m1[3, n] x, float[5] f) => (float[3, n] wide, float4e2m1[5] near,
    float4e2m1[n, 3] turned) {
  wide = Cast<to = 1>(x)
  near = Cast<to = 23>(f)
  turned = Transpose<perm = [1, 0]>(x)
}""")


def _f4_sample(width):
    def make(rng):
        values = np.float32([0, .5, 1, 1.5, 2, 3, 4, 6])
        x = rng.choice(np.concatenate([values, -values]), (3, width))
        return {"x": x.astype(_dtype("float4_e2m1fn")),
                "f": np.float32([0.2, -0.8, 2.4, 5.5, -3.6])}
    return make


def _f4_numpy(x, f):
    dtype = _dtype("float4_e2m1fn")
    return [x.astype(np.float32), f.astype(dtype), np.ascontiguousarray(x.T)]


_E8 = model(24, """
g (float8e8m0[n] x, float[n] f, float[m] any) => (float[n] wide, float8e8m0[n] same,
    float[n] scaled, float8e8m0[m] up, float8e8m0[m] down, float8e8m0[m] near) {
  wide = Cast<to = 1>(x)
  same = Cast<to = 24>(f)
  scaled = Mul(wide, f)
  up = Cast<to = 24>(any)
  down = Cast<to = 24, round_mode = "down">(any)
  near = Cast<to = 24, round_mode = "nearest">(any)
}""")


def _e8_sample(rng):
    powers = np.exp2(rng.integers(-30, 30, 9)).astype(np.float32)
    return {"x": powers.astype(_dtype("float8_e8m0fnu")),
            "f": np.exp2(rng.integers(-20, 20, 9)).astype(np.float32),
            "any": np.concatenate([np.float32([1, 1.25, 1.5, 1.75, 3, 5, 6, 7, 3e38, 1.2e-38]),
                                   np.exp(rng.uniform(-80, 80, 30)).astype(np.float32)])}


def _e8_numpy(x, f, any):
    wide = x.astype(np.float32)
    rounded = [numpy_helper.to_float8e8m0(any, round_mode=mode)
               for mode in ("up", "down", "nearest")]
    return [wide, f.astype(x.dtype), wide * f, *rounded]


def _complex(name):
    text = model(17, f"""
g ({name}[2, n] x, {name}[2, 1] z, bool[n] mask, int64[3] at)
    => ({name}[n, 2] t, {name}[2, n] chosen, {name}[2, 3] taken, {name}[m] flat) <int64[1] all = {{-1}}> {{
  t = Transpose<perm = [1, 0]>(x)
  other = Concat<axis = 1>(x, x)
  flat = Reshape(x, all)
  chosen = Where(mask, x, z)
  taken = Gather<axis = 1>(other, at)
}}""")

    def sample(rng):
        return {"x": (rng.standard_normal((2, 4)) + 1j * rng.standard_normal((2, 4)))
                .astype(name), "z": np.array([[1 - 2j], [-3 + 4j]], name),
                "mask": np.array([1, 0, 0, 1], bool), "at": np.int64([7, 0, 3])}

    def numpy(x, z, mask, at):
        return [np.ascontiguousarray(x.T), np.where(mask, x, z),
                np.concatenate([x, x], 1)[:, at], x.reshape(-1)]
    return Kind(name, "moved, joined, chosen, reshaped", text, (sample,), numpy)


_BOOL = model(17, """
g (bool[n] a, bool[n] b, float[n] x) => (bool[n] y, float[n] z, int64 count, bool any) {
  c = And(a, b)
  d = Not(b)
  y = Xor(c, d)
  x2 = Neg(x)
  z = Where(y, x, x2)
  i = Cast<to = 7>(y)
  count = ReduceSum<keepdims = 0>(i)
  u = Cast<to = 2>(y)
  m = ReduceMax<keepdims = 0>(u)
  any = Cast<to = 9>(m)
}""")


def _bool_sample(rng):
    return {"a": rng.random(9) < 0.5, "b": rng.random(9) < 0.5,
            "x": rng.standard_normal(9, dtype=np.float32)}


KINDS = [
    Kind("bool", "logic, choice, counting", _BOOL, (_bool_sample,) * 2),
    *(_small_integers(name) for name in ("int2", "uint2", "int4", "uint4")),
    *(_integers(sign + bits) for bits in ("int8", "int16", "int32", "int64")
      for sign in ("", "u")),
    _floats("float16", rtol=2e-3, atol=2e-3),
    _floats("bfloat16", rtol=2 ** -6, atol=1e-2),
    _floats("float32"),
    _floats("float64", rtol=1e-12, atol=1e-12),
    *(_eight_bit_floats(name) for name in ("float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2",
                                           "float8_e5m2fnuz")),
    Kind("float4_e2m1", "packed: converted both ways, transposed", _F4,
         (_f4_sample(4), _f4_sample(5)), _f4_numpy),
    Kind("float8_e8m0", "scales: converted both ways", _E8, (_e8_sample,) * 2, _e8_numpy),
    *(_complex(name) for name in ("complex64", "complex128")),
]
