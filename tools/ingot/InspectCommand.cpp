//===- InspectCommand.cpp - ingot inspect ----------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "frontend/onnx/Model.h"
#include "tools/ingot/Commands.h"
#include "tools/ingot/Inspect.h"
#include "tools/ingot/Program.h"

#include "llvm/Support/raw_ostream.h"

namespace ingot::cli {

int inspectCommand(const Arguments &arguments) {
  std::string misuse;
  std::optional<std::string> file = arguments.onlyFile("model or artifact", misuse);
  if (!file)
    return misused(Command::Inspect, misuse);
  if (isArtifact(*file)) {
    Failure failure;
    Library library = openArtifact(*file, failure);
    if (!library)
      return failure.print();
    const ingot_model *model = ingot_library_model(library.get(), nullptr);
    if (!model) {
      failure.add(*file, "a shared library, but not one that ingot compile has made");
      return failure.print();
    }
    llvm::outs() << describeArtifact(*model);
    return 0;
  }
  onnx::Diagnostics diagnostics(*file);
  std::unique_ptr<onnx::Model> model = onnx::Model::load(*file, {}, diagnostics);
  llvm::errs() << diagnostics.str();
  if (!model)
    return 1;
  llvm::outs() << describeModel(*model);
  return 0;
}

} // namespace ingot::cli
