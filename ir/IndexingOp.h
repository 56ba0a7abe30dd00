//===- IndexingOp.h - operators that take positions from data ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_INDEXINGOP_H
#define INGOT_IR_INDEXINGOP_H

#include "ir/Dialect.h"

namespace ingot {

/// Positions in an operand: its elements `first`, `first + step` … in row-major order, each in
/// [low, high).
struct Positions {
  mlir::Value tensor;
  Dim low, high;
  int64_t first = 0, step = 1;

  /// All elements of `tensor`, each in [-size, size): negative ones count from the end.
  static Positions fromEitherEnd(DimAnalysis &dims, mlir::Value tensor, const Dim &size) {
    return {tensor, dims.space.sub(0, size), size};
  }
};

/// The value that holds the same numbers in the same order, before reshapes and casts to wider
/// integers; of an argument of a kernel, what is passed for it.
mlir::Value sourceOfPositions(mlir::Value tensor);

/// The least and the largest of these positions; nullopt unless they are constants, rearranged or
/// not.
std::optional<std::pair<int64_t, int64_t>> extremesOf(const Positions &positions);

/// Whether all of these positions are known to lie in their range, whatever the run's sizes are.
bool areInside(const DimSpace &space, const Positions &positions);

} // namespace ingot

#include "ir/IndexingOp.h.inc"

#endif // INGOT_IR_INDEXINGOP_H
