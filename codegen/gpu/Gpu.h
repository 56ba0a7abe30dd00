//===- Gpu.h - kernels for NVIDIA GPUs ----------------------------------------------===//
//
// The same fused kernels as for the CPU, through the same element forms. A tile of a launch is one
// block of threads; the grid has one dimension.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_CODEGEN_GPU_GPU_H
#define INGOT_CODEGEN_GPU_GPU_H

#include "codegen/lower/KernelEmitter.h"
#include "ir/ops/Contraction.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace ingot {

#define GEN_PASS_DECL
#include "codegen/gpu/Gpu.h.inc"
#define GEN_PASS_REGISTRATION
#include "codegen/gpu/Gpu.h.inc"

/// Whether lowerGpuKernel takes this kernel.
bool hasGpuForm(KernelOp kernel, DimAnalysis &dims);

/// Lowers one kernel into a new function `name` at the end of `module`, whose arguments are those
/// of the result and nothing else. Uses NVVM's thread and block numbers and, for tiles of a matrix
/// product, shared memory that all kernels of the module have in common.
mlir::FailureOr<LoweredKernel> lowerGpuKernel(KernelOp kernel, DimAnalysis &dims,
                                              mlir::ModuleOp module, llvm::StringRef name);

namespace gpu {

/// Threads of a block, for every kernel.
inline constexpr int64_t blockThreads = 256;

/// Number of the running block or thread as an index.
mlir::Value blockNumber(mlir::OpBuilder &b, mlir::Location loc);
mlir::Value threadNumber(mlir::OpBuilder &b, mlir::Location loc);

/// One thread for `lanes` elements of the results that lie side by side. Fails without diagnostic
/// where they do not.
mlir::LogicalResult lowerElements(KernelFunction &f, mlir::OpBuilder &b, int64_t lanes);
/// A product of f32 matrices by tiles in shared memory. Fails without diagnostic where one thread
/// per element does as well, or an operand is not a view.
mlir::LogicalResult lowerMatmul(KernelFunction &f, mlir::OpBuilder &b, MatMulOp product);

/// Says of every vector access whose position is known to be a multiple of its length that it is
/// aligned, so that it is one instruction. Buffers are aligned to 64 bytes.
void markAligned(mlir::func::FuncOp function);

} // namespace gpu
} // namespace ingot

#endif // INGOT_CODEGEN_GPU_GPU_H
