//===- Entries.cpp - the entry points of a model, imported into one module --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------------------===//
#include "tools/driver/Entries.h"
#include "tools/driver/States.h"

using namespace mlir;

namespace ingot {

static OwningOpRef<ModuleOp> importEntry(MLIRContext &context, const onnx::Model &model,
                                         const CompileOptions &options,
                                         const std::vector<ShapeSpec> &shapes,
                                         onnx::Diagnostics &diagnostics) {
  ImportOptions importOptions;
  for (const ShapeSpec &s : shapes)
    importOptions.shapes.push_back({s.input, s.dims});
  importOptions.overridable = options.overridable;
  auto module = importModel(context, model, importOptions, diagnostics);
  return diagnostics.exitStatus() == 0 ? std::move(module) : OwningOpRef<ModuleOp>();
}

OwningOpRef<ModuleOp> importEntries(MLIRContext &context, const onnx::Model &model,
                                    const CompileOptions &options, std::vector<StatePlan> &states,
                                    onnx::Diagnostics &diagnostics) {
  OwningOpRef<ModuleOp> all;
  size_t count = std::max<size_t>(options.entries.size(), 1);
  for (size_t i = 0; i < count; ++i) {
    static const std::vector<ShapeSpec> asInFile;
    auto module = importEntry(context, model, options,
                              options.entries.empty() ? asInFile : options.entries[i], diagnostics);
    if (!module)
      return {};
    func::FuncOp function = *module->getOps<func::FuncOp>().begin();
    if (!bindStates(function, options.states, states, diagnostics))
      return {};
    if (i == 0) {
      all = std::move(module);
      continue;
    }
    function.setSymName("main" + std::to_string(i + 1));
    function->moveBefore(all->getBody(), all->getBody()->end());
  }
  return all;
}

} // namespace ingot
