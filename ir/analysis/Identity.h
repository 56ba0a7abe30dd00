//===- Identity.h - operators that return their operand ------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_ANALYSIS_IDENTITY_H
#define INGOT_IR_ANALYSIS_IDENTITY_H

#include "ir/Dialect.h"

namespace ingot {

/// Whether the only result of `op` is its first operand, element by element in the same shape, as
/// far as `dims` can tell: a reshape to the same dimensions, a transpose that moves nothing, …
bool isIdentity(mlir::Operation *op, DimAnalysis &dims);

} // namespace ingot

#endif // INGOT_IR_ANALYSIS_IDENTITY_H
