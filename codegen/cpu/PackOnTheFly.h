// Copies blocks of activations into the order the register tile reads, inside the kernel.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_CPU_PACKONTHEFLY_H
#define INGOT_CODEGEN_CPU_PACKONTHEFLY_H
#include "codegen/cpu/Index.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace ingot::cpu {

/// Element (k, line) of a matrix at buffer[offset + k · kStride + line · lineStride]; a line is a
/// row of A or a column of B.
struct StridedMatrix {
  mlir::Value buffer, offset;
  mlir::OpFoldResult kStride, lineStride;
};

/// Writes [kCount][width] at target[targetOffset] from lines [0, width). Of these, lines from
/// `lines` on do not exist: they are not read, and hold rubbish. `lines` may be null: all exist.
void emitPackLines(mlir::OpBuilder &b, mlir::Location loc, const StridedMatrix &matrix,
                   mlir::OpFoldResult kCount, unsigned width, mlir::Value lines, unsigned lanes,
                   mlir::Value target, mlir::Value targetOffset);

} // namespace ingot::cpu
#endif
