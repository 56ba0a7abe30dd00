//===- Views.h - operands that lie in memory at an affine function of the index -----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_CODEGEN_LOWER_VIEWS_H
#define INGOT_CODEGEN_LOWER_VIEWS_H

#include "codegen/lower/KernelEmitter.h"
#include "codegen/cpu/Tile.h"

namespace ingot {

/// Resolves a value inside a kernel to an operand of the kernel and strides, looking through
/// rearrangements; nothing where some step is not affine.
std::optional<StridedView> resolveView(KernelFunction &f, mlir::Value v);
/// The same before there is a function; `order` says how an operand lies, empty: row-major.
std::optional<StridedView>
resolveView(DimAnalysis &dims, mlir::Value v,
            llvm::function_ref<llvm::ArrayRef<int64_t>(mlir::Value)> order);

/// A dimension as constant or value of the kernel's function.
mlir::OpFoldResult foldResult(KernelFunction &f, const Dim &d);
/// The constant, or cpu::kUnknown.
int64_t knownOr(const Dim &d);

/// Emits everything that follows an anchor in its kernel for one vector of the anchor's result, and
/// stores the kernel's results. `at` is the logical index of the first lane, consecutive along the
/// dimension `laneDim`; `position` is its place in a buffer of that shape in `order`.
/// False where the kernel's operators cannot be emitted on lanes.
bool emitEpilogue(KernelFunction &f, mlir::OpBuilder &b, mlir::Value anchorResult,
                  const cpu::OutputVector &out, llvm::ArrayRef<Index> at,
                  llvm::ArrayRef<int64_t> order, Index position);

/// Whether what follows the anchor is long enough to be emitted once per tile instead of once per
/// register.
bool isLongEpilogue(KernelOp kernel);

} // namespace ingot

#endif // INGOT_CODEGEN_LOWER_VIEWS_H
