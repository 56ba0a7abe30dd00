// Transposed convolutions on channels-last data, as one ordinary convolution per output phase.
//
// With stride s the outputs o with the same (o + pad) mod s meet the same taps, at neighbouring
// inputs: a convolution of stride 1 over every s-th output. No output is written twice and nothing
// is scattered. Sums run over (kernel position from the last to the first, input channel).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_CPU_CONVTRANSPOSE_H
#define INGOT_CODEGEN_CPU_CONVTRANSPOSE_H
#include "codegen/cpu/Conv.h"

namespace ingot::cpu {

/// One phase. Taps of dimension d are kernel positions taps[d], in the order of the convolution;
/// -1 stands for a tap of zeros where no position meets the phase.
struct ConvPhase {
  ConvShape shape; ///< of the convolution that computes it
  llvm::SmallVector<int64_t, 3> first; ///< first output of the phase
  llvm::SmallVector<int64_t, 3> skip;  ///< inputs before the first that the phase reads
  llvm::SmallVector<llvm::SmallVector<int64_t, 4>, 3> taps;
  int64_t weights; ///< where its packed weights start, in elements
};

/// Here `strides`, `dilations`, `padsBegin`, `output` of a ConvShape are those of the transposed
/// convolution, as ONNX defines them, and `padded` is not used. f32 only.
struct ConvTransposePlan {
  ConvShape shape;
  llvm::SmallVector<ConvPhase, 4> phases;
  llvm::SmallVector<ConvPlan, 4> plans;
  int64_t scratchElements = 0;
  int64_t weightElements = 0; ///< of packConvTranspose()
};

/// False where there are so many phases that the code would be out of proportion.
bool hasConvTransposeForm(const ConvShape &shape);
ConvTransposePlan planConvTranspose(const CpuTarget &target, const ConvShape &shape);

/// Source as in ONNX: [inChannels][outChannels / groups][spatial kernel…], dense.
void packConvTranspose(const void *src, unsigned elementBytes, const ConvTransposePlan &plan,
                       void *dst);

mlir::OpFoldResult emitConvTransposeTileCount(mlir::OpBuilder &b, mlir::Location loc,
                                              const ConvTransposePlan &plan,
                                              mlir::OpFoldResult batch,
                                              llvm::ArrayRef<mlir::OpFoldResult> output);

/// As emitConv; `weights` is of packConvTranspose(). The epilogue's row is the output pixel.
void emitConvTranspose(mlir::OpBuilder &b, mlir::Location loc, const CpuTarget &target,
                       const ConvTransposePlan &plan, const ConvOperands &operands,
                       mlir::Value begin, mlir::Value end);

} // namespace ingot::cpu
#endif
