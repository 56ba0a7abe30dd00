//===- Reduction.h - operators of the family, declared --------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_OPS_REDUCTION_H
#define INGOT_IR_OPS_REDUCTION_H

#include "ir/Dialect.h"

#define GET_OP_CLASSES
#include "ir/ops/Reduction.h.inc"

namespace ingot {

/// One step of a fold: `kind` as of `reduce`, on scalars or vectors in compute form.
mlir::Value combine(mlir::OpBuilder &b, mlir::Location loc, llvm::StringRef kind, bool isUnsigned,
                    mlir::Value x, mlir::Value y);
/// What a fold starts from, over the lanes of `b`, for elements of the tensor type `element`.
mlir::Value neutral(ElementBuilder &b, llvm::StringRef kind, mlir::Type element);

} // namespace ingot

#endif // INGOT_IR_OPS_REDUCTION_H
