//===- Quantize.h - passes that make or use quantized tensors ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_PASSES_QUANTIZE_QUANTIZE_H
#define INGOT_PASSES_QUANTIZE_QUANTIZE_H

#include "ir/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace ingot {

#define GEN_PASS_DECL
#include "passes/quantize/Quantize.h.inc"
#define GEN_PASS_REGISTRATION
#include "passes/quantize/Quantize.h.inc"

} // namespace ingot

#endif // INGOT_PASSES_QUANTIZE_QUANTIZE_H
