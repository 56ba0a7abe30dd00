//===- Rows.h - walking the rows that an anchor folds ------------------------------===//
//
// A row is what one fold goes over. Along it, lanes are neighbours of the physically innermost
// dimension and are folded together at the end; across it, each lane is a row of its own.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_CODEGEN_LOWER_ROWS_H
#define INGOT_CODEGEN_LOWER_ROWS_H

#include "codegen/lower/LowerKernel.h"

namespace ingot {

/// The dimension of a value whose neighbours lie next to each other in memory (of size 1 ones the
/// last if all are); that of the operand it is computed from where it is computed. -1: rank 0.
int64_t innermostDim(KernelFunction &f, mlir::Value v);

/// True when `v`, computed from operands at the same index, may be read over its last `count`
/// dimensions as over one: every value it depends on has them all, row-major, or none of them.
bool isCollapsible(KernelFunction &f, mlir::Value v, int64_t count);

/// Which of the last `count` dimensions indexes them as one: the last that is not of size 1, whose
/// index nobody reads.
int64_t lastOfRow(llvm::ArrayRef<Dim> shape, int64_t count);

/// Folds the lanes of a vector by halves.
mlir::Value foldLanes(mlir::OpBuilder &b, mlir::Location loc, mlir::Value vector,
                      llvm::function_ref<mlir::Value(mlir::Value, mlir::Value)> join);

/// value - value % step.
mlir::Value roundDown(mlir::OpBuilder &b, mlir::Location loc, mlir::Value value, int64_t step);

using CarriedBody =
    llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value i, mlir::ValueRange carried)>;
/// for i in [from, to) by step.
llvm::SmallVector<mlir::Value> steps(mlir::OpBuilder &b, mlir::Location loc, mlir::Value from,
                                     mlir::Value to, int64_t step, mlir::ValueRange init,
                                     CarriedBody body);

/// Loop over the tiles of the kernel.
void forEachTile(KernelFunction &f, mlir::OpBuilder &b,
                 llvm::function_ref<void(mlir::Value)> body);

/// Independent chains that hide the latency of an addition; few where the body is long.
int64_t chainsFor(KernelFunction &f);

} // namespace ingot

#endif // INGOT_CODEGEN_LOWER_ROWS_H
