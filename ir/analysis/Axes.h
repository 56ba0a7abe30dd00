//===- Axes.h - axes that may be known only at run time -----------------------===//
//
// Operators take axes as tensors. What such an operator does to dimension `d` is then an expression
// that blends its parameters with those of an untouched dimension by an indicator, which is 1 where
// the axis is `d` and 0 elsewhere; constant axes make constant indicators.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_ANALYSIS_AXES_H
#define INGOT_IR_ANALYSIS_AXES_H

#include "ir/ElementBuilder.h"

namespace ingot {

/// 1 where a == b, else 0.
Dim indicator(DimSpace &space, const Dim &a, const Dim &b);
/// 1 where `axis`, which may count from the end, is dimension `d` of `rank`, else 0.
Dim axisIndicator(DimSpace &space, const Dim &axis, int64_t d, int64_t rank);
/// The elements of `axes`, or 0 … count-1 where `axes` is no tensor. Checks that constant ones are
/// in range and not repeated; fails with a diagnostic on `op`.
mlir::FailureOr<llvm::SmallVector<Dim>> axisElements(mlir::Operation *op, DimAnalysis &dims,
                                                     mlir::Value axes, int64_t count,
                                                     int64_t rank);
/// For every dimension 1 where it is among `axes`, else 0.
llvm::SmallVector<Dim> axisMask(DimSpace &space, llvm::ArrayRef<Dim> axes, int64_t rank);
/// Folds the elements of `tensor` with indices from `from` to before `to`, whose bounds say which
/// dimensions are whole: one loop per dimension, the last one innermost.
mlir::Value foldBox(ElementBuilder &b, mlir::Value tensor, llvm::ArrayRef<Index> from,
                    llvm::ArrayRef<Index> to, mlir::Value init,
                    llvm::function_ref<mlir::Value(mlir::Value sum, mlir::Value element)> combine);

} // namespace ingot

#endif // INGOT_IR_ANALYSIS_AXES_H
