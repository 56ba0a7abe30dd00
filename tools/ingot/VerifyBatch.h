//===- VerifyBatch.h - comparing many models -------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_VERIFYBATCH_H
#define INGOT_TOOLS_INGOT_VERIFYBATCH_H

#include "tools/ingot/Compare.h"
#include "tools/ingot/Program.h"

namespace ingot::cli {

/// A line of the list: a folder with model.onnx and test_data_set_*/, then maybe a tab and
/// "rtol=R atol=A".
struct BatchCase {
  std::string folder;
  Tolerance tolerance;
};

/// Empty lines and those that begin with '#' are left out; false for a wrong field.
bool readBatchList(const std::string &text, const Tolerance &standard,
                   std::vector<BatchCase> &cases, std::string &misuse);

/// Compiles and verifies every case in order and prints, flushed at once, one line for each:
///   PASS folder
///   FAIL folder: reason              wrong, or could not be compiled or run
///   UNSUPPORTED folder: reason
///   CRASH folder: signal N           or: exit status N
///   TIMEOUT folder
/// The cases run in a child process, and a new one takes over behind a case that kills it or takes
/// longer than `seconds`. Exit status 0 if all pass, else 1.
int verifyBatch(const std::vector<BatchCase> &cases, const ProgramOptions &options, double seconds);

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_VERIFYBATCH_H
