//===- Contraction.h - which contractions the tiled generators take -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_CODEGEN_LOWER_CONTRACTION_H
#define INGOT_CODEGEN_LOWER_CONTRACTION_H

#include "codegen/lower/KernelEmitter.h"
#include "ir/ops/Contraction.h"

namespace ingot {

/// A convolution with constant f32 weights that the channels-last generator takes, once its input
/// and results lie channels last.
bool isTiledConvolution(KernelOp kernel, ConvOp conv, DimAnalysis &dims);

/// Channels-last order of a tensor [N, C, spatial…]: logical dimensions, outermost first.
llvm::SmallVector<int64_t> channelsLast(int64_t rank);

mlir::LogicalResult lowerConvolution(KernelFunction &f, mlir::OpBuilder &b, ConvOp conv,
                                     const CpuTarget &target);

} // namespace ingot

#endif // INGOT_CODEGEN_LOWER_CONTRACTION_H
