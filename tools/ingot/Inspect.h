//===- Inspect.h - what models and artifacts hold, as text -----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_INSPECT_H
#define INGOT_TOOLS_INGOT_INSPECT_H

#include "frontend/onnx/Model.h"
#include "ingot/abi.h"

#include <string>

namespace ingot::cli {

/// Producer, opsets, inputs and outputs, parameters, operators by number; names escaped.
std::string describeModel(const onnx::Model &model);

/// Entry points with their ports and symbols, states, targets with their arenas, weights.
std::string describeArtifact(const ingot_model &model);

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_INSPECT_H
