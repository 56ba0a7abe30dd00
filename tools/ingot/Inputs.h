//===- Inputs.h - what a run gets ------------------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_INPUTS_H
#define INGOT_TOOLS_INGOT_INPUTS_H

#include "tools/ingot/Arguments.h"
#include "tools/ingot/Failure.h"
#include "tools/ingot/Program.h"

#include <optional>

namespace ingot::cli {

/// --input and --shape, not yet matched with a model.
struct InputFlags {
  std::vector<std::string> files; ///< "NAME=FILE": both may contain '=', so only a model can tell
  std::vector<ShapeSpec> shapes;
};
bool readInputFlags(const Arguments &arguments, InputFlags &flags, std::string &misuse);

/// One value per passed input of the program, and a first run with them. A value comes from its
/// file, else it is generated: a dynamic dimension is that of --shape, then that of the inputs that
/// were read, else the least that is allowed, but at least 1. Where such a least dimension is
/// innermost and the model cannot do with it, say because it slides a window of 256 over it, it is
/// the least power of two with which the model runs. `results` belong to the program's context.
bool makeInputsAndRun(Program &program, const InputFlags &flags, std::vector<Value> &inputs,
                      std::vector<ingot_value> &results, Failure &failure);

/// A tensor of numbers that are the same on every machine: floats in [-1, 1), integers of 16 bits
/// and more 0 or 1 (most are indices, and 1 fits any table), smaller ones of their whole range,
/// strings "a" to "z". Nothing when it is too large for memory.
std::optional<Value> generate(int32_t elementType, const std::vector<int64_t> &dims, uint64_t seed);

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_INPUTS_H
