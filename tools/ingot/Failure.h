//===- Failure.h - why a command could not do its work ---------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_FAILURE_H
#define INGOT_TOOLS_INGOT_FAILURE_H

#include "tools/driver/Compile.h"

#include <string>
#include <vector>

namespace ingot::cli {

/// Filled by what fails, printed by the command.
struct Failure {
  Outcome outcome = Outcome::Failed;
  /// Complete lines, names in them escaped: "x.npy: error: …".
  std::vector<std::string> messages;

  /// "FILE: error: MESSAGE"; returns false, for the caller to return.
  bool add(const std::string &file, const std::string &message);
  /// Messages without a file.
  bool add(const std::string &message);
  /// Takes over what the driver said.
  bool add(const CompileResult &result);

  /// Prints to stderr and returns the exit status.
  int print() const;
};

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_FAILURE_H
