//===- Alignment.cpp - vector accesses that are one instruction ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/gpu/Gpu.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace ingot::gpu {

/// Whether `v` is a multiple of `n` for certain.
static bool isMultiple(Value v, int64_t n) {
  if (auto constant = getConstantIntValue(v))
    return *constant % n == 0;
  if (auto arg = dyn_cast<BlockArgument>(v)) {
    auto loop = dyn_cast<scf::ForOp>(arg.getOwner()->getParentOp());
    return loop && arg == loop.getInductionVar() && isMultiple(loop.getLowerBound(), n) &&
           isMultiple(loop.getStep(), n);
  }
  Operation *op = v.getDefiningOp();
  if (isa<arith::MulIOp>(op))
    return isMultiple(op->getOperand(0), n) || isMultiple(op->getOperand(1), n);
  if (isa<arith::AddIOp, arith::SubIOp>(op))
    return isMultiple(op->getOperand(0), n) && isMultiple(op->getOperand(1), n);
  if (auto choice = dyn_cast<arith::SelectOp>(op))
    return isMultiple(choice.getTrueValue(), n) && isMultiple(choice.getFalseValue(), n);
  return false;
}

void markAligned(func::FuncOp function) {
  auto mark = [](auto op) {
    VectorType type = op.getVectorType();
    int64_t bytes = type.getNumElements() * type.getElementTypeBitWidth() / 8;
    if (llvm::isPowerOf2_64(bytes) && isMultiple(op.getIndices()[0], type.getNumElements()))
      op.setAlignment(bytes);
  };
  function.walk([&](vector::LoadOp op) { mark(op); });
  function.walk([&](vector::StoreOp op) { mark(op); });
}

} // namespace ingot::gpu
