//===- Activation.cpp - activation functions from elementary ones --------------------===//
//
// After the function bodies of the standard. Where a body would overflow although the result is
// finite, or lose a small result to rounding (Softplus), the form that does not is used.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Registry.h"
#include "frontend/onnx/import/operators/Activation.h"
#include "ir/ops/Elementwise.h"
#include "ir/ops/Math.h"

using namespace mlir;

namespace ingot {

Value sigmoid(ImportBuilder &b, Value x) {
  Value one = b.scalarLike(1, x);
  return b.div(one, b.add(b.exp(b.create<NegOp>(x)), one));
}

/// max(x, 0) + log(1 + exp(-|x|))
Value softplus(ImportBuilder &b, Value x) {
  Value decay = b.exp(b.create<NegOp>(b.create<AbsOp>(x)));
  return b.add(b.max(x, b.scalarLike(0, x)), b.create<Log1pOp>(decay));
}

Value gelu(ImportBuilder &b, Value x, bool approximateByTanh) {
  Value bell;
  if (approximateByTanh) {
    Value cube = b.mul(b.mul(x, b.mul(x, x)), 0.044715);
    bell = b.create<TanhOp>(b.mul(b.add(x, cube), std::sqrt(2 / M_PI)));
  } else {
    bell = b.create<ErfOp>(b.mul(x, M_SQRT1_2));
  }
  return b.mul(b.mul(x, 0.5), b.add(bell, 1));
}

Value clamp(ImportBuilder &b, Value x, double low, double high) {
  return b.min(b.max(x, b.scalarLike(low, x)), b.scalarLike(high, x));
}

static Value isNegative(ImportBuilder &b, Value x) { return b.less(x, b.scalarLike(0, x)); }

static Results relu(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  return b.max(x, b.scalarLike(0, x));
}

static Results leakyRelu(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  return b.where(isNegative(b, x), b.mul(x, n.real("alpha", 0.01)), x);
}

static Results pRelu(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), slope = n.operand(1);
  // Before version 7 one slope for all channels, or one for each.
  if (n.opset() < 7 && b.rank(slope) == 1 && b.rank(x) > 1 && !b.dim(slope, 0).is(1))
    slope = b.alongAxis(slope, 1, b.rank(x));
  if (b.rank(slope) > b.rank(x))
    n.error("expected a slope of rank " + Twine(b.rank(x)) + " or less, but got " +
            Twine(b.rank(slope)));
  return b.where(isNegative(b, x), b.mul(x, slope), x);
}

static Results elu(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  return b.where(isNegative(b, x), b.mul(b.add(b.exp(x), -1), n.real("alpha", 1)), x);
}

static Results celu(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), zero = b.scalarLike(0, x);
  double alpha = n.real("alpha", 1);
  Value below = b.mul(b.add(b.exp(b.div(x, b.scalarLike(alpha, x))), -1), alpha);
  return b.add(b.max(x, zero), b.min(below, zero));
}

static Results selu(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  double alpha = n.real("alpha", 1.67326319217681884765625);
  double gamma = n.real("gamma", 1.05070102214813232421875);
  Value below = b.mul(b.add(b.exp(x), -1), alpha);
  return b.mul(b.where(isNegative(b, x), below, x), gamma);
}

static Results sigmoidNode(ImportBuilder &b, NodeReader &n) { return sigmoid(b, n.operand(0)); }

static Results hardSigmoid(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  double alpha = n.real("alpha", 0.2), beta = n.real("beta", 0.5);
  return clamp(b, b.add(b.mul(x, alpha), beta), 0, 1);
}

static Results hardSwish(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  return b.mul(x, clamp(b, b.add(b.mul(x, 1.0 / 6), 0.5), 0, 1));
}

static Results swish(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  double alpha = n.real("alpha", 1);
  return b.mul(x, sigmoid(b, alpha == 1 ? x : b.mul(x, alpha)));
}

/// The first operand, by its Swish, gates the second.
static Results swiGlu(ImportBuilder &b, NodeReader &n) {
  Value gate = n.operand(0), x = n.operand(1);
  double alpha = n.real("alpha", 1);
  return b.mul(b.mul(gate, sigmoid(b, alpha == 1 ? gate : b.mul(gate, alpha))), x);
}

static Results quickGelu(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  return b.mul(x, sigmoid(b, b.mul(x, n.real("alpha", 1.702))));
}

static Results mish(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  return b.mul(x, b.create<TanhOp>(softplus(b, x)));
}

static Results softplusNode(ImportBuilder &b, NodeReader &n) { return softplus(b, n.operand(0)); }

static Results softsign(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  return b.div(x, b.add(b.create<AbsOp>(x), 1));
}

static Results geluNode(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  StringRef approximate = n.string("approximate", "none");
  if (approximate != "none" && approximate != "tanh")
    n.error("expected approximate none or tanh, but got " +
            onnx::quoted(std::string_view(approximate)));
  return gelu(b, x, approximate == "tanh");
}

/// com.microsoft: with a bias added first.
static Results biasGelu(ImportBuilder &b, NodeReader &n) {
  return gelu(b, b.add(n.operand(0), n.operand(1)), false);
}

static Results fastGelu(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), bias = n.optional(1);
  return gelu(b, bias ? b.add(x, bias) : x, true);
}

static Results thresholdedRelu(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  return b.where(b.less(b.scalarLike(n.real("alpha", 1), x), x), x, b.scalarLike(0, x));
}

static Results shrink(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  double bias = n.real("bias", 0), lambda = n.real("lambd", 0.5);
  Type element = b.elementType(x);
  // The attributes of integers need not be integers.
  if (!isa<FloatType>(element))
    x = b.cast(x, b.b.getF32Type());
  Value r = b.where(b.less(x, b.scalarLike(-lambda, x)), b.add(x, bias),
                    b.where(b.less(b.scalarLike(lambda, x), x), b.add(x, -bias),
                            b.scalarLike(0, x)));
  return b.cast(r, element);
}

/// Bounds are attributes before version 11, then operands.
static Results clip(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), low, high;
  if (n.opset() < 11) {
    if (n.has("min"))
      low = b.scalarLike(n.real("min", 0), x);
    if (n.has("max"))
      high = b.scalarLike(n.real("max", 0), x);
  } else {
    low = n.optional(1);
    high = n.optional(2);
  }
  for (Value bound : {low, high})
    if (bound && b.rank(bound) != 0 && !(b.rank(bound) == 1 && b.dim(bound, 0).is(1)))
      n.error("expected scalar bounds, but got rank " + Twine(b.rank(bound)));
  if (low)
    x = b.max(x, b.reshape(low, {}));
  if (high)
    x = b.min(x, b.reshape(high, {}));
  return x;
}

ArrayRef<OperatorRow> activationOperators() {
  static const OperatorRow rows[] = {
      {"", "Celu", 12, celu},
      {"", "Clip", 6, clip},
      {"", "Elu", 6, elu},
      {"", "Gelu", 20, geluNode},
      {"", "HardSigmoid", 6, hardSigmoid},
      {"", "HardSwish", 14, hardSwish},
      {"", "LeakyRelu", 6, leakyRelu},
      {"", "Mish", 18, mish},
      {"", "PRelu", 1, pRelu},
      {"", "Relu", 6, relu},
      {"", "Selu", 6, selu},
      {"", "Shrink", 9, shrink},
      {"", "Sigmoid", 6, sigmoidNode},
      {"", "Softplus", 1, softplusNode},
      {"", "Softsign", 1, softsign},
      {"", "SwiGLU", 28, swiGlu},
      {"", "Swish", 24, swish},
      {"", "ThresholdedRelu", 10, thresholdedRelu},
      {"com.microsoft", "BiasGelu", 1, biasGelu},
      {"com.microsoft", "FastGelu", 1, fastGelu},
      {"com.microsoft", "Gelu", 1, geluNode},
      {"com.microsoft", "QuickGelu", 1, quickGelu},
  };
  return rows;
}

} // namespace ingot
