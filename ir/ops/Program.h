//===- Program.h - operators of the family, declared --------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_OPS_PROGRAM_H
#define INGOT_IR_OPS_PROGRAM_H

#include "ir/Dialect.h"

#define GET_OP_CLASSES
#include "ir/ops/Program.h.inc"

namespace ingot {

/// Whether a tensor between kernels is in the memory of the GPU. Constants are in both.
bool liesOnGpu(mlir::Value v);

} // namespace ingot

#endif // INGOT_IR_OPS_PROGRAM_H
