//===- Tensors.h - what holds in every form on tensors ------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_FORMS_TENSORS_H
#define INGOT_IR_FORMS_TENSORS_H

#include "ir/forms/Forms.h"

namespace ingot {

/// One block, operators of the dialect, regions of one block that yield.
mlir::LogicalResult checkStructure(mlir::func::FuncOp function, llvm::StringRef form);

enum class Types {
  Consistent, ///< do not contradict inference
  Refined     ///< say all that inference knows
};
/// Infers the dimensions of all values and compares with their types; fills `dims`.
mlir::LogicalResult checkTypes(mlir::func::FuncOp function, llvm::StringRef form, Types types,
                               DimAnalysis &dims);

/// Constants as Constant.td describes them.
mlir::LogicalResult checkConstants(mlir::func::FuncOp function, llvm::StringRef form);

/// No operator but those of kernels and of later forms.
mlir::LogicalResult checkNothingFused(mlir::func::FuncOp function, llvm::StringRef form);

} // namespace ingot

#endif // INGOT_IR_FORMS_TENSORS_H
