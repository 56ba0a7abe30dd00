//===- States.h - pairs of input and output that a context keeps -------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_DRIVER_STATES_H
#define INGOT_TOOLS_DRIVER_STATES_H

#include "codegen/plan/Plan.h"
#include "frontend/onnx/Diagnostics.h"

namespace ingot {

/// Marks the input and the output of every pair "IN:OUT[:axis=MAX]" with `ingot.state` and gives the
/// dimension that grows its bounds 0..MAX. All other dimensions must be fixed. Fills `states` for
/// the first entry point; those of the others must be the same. False after a diagnostic.
bool bindStates(mlir::func::FuncOp function, const std::vector<std::string> &specs,
                std::vector<StatePlan> &states, onnx::Diagnostics &diagnostics);

} // namespace ingot

#endif // INGOT_TOOLS_DRIVER_STATES_H
