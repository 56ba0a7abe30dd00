//===- Place.cpp - which device runs a kernel --------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/gpu/Gpu.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Program.h"

using namespace mlir;

namespace ingot {
#define GEN_PASS_DEF_PLACEKERNELS
#include "codegen/gpu/Gpu.h.inc"

namespace {

class Placement {
public:
  Placement(Block &block, DimAnalysis &dims) : block(block), dims(dims) {
    for (AtomId id = 0; id < dims.space.size(); ++id)
      if (dims.space.info(id).kind == DimAtom::ElementOf)
        measured.insert(dims.space.info(id).value);
  }

  void run() {
    for (auto kernel : block.getOps<KernelOp>())
      if (canRunOnGpu(kernel))
        kernel.setDevice("gpu");
    for (Operation &op : llvm::make_early_inc_range(block))
      if (auto kernel = dyn_cast<KernelOp>(op); kernel && kernel.getDevice() == "gpu")
        moveOperands(kernel);
    for (Operation &op : llvm::make_early_inc_range(block))
      if (isa<KernelOp>(op))
        for (Value v : op.getResults())
          if (liesOnGpu(v))
            moveBack(v);
  }

private:
  bool isKnownAtEntry(Value v) {
    return llvm::all_of(dims.dims(v), [&](const Dim &d) {
      SmallVector<AtomId> ids;
      dims.space.collectSymbols(d, ids);
      return llvm::all_of(ids, [&](AtomId id) {
        auto arg = dyn_cast<BlockArgument>(dims.space.info(id).value);
        return arg && arg.getOwner() == &block;
      });
    });
  }

  bool canRunOnGpu(KernelOp kernel) {
    return hasGpuForm(kernel, dims) &&
           llvm::all_of(kernel.getInputs(), [&](Value v) { return isKnownAtEntry(v); }) &&
           llvm::all_of(kernel.getResults(), [&](Value v) {
             return isKnownAtEntry(v) && !dims.info(v).elements && !measured.contains(v);
           });
  }

  void moveOperands(KernelOp kernel) {
    for (OpOperand &use : kernel->getOpOperands()) {
      Value v = use.get();
      if (liesOnGpu(v) || v.getDefiningOp<ConstantOp>())
        continue;
      Value &copy = copies[v];
      if (!copy) {
        OpBuilder b(kernel);
        copy = TransferOp::create(b, kernel.getLoc(), v.getType(), v, "gpu");
      }
      use.set(copy);
    }
  }

  static bool readsOnGpu(Operation *user) {
    auto kernel = dyn_cast<KernelOp>(user);
    return kernel && kernel.getDevice() == "gpu";
  }

  void moveBack(Value v) {
    if (llvm::all_of(v.getUsers(), readsOnGpu))
      return;
    OpBuilder b(v.getContext());
    b.setInsertionPointAfterValue(v);
    Value copy = TransferOp::create(b, v.getLoc(), v.getType(), v, "cpu");
    v.replaceUsesWithIf(copy, [&](OpOperand &use) {
      return !readsOnGpu(use.getOwner()) && use.getOwner() != copy.getDefiningOp();
    });
  }

  Block &block;
  DimAnalysis &dims;
  llvm::DenseSet<Value> measured; ///< read by the program, as sizes or positions
  llvm::DenseMap<Value, Value> copies;
};

struct PlaceKernelsPass : impl::PlaceKernelsBase<PlaceKernelsPass> {
  void runOnOperation() override {
    DimAnalysis dims;
    if (failed(dims.run(getOperation())))
      return signalPassFailure();
    Placement(getOperation().getBody().front(), dims).run();
  }
};

} // namespace
} // namespace ingot
