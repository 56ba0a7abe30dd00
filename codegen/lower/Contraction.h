//===- Contraction.h - which contractions the tiled generators take -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_CODEGEN_LOWER_CONTRACTION_H
#define INGOT_CODEGEN_LOWER_CONTRACTION_H

#include "codegen/lower/KernelEmitter.h"
#include "ir/ops/Contraction.h"

namespace ingot {

/// Whether `op` of `kernel` is a convolution (of floats, of bytes, or transposed) with constant
/// weights that the channels-last generators take, once its input, operand 0, and its results lie
/// channels last.
bool isTiledConvolution(KernelOp kernel, mlir::Operation *op, DimAnalysis &dims);

/// Channels-last order of a tensor [N, C, spatial…]: logical dimensions, outermost first.
llvm::SmallVector<int64_t> channelsLast(int64_t rank);

mlir::LogicalResult lowerConvolution(KernelFunction &f, mlir::OpBuilder &b, mlir::Operation *conv,
                                     const CpuTarget &target);

} // namespace ingot

#endif // INGOT_CODEGEN_LOWER_CONTRACTION_H
