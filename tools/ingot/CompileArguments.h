//===- CompileArguments.h - flags that say how to compile ------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_COMPILEARGUMENTS_H
#define INGOT_TOOLS_INGOT_COMPILEARGUMENTS_H

#include "tools/driver/Compile.h"
#include "tools/ingot/Arguments.h"

namespace ingot::cli {

struct CompileArguments {
  std::string model, output;
  CompileOptions options;
};

/// All of `ingot compile`'s flags; nothing, with `misuse`, when one of them is wrong.
std::optional<CompileArguments> readCompileArguments(const Arguments &arguments,
                                                     std::string &misuse);

/// Those that the other commands take for a model that they compile first: --cpu, -O, -j,
/// --reference, --verify-each, --time-report.
bool readPipelineFlags(const Arguments &arguments, CompileOptions &options, std::string &misuse);

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_COMPILEARGUMENTS_H
