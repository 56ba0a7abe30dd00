//===- Cast.h - operators of the family, declared ---------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_OPS_CAST_H
#define INGOT_IR_OPS_CAST_H

#include "ir/Dialect.h"
#include "ir/ops/Scalar.h"

#define GET_OP_CLASSES
#include "ir/ops/Cast.h.inc"

namespace ingot {
/// Rounds a float (compute form) to what `to` can hold, as `cast` does; stays in compute form.
mlir::Value roundToType(Scalar &s, mlir::Value x, mlir::FloatType to, bool saturate,
                        llvm::StringRef mode = "up");
} // namespace ingot

#endif // INGOT_IR_OPS_CAST_H
