//===- Pipeline.cpp - the phases in order ------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "tools/driver/Pipeline.h"
#include "codegen/layout/Layout.h"
#include "codegen/lower/ExpandMath.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Transforms/Passes.h"
#include "passes/fuse/Fuse.h"
#include "passes/simplify/Simplify.h"

using namespace mlir;

namespace ingot {

void registerIngotDialects(DialectRegistry &registry) {
  registry.insert<IngotDialect, arith::ArithDialect, cf::ControlFlowDialect, complex::ComplexDialect,
                  func::FuncDialect, LLVM::LLVMDialect, math::MathDialect, memref::MemRefDialect,
                  scf::SCFDialect, ub::UBDialect, vector::VectorDialect>();
}

void registerIngotPasses() {
  registerSimplifyPasses();
  registerFusePasses();
  registerLayoutPasses();
  registerMathPasses();
}

void buildTensorPipeline(OpPassManager &pm, const CompileOptions &options) {
  // Imported → simplified. Equal operators first, so that the analysis sees each once; the types
  // are refined before identities are looked for, since those compare dimensions.
  pm.addPass(createCSEPass());
  pm.addPass(createRefineShapes());
  pm.addPass(createRemoveIdentities());
  pm.addPass(createRefineShapes());
  pm.addPass(createCSEPass());

  // Compressed → fused. Recognizers look at single operators, so they come before the groups.
  pm.addPass(createRecognizeNormalization());
  pm.addPass(createFuseKernels());

  // Fused → laid out. Plain loops need no order but the logical one.
  if (!options.reference)
    pm.addPass(createAssignLayouts());
}

} // namespace ingot
