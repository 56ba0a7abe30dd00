//===- Generate.cpp - ranges, one-hot, random numbers, windows --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Generate.h"
#include "frontend/onnx/import/Registry.h"
#include "frontend/onnx/import/Types.h"
#include "ir/ops/Cast.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Elementwise.h"
#include "ir/ops/Logic.h"
#include "ir/ops/Math.h"
#include "ir/ops/Movement.h"
#include "llvm/Support/xxhash.h"
#include <cmath>

using namespace mlir;

namespace ingot {

static Value castTo(ImportBuilder &b, Value x, Type type) {
  return b.elementType(x) == type ? x : b.create<CastOp>(x, type, true, "up");
}
/// An attribute that names an element type.
static Type typeAttribute(ImportBuilder &b, NodeReader &n, StringRef name, Type byDefault) {
  if (!n.has(name))
    return byDefault;
  int64_t number = n.integer(name, 0);
  auto type = onnx::elementTypeOf(number);
  Type element = type ? elementTypeOf(b.b.getContext(), *type) : Type();
  if (!type)
    n.error("expected an element type, but got " + Twine(number));
  else if (!element)
    n.unsupported("elements of type " + StringRef(onnx::nameOf(*type)) + " are not supported");
  return element ? element : byDefault;
}
/// 0, 1 … count-1.
static Value iota(ImportBuilder &b, const Dim &count, Type type) {
  return b.create<RangeOp>(b.scalar(0, type), b.scalar(1, type), b.shapeTensor({count}));
}

static Results range(ImportBuilder &b, NodeReader &n) {
  Value start = n.operand(0), limit = n.operand(1), delta = n.operand(2);
  n.ignore({"stash_type"}); // narrow floats are computed in binary32 anyway
  for (Value v : {start, limit, delta}) {
    Dim count = b.dims.space.product(b.shape(v));
    if (!b.failed && count.constant() && !count.is(1))
      n.error("expected scalars, but got an operand of " + Twine(*count.constant()) + " elements");
  }
  Value count = b.create<RangeCountOp>(start, limit, delta);
  return b.create<RangeOp>(start, delta, count);
}

static Results oneHot(ImportBuilder &b, NodeReader &n) {
  Value indices = n.operand(0), depth = n.operand(1), values = n.operand(2);
  int64_t rank = b.rank(indices), axis = b.normalizeAxis(n.integer("axis", -1), rank + 1);
  Type i64 = b.b.getIntegerType(64, true);
  Value count = b.reshape(castTo(b, depth, i64), {Dim(1)});
  Value classes = b.create<RangeOp>(b.scalar(0, i64), b.scalar(1, i64), count);
  Value wide = castTo(b, indices, i64);
  if (b.failed)
    return {};
  // Negative indices count from the end; what is out of range matches no class.
  Value negative = b.create<LessOp>(wide, b.scalar(0, i64));
  Value size = b.reshape(count, {});
  wide = b.create<WhereOp>(negative, b.add(wide, size), wide);
  Value matches = b.create<EqualOp>(b.unsqueeze(wide, {axis}),
                                    b.alongAxis(classes, axis, rank + 1));
  Value off = b.create<GatherOp>(values, b.integers({0}, {}, true), 0);
  Value on = b.create<GatherOp>(values, b.integers({1}, {}, true), 0);
  return b.create<WhereOp>(matches, on, off);
}

static Results eyeLike(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  Type type = typeAttribute(b, n, "dtype", b.elementType(x)), i64 = b.b.getIntegerType(64, true);
  int64_t k = n.integer("k", 0);
  if (b.failed)
    return {};
  if (b.rank(x) != 2) {
    n.error("expected an input of rank 2, but got " + Twine(b.rank(x)));
    return {};
  }
  Value rows = b.alongAxis(iota(b, b.dim(x, 0), i64), 0, 2);
  Value columns = b.alongAxis(iota(b, b.dim(x, 1), i64), 1, 2);
  return castTo(b, b.create<EqualOp>(b.add(rows, (double)k), columns), type);
}

//===- random numbers ---------------------------------------------------------------===//

/// The model's seed, or one that follows from the node's output name: the same in every compilation.
static int64_t seedOf(NodeReader &n) {
  if (n.has("seed")) {
    double seed = n.real("seed", 0);
    int64_t bits;
    std::memcpy(&bits, &seed, sizeof bits);
    return bits;
  }
  StringRef name = n.node().outputs.empty() ? StringRef() : StringRef(n.node().outputs[0]);
  return (int64_t)llvm::xxh3_64bits(name);
}

static Results random(ImportBuilder &b, NodeReader &n, bool normal, bool like) {
  Value shape;
  Type type = b.b.getF32Type();
  if (like) {
    Value x = n.operand(0);
    if (isa<FloatType>(b.elementType(x)))
      type = b.elementType(x);
    shape = b.shapeTensor(b.shape(x));
  } else if (auto dims = n.integers("shape")) {
    shape = b.integers(*dims);
  } else {
    n.error("expected attribute 'shape'");
    return {};
  }
  type = typeAttribute(b, n, "dtype", type);
  double low = normal ? n.real("mean", 0) : n.real("low", 0);
  double high = normal ? n.real("scale", 1) : n.real("high", 1);
  return b.create<RandomOp>(shape, type, normal, llvm::APFloat(low), llvm::APFloat(high),
                            seedOf(n));
}
template <bool normal, bool like> static Results random(ImportBuilder &b, NodeReader &n) {
  return random(b, n, normal, like);
}

static Results bernoulli(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  Type type = typeAttribute(b, n, "dtype", b.elementType(x));
  Value draws = b.create<RandomOp>(b.shapeTensor(b.shape(x)), b.elementType(x), false,
                                   llvm::APFloat(0.0), llvm::APFloat(1.0), seedOf(n));
  return castTo(b, b.create<LessOp>(draws, x), type);
}

static Results multinomial(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  Type type = typeAttribute(b, n, "dtype", b.b.getIntegerType(32, true));
  int64_t samples = n.integer("sample_size", 1);
  return b.create<MultinomialOp>(x, type, samples, seedOf(n));
}

//===- windows ----------------------------------------------------------------------===//

/// a0 - a1 cos(2 pi i / n) + a2 cos(4 pi i / n) for i below the size; n is the size, or one less
/// unless periodic.
static Results window(ImportBuilder &b, NodeReader &n, double a0, double a1, double a2) {
  Value size = n.operand(0);
  Type f64 = b.b.getF64Type(), i64 = b.b.getIntegerType(64, true);
  Type type = typeAttribute(b, n, "output_datatype", b.b.getF32Type());
  bool periodic = n.boolean("periodic", true);
  Value count = b.reshape(castTo(b, size, i64), {Dim(1)});
  Value positions = b.create<RangeOp>(b.scalar(0, f64), b.scalar(1, f64), count);
  Value period = castTo(b, count, f64);
  if (!periodic)
    period = b.add(period, -1.0);
  Value phase = b.div(b.mul(positions, 2 * M_PI), period);
  Value result = b.add(b.mul(b.create<CosOp>(phase), -a1), a0);
  if (a2 != 0)
    result = b.add(result, b.mul(b.create<CosOp>(b.mul(phase, 2.0)), a2));
  return castTo(b, result, type);
}
static Results hann(ImportBuilder &b, NodeReader &n) { return window(b, n, 0.5, 0.5, 0); }
static Results hamming(ImportBuilder &b, NodeReader &n) {
  return window(b, n, 25.0 / 46, 1 - 25.0 / 46, 0);
}
static Results blackman(ImportBuilder &b, NodeReader &n) { return window(b, n, 0.42, 0.5, 0.08); }

static Results melWeightMatrix(ImportBuilder &b, NodeReader &n) {
  Value filters = n.operand(0), length = n.operand(1), rate = n.operand(2);
  Type i64 = b.b.getIntegerType(64, true);
  Type type = typeAttribute(b, n, "output_datatype", b.b.getF32Type());
  for (unsigned i = 0; i < 5; ++i) {
    Dim count = b.dims.space.product(b.shape(n.operand(i)));
    if (!b.failed && count.constant() && !count.is(1))
      n.error("expected scalars, but got an operand of " + Twine(*count.constant()) + " elements");
  }
  auto size = [&](Value x) { return b.reshape(castTo(b, x, i64), {Dim(1)}); };
  Value bins = b.add(b.div(size(length), b.scalar(2, i64)), 1);
  Value shape = b.concat({bins, size(filters)}, 0);
  if (b.failed)
    return {};
  return castTo(b, b.create<MelWeightsOp>(shape, length, rate, n.operand(3), n.operand(4)), type);
}

ArrayRef<OperatorRow> generateOperators() {
  static const OperatorRow rows[] = {
      {"", "Bernoulli", 15, bernoulli},
      {"", "BlackmanWindow", 17, blackman},
      {"", "EyeLike", 9, eyeLike},
      {"", "HammingWindow", 17, hamming},
      {"", "HannWindow", 17, hann},
      {"", "MelWeightMatrix", 17, melWeightMatrix},
      {"", "Multinomial", 7, multinomial},
      {"", "OneHot", 9, oneHot},
      {"", "RandomNormal", 1, random<true, false>},
      {"", "RandomNormalLike", 1, random<true, true>},
      {"", "RandomUniform", 1, random<false, false>},
      {"", "RandomUniformLike", 1, random<false, true>},
      {"", "Range", 11, range},
  };
  return rows;
}

} // namespace ingot
