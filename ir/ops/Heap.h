//===- Heap.h - sorting in place, as emitted code ------------------------------===//
//
// A binary heap over some array that load and store reach: an entry is a few values, and the entry
// that comes last in the wanted order is on top. No recursion, no memory beside the array,
// O(n log n) for any data (Williams 1964).
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_OPS_HEAP_H
#define INGOT_IR_OPS_HEAP_H

#include "ir/ElementBuilder.h"

namespace ingot {

struct Heap {
  using Entry = llvm::SmallVector<mlir::Value, 2>;
  ElementBuilder &b;
  std::function<Entry(Index)> load;
  std::function<void(Index, mlir::ValueRange)> store;
  /// One bit: the first comes before the second. A strict total order makes the result unique.
  std::function<mlir::Value(mlir::ValueRange, mlir::ValueRange)> before;

  /// Makes a heap of the first `count` entries, whatever their order.
  void build(Index count);
  /// Puts `entry` into the heap of `count` in place of the one on top.
  void replaceTop(mlir::ValueRange entry, Index count);
  /// From a heap to the wanted order.
  void unwind(Index count);
  void sort(Index count) {
    build(count);
    unwind(count);
  }

private:
  void siftDown(mlir::ValueRange entry, Index hole, Index count);
};

} // namespace ingot

#endif // INGOT_IR_OPS_HEAP_H
