//===- LowerKernel.h - the ways a kernel is lowered ------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_CODEGEN_LOWER_LOWERKERNEL_H
#define INGOT_CODEGEN_LOWER_LOWERKERNEL_H

#include "codegen/lower/KernelEmitter.h"

namespace ingot {

/// Any kernel whose ops have an element form: loops over the results' indices, vectorized over the
/// physically innermost dimension where the ops allow it and `lanes` is not 1.
mlir::LogicalResult lowerPointwise(KernelFunction &f, mlir::OpBuilder &b, int64_t lanes);
/// All values have the results' shape and order, or one element: a loop can run over positions.
bool isFlat(KernelFunction &f);
/// Reads all results of the kernel at one index and stores them; false where lanes cannot serve it.
bool emitResults(KernelEmitter &e, KernelFunction &f, llvm::ArrayRef<Index> at);
/// A kernel anchored at a BodyOp.
mlir::LogicalResult lowerBody(KernelFunction &f, mlir::OpBuilder &b);
/// A kernel anchored at a matrix product or convolution, through the tiled generators of
/// codegen/cpu. Fails without diagnostic where they do not apply.
mlir::LogicalResult lowerContraction(KernelFunction &f, mlir::OpBuilder &b,
                                     const CpuTarget &target);
/// A kernel anchored at `recurrence`, through the generator of codegen/cpu. Fails without diagnostic
/// where it does not apply.
mlir::LogicalResult lowerRecurrence(KernelFunction &f, mlir::OpBuilder &b,
                                    const CpuTarget &target);
/// A kernel that holds an attention (see ir/analysis/Attention.h) and rearrangements around it. Fails
/// without diagnostic where the generator of codegen/cpu does not apply.
mlir::LogicalResult lowerAttention(KernelFunction &f, mlir::OpBuilder &b, const CpuTarget &target);
/// A kernel anchored at `reduce`, on vectors of `lanes`. Fails without diagnostic where the pointwise
/// lowering is as good or the form does not fit.
mlir::LogicalResult lowerReduce(KernelFunction &f, mlir::OpBuilder &b, int64_t lanes);
/// A kernel anchored at `softmax` or `normalize`: producers are evaluated once per element.
mlir::LogicalResult lowerNormalization(KernelFunction &f, mlir::OpBuilder &b, int64_t lanes);

} // namespace ingot

#endif // INGOT_CODEGEN_LOWER_LOWERKERNEL_H
