//===- ElementBuilder.h - how operators emit themselves -----------------------===//
//
// Operators describe their computation against this interface; code generation implements it. An
// index is uniform, or differs by one from lane to lane, or differs arbitrarily. With one lane all
// indices are uniform and values are scalars, else values are vectors of `lanes` elements.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_ELEMENTBUILDER_H
#define INGOT_IR_ELEMENTBUILDER_H

#include "ir/analysis/DimAnalysis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include <functional>

namespace ingot {

struct Index {
  enum Lanes { Uniform, Consecutive, Varying };
  /// `index` for uniform and consecutive (the first lane's), vector<lanes x index> for varying.
  mlir::Value value;
  Lanes lanes = Uniform;
  bool isUniform() const { return lanes == Uniform; }
};

/// Where a tensor's elements lie: offset + sum(index[i] * strides[i]), in elements.
struct StridedView {
  mlir::Value base;
  Dim offset;
  llvm::SmallVector<Dim> dims, strides;
};

class ElementBuilder {
public:
  ElementBuilder(mlir::OpBuilder &b, mlir::Location loc, DimAnalysis &dims, int64_t lanes)
      : b(b), loc(loc), dims(dims), laneCount(lanes) {}
  virtual ~ElementBuilder() = default;

  int64_t lanes() const { return laneCount; }

  // Elements, in compute form.
  virtual llvm::FailureOr<mlir::Value> read(mlir::Value tensor, llvm::ArrayRef<Index> at) = 0;
  /// The element at a row-major position.
  virtual llvm::FailureOr<mlir::Value> readLinear(mlir::Value tensor, Index position);
  /// An integer element as an index; uniform where `at` is.
  llvm::FailureOr<Index> readIndex(mlir::Value tensor, llvm::ArrayRef<Index> at);
  /// The element if `inside` (one bit, whatever the lanes), else `otherwise` (null: zero) without a
  /// memory access.
  llvm::FailureOr<mlir::Value> readIf(mlir::Value inside, mlir::Value tensor,
                                      llvm::ArrayRef<Index> at, mlir::Value otherwise = {});
  /// The element, or zero where `tensor` may be empty at run time: for operators that clamp
  /// positions found in data.
  llvm::FailureOr<mlir::Value> readUnlessEmpty(mlir::Value tensor, llvm::ArrayRef<Index> at);
  /// Body operators only: stores an element of a result, or reads back what was stored.
  virtual void write(mlir::Value result, llvm::ArrayRef<Index> at, mlir::Value element);
  virtual mlir::Value readBack(mlir::Value result, llvm::ArrayRef<Index> at);
  /// Body operators only: scratch buffer `k` as a linear memref of its storage type.
  virtual mlir::Value scratch(unsigned k);

  // Dimensions and index arithmetic.
  virtual Index emit(const Dim &d) = 0;
  Index dim(mlir::Value tensor, int64_t i) { return emit(dims.dim(tensor, i)); }
  Index constant(int64_t value);
  Index add(Index a, Index b);
  Index sub(Index a, Index b);
  Index mul(Index a, Index b);
  Index div(Index a, Index b); ///< floor, for non-negative a and positive b
  Index rem(Index a, Index b);
  Index floorMod(Index a, Index b); ///< in [0, b) for any a and positive b
  Index min(Index a, Index b);
  Index max(Index a, Index b);
  /// i1 or vector of i1.
  mlir::Value compare(mlir::arith::CmpIPredicate predicate, Index a, Index b);
  Index select(mlir::Value condition, Index a, Index b);
  /// x where a compares with b, else y; uniform where all are.
  Index choose(mlir::arith::CmpIPredicate predicate, Index a, Index b, Index x, Index y);
  /// A position found in data: negative ones count from the end, the rest is clamped, so that no
  /// access leaves the dimension whatever the data says.
  Index wrap(Index position, Index size);
  /// Row-major position of an index in a shape, and back.
  Index linearize(llvm::ArrayRef<Index> at, llvm::ArrayRef<Dim> shape);
  llvm::SmallVector<Index> delinearize(Index position, llvm::ArrayRef<Dim> shape);
  /// An integer element (compute form of `element`) as an index, and an index as an element.
  Index toIndex(mlir::Value element, mlir::Type elementType);
  mlir::Value fromIndex(Index i, mlir::Type elementType);
  /// The indices at which an operand is read when it is broadcast to `result` shape.
  llvm::SmallVector<Index> broadcast(mlir::Value operand, llvm::ArrayRef<Index> at,
                                     llvm::ArrayRef<Dim> resultDims);

  // Values.
  mlir::Value integer(mlir::Type computeType, int64_t value); ///< splat over the lanes
  mlir::Value real(mlir::Type computeType, double value);
  /// The register type of an element: computeType, times the lanes.
  mlir::Type laneType(mlir::Type elementType);
  mlir::Value splat(mlir::Value scalar);

  // Loops; bounds are uniform.
  using LoopBody =
      std::function<llvm::SmallVector<mlir::Value>(Index i, mlir::ValueRange carried)>;
  llvm::SmallVector<mlir::Value> loop(Index from, Index to, mlir::ValueRange init, LoopBody body);
  void loop(Index from, Index to, std::function<void(Index)> body);
  /// Nested loops over all indices of a shape, innermost last.
  llvm::SmallVector<mlir::Value>
  loopNest(llvm::ArrayRef<Dim> shape, mlir::ValueRange init,
           std::function<llvm::SmallVector<mlir::Value>(llvm::ArrayRef<Index>, mlir::ValueRange)>
               body);
  llvm::SmallVector<mlir::Value>
  whileLoop(mlir::ValueRange init, std::function<mlir::Value(mlir::ValueRange)> condition,
            std::function<llvm::SmallVector<mlir::Value>(mlir::ValueRange)> body);
  llvm::SmallVector<mlir::Value>
  ifElse(mlir::Value condition, mlir::TypeRange types,
         std::function<llvm::SmallVector<mlir::Value>()> then,
         std::function<llvm::SmallVector<mlir::Value>()> otherwise);
  void ifThen(mlir::Value condition, std::function<void()> then);
  /// Set when emission inside a callback failed; the caller of emitElement checks it.
  bool failed = false;

  mlir::OpBuilder &b;
  mlir::Location loc;
  DimAnalysis &dims;

private:
  mlir::Value lanesOf(Index i);
  template <typename Op> Index binary(Index a, Index b);

  int64_t laneCount;
};

} // namespace ingot

#endif // INGOT_IR_ELEMENTBUILDER_H
