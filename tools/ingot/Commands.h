//===- Commands.h - what `ingot` does --------------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_COMMANDS_H
#define INGOT_TOOLS_INGOT_COMMANDS_H

#include "tools/ingot/Arguments.h"

namespace ingot::cli {

/// Each takes its parsed command line and returns the exit status of enum Outcome.
int compileCommand(const Arguments &arguments);
int runCommand(const Arguments &arguments);
int verifyCommand(const Arguments &arguments);
int benchCommand(const Arguments &arguments);
int inspectCommand(const Arguments &arguments);

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_COMMANDS_H
