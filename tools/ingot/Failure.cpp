//===- Failure.cpp - why a command could not do its work -------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/Failure.h"

#include "frontend/onnx/Diagnostics.h"
#include "llvm/Support/raw_ostream.h"

namespace ingot::cli {

bool Failure::add(const std::string &file, const std::string &message) {
  messages.push_back(onnx::escaped(file, 4096) + ": error: " + message);
  return false;
}

bool Failure::add(const std::string &message) {
  messages.push_back("ingot: error: " + message);
  return false;
}

bool Failure::add(const CompileResult &result) {
  outcome = result.outcome;
  messages.insert(messages.end(), result.messages.begin(), result.messages.end());
  return false;
}

int Failure::print() const {
  for (const std::string &message : messages)
    llvm::errs() << message << "\n";
  return static_cast<int>(outcome);
}

} // namespace ingot::cli
