//===- Identity.cpp - operators that return their operand ----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/analysis/Identity.h"
#include "ir/ops/Movement.h"
#include "ir/ops/Pool.h"

using namespace mlir;

namespace ingot {

bool isIdentity(Operation *op, DimAnalysis &dims) {
  if (op->getNumResults() != 1)
    return false;
  if (isa<ReshapeOp, ExpandOp>(op))
    return dims.dims(op->getOperand(0)) == dims.dims(op->getResult(0));
  if (auto transpose = dyn_cast<TransposeOp>(op)) {
    // Dimensions of size 1 may move freely as long as the others keep their order.
    if (dims.dims(op->getOperand(0)) != dims.dims(op->getResult(0)))
      return false;
    int64_t last = -1;
    for (auto [i, p] : llvm::enumerate(transpose.getPermutation())) {
      if (dims.dim(transpose.getResult(), i).is(1))
        continue;
      if (p < last)
        return false;
      last = p;
    }
    return true;
  }
  if (isa<ConcatOp>(op))
    return op->getNumOperands() == 1;
  // An adaptive pool to the size that the image has already. With padding, a window over none of
  // the image would be new.
  if (auto pool = dyn_cast<PoolOp>(op)) {
    auto are = [](ArrayRef<int64_t> list, int64_t wanted) {
      return llvm::all_of(list, [=](int64_t value) { return value == wanted; });
    };
    return are(pool.getKernel(), 1) && are(pool.getStrides(), 1) && are(pool.getPads(), 0);
  }
  return false;
}

} // namespace ingot
