//===- ControlBuilder.h - building branches and loops -------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_FRONTEND_ONNX_IMPORT_CONTROLBUILDER_H
#define INGOT_FRONTEND_ONNX_IMPORT_CONTROLBUILDER_H

#include "frontend/onnx/import/NodeReader.h"
#include "ir/ops/Control.h"

namespace ingot {

/// What the body of a loop gives.
struct LoopValues {
  mlir::Value next; ///< whether to go on, or null
  llvm::SmallVector<mlir::Value> carried, scanned;
};
using LoopFunction =
    llvm::function_ref<LoopValues(mlir::Value iteration, mlir::ValueRange carried)>;

/// Builds a loop: its final carried values, then its stacked values. `trips` and `condition` may be
/// null. The body may be built several times: first as if no iteration changed a dimension of what
/// is carried, then with those free that it did change.
llvm::SmallVector<mlir::Value> buildLoop(ImportBuilder &b, NodeReader &n, mlir::Value trips,
                                         mlir::Value condition, mlir::ValueRange initial,
                                         unsigned scanned, LoopFunction body);

/// Builds a choice between two branches. Where these differ in the rank of a result, it is left to
/// `diverged` of the builder, and all results are null. A branch that shapes given by the user leave
/// without a valid operator has no run: the other one is then the only one, the condition becomes a
/// requirement that is checked at run time, and a warning says so.
using BranchFunction = llvm::function_ref<llvm::SmallVector<mlir::Value>()>;
llvm::SmallVector<mlir::Value> buildIf(ImportBuilder &b, NodeReader &n, mlir::Value condition,
                                       unsigned results, BranchFunction then,
                                       BranchFunction otherwise);

/// `values`, good only where `condition` turns out as `expected`, which is checked at run time.
llvm::SmallVector<mlir::Value> requireCondition(ImportBuilder &b, mlir::Value condition,
                                                bool expected, mlir::ValueRange values);
/// Puts the operators of one branch, without their terminator, in the place of `branch`.
void replaceByBranch(ImportBuilder &b, IfOp branch, bool then);

} // namespace ingot

#endif // INGOT_FRONTEND_ONNX_IMPORT_CONTROLBUILDER_H
