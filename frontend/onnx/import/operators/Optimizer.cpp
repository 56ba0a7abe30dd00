//===- Optimizer.cpp - steps of training: ai.onnx.preview.training --------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Registry.h"
#include "ir/ops/Elementwise.h"
#include "ir/ops/Logic.h"

using namespace mlir;

namespace ingot {

namespace {
/// The learning rate, the count of steps so far, and for each tensor its value, gradient and states.
struct Step {
  Value rate, count, isLater;
  size_t tensors = 0;
  SmallVector<Value> operands;

  Value operand(size_t kind, size_t i) const { return operands[kind * tensors + i]; }
};
} // namespace

static Step readStep(ImportBuilder &b, NodeReader &n, size_t kinds) {
  Step step;
  step.rate = n.operand(0);
  Value count = n.operand(1);
  step.operands = n.operandsFrom(2);
  if (!b.failed && (step.operands.empty() || step.operands.size() % kinds))
    n.error("expected " + Twine(kinds) + " inputs for each tensor, but got " +
            Twine(step.operands.size()));
  if (b.failed)
    return step;
  step.tensors = step.operands.size() / kinds;
  step.count = b.cast(count, b.elementType(step.rate));
  step.isLater = b.less(b.scalarLike(0, count), count);
  return step;
}

/// Results by kind, as the operands are.
static Results byKind(ArrayRef<SmallVector<Value>> kinds) {
  SmallVector<Value> all;
  for (ArrayRef<Value> kind : kinds)
    llvm::append_range(all, kind);
  return Results(all);
}

static Value regularized(ImportBuilder &b, Value x, Value gradient, double norm) {
  return b.add(b.mul(x, norm), gradient);
}

static Results adagrad(ImportBuilder &b, NodeReader &n) {
  Step step = readStep(b, n, 3);
  double decay = n.real("decay_factor", 0), epsilon = n.real("epsilon", 1e-6),
         norm = n.real("norm_coefficient", 0);
  if (b.failed)
    return {};
  Value rate = b.div(step.rate, b.add(b.mul(step.count, decay), 1));
  SmallVector<Value> xs, squares;
  for (size_t i = 0; i < step.tensors; ++i) {
    Value x = step.operand(0, i), g = regularized(b, x, step.operand(1, i), norm);
    squares.push_back(b.add(step.operand(2, i), b.mul(g, g)));
    xs.push_back(b.sub(x, b.div(b.mul(g, rate), b.add(b.sqrt(squares.back()), epsilon))));
  }
  return byKind({xs, squares});
}

static Results adam(ImportBuilder &b, NodeReader &n) {
  Step step = readStep(b, n, 4);
  double alpha = n.real("alpha", 0.9), beta = n.real("beta", 0.999),
         epsilon = n.real("epsilon", 1e-6), norm = n.real("norm_coefficient", 0),
         after = n.real("norm_coefficient_post", 0);
  if (b.failed)
    return {};
  auto rest = [&](double x) {
    Value power = b.create<PowOp>(b.scalarLike(x, step.count), step.count);
    return b.sub(b.scalarLike(1, power), power);
  };
  Value corrected = b.div(b.mul(step.rate, b.sqrt(rest(beta))), rest(alpha));
  Value rate = b.where(step.isLater, corrected, step.rate);
  SmallVector<Value> xs, means, squares;
  for (size_t i = 0; i < step.tensors; ++i) {
    Value x = step.operand(0, i), g = regularized(b, x, step.operand(1, i), norm);
    means.push_back(b.add(b.mul(step.operand(2, i), alpha), b.mul(g, 1 - alpha)));
    squares.push_back(b.add(b.mul(step.operand(3, i), beta), b.mul(b.mul(g, g), 1 - beta)));
    Value moved = b.div(b.mul(means.back(), rate), b.add(b.sqrt(squares.back()), epsilon));
    xs.push_back(b.mul(b.sub(x, moved), 1 - after));
  }
  return byKind({xs, means, squares});
}

static Results momentum(ImportBuilder &b, NodeReader &n) {
  Step step = readStep(b, n, 3);
  double alpha = n.real("alpha", 0), beta = n.real("beta", 0), norm = n.real("norm_coefficient", 0);
  StringRef mode = n.string("mode", "");
  if (!b.failed && mode != "standard" && mode != "nesterov")
    n.error("expected mode standard or nesterov, but got '" + mode + "'");
  if (b.failed)
    return {};
  Value one = b.scalarLike(1, step.rate);
  Value share = b.where(step.isLater, b.scalarLike(beta, step.rate), one);
  SmallVector<Value> xs, momenta;
  for (size_t i = 0; i < step.tensors; ++i) {
    Value x = step.operand(0, i), g = regularized(b, x, step.operand(1, i), norm);
    Value v = b.add(b.mul(step.operand(2, i), alpha), b.mul(g, share));
    momenta.push_back(v);
    Value direction = mode == "nesterov" ? b.add(g, b.mul(v, alpha)) : v;
    xs.push_back(b.sub(x, b.mul(direction, step.rate)));
  }
  return byKind({xs, momenta});
}

ArrayRef<OperatorRow> optimizerOperators() {
  static const OperatorRow rows[] = {
      {"ai.onnx.preview.training", "Adagrad", 1, adagrad},
      {"ai.onnx.preview.training", "Adam", 1, adam},
      {"ai.onnx.preview.training", "Momentum", 1, momentum},
  };
  return rows;
}

} // namespace ingot
