//===- OutputFiles.h - results as files ------------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_OUTPUTFILES_H
#define INGOT_TOOLS_INGOT_OUTPUTFILES_H

#include "tools/ingot/Failure.h"
#include "tools/ingot/Value.h"

namespace ingot::cli {

/// Writes FOLDER/NAME.npy, or .pb for what .npy cannot hold, and prints each file's name. The
/// folder is made when missing.
bool writeOutputs(const std::string &folder, const std::vector<std::string> &names,
                  const std::vector<Value> &outputs, Failure &failure);

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_OUTPUTFILES_H
