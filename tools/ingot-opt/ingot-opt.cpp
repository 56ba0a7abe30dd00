//===- ingot-opt.cpp - passes on IR, for tests ------------------------------------===//
//
//   ingot-opt FILE.mlir [passes]          as mlir-opt
//   ingot-opt --import-onnx MODEL.onnx…   prints what the importer makes of each model
//
// The phases are pipelines: --ingot-simplify, --ingot-compress, --ingot-fuse; then --ingot-layout and
// --ingot-plan, and between them --ingot-verify-imported … --ingot-verify-planned. Folding links what it
// runs, and the linker resets command lines: with --split-input-file no pass runs behind the first part
// in which constants are folded.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Importer.h"
#include "ir/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"
#include "tools/driver/Pipeline.h"
#include "tools/ingot-opt/PrintFacts.h"

using namespace mlir;

static int importOnnx(const char *path) {
  DialectRegistry registry;
  ingot::registerIngotDialects(registry);
  MLIRContext context(registry);
  ingot::onnx::Diagnostics diagnostics(path);
  OwningOpRef<ModuleOp> module;
  auto model = ingot::onnx::Model::load(path, {}, diagnostics);
  if (model)
    module = ingot::importModel(context, *model, {}, diagnostics);
  diagnostics.print(stderr);
  if (!module)
    return std::max(diagnostics.exitStatus(), 1);
  OpPrintingFlags flags;
  flags.elideLargeElementsAttrs().elideLargeResourceString();
  module->print(llvm::outs(), flags);
  return failed(module->verify());
}

int main(int argc, char **argv) {
  if (argc > 2 && llvm::StringRef(argv[1]) == "--import-onnx") {
    int status = 0;
    for (int i = 2; i < argc; ++i)
      status = std::max(status, importOnnx(argv[i]));
    return status;
  }
  DialectRegistry registry;
  ingot::registerIngotDialects(registry);
  registerTransformsPasses();
  ingot::registerIngotPasses();
  ingot::registerPrintFactsPass();
  return asMainReturnCode(MlirOptMain(argc, argv, "Ingot's passes\n", registry));
}
