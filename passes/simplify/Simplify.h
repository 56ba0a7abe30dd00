//===- Simplify.h - passes from imported to simplified form ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_PASSES_SIMPLIFY_SIMPLIFY_H
#define INGOT_PASSES_SIMPLIFY_SIMPLIFY_H

#include "ir/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace ingot {

#define GEN_PASS_DECL
#include "passes/simplify/Simplify.h.inc"
#define GEN_PASS_REGISTRATION
#include "passes/simplify/Simplify.h.inc"

} // namespace ingot

#endif // INGOT_PASSES_SIMPLIFY_SIMPLIFY_H
