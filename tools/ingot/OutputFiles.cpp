//===- OutputFiles.cpp - results as files ----------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/OutputFiles.h"
#include "tools/ingot/FileNames.h"
#include "tools/ingot/ValueFile.h"

#include "frontend/onnx/Diagnostics.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

namespace ingot::cli {

bool writeOutputs(const std::string &folder, const std::vector<std::string> &names,
                  const std::vector<Value> &outputs, Failure &failure) {
  if (std::error_code error = llvm::sys::fs::create_directory(folder))
    return failure.add(folder, error.message());
  std::vector<std::string> files = fileNames(names);
  for (size_t i = 0; i < outputs.size(); ++i) {
    std::string path = folder + "/" + files[i] + extensionFor(outputs[i]);
    if (!writeFile(path, writeValueFile(outputs[i], names[i]), failure))
      return false;
    llvm::outs() << "wrote " << onnx::escaped(path, 4096) << "\n";
  }
  return true;
}

} // namespace ingot::cli
