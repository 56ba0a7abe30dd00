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

/// File names for the names of a model, which may be any bytes: letters, digits, '.', '_' and '-'
/// stay, others become '_', long ones are cut, and a number makes them unique.
std::vector<std::string> fileNames(const std::vector<std::string> &names);

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_OUTPUTFILES_H
