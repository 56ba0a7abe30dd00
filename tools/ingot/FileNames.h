//===- FileNames.h - file names for the names of a model -------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_FILENAMES_H
#define INGOT_TOOLS_INGOT_FILENAMES_H

#include <string>
#include <vector>

namespace ingot::cli {

/// File names for the names of a model, which may be any bytes: letters, digits, '.', '_' and '-'
/// stay, others become '_', long ones are cut, and a number makes them unique.
std::vector<std::string> fileNames(const std::vector<std::string> &names);

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_FILENAMES_H
