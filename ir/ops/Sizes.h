//===- Sizes.h - what operators commonly require of sizes -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_OPS_SIZES
#define INGOT_OPS_SIZES

#include "ir/analysis/DimAnalysis.h"
#include "mlir/IR/BuiltinTypes.h"

namespace ingot {

/// Of an operand whose only element is read: a vector, or more, of one element, or none at all.
inline mlir::LogicalResult agreeOnOne(mlir::Operation *op, DimAnalysis &dims, mlir::Value v,
                                      llvm::StringRef what) {
  if (llvm::isa<mlir::NoneType>(v.getType()))
    return mlir::success();
  for (const Dim &d : llvm::to_vector(dims.dims(v)))
    if (failed(dims.agree(op, d, Dim(1), what)))
      return mlir::failure();
  return mlir::success();
}

/// `size`, which only a run knows, is at most `limit`.
inline void requireAtMost(mlir::Operation *op, DimAnalysis &dims, const Dim &size,
                          const Dim &limit) {
  dims.require(op, size, dims.space.min(size, limit));
}

} // namespace ingot

#endif // INGOT_OPS_SIZES
