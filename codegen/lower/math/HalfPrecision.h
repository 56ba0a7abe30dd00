// f16 and bf16 are storage formats: what is computed on them is computed in f32.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_LOWER_MATH_HALFPRECISION_H
#define INGOT_CODEGEN_LOWER_MATH_HALFPRECISION_H

#include "mlir/IR/Operation.h"
#include "mlir/IR/Types.h"

namespace ingot::elementary {

// f16, bf16 or a vector of them.
bool isHalf(mlir::Type type);

// `type` with another element type: scalar to scalar, vector to vector.
mlir::Type withElementType(mlir::Type type, mlir::Type element);

// Recomputes an op on half operands in f32, rounding its half results, and returns the f32 op.
mlir::Operation *computeInSingle(mlir::Operation *op);

} // namespace ingot::elementary
#endif
