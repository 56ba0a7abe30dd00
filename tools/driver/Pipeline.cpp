//===- Pipeline.cpp - the phases in order ------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "tools/driver/Pipeline.h"
#include "codegen/gpu/Gpu.h"
#include "codegen/layout/Layout.h"
#include "codegen/lower/math/Passes.h"
#include "frontend/onnx/Diagnostics.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Transforms/Passes.h"
#include "passes/fuse/Fuse.h"
#include "passes/prune/Prune.h"
#include "passes/quantize/Quantize.h"
#include "passes/simplify/Simplify.h"
#include "tools/driver/Evaluate.h"

using namespace mlir;

namespace ingot {

void registerIngotDialects(DialectRegistry &registry) {
  registry.insert<IngotDialect, arith::ArithDialect, cf::ControlFlowDialect, complex::ComplexDialect,
                  func::FuncDialect, LLVM::LLVMDialect, math::MathDialect, memref::MemRefDialect,
                  NVVM::NVVMDialect, scf::SCFDialect, ub::UBDialect, vector::VectorDialect>();
  registerEvaluator(registry);
}

void registerIngotPasses() {
  registerSimplifyPasses();
  registerPrunePasses();
  registerQuantizePasses();
  registerFusePasses();
  registerGpuPasses();
  registerLayoutPasses();
  registerMathPasses();
}

std::optional<double> pruneFraction(llvm::StringRef text) {
  double fraction;
  if (!text.consume_front("magnitude:") || text.getAsDouble(fraction) || !(fraction > 0) ||
      !(fraction < 1))
    return std::nullopt;
  return fraction;
}

std::string checkCompression(const CompileOptions &options) {
  if (!options.quantize.empty() && options.quantize != "dynamic-int8")
    return "--quantize: expected dynamic-int8, but got " + onnx::quoted(options.quantize);
  if (!options.prune.empty() && !pruneFraction(options.prune))
    return "--prune: expected magnitude:F with F between 0 and 1, but got " +
           onnx::quoted(options.prune);
  return {};
}

void buildTensorPipeline(OpPassManager &module, const CompileOptions &options, bool fold,
                         const PhaseHook &after) {
  auto done = [&](StringRef form) {
    if (after)
      after(module, form);
  };
  // Imported → simplified. Equal operators first, so that the analysis sees each once; the types
  // are refined before identities are looked for, since those compare dimensions. Folding comes
  // once shapes are known; quantized constants stay as they are for the next phase.
  OpPassManager *pm = &module.nest<func::FuncOp>();
  pm->addPass(createCSEPass());
  pm->addPass(createRefineShapes());
  pm->addPass(createBoundDimensions());
  pm->addPass(createRemoveIdentities());
  pm->addPass(createCancelReshapes());
  pm->addPass(createRefineShapes());
  pm->addPass(createCSEPass());
  if (fold && options.optimize > 0)
    module.addPass(createFoldConstants());
  done("simplified");

  // Simplified → compressed. Pruned first, so that scales are those of the weights that stay; then
  // integer products where the model has quantized operands, from its file or from here. What is
  // still dequantized afterwards is so for good.
  pm = &module.nest<func::FuncOp>();
  if (auto fraction = pruneFraction(options.prune))
    pm->addPass(createPruneMagnitude({*fraction}));
  if (options.quantize == "dynamic-int8")
    pm->addPass(createDynamicInt8());
  pm->addPass(createIntegerContractions());
  if (!options.reference)
    pm->addPass(createCenterWeights());
  if (fold && options.optimize > 0)
    module.addPass(createFoldConstants({/*dequantize=*/true}));
  done("compressed");

  // Compressed → fused. Recognizers look at single operators, so they come before the groups.
  pm = &module.nest<func::FuncOp>();
  pm->addPass(createCSEPass());
  pm->addPass(createRecognizeNormalization());
  // The kernel of attention is the CPU's; what runs on a GPU keeps its products apart.
  if (!options.reference && options.gpu.empty())
    pm->addPass(createRecognizeAttention());
  pm->addPass(createFuseKernels());
  // Before layouts, which are the host's.
  if (!options.gpu.empty())
    pm->addPass(createPlaceKernels());
  done("fused");

  // Fused → laid out. Plain loops need no order but the logical one.
  if (options.reference)
    return;
  module.nest<func::FuncOp>().addPass(createAssignLayouts());
  done("laid-out");
}

} // namespace ingot
