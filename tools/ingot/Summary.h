//===- Summary.h - a value in one line -------------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_SUMMARY_H
#define INGOT_TOOLS_INGOT_SUMMARY_H

#include "tools/ingot/Value.h"

namespace ingot::cli {

/// "float[1,10] min -0.5 max 3.25 mean 0.1", over the numbers that are finite; others are counted
/// behind it. Of strings and containers the type alone.
std::string summary(const Value &value);

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_SUMMARY_H
