//===- LowerGpuKernel.cpp - which kernels a GPU runs, and how --------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/gpu/Gpu.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Pool.h"
#include "ir/ops/Reduction.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;

namespace ingot {

namespace gpu {

static Value asIndex(OpBuilder &b, Location loc, Value number) {
  return arith::IndexCastUIOp::create(b, loc, b.getIndexType(), number);
}

Value blockNumber(OpBuilder &b, Location loc) {
  return asIndex(b, loc, NVVM::BlockIdXOp::create(b, loc, b.getI32Type()));
}

Value threadNumber(OpBuilder &b, Location loc) {
  return asIndex(b, loc, NVVM::ThreadIdXOp::create(b, loc, b.getI32Type()));
}

} // namespace gpu

/// One thread per result does no work twice: a sum over a window that is that result's own. Softmax
/// and normalization are not among them, whose elements share the sums of their row.
static bool sumsAlone(Operation &op) { return isa<ContractionOp, ReduceOp, PoolOp>(op); }

bool hasGpuForm(KernelOp kernel, DimAnalysis &dims) {
  auto isNumeric = [&](Value v) {
    return isa<RankedTensorType>(v.getType()) && !isString(dims.elementType(v));
  };
  if (!llvm::all_of(kernel.getInputs(), isNumeric) || !llvm::all_of(kernel.getResults(), isNumeric))
    return false;
  // Threads that write parts of one byte would race.
  for (Value v : kernel.getResults())
    if (packing(dims.elementType(v)) > 1)
      return false;
  for (Operation &op : kernel.block().without_terminator()) {
    if (isa<ConstantOp, NoneOp, ElementwiseOp>(op) || sumsAlone(op))
      continue;
    auto element = dyn_cast<ElementOp>(op);
    if (!element || !element.isMovement())
      return false;
  }
  return true;
}

FailureOr<LoweredKernel> lowerGpuKernel(KernelOp kernel, DimAnalysis &dims, ModuleOp module,
                                        StringRef name) {
  auto attempt = [&](llvm::function_ref<LogicalResult(KernelFunction &, OpBuilder &)> lower,
                     LoweredKernel &result) -> LogicalResult {
    OpBuilder b(module.getContext());
    b.setInsertionPointToEnd(module.getBody());
    Type index = b.getIndexType();
    result = LoweredKernel();
    result.threads = gpu::blockThreads;
    result.function = func::FuncOp::create(b, kernel.getLoc(), name,
                                           b.getFunctionType({index, index, index}, {}));
    KernelFunction f(kernel, dims, result, b);
    if (failed(lower(f, b))) {
      result.function.erase();
      return failure();
    }
    b.setInsertionPointToEnd(f.entry);
    func::ReturnOp::create(b, kernel.getLoc());
    // The range of tiles of a CPU's worker: here every block is one.
    f.entry->eraseArguments(0, 3);
    f.finish();
    gpu::markAligned(result.function);
    return success();
  };
  LoweredKernel result;
  for (Operation &op : kernel.block())
    if (auto product = dyn_cast<MatMulOp>(op))
      if (succeeded(attempt(
              [&](KernelFunction &f, OpBuilder &b) { return gpu::lowerMatmul(f, b, product); },
              result))) {
        result.lowering = "tiled";
        return result;
      }
  // Four floats are the widest access of a thread.
  for (int64_t lanes : {4, 1})
    if (succeeded(attempt(
            [&](KernelFunction &f, OpBuilder &b) { return gpu::lowerElements(f, b, lanes); },
            result))) {
      result.lowering = "pointwise";
      return result;
    }
  kernel.emitError("cannot generate GPU code for ") << kernel.getAnchor();
  return failure();
}

} // namespace ingot
