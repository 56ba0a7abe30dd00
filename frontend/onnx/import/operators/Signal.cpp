//===- Signal.cpp - discrete Fourier transforms ---------------------------------------------===//
//
// A transform of a known length is a product with a constant matrix, whose elements are computed in
// binary64. That is exact enough and fast for the short transforms of models.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Registry.h"
#include "ir/ops/Contraction.h"
#include "ir/ops/Movement.h"
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

static Value transformAlong(ImportBuilder &b, NodeReader &n, Value x, int64_t axis,
                            std::optional<int64_t> length, bool inverse, bool onesided) {
  int64_t rank = b.rank(x);
  auto size = b.dim(x, axis).constant(), parts = b.dim(x, rank - 1).constant();
  if (!size || !parts || *size < 1) {
    n.unsupported("the size of the transformed dimension must be known");
    return x;
  }
  if (*parts != 1 && *parts != 2) {
    n.error("expected a last dimension of 1 or 2, but got " + Twine(*parts));
    return x;
  }
  Transform t;
  bool toReal = inverse && onesided;
  t.length = length ? *length : toReal ? 2 * (*size - 1) : *size;
  if (t.length < 1) {
    n.error("expected a positive dft_length, but got " + Twine(t.length));
    return x;
  }
  t.inParts = *parts;
  t.inverse = inverse;
  t.in = std::min(*size, toReal ? t.length / 2 + 1 : t.length);
  t.out = onesided && !inverse ? t.length / 2 + 1 : t.length;
  t.outParts = toReal ? 1 : 2;
  if (t.in * t.out > mostFactors / 4) {
    n.unsupported("a transform of length " + Twine(t.length));
    return x;
  }
  if (t.in < *size)
    x = b.slice(x, axis, Dim(0), Dim(t.in));
  // The transformed dimension goes before the last.
  SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(rank)), back(rank);
  order.erase(order.begin() + axis);
  order.insert(order.end() - 1, axis);
  for (auto [to, from] : llvm::enumerate(order))
    back[from] = to;
  x = b.mergeDims(b.transpose(x, order), rank - 2, rank);
  Value y = b.create<MatMulOp>(x, matrix(b, t, b.elementType(x)));
  SmallVector<Dim> shape = b.shape(y);
  if (b.failed)
    return y;
  shape.back() = Dim(t.out);
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
  if (!size || !length) {
    n.unsupported("the size of the signal and of its frames must be known");
    return {};
  }
  if (step->size() != 1 || (*step)[0] < 1 || *length < 1 || *length > *size ||
      (window && (b.rank(window) != 1 || b.dim(window, 0) != Dim(*length)))) {
    n.error("expected a positive frame_step and frames, as long as the window, within the signal");
    return {};
  }
  int64_t frames = (*size - *length) / (*step)[0] + 1;
  if (frames > mostFactors / *length) {
    n.unsupported(Twine(frames) + " frames of " + Twine(*length));
    return {};
  }
  std::vector<int64_t> places;
  for (int64_t frame = 0; frame < frames; ++frame)
    for (int64_t i = 0; i < *length; ++i)
      places.push_back(frame * (*step)[0] + i);
  auto type = RankedTensorType::get({frames, *length}, b.b.getIntegerType(64, true));
  Value at = b.tensor(type, ArrayRef((const char *)places.data(), places.size() * 8));
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
