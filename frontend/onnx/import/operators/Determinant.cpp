//===- Determinant.cpp - determinants by elimination --------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Registry.h"
#include "ir/ops/Elementwise.h"
#include "ir/ops/Index.h"
#include "ir/ops/Movement.h"
#include "ir/ops/Reduction.h"

using namespace mlir;

namespace ingot {

/// Each step is a handful of operators.
static constexpr int64_t largest = 16;

/// Gaussian elimination with the largest element of a column as its pivot, all matrices at once.
static Results determinant(ImportBuilder &b, NodeReader &n) {
  Value a = n.operand(0);
  int64_t rank = b.rank(a), row = rank - 2, column = rank - 1;
  if (!b.failed && rank < 2)
    n.error("expected input of rank 2 or more, but got " + Twine(rank));
  auto size = b.dim(a, column).constant();
  if (!b.failed && (!size || *size < 1 || *size > largest))
    n.unsupported("matrices must have a known size of at most " + Twine(largest));
  if (b.failed)
    return {};
  if (!b.dim(a, row).is(*size)) {
    n.error("expected square matrices");
    return {};
  }
  Value product;
  for (int64_t left = *size; left > 0; --left) {
    SmallVector<Dim> line = b.shape(a);
    if (b.failed)
      return {};
    line[row] = Dim(1);
    Value sizes = b.create<AbsOp>(b.slice(a, column, Dim(0), Dim(1)));
    Value at = b.create<ArgExtremeOp>(sizes, row, true, true, false);
    Value chosen = b.create<GatherElementsOp>(a, b.expand(at, line), row);
    Value pivot = b.slice(chosen, column, Dim(0), Dim(1));
    Value isFirst = b.equal(at, b.scalarLike(0, at));
    Value one = b.scalarLike(1, pivot), zero = b.scalarLike(0, pivot);
    // The exchange of two rows turns the sign.
    Value factor = b.mul(pivot, b.where(isFirst, one, b.scalarLike(-1, pivot)));
    product = product ? b.mul(product, factor) : factor;
    if (left == 1)
      break;
    Value number = b.alongAxis(b.counting(Dim(left)), row, rank);
    a = b.where(b.equal(number, at), b.slice(a, row, Dim(0), Dim(1)), a);
    Value rest = b.slice(a, row, Dim(1), Dim(left));
    Value share = b.div(b.slice(rest, column, Dim(0), Dim(1)),
                        b.where(b.equal(pivot, zero), one, pivot));
    a = b.sub(b.slice(rest, column, Dim(1), Dim(left)),
              b.mul(share, b.slice(chosen, column, Dim(1), Dim(left))));
  }
  return b.squeeze(product, {row, column});
}

ArrayRef<OperatorRow> determinantOperators() {
  static const OperatorRow rows[] = {{"", "Det", 11, determinant}};
  return rows;
}

} // namespace ingot
