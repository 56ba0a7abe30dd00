//===- LowerKernel.cpp - chooses how a kernel is lowered ---------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/lower/LowerKernel.h"
#include "ir/ops/Normalization.h"
#include "ir/ops/Recurrence.h"
#include "ir/ops/Reduction.h"

using namespace mlir;

namespace ingot {

static Operation *anchorOf(KernelOp kernel) {
  if (kernel.getAnchor() == "none")
    return nullptr;
  for (Operation &op : kernel.block())
    if (op.getName().stripDialect() == kernel.getAnchor())
      return &op;
  return nullptr;
}

FailureOr<LoweredKernel> lowerKernel(KernelOp kernel, DimAnalysis &dims, ModuleOp module,
                                     StringRef name, const LoweringOptions &options) {
  Operation *anchor = anchorOf(kernel);
  auto attempt = [&](llvm::function_ref<LogicalResult(KernelFunction &, OpBuilder &)> lower,
                     LoweredKernel &result) -> LogicalResult {
    OpBuilder b(module.getContext());
    b.setInsertionPointToEnd(module.getBody());
    Type index = b.getIndexType();
    result = LoweredKernel();
    result.function = func::FuncOp::create(b, kernel.getLoc(), name,
                                           b.getFunctionType({index, index, index}, {}));
    KernelFunction f(kernel, dims, result, b);
    if (failed(lower(f, b))) {
      result.function.erase();
      return failure();
    }
    b.setInsertionPointToEnd(f.entry);
    func::ReturnOp::create(b, kernel.getLoc());
    f.finish();
    return success();
  };

  // Whatever plain loops were chosen for, they are called what they are.
  auto finish = [&](LoweredKernel &done, StringRef way, bool slow) {
    done.reference = slow || done.isScalar || options.reference;
    done.lowering = done.reference ? "reference" : way;
    return done;
  };
  LoweredKernel result;
  bool isRecurrence = isa_and_nonnull<RecurrenceOp>(anchor);
  if (isRecurrence && !options.reference &&
      succeeded(attempt(
          [&](KernelFunction &f, OpBuilder &b) { return lowerRecurrence(f, b, options.target); },
          result)))
    return finish(result, "tiled", false);
  if (isa_and_nonnull<BodyOp>(anchor)) {
    if (failed(attempt([](KernelFunction &f, OpBuilder &b) { return lowerBody(f, b); }, result))) {
      kernel.emitError("cannot generate code for ") << kernel.getAnchor();
      return failure();
    }
    return finish(result, "body", isRecurrence);
  }
  bool isContraction = isa_and_nonnull<ContractionOp>(anchor);
  if (!options.reference && isContraction &&
      succeeded(attempt(
          [&](KernelFunction &f, OpBuilder &b) { return lowerContraction(f, b, options.target); },
          result)))
    return finish(result, "tiled", false);
  bool isAttention = kernel.getAnchor() == "attention";
  if (!options.reference && isAttention &&
      succeeded(attempt(
          [&](KernelFunction &f, OpBuilder &b) { return lowerAttention(f, b, options.target); },
          result)))
    return finish(result, "tiled", false);
  int64_t lanes = options.reference ? 1 : options.target.vectorBytes / 4;
  if (!options.reference) {
    if (isa_and_nonnull<ReduceOp>(anchor) &&
        succeeded(attempt([&](KernelFunction &f, OpBuilder &b) { return lowerReduce(f, b, lanes); },
                          result)))
      return finish(result, "rows", false);
    if (isa_and_nonnull<SoftmaxOp, NormalizeOp>(anchor))
      for (int64_t width : {lanes, (int64_t)1})
        if (succeeded(attempt(
                [&](KernelFunction &f, OpBuilder &b) { return lowerNormalization(f, b, width); },
                result)))
          return finish(result, "rows", false);
  }
  for (int64_t width : {lanes, (int64_t)1}) {
    if (succeeded(attempt(
            [&](KernelFunction &f, OpBuilder &b) { return lowerPointwise(f, b, width); },
            result)))
      // A window or a search by whole vectors is as fast as any form of it; sums of products are
      // not without register tiles.
      return finish(result, "pointwise", isAttention || isContraction);
    if (lanes == 1)
      break;
  }
  kernel.emitError("cannot generate code for ") << kernel.getAnchor();
  return failure();
}

} // namespace ingot
