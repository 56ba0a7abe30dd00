//===- Loss.cpp - losses of classifiers ------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Registry.h"
#include "frontend/onnx/import/operators/Sized.h"
#include "ir/ops/Elementwise.h"
#include "ir/ops/Index.h"
#include "ir/ops/Movement.h"
#include "ir/ops/Reduction.h"

using namespace mlir;

namespace ingot {

/// -log(probability of the target class) times the weight of the class, folded by `reduction`.
/// Log probabilities [N, C, D...], targets [N, D...], weights [C] or null.
static Value likelihoodLoss(ImportBuilder &b, NodeReader &n, Value logs, Value targets,
                            Value weights) {
  StringRef reduction = n.string("reduction", "mean");
  bool ignores = n.has("ignore_index");
  int64_t ignored = n.integer("ignore_index", 0);
  if (reduction != "mean" && reduction != "sum" && reduction != "none")
    n.error("expected reduction mean, sum or none, but got " +
            onnx::quoted(std::string_view(reduction)));
  if (!b.failed && (b.rank(logs) < 2 || b.rank(targets) != b.rank(logs) - 1))
    n.error("expected targets of rank one below that of the input, but got " +
            Twine(b.rank(targets)) + " and " + Twine(b.rank(logs)));
  if (b.failed)
    return {};
  SmallVector<Dim> each = b.shape(logs);
  each.erase(each.begin() + 1);
  targets = sized(b, targets, each);
  if (weights && !b.failed && b.rank(weights) != 1)
    n.error("expected weights of rank 1, but got " + Twine(b.rank(weights)));
  if (weights)
    weights = sizedAlong(b, weights, 0, b.dim(logs, 1));
  Value isIgnored, zero = b.scalarLike(0, logs);
  if (ignores) {
    isIgnored = b.equal(targets, b.scalarLike(ignored, targets));
    targets = b.where(isIgnored, b.scalarLike(0, targets), targets);
  }
  Value picked = b.create<GatherElementsOp>(logs, b.unsqueeze(targets, {1}), 1,
                                            /*checked=*/true);
  Value loss = b.create<NegOp>(b.squeeze(picked, {1}));
  Value weight;
  if (weights)
    weight = b.create<GatherOp>(weights, targets, 0);
  else if (ignores)
    weight = b.scalarLike(1, logs);
  if (isIgnored)
    weight = b.where(isIgnored, zero, weight);
  if (weight)
    loss = b.mul(loss, weight);
  SmallVector<int64_t> all = b.axesFrom(loss, 0);
  if (reduction == "none")
    return loss;
  if (reduction == "sum")
    return b.reduce("sum", loss, all, false);
  if (!weight)
    return b.mean(loss, all, false);
  return b.div(b.reduce("sum", loss, all, false), b.reduce("sum", weight, all, false));
}

static Results negativeLogLikelihood(ImportBuilder &b, NodeReader &n) {
  Value logs = n.operand(0), targets = n.operand(1), weights = n.optional(2);
  return likelihoodLoss(b, n, logs, targets, weights);
}

static Results softmaxCrossEntropy(ImportBuilder &b, NodeReader &n) {
  Value scores = n.operand(0), targets = n.operand(1), weights = n.optional(2);
  Value logs = b.create<SoftmaxOp>(scores, 1, true);
  return {likelihoodLoss(b, n, logs, targets, weights), logs};
}

ArrayRef<OperatorRow> lossOperators() {
  static const OperatorRow rows[] = {
      {"", "NegativeLogLikelihoodLoss", 12, negativeLogLikelihood},
      {"", "SoftmaxCrossEntropyLoss", 12, softmaxCrossEntropy},
  };
  return rows;
}

} // namespace ingot
