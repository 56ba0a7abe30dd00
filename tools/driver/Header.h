//===- Header.h - the C header of a compiled model -------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_DRIVER_HEADER_H
#define INGOT_TOOLS_DRIVER_HEADER_H

#include "codegen/plan/Plan.h"
#include <string>

namespace ingot {

/// The text of NAME.h: shapes, the workspace macro, the typed function (fixed shapes only) with a
/// C++ overload, and the declaration of the metadata.
std::string headerText(const ModelPlan &plan, const std::string &name);

} // namespace ingot

#endif // INGOT_TOOLS_DRIVER_HEADER_H
