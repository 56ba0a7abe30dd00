//===- Register.cpp - dialects, passes and phases by their names ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/gpu/Gpu.h"
#include "codegen/layout/Layout.h"
#include "codegen/lower/math/Passes.h"
#include "codegen/plan/Planned.h"
#include "ir/forms/Forms.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Pass/PassOptions.h"
#include "mlir/Pass/PassRegistry.h"
#include "passes/fuse/Fuse.h"
#include "passes/prune/Prune.h"
#include "passes/quantize/Quantize.h"
#include "passes/simplify/Simplify.h"
#include "tools/driver/Evaluate.h"
#include "tools/driver/Pipeline.h"

using namespace mlir;

namespace ingot {

void registerIngotDialects(DialectRegistry &registry) {
  registry.insert<IngotDialect, arith::ArithDialect, cf::ControlFlowDialect, complex::ComplexDialect,
                  func::FuncDialect, LLVM::LLVMDialect, math::MathDialect, memref::MemRefDialect,
                  NVVM::NVVMDialect, scf::SCFDialect, ub::UBDialect, vector::VectorDialect>();
  registerEvaluator(registry);
}

namespace {

/// PhaseOptions on a command line: --ingot-compress="prune=0.8 dynamic-int8".
struct PhaseFlags : PassPipelineOptions<PhaseFlags> {
  Option<bool> fold{*this, "fold", llvm::cl::desc("Compute constants"), llvm::cl::init(true)};
  Option<double> prune{*this, "prune", llvm::cl::desc("The part of every weight to zero"),
                       llvm::cl::init(0)};
  Option<bool> dynamicInt8{*this, "dynamic-int8", llvm::cl::desc("Multiply in 8 bits"),
                           llvm::cl::init(false)};
  Option<bool> reference{*this, "reference", llvm::cl::desc("Prepare plain loops"),
                         llvm::cl::init(false)};
  Option<bool> gpu{*this, "gpu", llvm::cl::desc("Place kernels on a GPU"), llvm::cl::init(false)};
  Option<bool> verify{*this, "verify", llvm::cl::desc("Check every form (of ingot-tensors)"),
                      llvm::cl::init(false)};

  PhaseOptions options() const {
    PhaseOptions result;
    result.fold = fold;
    if (prune > 0)
      result.prune = prune;
    result.dynamicInt8 = dynamicInt8;
    result.reference = reference;
    result.gpu = gpu;
    result.verify = verify;
    return result;
  }
};

void registerPhase(StringRef name, StringRef what,
                   void (*build)(OpPassManager &, const PhaseOptions &)) {
  PassPipelineRegistration<PhaseFlags>(
      name, what, [build](OpPassManager &pm, const PhaseFlags &flags) { build(pm, flags.options()); });
}

} // namespace

void registerIngotPasses() {
  registerFormsPasses();
  registerSimplifyPasses();
  registerPrunePasses();
  registerQuantizePasses();
  registerFusePasses();
  registerGpuPasses();
  registerLayoutPasses();
  registerMathPasses();
  registerPlanPasses();
  registerPhase("ingot-simplify", "From the imported to the simplified form", buildSimplify);
  registerPhase("ingot-compress", "From the simplified to the compressed form", buildCompress);
  registerPhase("ingot-fuse", "From the compressed to the fused form", buildFuse);
  registerPhase("ingot-tensors", "From the imported to the laid out form",
                [](OpPassManager &pm, const PhaseOptions &options) {
                  buildTensorPipeline(pm, options);
                });
}

} // namespace ingot
