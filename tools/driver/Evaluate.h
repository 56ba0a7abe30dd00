//===- Evaluate.h - constant folding by execution ---------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_DRIVER_EVALUATE_H
#define INGOT_TOOLS_DRIVER_EVALUATE_H

#include "mlir/IR/DialectRegistry.h"

namespace ingot {

/// Attaches to the dialect the Evaluator that compiles for x86-64-v3 and runs in this process.
/// Where this processor cannot run such code it fails, and nothing is folded.
void registerEvaluator(mlir::DialectRegistry &registry);

} // namespace ingot

#endif // INGOT_TOOLS_DRIVER_EVALUATE_H
