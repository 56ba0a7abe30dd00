//===- PruneMagnitude.cpp - sets the smallest weights of every layer to 0 -------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/Compression.h"
#include "ir/ConstantView.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Movement.h"
#include "passes/prune/Prune.h"
#include <cmath>

using namespace mlir;

namespace ingot {
#define GEN_PASS_DEF_PRUNEMAGNITUDE
#include "passes/prune/Prune.h.inc"

namespace {

/// The weight that a contraction reads, perhaps transposed.
ConstantOp weightOf(ContractionOp op) {
  Value weight = op.weights();
  if (auto transpose = weight.getDefiningOp<TransposeOp>())
    weight = transpose.getInput();
  auto constant = weight.getDefiningOp<ConstantOp>();
  return constant && constant.tensorType().getElementType().isF32() ? constant : ConstantOp();
}

/// A copy of the constant with its `count` smallest elements 0.
ConstantOp withoutSmallest(ConstantOp constant, int64_t count) {
  ConstantView view(constant);
  SmallVector<char, 0> bytes(view.bytes());
  SmallVector<int64_t, 0> order = llvm::to_vector<0>(llvm::seq<int64_t>(0, view.size()));
  SmallVector<float, 0> magnitude(view.size());
  for (int64_t i = 0; i < view.size(); ++i) {
    float value;
    memcpy(&value, bytes.data() + 4 * i, 4);
    // Not a number must not upset the order, and stays visible.
    magnitude[i] = std::isnan(value) ? INFINITY : std::fabs(value);
  }
  std::nth_element(order.begin(), order.begin() + count, order.end(), [&](int64_t a, int64_t b) {
    return std::pair(magnitude[a], a) < std::pair(magnitude[b], b);
  });
  for (int64_t i : ArrayRef(order).take_front(count))
    memset(bytes.data() + 4 * i, 0, 4);
  OpBuilder b(constant);
  return createConstant(b, constant.getLoc(), constant.tensorType(), bytes);
}

struct PruneMagnitudePass : impl::PruneMagnitudeBase<PruneMagnitudePass> {
  using PruneMagnitudeBase::PruneMagnitudeBase;
  void runOnOperation() override {
    llvm::MapVector<Operation *, SmallVector<ContractionOp>> layers;
    getOperation().walk([&](ContractionOp op) {
      if (ConstantOp weight = weightOf(op))
        layers[weight].push_back(op);
    });
    for (auto &[op, readers] : layers) {
      auto weight = cast<ConstantOp>(op);
      int64_t total = weight.tensorType().getNumElements();
      int64_t count = std::min<int64_t>(total, std::llround(fraction * total));
      if (count == 0)
        continue;
      ConstantOp fresh = withoutSmallest(weight, count);
      for (ContractionOp reader : readers) {
        // Other readers, a gather from the same embedding perhaps, keep what they have.
        Value operand = fresh.getResult();
        if (auto transpose = reader.weights().getDefiningOp<TransposeOp>()) {
          OpBuilder b(reader);
          auto copy = cast<TransposeOp>(b.clone(*transpose));
          copy.getInputMutable().assign(operand);
          operand = copy.getResult();
        }
        reader.weightsOperand().set(operand);
        addCompressedLayer(getOperation(), reader, {"", "prune", total, count});
      }
    }
  }
};

} // namespace
} // namespace ingot
