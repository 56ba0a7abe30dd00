//===- OutputFiles.cpp - results as files ----------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/OutputFiles.h"
#include "tools/ingot/ValueFile.h"

#include "frontend/onnx/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <set>

namespace ingot::cli {

std::vector<std::string> fileNames(const std::vector<std::string> &names) {
  constexpr size_t longest = 200; // file systems allow 255 with the extension
  std::vector<std::string> result;
  std::set<std::string> used;
  for (const std::string &name : names) {
    std::string file = name.substr(0, longest);
    for (char &c : file)
      if (!llvm::isAlnum(c) && c != '.' && c != '_' && c != '-')
        c = '_';
    if (file.empty() || file[0] == '.' || file[0] == '-')
      file.insert(0, "_");
    std::string unique = file;
    for (int number = 2; !used.insert(llvm::StringRef(unique).lower()).second; ++number)
      unique = file + "_" + std::to_string(number);
    result.push_back(unique);
  }
  return result;
}

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
