//===- PlanPass.cpp - the planned form as one module -----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/plan/Planned.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace ingot {
#define GEN_PASS_DEF_PLANENTRIES
#define GEN_PASS_DEF_VERIFYPLANNED
#include "codegen/plan/Plan.h.inc"

namespace {

constexpr StringLiteral kernelsName = "kernels", gpuKernelsName = "gpu_kernels",
                        programName = "program";

struct PlanEntriesPass : impl::PlanEntriesBase<PlanEntriesPass> {
  using PlanEntriesBase::PlanEntriesBase;

  void getDependentDialects(DialectRegistry &registry) const override {
    PlanEntriesBase::getDependentDialects(registry);
    // Of all that kernels are lowered to.
    registry.insert<arith::ArithDialect, cf::ControlFlowDialect, complex::ComplexDialect,
                    math::MathDialect, memref::MemRefDialect, NVVM::NVVMDialect, scf::SCFDialect,
                    ub::UBDialect, vector::VectorDialect>();
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto target = CpuTarget::get(cpu, "");
    if (!target) {
      module.emitError(llvm::toString(target.takeError()));
      return signalPassFailure();
    }
    ModelPlan plan;
    for (auto function : module.getOps<func::FuncOp>())
      if (failed(planEntry(function, {*target, reference}, plan)))
        return signalPassFailure();
    for (auto function : llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
      function.erase();
    auto add = [&](OwningOpRef<ModuleOp> &part, StringRef name) {
      if (!part || part->getBody()->empty())
        return;
      part->setSymName(name);
      module.push_back(part.release());
    };
    add(plan.kernelModule, kernelsName);
    add(plan.gpuModule, gpuKernelsName);
    add(plan.programModule, programName);
  }
};

struct VerifyPlannedPass : impl::VerifyPlannedBase<VerifyPlannedPass> {
  void runOnOperation() override {
    auto part = [&](StringRef name) { return getOperation().lookupSymbol<ModuleOp>(name); };
    if (failed(verifyPlanned(part(kernelsName), part(gpuKernelsName), part(programName))))
      signalPassFailure();
    markAllAnalysesPreserved();
  }
};

} // namespace
} // namespace ingot
