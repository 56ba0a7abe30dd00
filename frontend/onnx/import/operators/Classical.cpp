//===- Classical.cpp - ai.onnx.ml but for trees and support vectors -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/operators/Classical.h"
#include "frontend/onnx/import/Registry.h"
#include "frontend/onnx/import/operators/Activation.h"
#include "ir/ops/Contraction.h"
#include "ir/ops/Elementwise.h"
#include "ir/ops/Logic.h"
#include "ir/ops/Math.h"
#include "ir/ops/Movement.h"
#include "ir/ops/Reduction.h"
#include <cmath>

using namespace mlir;

namespace ingot {

Value realTensor(ImportBuilder &b, ArrayRef<float> values, ArrayRef<int64_t> shape) {
  ArrayRef<char> bytes((const char *)values.data(), values.size() * sizeof(float));
  return b.tensor(RankedTensorType::get(shape, b.b.getF32Type()), bytes);
}

Value asReal(ImportBuilder &b, Value x) {
  return b.elementType(x).isF64() ? x : b.cast(x, b.b.getF32Type());
}

Value asRows(ImportBuilder &b, NodeReader &n, Value x) {
  if (!b.failed && b.rank(x) != 1 && b.rank(x) != 2)
    n.error("expected input of rank 1 or 2, but got " + Twine(b.rank(x)));
  return b.rank(x) == 1 ? b.unsqueeze(x, {0}) : x;
}

Value classLabels(ImportBuilder &b, NodeReader &n, StringRef integers, StringRef strings) {
  auto names = n.strings(strings);
  auto numbers = n.integers(integers);
  if (names && !names->empty()) {
    auto type = RankedTensorType::get({(int64_t)names->size()}, StringType::get(b.b.getContext()));
    return b.failed ? Value() : b.pool.get(b.loc, type, *names);
  }
  if (numbers && !numbers->empty())
    return b.integers(*numbers);
  n.error("expected attribute '" + integers + "' or '" + strings + "'");
  return {};
}

Value bestLabel(ImportBuilder &b, Value scores, Value labels) {
  if (b.failed)
    return scores;
  return labelAt(b, b.create<ArgExtremeOp>(scores, 1, true, false, false), labels);
}

Value binaryLabel(ImportBuilder &b, Value isSecond, Value labels) {
  if (b.failed)
    return isSecond;
  Value index = b.cast(b.squeeze(isSecond, {1}), b.b.getIntegerType(64, true));
  return labelAt(b, index, labels);
}

/// The inverse of the error function (Winitzki's approximation, which onnxruntime uses too).
static Value inverseErf(ImportBuilder &b, Value x) {
  Value one = b.scalarLike(1, x);
  Value log = b.create<LogOp>(b.mul(b.sub(one, x), b.add(one, x)));
  Value v = b.add(b.mul(log, 0.5), 2 / (3.14159274 * 0.147));
  Value root = b.sqrt(b.sub(b.mul(v, v), b.mul(log, 1 / 0.147)));
  return b.mul(b.create<SignOp>(x), b.sqrt(b.sub(root, v)));
}

Value postTransform(ImportBuilder &b, NodeReader &n, Value scores, StringRef kind) {
  if (kind == "NONE" || b.failed)
    return scores;
  if (kind == "SOFTMAX")
    return b.create<SoftmaxOp>(scores, 1, false);
  if (kind == "LOGISTIC")
    return sigmoid(b, scores);
  if (kind == "SOFTMAX_ZERO") {
    // Scores of 0 stay 0 and do not count.
    Value zero = b.scalarLike(0, scores), isZero = b.equal(scores, zero);
    Value power = b.exp(b.sub(scores, b.reduce("max", scores, {1})));
    power = b.where(isZero, zero, power);
    return b.div(power, b.max(b.reduce("sum", power, {1}), b.scalarLike(1e-30, scores)));
  }
  if (kind == "PROBIT")
    return b.mul(inverseErf(b, b.add(b.mul(scores, 2), -1)), 1.41421356);
  n.error("expected post_transform NONE, SOFTMAX, LOGISTIC, SOFTMAX_ZERO or PROBIT, but got '" +
          kind + "'");
  return scores;
}

//===- linear models ----------------------------------------------------------------===//

/// x times the rows of coefficients, plus intercepts: [N, targets].
static Value linear(ImportBuilder &b, NodeReader &n, Value x, int64_t targets) {
  auto coefficients = n.reals("coefficients").value_or(SmallVector<float>());
  auto intercepts = n.reals("intercepts").value_or(SmallVector<float>());
  x = asRows(b, n, b.cast(x, b.b.getF32Type()));
  if (targets < 1 || coefficients.empty() || coefficients.size() % targets)
    n.error("expected coefficients for " + Twine(targets) + " targets, but got " +
            Twine(coefficients.size()));
  if (!intercepts.empty() && (int64_t)intercepts.size() != targets)
    n.error("expected " + Twine(targets) + " intercepts, but got " + Twine(intercepts.size()));
  if (b.failed)
    return x;
  int64_t features = coefficients.size() / targets;
  Value w = b.transpose(realTensor(b, coefficients, {targets, features}), {1, 0});
  Value y = b.create<MatMulOp>(x, w);
  return intercepts.empty() ? y : b.add(y, realTensor(b, intercepts, {targets}));
}

static Results linearRegressor(ImportBuilder &b, NodeReader &n) {
  StringRef kind = n.string("post_transform", "NONE");
  return postTransform(b, n, linear(b, n, n.operand(0), n.integer("targets", 1)), kind);
}

static Results linearClassifier(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), labels = classLabels(b, n, "classlabels_ints", "classlabels_strings");
  StringRef kind = n.string("post_transform", "NONE");
  n.ignore({"multi_class"});
  if (b.failed)
    return {};
  int64_t classes = b.dim(labels, 0).constant().value_or(0);
  auto intercepts = n.reals("intercepts");
  int64_t targets = intercepts && !intercepts->empty() ? intercepts->size() : classes;
  Value scores = linear(b, n, x, targets);
  if (targets == classes)
    return {bestLabel(b, scores, labels), postTransform(b, n, scores, kind)};
  if (targets != 1 || classes != 2) {
    n.error("expected " + Twine(classes) + " intercepts, but got " + Twine(targets));
    return {};
  }
  // One score decides between two classes.
  Value label = binaryLabel(b, b.less(b.scalarLike(0, scores), scores), labels);
  Value second = postTransform(b, n, scores, kind);
  Value first = kind == "LOGISTIC" ? postTransform(b, n, b.create<NegOp>(scores), kind)
                                   : b.sub(b.scalarLike(1, second), second);
  return {label, b.create<ConcatOp>(SmallVector<Value>{first, second}, 1)};
}

//===- preparing features -------------------------------------------------------------===//

/// One value for all features, or one for each.
static Value perFeature(ImportBuilder &b, NodeReader &n, ArrayRef<float> values, Value x,
                        StringRef what) {
  auto features = b.dim(x, b.rank(x) - 1).constant();
  if (values.size() != 1 && features && *features != (int64_t)values.size())
    n.error("expected " + what + " for 1 or " + Twine(*features) + " features, but got " +
            Twine(values.size()));
  return b.cast(realTensor(b, values, {(int64_t)values.size()}), b.elementType(x));
}

static Results scaler(ImportBuilder &b, NodeReader &n) {
  Value x = b.cast(n.operand(0), b.b.getF32Type());
  if (auto offset = n.reals("offset"); offset && !offset->empty())
    x = b.sub(x, perFeature(b, n, *offset, x, "offsets"));
  if (auto scale = n.reals("scale"); scale && !scale->empty())
    x = b.mul(x, perFeature(b, n, *scale, x, "scales"));
  return x;
}

static Results normalizer(ImportBuilder &b, NodeReader &n) {
  Value x = b.cast(n.operand(0), b.b.getF32Type());
  StringRef norm = n.string("norm", "MAX");
  if (b.failed)
    return {};
  int64_t last = b.rank(x) - 1;
  if (last < 0) {
    n.error("expected input of rank 1 or more, but got 0");
    return {};
  }
  Value size;
  if (norm == "MAX")
    size = b.reduce("max", x, {last});
  else if (norm == "L1")
    size = b.reduce("sum", b.create<AbsOp>(x), {last});
  else if (norm == "L2")
    size = b.sqrt(b.reduce("sum", b.mul(x, x), {last}));
  else
    n.error("expected norm MAX, L1 or L2, but got '" + norm + "'");
  if (b.failed)
    return {};
  Value zero = b.scalarLike(0, x);
  return b.where(b.equal(size, zero), x, b.div(x, size));
}

static Results binarizer(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  Value above = b.less(b.cast(b.scalar(n.real("threshold", 0), b.b.getF32Type()), b.elementType(x)), x);
  return b.cast(above, b.elementType(x));
}

static Results imputer(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  bool isReal = isa<FloatType>(b.elementType(x));
  double missing = n.real("replaced_value_float", 0);
  int64_t missingInteger = n.integer("replaced_value_int64", 0);
  auto reals = n.reals("imputed_value_floats");
  auto integers = n.integers("imputed_value_int64s");
  if (isReal ? !reals || reals->empty() : !integers || integers->empty())
    n.error("expected imputed values of the input's type");
  if (b.failed)
    return {};
  Value replacement = isReal ? perFeature(b, n, *reals, x, "imputed values")
                             : b.cast(b.integers(*integers), b.elementType(x));
  Value isMissing = !isReal ? b.equal(x, b.integers({missingInteger}, b.elementType(x), true))
                    : std::isnan(missing) ? b.create<IsNaNOp>(x)
                                          : b.equal(x, b.scalarLike(missing, x));
  return b.where(isMissing, replacement, x);
}

static Results arrayFeatureExtractor(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), indices = n.operand(1);
  if (b.rank(x) == 1)
    x = b.unsqueeze(x, {0});
  if (b.failed)
    return {};
  Dim count = b.dims.space.product(b.shape(indices));
  return b.create<GatherOp>(x, b.reshape(indices, {count}), b.rank(x) - 1,
                            /*checked=*/true);
}

static Results featureVectorizer(ImportBuilder &b, NodeReader &n) {
  n.operand(0);
  SmallVector<Value> parts;
  auto sizes = n.integers("inputdimensions").value_or(SmallVector<int64_t>());
  for (auto [i, x] : llvm::enumerate(n.operandsFrom(0))) {
    Value part = asRows(b, n, b.cast(x, b.b.getF32Type()));
    auto width = b.dim(part, 1).constant();
    if (i < sizes.size() && width && *width != sizes[i])
      n.unsupported("inputdimensions that differ from the inputs");
    parts.push_back(part);
  }
  return b.failed ? Results() : Results(b.create<ConcatOp>(parts, 1));
}

ArrayRef<OperatorRow> classicalOperators() {
  static const OperatorRow rows[] = {
      {"ai.onnx.ml", "ArrayFeatureExtractor", 1, arrayFeatureExtractor},
      {"ai.onnx.ml", "Binarizer", 1, binarizer},
      {"ai.onnx.ml", "FeatureVectorizer", 1, featureVectorizer},
      {"ai.onnx.ml", "Imputer", 1, imputer},
      {"ai.onnx.ml", "LinearClassifier", 1, linearClassifier},
      {"ai.onnx.ml", "LinearRegressor", 1, linearRegressor},
      {"ai.onnx.ml", "Normalizer", 1, normalizer},
      {"ai.onnx.ml", "Scaler", 1, scaler},
  };
  return rows;
}

} // namespace ingot
