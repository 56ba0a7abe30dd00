"""Kinds of control flow, and values that are no tensors."""
import numpy as np

from ..models.dataset import Optional
from .kind import Kind, fixed, floats, model

_IF = model(17, """
choose (float[n] x, bool flag, bool inner) => (float[m] y)
    <float two = {2}, int64[1] twice = {2}> {
  scaled = Mul(x, two)
  y = If(flag) <
    then_branch = a () => (float[p] t) {
      t = If(inner) <
        then_branch = b () => (float[p] u) { s = Add(scaled, x)  u = Tile(s, twice) },
        else_branch = c () => (float[p] v) { v = Neg(scaled) }>
    },
    else_branch = d () => (float[p] e) { r = Relu(x)  e = Concat<axis = 0>(r, scaled, x) }>
}""")

_LOOP = model(17, """
power (float[n] x, int64 steps, bool extra) => (float[n] last, float[steps2, n] all)
    <bool yes = {1}, float half = {0.5}> {
  bias = Mul(x, half)
  last, all = Loop(steps, yes, x) <body = step (int64 i, bool going, float[n] v)
      => (bool still, float[n] next, float[n] seen) {
    w = If(extra) <
      then_branch = a () => (float[n] t) { ti = Cast<to = 1>(i)  tb = Add(bias, ti)  t = Add(v, tb) },
      else_branch = b () => (float[n] e) { e = Mul(v, half) }>
    next = Tanh(w)
    seen = Sub(next, v)
    still = Identity(going)
  }>
}""")

_WHILE = model(17, """
halve (float limit, float[3] x) => (float[3] y, int64 count)
    <bool yes = {1}, int64 zero = {0}, int64 one = {1}, float half = {0.5}> {
  y, count = Loop(, yes, x, zero) <body = step (int64 i, bool going, float[3] v, int64 c)
      => (bool still, float[3] next, int64 more) {
    next = Mul(v, half)
    size = ReduceMax<keepdims = 0>(next)
    still = Greater(size, limit)
    more = Add(c, one)
  }>
}""")

_GROW = model(17, """
triangle (float[1, 3] start, int64 steps) => (float[rows, 3] y)
    <bool yes = {1}, float two = {2}, int64[1] tail = {-1}, int64[1] end = {9223372036854775807},
     int64[1] axis = {0}> {
  y = Loop(steps, yes, start) <body = step (int64 i, bool going, float[r, 3] v)
      => (bool still, float[r1, 3] next) {
    row = Slice(v, tail, end, axis)
    new = Mul(row, two)
    next = Concat<axis = 0>(v, new)
    still = Identity(going)
  }>
}""")

_SCAN = model(17, """
recur (float[time, 4] xs, float[4] h0, float[4] scale) => (float[4] h, float[time, 4] ys) {
  bias = Neg(scale)
  h, ys = Scan(h0, xs) <num_scan_inputs = 1, body = step (float[4] hin, float[4] x)
      => (float[4] hout, float[4] y) {
    a = Mul(hin, scale)
    b = Add(a, x)
    c = Add(b, bias)
    hout = Tanh(c)
    y = Identity(hout)
  }>
}""")

# The branches read `offset` of the graph and `next` of the body, the innermost loop reads both and
# what its own If made.
_SCAN_NESTED = model(17, """
walk (float[time, 3] xs, float[3] h0, float[3] scale, int64 times)
    => (float[3] h, float[time, 3] ys)
    <bool yes = {1}, float zero = {0}, float half = {0.5}> {
  offset = Mul(scale, half)
  h, ys = Scan(h0, xs) <num_scan_inputs = 1, body = step (float[3] hin, float[3] x)
      => (float[3] hout, float[3] y) {
    next = Add(hin, x)
    total = ReduceSum<keepdims = 0>(next)
    up = Greater(total, zero)
    chosen = If(up) <
      then_branch = a () => (float[3] t) {
        t = Loop(times, yes, next) <body = inner (int64 i, bool going, float[3] v)
            => (bool still, float[3] w) {
          far = If(going) <
            then_branch = c () => (float[3] p) { p0 = Mul(v, offset)  p = Add(p0, x) },
            else_branch = d () => (float[3] q) { q = Sub(next, scale) }>
          w = Tanh(far)
          still = Identity(going)
        }>
      },
      else_branch = b () => (float[3] e) { e0 = Sub(offset, next)  e = Mul(e0, scale) }>
    hout = Tanh(chosen)
    y = Sub(hout, offset)
  }>
}""")

_SEQUENCE = model(17, """
pieces (float[n, 4] x, int64[k] parts, int64 which)
    => (seq(float[]) all, float[] one, float[m, 4] joined, int64 count)
    <float two = {2}, int64 last = {-1}, bool yes = {1}> {
  split = SplitToSequence<axis = 0>(x, parts)
  extra = Mul(x, two)
  longer = SequenceInsert(split, extra)
  all = SequenceErase(longer, which)
  one = SequenceAt(longer, which)
  count = SequenceLength(all)
  joined = ConcatFromSequence<axis = 0>(longer)
}""")

_SEQUENCE_LOOP = model(17, """
collect (float[n, 4] x, int64 steps) => (seq(float[]) y)
    <bool yes = {1}, int64[1] zero = {0}, int64[1] axis = {0}, int64 one = {1}> {
  none = SequenceEmpty()
  y = Loop(steps, yes, none) <body = step (int64 i, bool going, seq(float[]) s)
      => (bool still, seq(float[]) t) {
    up = Add(i, one)
    end = Unsqueeze(up, axis)
    rows = Slice(x, zero, end, axis)
    t = SequenceInsert(s, rows)
    still = Identity(going)
  }>
}""")

_OPTIONAL = model(18, """
maybe (float[n] x, bool flag) => (float[n] y, bool has) {
  full = Optional(x)
  has = OptionalHasElement(full)
  both = And(has, flag)
  y = If(both) <
    then_branch = a () => (float[n] t) { e = OptionalGetElement(full)  t = Neg(e) },
    else_branch = b () => (float[n] f) { f = Relu(x) }>
}""")

_OPTIONAL_ABI = model(18, """
pass (optional(float[n]) x, float[n] other) => (optional(float[n]) same, optional(float[n]) made,
    bool has) {
  same = Identity(x)
  has = OptionalHasElement(x)
  y = If(has) <
    then_branch = a () => (float[n] t) { e = OptionalGetElement(x)  t = Neg(e) },
    else_branch = b () => (float[n] f) { f = Relu(other) }>
  made = Optional(y)
}""")


def _optional_numpy(x, other):
    has = x.element is not None
    return [x, Optional(-x.element if has else np.maximum(other, 0)), np.bool_(has)]


_MAP_IN = model(17, """
vectorize (map(string, float) m) => (float[1, 3] y) {
  v = ai.onnx.ml.DictVectorizer<string_vocabulary = ["a", "b", "c"]>(m)
  y = Mul(v, v)
}""", domains=', "ai.onnx.ml": 3')

_MAP_OUT = model(17, """
zip (float[n, 3] x) => (seq(map(string, float)) y) {
  p = Softmax(x)
  y = ai.onnx.ml.ZipMap<classlabels_strings = ["blue", "green", "red"]>(p)
}""", domains=', "ai.onnx.ml": 3')

_STRINGS = model(20, """
text (string[n] a, string[n] b) => (string[n] joined, string[m] plain, string[n, k] words,
    int64[n] counts, bool[n] digits, bool[n] same, string[n] first)
    <int64[1] zero = {0}> {
  joined = StringConcat(a, b)
  plain = StringNormalizer<case_change_action = "UPPER", is_case_sensitive = 0,
                           locale = "C.UTF-8", stopwords = ["the"]>(b)
  words, counts = StringSplit<delimiter = " ">(joined)
  digits = RegexFullMatch<pattern = "[a-z]+ ?[0-9]+">(joined)
  same = Equal(a, b)
  column = Unsqueeze(a, zero)
  first = Squeeze(column, zero)
}""")


def _arrays(*words):
    return np.array(words, dtype=object)


def _steps(shape, **scalars):
    def make(rng):
        return {"x": rng.standard_normal(shape, dtype=np.float32), **scalars}
    return make


def _nested_sample(length, times):
    return lambda rng: {**floats(xs=(length, 3), h0=(3,), scale=(3,))(rng),
                        "times": np.int64(times)}


KINDS = [
    Kind("If", "nested, branches of different sizes, captures of both outer graphs", _IF,
         tuple(_steps((5,), flag=np.bool_(a), inner=np.bool_(b))
               for a, b in ((1, 1), (1, 0), (0, 0)))),
    Kind("Loop", "counted, with an If that captures from two graphs out", _LOOP,
         tuple(_steps((6,), steps=np.int64(n), extra=np.bool_(e))
               for n, e in ((4, 1), (3, 0), (1, 1)))),
    Kind("Loop", "ended by its condition", _WHILE,
         (lambda rng: {"limit": np.float32(0.01), "x": np.float32([1, -3, 7])},
          lambda rng: {"limit": np.float32(9), "x": np.float32([1, 2, 3])})),
    Kind("Loop", "whose state grows", _GROW,
         tuple(fixed(start=np.float32([[1, 2, 3]]), steps=np.int64(n)) for n in (5, 0, 40))),
    Kind("Scan", "with a captured value", _SCAN,
         (floats(xs=(7, 4), h0=(4,), scale=(4,)), floats(xs=(1, 4), h0=(4,), scale=(4,)))),
    Kind("Scan", "with an If and a Loop inside, captures from one to three graphs out",
         _SCAN_NESTED,
         tuple(_nested_sample(length, times) for length, times in ((9, 3), (4, 0), (1, 1)))),
    Kind("sequences", "split, insert, erase, at, concatenate", _SEQUENCE,
         tuple(_steps((6, 4), parts=np.int64(p), which=np.int64(w))
               for p, w in (([2, 1, 3], 1), ([6], -1)))),
    Kind("sequences", "carried by a Loop", _SEQUENCE_LOOP,
         tuple(_steps((6, 4), steps=np.int64(n)) for n in (3, 0))),
    Kind("optionals", "made, asked and opened in a branch", _OPTIONAL,
         tuple(_steps((4,), flag=np.bool_(f)) for f in (0, 1))),
    Kind("optionals", "as inputs and outputs", _OPTIONAL_ABI,
         (fixed(x=Optional(np.float32([1, -2, 3])), other=np.float32([4, -5, 6])),
          fixed(x=Optional(None), other=np.float32([4, -5])),
          fixed(x=Optional(np.float32([])), other=np.float32([]))), _optional_numpy),
    Kind("maps", "as input: DictVectorizer", _MAP_IN,
         (fixed(m={"a": 1.5, "c": -2.0}), fixed(m={"b": 3.0, "zzz": 1.0}))),
    Kind("maps", "as output: ZipMap", _MAP_OUT, (floats(x=(3, 3)), floats(x=(1, 3)))),
    Kind("strings", "concatenate, normalize, split, match, compare", _STRINGS,
         (fixed(a=_arrays("the", "", "grüße "), b=_arrays("the", "x 12", "7")),
          fixed(a=_arrays("one"), b=_arrays("two words")))),
]
