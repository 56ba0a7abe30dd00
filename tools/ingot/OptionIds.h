//===- OptionIds.h - the numbers of the flags ------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_OPTIONIDS_H
#define INGOT_TOOLS_INGOT_OPTIONIDS_H

#include "llvm/Option/OptTable.h"

namespace ingot::cli {

/// OPT_output, OPT_emit, … in the order of Options.td.
enum OptionId : unsigned {
  OPT_INVALID = 0,
#define OPTION(...) LLVM_MAKE_OPT_ID(__VA_ARGS__),
#include "tools/ingot/Options.inc"
#undef OPTION
};

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_OPTIONIDS_H
