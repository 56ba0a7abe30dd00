//===- Pipeline.cpp - the phases in order ------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "tools/driver/Pipeline.h"
#include "codegen/gpu/Gpu.h"
#include "codegen/layout/Layout.h"
#include "frontend/onnx/Diagnostics.h"
#include "ir/forms/Forms.h"
#include "mlir/Transforms/Passes.h"
#include "passes/fuse/Fuse.h"
#include "passes/prune/Prune.h"
#include "passes/quantize/Quantize.h"
#include "passes/simplify/Simplify.h"

using namespace mlir;

namespace ingot {

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

PhaseOptions phaseOptions(const CompileOptions &options, bool fold) {
  PhaseOptions phases;
  phases.fold = fold && options.optimize > 0;
  phases.prune = pruneFraction(options.prune);
  phases.dynamicInt8 = options.quantize == "dynamic-int8";
  phases.reference = options.reference;
  phases.gpu = !options.gpu.empty();
  phases.verify = options.verifyEach;
  return phases;
}

/// Types are refined before identities are looked for, since those compare dimensions; what only
/// identities read is gone with the second refinement.
static void addInference(OpPassManager &module) {
  OpPassManager &pm = module.nest<func::FuncOp>();
  pm.addPass(createRefineShapes());
  pm.addPass(createRemoveIdentities());
  pm.addPass(createCancelReshapes());
  pm.addPass(createRefineShapes());
  pm.addPass(createCSEPass());
}

void buildSimplify(OpPassManager &module, const PhaseOptions &options) {
  // Equal operators first, so that the analysis sees each once. Limits before identities: a table cut
  // to a length within its limit is that long, and nothing is left to compare.
  OpPassManager &pm = module.nest<func::FuncOp>();
  pm.addPass(createCSEPass());
  pm.addPass(createRefineShapes());
  pm.addPass(createBoundDimensions());
  addInference(module);
  if (!options.fold)
    return;
  // Folding comes once shapes are known, and what it computes may be shapes of others: they
  // alternate. Two rounds: the second has not yet found anything for a third. Quantized constants stay
  // as they are for the next phase.
  for (int round = 0; round < 2; ++round) {
    module.addPass(createFoldConstants());
    addInference(module);
  }
}

void buildCompress(OpPassManager &module, const PhaseOptions &options) {
  // Pruned first, so that scales are those of the weights that stay; then integer products where the
  // model has quantized operands, from its file or from here. What is still dequantized afterwards
  // is so for good.
  OpPassManager &pm = module.nest<func::FuncOp>();
  if (options.prune)
    pm.addPass(createPruneMagnitude({*options.prune}));
  if (options.dynamicInt8)
    pm.addPass(createDynamicInt8());
  pm.addPass(createIntegerContractions());
  if (!options.reference)
    pm.addPass(createCenterWeights());
  if (options.fold)
    module.addPass(createFoldConstants({/*dequantize=*/true}));
  addInference(module);
}

void buildFuse(OpPassManager &module, const PhaseOptions &options) {
  // Recognizers look at single operators, so they come before the groups.
  OpPassManager &pm = module.nest<func::FuncOp>();
  pm.addPass(createRecognizeNormalization());
  // The kernel of attention is the CPU's; what runs on a GPU keeps its products apart.
  if (!options.reference && !options.gpu)
    pm.addPass(createRecognizeAttention());
  pm.addPass(createFuseKernels());
  // Before layouts, which are the host's.
  if (options.gpu)
    pm.addPass(createPlaceKernels());
}

void buildTensorPipeline(OpPassManager &module, const PhaseOptions &options,
                         const PhaseHook &after) {
  auto done = [&](std::unique_ptr<Pass> form, StringRef name) {
    if (options.verify)
      module.nest<func::FuncOp>().addPass(std::move(form));
    if (after)
      after(module, name);
  };
  if (options.verify)
    module.nest<func::FuncOp>().addPass(createVerifyImported());
  buildSimplify(module, options);
  done(createVerifySimplified(), "simplified");
  buildCompress(module, options);
  done(createVerifyCompressed(), "compressed");
  buildFuse(module, options);
  done(createVerifyFused(), "fused");
  // Plain loops need no order but the logical one.
  if (options.reference)
    return;
  module.nest<func::FuncOp>().addPass(createAssignLayouts());
  done(createVerifyLaidOut(), "laid-out");
}

} // namespace ingot
