// Depthwise convolutions: one filter per channel, channels along the vector.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_CPU_DEPTHWISE_H
#define INGOT_CODEGEN_CPU_DEPTHWISE_H
#include "codegen/cpu/Conv.h"

namespace ingot::cpu {

/// A tile is a number of output rows (lines along the innermost spatial dimension), all channels.
ConvPlan planDepthwise(const CpuTarget &target, ConvPlan plan);
mlir::OpFoldResult emitDepthwiseTileCount(mlir::OpBuilder &b, mlir::Location loc,
                                          const ConvPlan &plan, mlir::OpFoldResult batch,
                                          llvm::ArrayRef<mlir::OpFoldResult> output);
/// As emitConv, for a depthwise plan.
void emitDepthwise(mlir::OpBuilder &b, mlir::Location loc, const CpuTarget &target,
                   const ConvPlan &plan, const ConvOperands &operands, mlir::Value begin,
                   mlir::Value end);

} // namespace ingot::cpu
#endif
