//===- Signal.cpp - discrete Fourier transforms ---------------------------------------------===//
//
// A transform of a known length is a product with a constant matrix, whose elements are computed in
// binary64. That is exact enough and fast for the short transforms of models.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Registry.h"
#include "ir/ops/Contraction.h"
#include "ir/ops/Math.h"
#include "ir/ops/Movement.h"
#include "ir/ops/Pad.h"
#include <cmath>

using namespace mlir;

namespace ingot {

namespace {
/// Real numbers have one part, complex ones two.
struct Transform {
  int64_t length = 0, in = 0, inParts = 1, out = 0, outParts = 2;
  bool inverse = false, onesided = false;

  /// What output `k` takes of input `j`: the factor of its part `to` by part `from`.
  double factor(int64_t j, int64_t from, int64_t k, int64_t to) const {
    double angle = 2 * M_PI * (double)(j * k % length) / length;
    double real = std::cos(angle), imaginary = inverse ? std::sin(angle) : -std::sin(angle);
    double share = inverse ? 1.0 / length : 1;
    // The other half of a spectrum mirrors this one.
    if (outParts == 1 && j > 0 && 2 * j < length)
      share *= 2;
    return share * (from == to ? real : to ? imaginary : -imaginary);
  }
};
} // namespace

/// Beyond this a matrix is not the way.
static constexpr int64_t mostFactors = 1 << 22;

static Value matrix(ImportBuilder &b, const Transform &t, Type type) {
  std::vector<double> factors;
  for (int64_t j = 0; j < t.in; ++j)
    for (int64_t from = 0; from < t.inParts; ++from)
      for (int64_t k = 0; k < t.out; ++k)
        for (int64_t to = 0; to < t.outParts; ++to)
          factors.push_back(t.factor(j, from, k, to));
  SmallVector<int64_t> shape{t.in * t.inParts, t.out * t.outParts};
  if (type.isF64())
    return b.tensor(RankedTensorType::get(shape, type),
                    ArrayRef<char>((const char *)factors.data(), factors.size() * 8));
  std::vector<float> narrow(factors.begin(), factors.end());
  return b.tensor(RankedTensorType::get(shape, type),
                  ArrayRef<char>((const char *)narrow.data(), narrow.size() * 4));
}

/// The factors of a transform whose length only the run knows: `in` and `length` are its sizes.
static Value openMatrix(ImportBuilder &b, const Transform &t, const Dim &in, const Dim &out,
                        const Dim &length, Type type) {
  Value n = b.reshape(b.shapeTensor({length}), {});
  Value j = b.unsqueeze(b.counting(in), {1}), k = b.unsqueeze(b.counting(out), {0});
  Value steps = b.mul(j, k), turns = b.div(steps, n);
  Type wide = b.b.getF64Type();
  // Whole turns go before the angle is rounded.
  Value part = b.cast(b.sub(steps, b.mul(turns, n)), wide), count = b.cast(n, wide);
  Value angle = b.div(b.mul(part, 2 * M_PI), count);
  Value real = b.create<CosOp>(angle), imaginary = b.create<SinOp>(angle);
  if (t.inverse) {
    real = b.div(real, count);
    imaginary = b.div(imaginary, count);
  }
  Value negative = b.mul(imaginary, -1.0);
  // [in, inParts, out, outParts]
  auto block = [&](Value v) { return b.unsqueeze(v, {1, 3}); };
  Value second = block(t.inverse ? imaginary : negative);
  Value rows = b.concat({block(real), second}, 3);
  if (t.inParts == 2)
    rows = b.concat({rows, b.concat({block(t.inverse ? negative : imaginary), block(real)}, 3)}, 1);
  DimSpace &s = b.dims.space;
  SmallVector<Dim> shape{s.mul(in, Dim(t.inParts)), s.mul(out, Dim(2))};
  return b.cast(b.reshape(rows, shape), type);
}

static Value transformAlong(ImportBuilder &b, NodeReader &n, Value x, int64_t axis,
                            std::optional<int64_t> length, bool inverse, bool onesided) {
  int64_t rank = b.rank(x);
  auto size = b.dim(x, axis).constant(), parts = b.dim(x, rank - 1).constant();
  if (!parts || (size && *size < 1)) {
    n.unsupported(parts ? "a transform of length 0" : "the last dimension must be known");
    return x;
  }
  if (*parts != 1 && *parts != 2) {
    n.error("expected a last dimension of 1 or 2, but got " + Twine(*parts));
    return x;
  }
  Transform t;
  bool toReal = inverse && onesided;
  if (!size && toReal) {
    n.unsupported("the size of the transformed dimension must be known to get reals of it");
    return x;
  }
  t.inParts = *parts;
  t.inverse = inverse;
  t.outParts = toReal ? 1 : 2;
  if (!size && length) {
    // What is missing up to the length is zeros, what is beyond is cut.
    DimSpace &s = b.dims.space;
    Value pads = b.shapeTensor({Dim(0), s.sub(Dim(*length), b.dim(x, axis))});
    x = b.create<PadOp>(x, pads, b.scalarLike(0, x), b.integers({axis}), "constant");
    size = length;
  }
  Dim in = b.dim(x, axis), out = in;
  if (size) {
    t.length = length ? *length : toReal ? 2 * (*size - 1) : *size;
    if (t.length < 1) {
      n.error("expected a positive dft_length, but got " + Twine(t.length));
      return x;
    }
    t.in = std::min(*size, toReal ? t.length / 2 + 1 : t.length);
    t.out = onesided && !inverse ? t.length / 2 + 1 : t.length;
    if (t.in * t.out > mostFactors / 4) {
      n.unsupported("a transform of length " + Twine(t.length));
      return x;
    }
    if (t.in < *size)
      x = b.slice(x, axis, Dim(0), Dim(t.in));
    out = Dim(t.out);
  } else if (onesided) {
    out = b.dims.space.add(b.dims.space.floorDiv(in, Dim(2)), Dim(1));
  }
  // The transformed dimension goes before the last.
  SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(rank)), back(rank);
  order.erase(order.begin() + axis);
  order.insert(order.end() - 1, axis);
  for (auto [to, from] : llvm::enumerate(order))
    back[from] = to;
  x = b.mergeDims(b.transpose(x, order), rank - 2, rank);
  Type element = b.elementType(x);
  Value y = b.create<MatMulOp>(x, size ? matrix(b, t, element)
                                       : openMatrix(b, t, in, out, in, element));
  SmallVector<Dim> shape = b.shape(y);
  if (b.failed)
    return y;
  shape.back() = out;
  shape.push_back(Dim(t.outParts));
  return b.transpose(b.reshape(y, shape), back);
}

static Results dft(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), lengthOperand = n.optional(1);
  bool isAttribute = n.opset() < 20;
  Value axisOperand = isAttribute ? Value() : n.optional(2);
  int64_t axis = isAttribute ? n.integer("axis", 1) : -2;
  bool inverse = n.boolean("inverse", false), onesided = n.boolean("onesided", false);
  if (b.failed)
    return {};
  std::optional<int64_t> length;
  if (lengthOperand) {
    auto known = n.constantOperand(1, "dft_length");
    if (!known)
      return {};
    if (known->size() != 1) {
      n.error("expected dft_length of one element, but got " + Twine(known->size()));
      return {};
    }
    length = (*known)[0];
  }
  Type element = b.elementType(x);
  x = element.isF64() ? x : b.cast(x, b.b.getF32Type());
  int64_t rank = b.rank(x);
  if (rank < 2) {
    n.error("expected input of rank 2 or more, but got " + Twine(rank));
    return {};
  }
  auto known = axisOperand ? b.constants(axisOperand) : SmallVector<int64_t>{axis};
  if (known && known->size() == 1) {
    axis = b.normalizeAxis((*known)[0], rank);
    if (axis == rank - 1)
      n.error("expected an axis before the last, but got " + Twine(axis));
    if (b.failed)
      return {};
    return b.cast(transformAlong(b, n, x, axis, length, inverse, onesided), element);
  }
  // An axis of the run: the shape is the same along all.
  if (length || onesided) {
    n.unsupported("an axis that is known at run time only, with a length of its own");
    return {};
  }
  Value at = b.reshape(b.cast(axisOperand, b.b.getIntegerType(64, true)), {});
  at = b.where(b.less(at, b.scalarLike(0, at)), b.add(at, rank), at);
  Value y;
  for (int64_t d = 0; d + 1 < rank; ++d) {
    Value along = transformAlong(b, n, x, d, {}, inverse, onesided);
    y = y ? b.where(b.equal(at, b.scalarLike(d, at)), along, y) : along;
  }
  return b.cast(y, element);
}

/// Overlapping frames, gathered and weighted, each transformed.
static Results stft(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), window = n.optional(2), lengthOperand = n.optional(3);
  auto step = n.constantOperand(1, "frame_step");
  bool onesided = n.boolean("onesided", true);
  if (b.failed || !step)
    return {};
  int64_t rank = b.rank(x);
  if (rank == 2)
    x = b.unsqueeze(x, {2});
  else if (rank != 3)
    n.error("expected a signal of rank 2 or 3, but got " + Twine(rank));
  if (b.failed)
    return {};
  auto size = b.dim(x, 1).constant();
  std::optional<int64_t> length = size;
  if (lengthOperand) {
    auto known = n.constantOperand(3, "frame_length");
    if (!known)
      return {};
    if (known->size() != 1) {
      n.error("expected frame_length of one element, but got " + Twine(known->size()));
      return {};
    }
    length = (*known)[0];
  } else if (window) {
    length = b.dim(window, 0).constant();
  }
  if (!length) {
    n.unsupported("the size of the frames must be known");
    return {};
  }
  if (step->size() != 1 || (*step)[0] < 1 || *length < 1 || (size && *length > *size) ||
      (window && (b.rank(window) != 1 || b.dim(window, 0) != Dim(*length)))) {
    n.error("expected a positive frame_step and frames, as long as the window, within the signal");
    return {};
  }
  DimSpace &s = b.dims.space;
  Dim beyond = s.sub(b.dim(x, 1), Dim(*length));
  Dim frames = s.add(s.floorDiv(beyond, Dim((*step)[0])), Dim(1));
  if (frames.constant() && *frames.constant() > mostFactors / *length) {
    n.unsupported(Twine(*frames.constant()) + " frames of " + Twine(*length));
    return {};
  }
  Value starts = b.mul(b.counting(frames), b.integers(*step, {}, true));
  Value at = b.add(b.unsqueeze(starts, {1}), b.counting(Dim(*length)));
  Type element = b.elementType(x), precise = element.isF64() ? element : b.b.getF32Type();
  Value y = b.create<GatherOp>(b.cast(x, precise), at, 1);
  if (window)
    y = b.mul(y, b.unsqueeze(b.cast(window, precise), {1}));
  return b.cast(transformAlong(b, n, y, 2, {}, false, onesided), element);
}

ArrayRef<OperatorRow> signalOperators() {
  static const OperatorRow rows[] = {{"", "DFT", 17, dft}, {"", "STFT", 17, stft}};
  return rows;
}

} // namespace ingot
