//===- SupportVector.cpp - support vector machines: ai.onnx.ml --------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Registry.h"
#include "frontend/onnx/import/operators/Classical.h"
#include "ir/ops/Contraction.h"
#include "ir/ops/Elementwise.h"
#include "ir/ops/Index.h"
#include "ir/ops/Logic.h"
#include "ir/ops/Math.h"

using namespace mlir;

namespace ingot {

namespace {
/// The vectors [count, features] and how alike x is to each.
struct Machine {
  SmallVector<float> vectors, coefficients, rho;
  StringRef kind;
  float gamma = 0, offset = 0, degree = 0;
  int64_t features = 0;
};
} // namespace

/// `rows` of equal length: the support vectors, or the coefficients of a linear machine.
static std::optional<Machine> readMachine(ImportBuilder &b, NodeReader &n, int64_t rows,
                                          ArrayRef<float> table) {
  Machine m;
  m.vectors.assign(table.begin(), table.end());
  m.coefficients = n.reals("coefficients").value_or(SmallVector<float>());
  m.rho = n.reals("rho").value_or(SmallVector<float>());
  m.kind = n.string("kernel_type", "LINEAR");
  auto parameters = n.reals("kernel_params").value_or(SmallVector<float>());
  if (parameters.size() == 3) {
    m.gamma = parameters[0];
    m.offset = parameters[1];
    m.degree = parameters[2];
  } else if (!parameters.empty() || m.kind != "LINEAR") {
    n.error("expected 3 kernel_params, but got " + Twine(parameters.size()));
  }
  static constexpr llvm::StringLiteral kinds[] = {"LINEAR", "POLY", "RBF", "SIGMOID"};
  if (!llvm::is_contained(kinds, m.kind))
    n.error("expected kernel_type LINEAR, POLY, RBF or SIGMOID, but got '" + m.kind + "'");
  if (rows < 1 || table.empty() || table.size() % rows || m.rho.empty())
    n.error("expected vectors of one length, and rho");
  if (b.failed)
    return std::nullopt;
  m.features = table.size() / rows;
  return m;
}

/// x [N, features] against each of the vectors: [N, vectors].
static Value kernels(ImportBuilder &b, const Machine &m, Value x) {
  int64_t rows = m.vectors.size() / m.features;
  Value vectors = realTensor(b, m.vectors, {rows, m.features});
  if (m.kind == "RBF") {
    Value apart = b.sub(b.unsqueeze(x, {1}), vectors);
    return b.exp(b.mul(b.reduce("sum", b.mul(apart, apart), {2}, false), -m.gamma));
  }
  Value dot = b.create<MatMulOp>(x, b.transpose(vectors, {1, 0}));
  if (m.kind == "LINEAR")
    return dot;
  Value scaled = b.add(b.mul(dot, m.gamma), m.offset);
  return m.kind == "POLY" ? b.pow(scaled, m.degree) : b.create<TanhOp>(scaled);
}

static Results regressor(ImportBuilder &b, NodeReader &n) {
  Value x = asRows(b, n, b.cast(n.operand(0), b.b.getF32Type()));
  int64_t supports = n.integer("n_supports", 0);
  bool oneClass = n.boolean("one_class", false);
  StringRef transform = n.string("post_transform", "NONE");
  auto vectors = n.reals("support_vectors").value_or(SmallVector<float>());
  auto coefficients = n.reals("coefficients").value_or(SmallVector<float>());
  // Without support vectors the coefficients are those of a plane.
  bool isPlane = supports == 0;
  auto m = readMachine(b, n, isPlane ? 1 : supports, isPlane ? coefficients : vectors);
  if (!m)
    return {};
  if (!isPlane && (int64_t)coefficients.size() != supports) {
    n.error("expected a coefficient for each of " + Twine(supports) + " vectors, but got " +
            Twine(coefficients.size()));
    return {};
  }
  Value y = kernels(b, *m, x);
  if (!isPlane)
    y = b.create<MatMulOp>(y, realTensor(b, coefficients, {supports, 1}));
  y = b.add(y, m->rho[0]);
  if (oneClass) {
    Value one = b.scalarLike(1, y), zero = b.scalarLike(0, y);
    y = b.where(b.less(zero, y), one, b.scalarLike(-1, y));
  }
  return postTransform(b, n, y, transform);
}

/// Decides between every two classes, the first of which has the positive side.
static Results classifier(ImportBuilder &b, NodeReader &n) {
  Value x = asRows(b, n, b.cast(n.operand(0), b.b.getF32Type()));
  Value labels = classLabels(b, n, "classlabels_ints", "classlabels_strings");
  StringRef transform = n.string("post_transform", "NONE");
  auto perClass = n.integers("vectors_per_class").value_or(SmallVector<int64_t>());
  auto vectors = n.reals("support_vectors").value_or(SmallVector<float>());
  bool hasProbabilities = n.has("prob_a");
  n.ignore({"prob_a", "prob_b"});
  if (b.failed)
    return {};
  int64_t classes = b.dim(labels, 0).constant().value_or(0), count = 0;
  for (int64_t c : perClass)
    count += std::max<int64_t>(c, 0);
  if (perClass.empty() || hasProbabilities) {
    n.unsupported(hasProbabilities ? "probabilities of classes (prob_a)"
                                   : "machines without support vectors");
    return {};
  }
  auto m = readMachine(b, n, count, vectors);
  if (!m)
    return {};
  int64_t pairs = classes * (classes - 1) / 2;
  if ((int64_t)perClass.size() != classes || classes < 2 || (int64_t)m->rho.size() != pairs ||
      (int64_t)m->coefficients.size() != (classes - 1) * count) {
    n.error("expected coefficients, rho and vectors_per_class for " + Twine(classes) + " classes");
    return {};
  }
  // Columns of pairs: the coefficients of the vectors, and whom a positive sum votes for.
  SmallVector<float> weights(count * pairs, 0), won(pairs * classes, 0), lost(classes, 0);
  SmallVector<int64_t> starts{0};
  for (int64_t c : perClass)
    starts.push_back(starts.back() + c);
  int64_t pair = 0;
  for (int64_t i = 0; i < classes; ++i)
    for (int64_t j = i + 1; j < classes; ++j, ++pair) {
      for (int64_t v = starts[i]; v < starts[i + 1]; ++v)
        weights[v * pairs + pair] = m->coefficients[(j - 1) * count + v];
      for (int64_t v = starts[j]; v < starts[j + 1]; ++v)
        weights[v * pairs + pair] = m->coefficients[i * count + v];
      won[pair * classes + i] += 1;
      won[pair * classes + j] -= 1;
      lost[j] += 1;
    }
  Value scores = b.create<MatMulOp>(kernels(b, *m, x), realTensor(b, weights, {count, pairs}));
  scores = b.add(scores, realTensor(b, m->rho, {pairs}));
  Value isFirst = b.cast(b.less(b.scalarLike(0, scores), scores), b.b.getF32Type());
  Value votes = b.add(b.create<MatMulOp>(isFirst, realTensor(b, won, {pairs, classes})),
                      realTensor(b, lost, {classes}));
  Value label = bestLabel(b, votes, labels);
  if (pairs > 1)
    return {label, postTransform(b, n, scores, transform)};
  // One score stands for two classes, as onnxruntime writes it.
  Value first = b.create<NegOp>(scores), second = scores;
  if (transform != "NONE" && transform != "LOGISTIC") {
    n.unsupported("post_transform " + transform + " of two classes");
    return {};
  }
  first = postTransform(b, n, first, transform);
  second = postTransform(b, n, second, transform);
  return {label, b.concat({first, second}, 1)};
}

ArrayRef<OperatorRow> supportVectorOperators() {
  static const OperatorRow rows[] = {
      {"ai.onnx.ml", "SVMClassifier", 1, classifier},
      {"ai.onnx.ml", "SVMRegressor", 1, regressor},
  };
  return rows;
}

} // namespace ingot
