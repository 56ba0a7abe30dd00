//===- Unsupported.h - options that no phase reads ---------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_DRIVER_UNSUPPORTED_H
#define INGOT_TOOLS_DRIVER_UNSUPPORTED_H

#include "tools/driver/Compile.h"

namespace ingot {

/// Names the first option that is set although no phase heeds it, "" when there is none: what a
/// person asks for is done or refused, never dropped.
std::string unsupportedOption(const CompileOptions &options);

} // namespace ingot

#endif // INGOT_TOOLS_DRIVER_UNSUPPORTED_H
