//===- Prune.h - passes that remove weights ------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_PASSES_PRUNE_PRUNE_H
#define INGOT_PASSES_PRUNE_PRUNE_H

#include "ir/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace ingot {

#define GEN_PASS_DECL
#include "passes/prune/Prune.h.inc"
#define GEN_PASS_REGISTRATION
#include "passes/prune/Prune.h.inc"

} // namespace ingot

#endif // INGOT_PASSES_PRUNE_PRUNE_H
