//===- Normalization.cpp - shifting and scaling by statistics --------------------------===//
//
// Compositions after the function bodies of the standard; recognizers of later phases name the ones
// that are worth a kernel of their own.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Registry.h"
#include "frontend/onnx/import/operators/Sized.h"
#include "ir/ops/Elementwise.h"
#include "ir/ops/Math.h"
#include "ir/ops/Pool.h"

using namespace mlir;

namespace ingot {

/// The mean, and the mean of squared distances from it.
static std::pair<Value, Value> statistics(ImportBuilder &b, Value x, ArrayRef<int64_t> axes) {
  Value mean = b.mean(x, axes), centered = b.sub(x, mean);
  return {mean, b.mean(b.mul(centered, centered), axes)};
}

/// 1 / sqrt(variance + epsilon)
static Value inverseDeviation(ImportBuilder &b, Value variance, double epsilon) {
  return b.div(b.scalarLike(1, variance), b.sqrt(b.add(variance, epsilon)));
}

/// The type in which statistics are computed: stash_type, float by default.
static Type stashType(ImportBuilder &b, NodeReader &n, Value x) {
  int64_t type = n.integer("stash_type", 1);
  if (type != 1 && type != 11 && type != 10 && type != 16)
    n.error("expected stash_type 1, 10, 11 or 16, but got " + Twine(type));
  // Half precision is computed in single precision anyway.
  return type == 11 || b.elementType(x).isF64() ? (Type)b.b.getF64Type() : b.b.getF32Type();
}

static bool checkChannels(ImportBuilder &b, NodeReader &n, Value x) {
  if (!b.failed && b.rank(x) < 2)
    n.error("expected input of rank 2 or more, but got " + Twine(b.rank(x)));
  for (size_t i = 1; i < n.operandCount() && !b.failed; ++i) {
    Value v = n.operand(i);
    if (b.rank(v) != 1)
      n.error("expected input " + Twine(i) + " of rank 1, but got " + Twine(b.rank(v)));
  }
  return !b.failed;
}

/// A vector of one element per channel of `x`.
static Value perChannel(ImportBuilder &b, Value v, Value x) {
  return b.failed ? v : sizedAlong(b, v, 0, b.dim(x, 1));
}

static Results batchNormalization(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), scale = n.operand(1), shift = n.operand(2), mean = n.operand(3),
        variance = n.operand(4);
  double epsilon = n.real("epsilon", 1e-5), momentum = n.real("momentum", 0.9);
  bool training = n.opset() >= 14 && n.boolean("training_mode", false);
  if (n.opset() < 7 && !n.boolean("is_test", false) && n.outputCount() > 1)
    n.unsupported("training before version 14 is not supported");
  if (n.opset() < 9 && n.integer("spatial", 1) != 1)
    n.unsupported("statistics per element (spatial = 0) are not supported");
  if (!checkChannels(b, n, x))
    return {};
  for (Value *v : {&scale, &shift, &mean, &variance})
    *v = perChannel(b, *v, x);
  Type element = b.elementType(x), meanType = b.elementType(mean);
  Results results(Value{});
  if (training) {
    SmallVector<int64_t> axes = b.axesFrom(x, 2);
    axes.insert(axes.begin(), 0);
    auto [batchMean, batchVariance] = statistics(b, x, axes);
    SmallVector<Dim> channels{b.dim(x, 1)};
    auto blend = [&](Value running, Value now) {
      now = b.cast(b.reshape(now, channels), meanType);
      return b.add(b.mul(running, momentum), b.mul(now, 1 - momentum));
    };
    results.push_back(blend(mean, batchMean));
    results.push_back(blend(variance, batchVariance));
    mean = b.reshape(batchMean, channels);
    variance = b.reshape(batchVariance, channels);
  }
  // Two vectors that are known at compile time for most models: x * factor + offset.
  auto alongChannels = [&](Value v) { return b.alongAxis(v, 1, b.rank(x)); };
  Value factor = b.div(b.cast(scale, element),
                       b.sqrt(b.add(b.cast(variance, element), epsilon)));
  Value offset = b.sub(b.cast(shift, element), b.mul(b.cast(mean, element), factor));
  results[0] = b.add(b.mul(x, alongChannels(factor)), alongChannels(offset));
  return results;
}

static Results instanceNormalization(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), scale = n.operand(1), shift = n.operand(2);
  double epsilon = n.real("epsilon", 1e-5);
  if (!checkChannels(b, n, x))
    return {};
  scale = perChannel(b, scale, x), shift = perChannel(b, shift, x);
  auto [mean, variance] = statistics(b, x, b.axesFrom(x, 2));
  Value normal = b.mul(b.sub(x, mean), inverseDeviation(b, variance, epsilon));
  return b.add(b.mul(normal, b.alongAxis(scale, 1, b.rank(x))),
               b.alongAxis(shift, 1, b.rank(x)));
}

/// Scale and shift are per channel, before version 21 per group.
static Results groupNormalization(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), scale = n.operand(1), shift = n.operand(2);
  double epsilon = n.real("epsilon", 1e-5);
  int64_t groups = n.requiredInteger("num_groups");
  Type element = b.elementType(x);
  Type stash = n.opset() >= 21 ? stashType(b, n, x) : element;
  if (!checkChannels(b, n, x))
    return {};
  SmallVector<Dim> shape = b.shape(x);
  if (groups < 1 || (shape[1].constant() && *shape[1].constant() % groups)) {
    n.error("expected a number of groups that divides the channels, but got " + Twine(groups));
    return {};
  }
  DimSpace &s = b.dims.space;
  Dim rest = s.floorDiv(s.product(ArrayRef(shape).drop_front(1)), Dim(groups));
  Value grouped = b.cast(b.reshape(x, {shape[0], Dim(groups), rest}), stash);
  auto [mean, variance] = statistics(b, grouped, {2});
  Value normal = b.cast(b.mul(b.sub(grouped, mean), inverseDeviation(b, variance, epsilon)),
                        element);
  Dim counted = n.opset() < 21 ? Dim(groups) : shape[1];
  scale = sizedAlong(b, scale, 0, counted), shift = sizedAlong(b, shift, 0, counted);
  if (n.opset() < 21) {
    normal = b.add(b.mul(normal, b.alongAxis(scale, 1, 3)), b.alongAxis(shift, 1, 3));
    return b.reshape(normal, shape);
  }
  normal = b.reshape(normal, shape);
  return b.add(b.mul(normal, b.alongAxis(scale, 1, b.rank(x))),
               b.alongAxis(shift, 1, b.rank(x)));
}

/// Y, mean and 1 / deviation over the dimensions from `axis` on.
static Results normalizeLayer(ImportBuilder &b, Value x, Value scale, Value shift, int64_t axis,
                              double epsilon, Type stash) {
  Type element = b.elementType(x);
  Value wide = b.cast(x, stash);
  auto [mean, variance] = statistics(b, wide, b.axesFrom(x, axis));
  Value inverse = inverseDeviation(b, variance, epsilon);
  Value normal = b.cast(b.mul(b.sub(wide, mean), inverse), element);
  Value y = b.mul(normal, b.cast(scale, element));
  if (shift)
    y = b.add(y, b.cast(shift, element));
  return {y, mean, inverse};
}

static Results layerNormalization(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), scale = n.operand(1), shift = n.optional(2);
  int64_t axis = b.normalizeAxis(n.integer("axis", -1), b.rank(x));
  return normalizeLayer(b, x, scale, shift, axis, n.real("epsilon", 1e-5), stashType(b, n, x));
}

static Results normalizeRms(ImportBuilder &b, Value x, Value scale, int64_t axis, double epsilon,
                            Type stash) {
  Type element = b.elementType(x);
  Value wide = b.cast(x, stash);
  Value inverse =
      inverseDeviation(b, b.mean(b.mul(wide, wide), b.axesFrom(x, axis)), epsilon);
  Value normal = b.cast(b.mul(wide, inverse), element);
  return {b.mul(normal, b.cast(scale, element)), inverse};
}

static Results rmsNormalization(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), scale = n.operand(1);
  int64_t axis = b.normalizeAxis(n.integer("axis", -1), b.rank(x));
  Results r = normalizeRms(b, x, scale, axis, n.real("epsilon", 1e-5), stashType(b, n, x));
  r.resize(n.node().opType == "RMSNormalization" ? 1 : 2);
  return r;
}

/// com.microsoft: Y, mean, 1 / deviation, and the sum that is normalized.
static Results skipLayerNormalization(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), skip = n.operand(1), scale = n.operand(2);
  Value shift = n.optional(3), bias = n.optional(4);
  Value sum = b.add(x, skip);
  if (bias)
    sum = b.add(sum, bias);
  Results r = normalizeLayer(b, sum, scale, shift, std::max<int64_t>(b.rank(sum) - 1, 0),
                             n.real("epsilon", 1e-12), b.b.getF32Type());
  r.push_back(sum);
  return r;
}

static Results skipRmsNormalization(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), skip = n.operand(1), scale = n.operand(2), bias = n.optional(3);
  Value sum = b.add(x, skip);
  if (bias)
    sum = b.add(sum, bias);
  Results r = normalizeRms(b, sum, scale, std::max<int64_t>(b.rank(sum) - 1, 0),
                           n.real("epsilon", 1e-12), b.b.getF32Type());
  return {r[0], Value(), r[1], sum};
}

/// x / (bias + alpha / size * sum of squares over neighbouring channels) ^ beta
static Results localResponse(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  double alpha = n.real("alpha", 1e-4), beta = n.real("beta", 0.75), bias = n.real("bias", 1);
  int64_t size = n.requiredInteger("size");
  if (!b.failed && b.rank(x) < 3)
    n.error("expected input of rank 3 or more, but got " + Twine(b.rank(x)));
  if (!b.failed && (size < 1 || size > INT32_MAX))
    n.error("expected a positive size, but got " + Twine(size));
  if (b.failed)
    return {};
  // Channels as a spatial dimension of a pool: [N, 1, C, D].
  SmallVector<Dim> shape = b.shape(x);
  Dim rest = b.dims.space.product(ArrayRef(shape).drop_front(2));
  Value square = b.reshape(b.mul(x, x), {shape[0], Dim(1), shape[1], rest});
  SmallVector<int64_t> kernel{size, 1}, ones{1, 1},
      pads{(size - 1) / 2, 0, size - 1 - (size - 1) / 2, 0};
  Value sum = b.create<PoolOp>(square, kernel, ones, ones, pads, false, "sum", false);
  sum = b.reshape(sum, shape);
  return b.div(x, b.pow(b.add(b.mul(sum, alpha / size), bias), beta));
}

static Results lpNormalization(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  int64_t axis = b.normalizeAxis(n.integer("axis", -1), b.rank(x)), p = n.integer("p", 2);
  if (p != 1 && p != 2)
    n.error("expected p 1 or 2, but got " + Twine(p));
  Value norm = p == 1 ? b.reduce("sum", b.create<AbsOp>(x), {axis})
                      : b.sqrt(b.reduce("sum", b.mul(x, x), {axis}));
  Value zero = b.scalarLike(0, x);
  return b.where(b.equal(norm, zero), zero, b.div(x, norm));
}

static Results meanVariance(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  SmallVector<int64_t> axes = n.integers("axes").value_or(SmallVector<int64_t>{0, 2, 3});
  for (int64_t &axis : axes)
    axis = b.normalizeAxis(axis, b.rank(x), "axes");
  auto [mean, variance] = statistics(b, x, axes);
  return b.div(b.sub(x, mean), b.add(b.sqrt(variance), 1e-9));
}

ArrayRef<OperatorRow> normalizationOperators() {
  static const OperatorRow rows[] = {
      {"", "BatchNormalization", 6, batchNormalization},
      {"", "GroupNormalization", 18, groupNormalization},
      {"", "InstanceNormalization", 6, instanceNormalization},
      {"", "LRN", 1, localResponse},
      // onnxruntime writes it below its version too.
      {"", "LayerNormalization", 1, layerNormalization},
      {"", "LpNormalization", 1, lpNormalization},
      {"", "MeanVarianceNormalization", 9, meanVariance},
      {"", "RMSNormalization", 23, rmsNormalization},
      {"", "SimplifiedLayerNormalization", 1, rmsNormalization},
      {"com.microsoft", "SkipLayerNormalization", 1, skipLayerNormalization},
      {"com.microsoft", "SkipSimplifiedLayerNormalization", 1, skipRmsNormalization},
  };
  return rows;
}

} // namespace ingot
