//===- ImportBuilder.h - building operators whose facts are known at once ---------===//
//
// Dimensions are inferred while the model is imported: every operator's result types, dimensions
// and small integer values are known as soon as it is created, so that importer functions can ask
// about any value they hold.
//
// After a failure the builder goes on with a stand-in value: `create` builds nothing, `rank` and
// `dim` answer something harmless, and the node's results are dropped. Functions need not check
// after every step.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_FRONTEND_ONNX_IMPORT_IMPORTBUILDER_H
#define INGOT_FRONTEND_ONNX_IMPORT_IMPORTBUILDER_H

#include "frontend/onnx/import/ConstantPool.h"
#include "ir/ConstantView.h"
#include "ir/Dialect.h"

namespace ingot {

class ImportBuilder {
public:
  ImportBuilder(mlir::Block *entry)
      : b(mlir::OpBuilder::atBlockEnd(entry)), loc(b.getUnknownLoc()), pool(entry, dims) {}

  /// Creates an operator of one result; the arguments are those of its builder after the type.
  template <typename Op, typename... Args> mlir::Value create(Args &&...args) {
    if (failed)
      return standIn();
    mlir::Operation *op =
        Op::create(b, loc, mlir::Type(b.getNoneType()), std::forward<Args>(args)...);
    return finish(op) ? op->getResult(0) : standIn();
  }
  /// The same for an operator of `count` results.
  template <typename Op, typename... Args>
  llvm::SmallVector<mlir::Value> createMany(unsigned count, Args &&...args) {
    if (failed)
      return llvm::SmallVector<mlir::Value>(count, standIn());
    llvm::SmallVector<mlir::Type> types(count, b.getNoneType());
    mlir::Operation *op =
        Op::create(b, loc, mlir::TypeRange(types), std::forward<Args>(args)...);
    if (!finish(op))
      return llvm::SmallVector<mlir::Value>(count, standIn());
    return op->getResults();
  }
  /// Infers the results of an operator that was built by hand, and sets their types; false after a
  /// diagnostic.
  bool finish(mlir::Operation *op);
  /// Reports an error of the current node.
  void error(const llvm::Twine &message);

  // What is known.
  int64_t rank(mlir::Value v) { return failed ? 0 : dims.rank(v); }
  Dim dim(mlir::Value v, int64_t i);
  llvm::SmallVector<Dim> shape(mlir::Value v);
  mlir::Type elementType(mlir::Value v);
  /// The elements of an integer tensor, if all are known.
  std::optional<llvm::SmallVector<int64_t>> constants(mlir::Value v);
  /// The only element of a known tensor, whatever its rank.
  std::optional<double> constantReal(mlir::Value v);
  /// `axis` in [0, rank) for one in [-rank, rank); an error beyond. `where` is what is counted.
  int64_t normalizeAxis(int64_t axis, int64_t rank, llvm::StringRef what = "axis");

  // Constants.
  /// A vector (or with `isScalar`, of rank 0) of int64, or of the given integer type.
  mlir::Value integers(llvm::ArrayRef<int64_t> values, mlir::Type element = {},
                       bool isScalar = false);
  mlir::Value scalar(double value, mlir::Type element);
  /// A scalar of the element type of `like`.
  mlir::Value scalarLike(double value, mlir::Value like) {
    return scalar(value, elementType(like));
  }
  mlir::Value tensor(mlir::RankedTensorType type, llvm::ArrayRef<char> bytes, bool borrow = false);

  // Dimensions as values, and what is done with them.
  /// An int64 vector with these values at run time.
  mlir::Value shapeTensor(llvm::ArrayRef<Dim> values);
  mlir::Value reshape(mlir::Value v, llvm::ArrayRef<Dim> dims);
  mlir::Value transpose(mlir::Value v, llvm::ArrayRef<int64_t> permutation);
  /// Dimensions [first, last) become one.
  mlir::Value mergeDims(mlir::Value v, int64_t first, int64_t last);
  mlir::Value squeeze(mlir::Value v, llvm::ArrayRef<int64_t> axes);
  /// `axes` count in the result.
  mlir::Value unsqueeze(mlir::Value v, llvm::ArrayRef<int64_t> axes);
  mlir::Value expand(mlir::Value v, llvm::ArrayRef<Dim> dims);
  /// A vector along dimension `axis` of a tensor of rank `rank`: [n] to [1, n, 1 …].
  mlir::Value alongAxis(mlir::Value vector, int64_t axis, int64_t rank);

  /// Elements start, start + step … before end of one dimension.
  mlir::Value slice(mlir::Value v, int64_t axis, const Dim &start, const Dim &end,
                    int64_t step = 1);
  mlir::Value concat(llvm::ArrayRef<mlir::Value> values, int64_t axis);
  /// 0, 1 … count - 1 of int64.
  mlir::Value counting(const Dim &count);
  /// Stands for an optional operand of an operator that is left out.
  mlir::Value none();

  // Arithmetic with broadcasting.
  mlir::Value add(mlir::Value x, mlir::Value y);
  mlir::Value sub(mlir::Value x, mlir::Value y);
  mlir::Value mul(mlir::Value x, mlir::Value y);
  mlir::Value div(mlir::Value x, mlir::Value y);
  mlir::Value max(mlir::Value x, mlir::Value y);
  mlir::Value min(mlir::Value x, mlir::Value y);
  mlir::Value where(mlir::Value condition, mlir::Value x, mlir::Value y);
  mlir::Value less(mlir::Value x, mlir::Value y);
  mlir::Value equal(mlir::Value x, mlir::Value y);
  mlir::Value sqrt(mlir::Value x);
  mlir::Value exp(mlir::Value x);
  mlir::Value pow(mlir::Value x, double y);
  mlir::Value add(mlir::Value x, double y) { return add(x, scalarLike(y, x)); }
  mlir::Value mul(mlir::Value x, double y) { return mul(x, scalarLike(y, x)); }

  mlir::Value cast(mlir::Value x, mlir::Type element);

  // Folding.
  /// `kind` as of the op: sum, prod, max, min, and, or.
  mlir::Value reduce(llvm::StringRef kind, mlir::Value x, llvm::ArrayRef<int64_t> axes,
                     bool keepdims = true);
  /// Sums of floats below 32 bits are kept in f32 until they are divided.
  mlir::Value mean(mlir::Value x, llvm::ArrayRef<int64_t> axes, bool keepdims = true);
  /// The axes from `first` to the last.
  llvm::SmallVector<int64_t> axesFrom(mlir::Value x, int64_t first);

  mlir::OpBuilder b;
  mlir::Location loc;
  DimAnalysis dims;
  ConstantPool pool;
  /// Bodies of loops that were imported under assumptions that did not hold; kept because symbols
  /// are known by the addresses of their values.
  std::vector<std::unique_ptr<mlir::Block>> discarded;
  /// An `if` whose branches give values of different ranks: what follows it belongs into both of
  /// them, which the importer of the graph sees to.
  mlir::Operation *diverged = nullptr;
  /// Set for the rest of the current node once something went wrong.
  bool failed = false;

private:
  mlir::Value standIn();
  mlir::Value dimValue(const Dim &d);
  mlir::Value atomValue(AtomId id);
};

} // namespace ingot

#endif // INGOT_FRONTEND_ONNX_IMPORT_IMPORTBUILDER_H
