//===- Program.cpp - the planned form ----------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Program.h"
#include "ir/ops/Structure.h"
#include "mlir/IR/OpImplementation.h"

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Program.cpp.inc"

void IngotDialect::registerProgramOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Program.cpp.inc"
      >();
}

LogicalResult TransferOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r = dims.info(getX());
  // The copy is data, whatever is known of its elements.
  r.elements.reset();
  results.push_back(std::move(r));
  return success();
}

bool ingot::liesOnGpu(Value v) {
  Operation *def = v.getDefiningOp();
  if (auto kernel = dyn_cast_or_null<KernelOp>(def))
    return kernel.getDevice() == "gpu";
  auto transfer = dyn_cast_or_null<TransferOp>(def);
  return transfer && transfer.getDevice() == "gpu";
}
