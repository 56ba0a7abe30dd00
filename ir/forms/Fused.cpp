//===- Fused.cpp - the fused form ----------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/analysis/Attention.h"
#include "ir/forms/Tensors.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Control.h"
#include "ir/ops/Host.h"
#include "ir/ops/Program.h"
#include "ir/ops/Structure.h"

using namespace mlir;

namespace ingot {
#define GEN_PASS_DEF_VERIFYFUSED
#include "ir/forms/Forms.h.inc"

namespace {

class KernelChecks {
public:
  KernelChecks(func::FuncOp function, StringRef form, DimAnalysis &dims)
      : function(function), form(form), dims(dims) {}

  LogicalResult run() {
    WalkResult result = function.walk<WalkOrder::PreOrder>([&](Operation *op) -> WalkResult {
      if (op == function || op->hasTrait<OpTrait::IsTerminator>())
        return WalkResult::advance();
      auto kernel = dyn_cast<KernelOp>(op);
      LogicalResult ok = kernel ? checkKernel(kernel) : checkOutside(op);
      if (failed(ok) || failed(checkDevice(op)))
        return WalkResult::interrupt();
      return kernel ? WalkResult::skip() : WalkResult::advance();
    });
    return failure(result.wasInterrupted() || failed(checkReturned()));
  }

private:
  /// Whether the program computes `v`: integers whose elements are known, and not by a buffer of
  /// its own.
  bool isKnownToProgram(Value v) {
    Type element = dims.elementType(v);
    const auto &elements = dims.info(v).elements;
    if (!elements || !isInteger(element) || storageBits(element) < 32)
      return false;
    for (const Dim &d : *elements) {
      SmallVector<AtomId> symbols;
      dims.space.collectSymbols(d, symbols);
      for (AtomId id : symbols)
        if (dims.space.info(id).value.getDefiningOp() == v.getDefiningOp())
          return false;
    }
    return true;
  }

  /// Whether nobody reads the elements of what a rearrangement gives, its dimensions alone.
  bool isReadForDimensions(Operation *op) {
    auto element = dyn_cast<ElementOp>(op);
    if (!element || !element.isMovement())
      return false;
    auto [it, isNew] = dimensionsAlone.try_emplace(op, true);
    if (!isNew)
      return it->second;
    bool result = llvm::all_of(op->getUsers(), [&](Operation *user) {
      return isa<ShapeOp>(user) || isReadForDimensions(user);
    });
    return dimensionsAlone[op] = result;
  }

  LogicalResult checkOutside(Operation *op) {
    if (isa<ConstantOp, NoneOp, IfOp, LoopOp, HostCallOp, TransferOp>(op) ||
        llvm::all_of(op->getResults(), [&](Value v) { return isKnownToProgram(v); }) ||
        isReadForDimensions(op))
      return success();
    return breaks(op, form) << "expected to be in a kernel";
  }

  static bool isAnchor(Operation &op) {
    if (isa<BodyOp>(op))
      return true;
    if (isa<ElementwiseOp, ConstantOp, NoneOp>(op) || op.hasTrait<OpTrait::IsTerminator>())
      return false;
    auto element = dyn_cast<ElementOp>(op);
    return !element || !element.isMovement();
  }

  LogicalResult checkAnchor(KernelOp kernel) {
    SmallVector<Operation *> anchors;
    for (Operation &op : kernel.block())
      if (isAnchor(op))
        anchors.push_back(&op);
    StringRef name = kernel.getAnchor();
    if (name == "attention") {
      for (auto product : kernel.block().getOps<MatMulOp>())
        if (auto found = matchAttention(product, dims))
          if (llvm::all_of(anchors, [&](Operation *op) { return found->ops.contains(op); }))
            return success();
      return breaks(kernel, form) << "expected one attention and nothing else that sums";
    }
    if (name == "none" && anchors.empty())
      return success();
    if (anchors.size() == 1 && anchors.front()->getName().stripDialect() == name)
      return success();
    InFlightDiagnostic error = breaks(kernel, form) << "expected ";
    if (name == "none")
      error << "no anchor";
    else
      error << "the one anchor '" << name << "'";
    error << ", but got ";
    if (anchors.empty())
      error << "none";
    else
      llvm::interleaveComma(anchors, error, [&](Operation *op) { error << op->getName(); });
    return error;
  }

  LogicalResult checkKernel(KernelOp kernel) {
    Block &block = kernel.block();
    if (block.getNumArguments() != kernel.getInputs().size() ||
        kernel.yield()->getNumOperands() != kernel.getNumResults())
      return breaks(kernel, form) << "expected as many arguments as operands and as many yielded "
                                     "values as results";
    // That types are the same inside and outside is a matter of inference.
    for (BlockArgument argument : block.getArguments())
      if (argument.use_empty())
        return breaks(kernel, form) << "expected argument " << argument.getArgNumber()
                                    << " to be read";
    for (Value v : kernel.getResults())
      if (!isa<RankedTensorType>(v.getType()))
        return breaks(kernel, form) << "expected to give tensors, but got " << v.getType();
    if (kernel.use_empty())
      return breaks(kernel, form) << "expected a reader of a result";
    for (Operation &op : block.without_terminator()) {
      if (op.getNumRegions() || isa<HostCallOp, TransferOp>(op))
        return breaks(&op, form) << "expected to be outside of kernels";
      if (!isa<ConstantOp, NoneOp, BodyOp>(op) && !hasElementForm(&op))
        return breaks(&op, form) << "expected an operator that kernels can be made of";
    }
    return checkAnchor(kernel);
  }

  LogicalResult checkDevice(Operation *op) {
    auto kernel = dyn_cast<KernelOp>(op);
    bool onGpu = kernel && kernel.getDevice() == "gpu";
    if (kernel && !onGpu && kernel.getDevice() != "cpu")
      return breaks(op, form) << "expected the device \"cpu\" or \"gpu\", but got "
                              << kernel.getDeviceAttr();
    if (auto transfer = dyn_cast<TransferOp>(op)) {
      if (transfer.getDevice() != "cpu" && transfer.getDevice() != "gpu")
        return breaks(op, form) << "expected the device \"cpu\" or \"gpu\", but got "
                                << transfer.getDeviceAttr();
      onGpu = transfer.getDevice() == "cpu"; // reads from there
    }
    for (Value v : op->getOperands()) {
      if (isa_and_nonnull<ConstantOp, NoneOp>(v.getDefiningOp()) || liesOnGpu(v) == onGpu)
        continue;
      return breaks(op, form) << "expected operands on the " << (onGpu ? "GPU" : "host")
                              << ", but got one that lies on the " << (onGpu ? "host" : "GPU");
    }
    return success();
  }

  LogicalResult checkReturned() {
    Operation *end = function.getBody().front().getTerminator();
    llvm::DenseSet<Value> seen;
    for (auto [i, v] : llvm::enumerate(end->getOperands())) {
      if (liesOnGpu(v))
        return breaks(end, form) << "expected output " << i << " on the host";
      auto tensor = dyn_cast<RankedTensorType>(v.getType());
      Operation *def = v.getDefiningOp();
      if (!tensor || isString(tensor.getElementType()) ||
          isa_and_nonnull<IfOp, LoopOp, HostCallOp>(def))
        continue;
      if (!isa_and_nonnull<KernelOp, TransferOp>(def))
        return breaks(end, form) << "expected output " << i
                                 << " to be a result of a kernel, of control flow or of the host";
      if (!seen.insert(v).second)
        return breaks(end, form) << "expected output " << i << " to be a result of its own";
    }
    return success();
  }

  func::FuncOp function;
  StringRef form;
  DimAnalysis &dims;
  llvm::DenseMap<Operation *, bool> dimensionsAlone;
};

} // namespace

LogicalResult verifyKernels(func::FuncOp function, StringRef form, DimAnalysis &dims) {
  if (failed(checkStructure(function, form)) || failed(checkConstants(function, form)) ||
      failed(checkTypes(function, form, Types::Refined, dims)))
    return failure();
  return KernelChecks(function, form, dims).run();
}

LogicalResult verifyFused(func::FuncOp function) {
  DimAnalysis dims;
  if (failed(verifyKernels(function, "fused", dims)))
    return failure();
  WalkResult result = function.walk([&](KernelOp kernel) -> WalkResult {
    if (kernel.getOperandOrders() || kernel.getResultOrders())
      return breaks(kernel, "fused") << "expected no orders before layouts are chosen";
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

namespace {

struct VerifyFusedPass : impl::VerifyFusedBase<VerifyFusedPass> {
  void runOnOperation() override {
    if (failed(verifyFused(getOperation())))
      signalPassFailure();
    markAllAnalysesPreserved();
  }
};

} // namespace
} // namespace ingot
