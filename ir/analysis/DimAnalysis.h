//===- DimAnalysis.h - dimensions and small integer values of a function ----===//
//
// Forward analysis over a function in program order: every tensor gets its dimensions as
// polynomials, every small integer tensor the polynomials of its elements. Operators take part
// through DimensionOp and ElementwiseOp.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_ANALYSIS_DIMANALYSIS_H
#define INGOT_IR_ANALYSIS_DIMANALYSIS_H

#include "ir/analysis/Dim.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

namespace ingot {

/// What is known of one value.
struct TensorInfo {
  mlir::Type elementType;
  llvm::SmallVector<Dim> dims;
  /// Elements in row-major order, for integer and bool tensors of at most `maxElements`; for float
  /// tensors that hold integers (dimensions on their way through a float computation) as well.
  std::optional<llvm::SmallVector<Dim>> elements;
  /// Set instead of the above for what is no tensor.
  mlir::Type otherType;

  static constexpr int64_t maxElements = 1024;
  mlir::Type type() const;
};

class DimAnalysis {
public:
  DimAnalysis() = default;
  /// Runs over all of `root` (a function, or the region of an op); false after a diagnostic.
  mlir::LogicalResult run(mlir::Operation *root);
  /// Analyses one op whose operands are known, its regions included.
  mlir::LogicalResult visit(mlir::Operation *op);
  mlir::LogicalResult visitBlock(mlir::Block &block);

  const TensorInfo &info(mlir::Value v);
  llvm::ArrayRef<Dim> dims(mlir::Value v) { return info(v).dims; }
  Dim dim(mlir::Value v, int64_t i) { return info(v).dims[i]; }
  int64_t rank(mlir::Value v) { return info(v).dims.size(); }
  mlir::Type elementType(mlir::Value v) { return info(v).elementType; }
  /// Elements of an integer tensor: known expressions, or symbols where its size is known.
  /// Empty optional when the number of elements is not static or beyond the limit.
  std::optional<llvm::SmallVector<Dim>> elements(mlir::Value v);
  /// Known elements: as above, but without making symbols for what is unknown.
  std::optional<llvm::SmallVector<Dim>> knownElements(mlir::Value v);
  /// Known elements, or, of a tensor as short as shapes are, symbols: for operators that move
  /// elements without looking at them.
  std::optional<llvm::SmallVector<Dim>> shortElements(mlir::Value v);
  /// The elements if they are known at compile time.
  std::optional<llvm::SmallVector<int64_t>> constants(mlir::Value v);

  /// Gives the arguments of a function their symbols and `ingot.dims` names.
  void bindArguments(mlir::Operation *function);
  /// The elements of a small tensor by their indices; nullopt where `element` gives it, the shape is
  /// not static, or the count beyond the limit.
  static std::optional<llvm::SmallVector<Dim>>
  tabulate(llvm::ArrayRef<Dim> shape,
           llvm::function_ref<std::optional<Dim>(llvm::ArrayRef<int64_t>)> element);
  /// The known element at an index of a tensor with known elements.
  static std::optional<Dim> elementAt(const TensorInfo &info, llvm::ArrayRef<int64_t> at);
  /// A size born inside a run, element `i` of `v`: like elements(v)[i], and never negative.
  std::optional<Dim> sizeElement(mlir::Value v, int64_t i);

  /// Gives a value its symbols: every unknown dimension of its type becomes `dim i of v`.
  void bindFresh(mlir::Value v);
  void set(mlir::Value v, TensorInfo info) { infos[v] = std::move(info); }

  /// Right-aligned numpy broadcasting of several shapes; a dynamic dimension against another is
  /// assumed equal to it when `op` cannot tell (the entry guard checks), see Broadcast.cpp.
  mlir::LogicalResult broadcast(mlir::Operation *op, llvm::ArrayRef<llvm::ArrayRef<Dim>> shapes,
                                llvm::SmallVectorImpl<Dim> &result);
  /// Whether an operand dimension is stretched (reads index 0) in a result dimension: yes, no, or
  /// only known at run time (null).
  static std::optional<bool> isStretched(const Dim &operand, const Dim &result);

  /// What inference took for granted where sizes are known only at run time: `dim` is `expected`,
  /// or, if it `stretches`, 1. The program checks it, see codegen/plan/Guards.cpp.
  struct Relation {
    mlir::Operation *op;
    Dim dim, expected;
    bool stretches;
  };
  std::vector<Relation> relations;
  void require(mlir::Operation *op, const Dim &dim, const Dim &expected, bool stretches = false);
  /// States that `dim`, which `what` names, is `expected`: an error of `op` where both are known now
  /// and differ, else a relation that the run checks.
  mlir::LogicalResult agree(mlir::Operation *op, const Dim &dim, const Dim &expected,
                            llvm::StringRef what, bool stretches = false);

  DimSpace space;

private:
  mlir::LogicalResult visitElementwise(mlir::Operation *op);
  void evaluateElements(mlir::Operation *op, TensorInfo &result);

  llvm::DenseMap<mlir::Value, TensorInfo> infos;
  llvm::StringMap<Dim> named;
};

} // namespace ingot

#endif // INGOT_IR_ANALYSIS_DIMANALYSIS_H
