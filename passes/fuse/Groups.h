//===- Groups.h - which operators run together ----------------------------------===//
//
// The decision part of fusion: assigns the operators of a block to groups without changing the IR.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_PASSES_FUSE_GROUPS_H
#define INGOT_PASSES_FUSE_GROUPS_H

#include "ir/Dialect.h"
#include "llvm/ADT/SetVector.h"

namespace ingot {

/// Operators that become one kernel, in program order.
struct Group {
  mlir::Operation *anchor = nullptr; ///< null: element-wise work only
  llvm::SmallVector<mlir::Operation *> ops;
  llvm::SmallVector<Dim> domain; ///< dimensions of the results
  int64_t weight = 0;            ///< of the operators, see Grouping::limitLength
  bool dead = false;             ///< moved into another group
};

class Grouping {
public:
  Grouping(mlir::Block &block, DimAnalysis &dims) : block(block), dims(dims) {}
  void run();

  /// As the operator states it, or Shape.
  FusionRole role(mlir::Operation *op);
  std::vector<Group> groups;
  /// The group of each operator that is in one; movement operators are in one only when their
  /// result must be stored.
  llvm::DenseMap<mlir::Operation *, unsigned> groupOf;

private:
  unsigned start(mlir::Operation *op);
  void add(unsigned group, mlir::Operation *op);
  bool joinProducer(mlir::Operation *op);
  void absorbProducers();
  bool isViewOfProduct(mlir::Operation *op);
  void limitLength(mlir::Operation *op);
  bool mustStore(mlir::Operation *movement);
  /// Where the elements of `v` lie in what is stored; nothing where no strides say it.
  std::optional<StridedView> placeOf(mlir::Value v);
  /// Groups whose values `op` reads, looking through movement operators that are not stored.
  void sources(mlir::Operation *op, llvm::SmallSetVector<unsigned, 4> &result);
  bool depends(unsigned group, unsigned on);
  bool readBy(mlir::Operation *op, llvm::SmallSetVector<mlir::Operation *, 4> &readers);
  void findMeasured();
  bool isMeasured(mlir::Operation *op);
  /// Whether a dimension of the result of `op` is an element of a value that `group` computes.
  bool isMeasuredBy(mlir::Operation *op, unsigned group);

  mlir::Block &block;
  DimAnalysis &dims;
  /// Values whose elements are sizes or positions to others: they must be in memory before those
  /// are launched.
  llvm::DenseSet<mlir::Value> measured;
  /// What an operator adds to a kernel, with the rearrangements that are repeated there for it.
  llvm::DenseMap<mlir::Operation *, int64_t> weights;
};

} // namespace ingot

#endif // INGOT_PASSES_FUSE_GROUPS_H
