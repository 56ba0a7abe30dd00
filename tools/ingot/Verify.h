//===- Verify.h - comparing a model with recorded outputs ------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_VERIFY_H
#define INGOT_TOOLS_INGOT_VERIFY_H

#include "tools/ingot/Compare.h"
#include "tools/ingot/Program.h"

#include <functional>

namespace ingot::cli {

/// What the comparison of one output shows: the sample's folder, the output's name, the result.
using OnCompared =
    std::function<void(const std::string &, const std::string &, const Comparison &)>;

/// Runs every sample of `dataFolder`. False, with the reason of the first failure, if the model
/// cannot be run or a result is wrong.
bool verify(Program &program, const std::string &dataFolder, const Tolerance &tolerance,
            const OnCompared &onCompared, Failure &failure);

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_VERIFY_H
