//===- Cumulative.cpp - running sums and products ---------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Cumulative.h"
#include "ir/analysis/Axes.h"
#include "ir/ops/Scalar.h"

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Cumulative.cpp.inc"

void IngotDialect::registerCumulativeOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Cumulative.cpp.inc"
      >();
}

static LogicalResult checkNumbers(Operation *op, Type t) {
  if (isa<FloatType>(t) || isInteger(t))
    return success();
  return op->emitError("expected numbers, but got ") << elementTypeName(t);
}

LogicalResult CumulativeOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r = dims.info(getInput());
  int64_t axis = getAxis();
  if (failed(checkNumbers(*this, r.elementType)))
    return failure();
  if (axis < 0 || axis >= (int64_t)r.dims.size())
    return emitError("expected an axis below the rank ") << r.dims.size() << ", but got " << axis;
  if (r.elements && r.dims.size() == 1 && !getProduct() && !getReverse()) {
    Dim sum(0);
    for (Dim &d : *r.elements) {
      Dim next = dims.space.add(sum, d);
      d = getExclusive() ? sum : next;
      sum = next;
    }
  } else {
    r.elements.reset();
  }
  results.push_back(std::move(r));
  return success();
}

static SmallVector<Dim> withoutAxis(ArrayRef<Dim> dims, int64_t axis) {
  SmallVector<Dim> rest(dims);
  rest.erase(rest.begin() + axis);
  return rest;
}

Dim CumulativeOp::tiles(DimAnalysis &dims) {
  return dims.space.product(withoutAxis(dims.dims(getInput()), getAxis()));
}

LogicalResult CumulativeOp::emitBody(ElementBuilder &b, Value tile) {
  int64_t axis = getAxis();
  SmallVector<Index> rest =
      b.delinearize({tile, Index::Uniform}, withoutAxis(b.dims.dims(getInput()), axis));
  Scalar s{b.b, b.loc};
  Value init = s.constant(b.laneType(b.dims.elementType(getInput())), getProduct() ? 1 : 0);
  Index count = b.dim(getInput(), axis);
  b.loop(b.constant(0), count, ValueRange{init}, [&](Index i, ValueRange sum) {
    if (getReverse())
      i = b.sub(b.sub(count, b.constant(1)), i);
    SmallVector<Index> at(rest);
    at.insert(at.begin() + axis, i);
    FailureOr<Value> x = b.read(getInput(), at);
    if (failed(x)) {
      b.failed = true;
      return SmallVector<Value>{sum[0]};
    }
    Value next = getProduct() ? s.mul(sum[0], *x) : s.add(sum[0], *x);
    b.write(getResult(), at, getExclusive() ? sum[0] : next);
    return SmallVector<Value>{next};
  });
  return success(!b.failed);
}

LogicalResult CumulativeAtOp::inferResults(DimAnalysis &dims,
                                           SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r = dims.info(getInput());
  auto axis = dims.elements(getAxis());
  if (failed(checkNumbers(*this, r.elementType)))
    return failure();
  if (!axis || axis->size() != 1)
    return emitError("expected an axis of one element");
  r.elements.reset();
  results.push_back(std::move(r));
  return success();
}

FailureOr<Value> CumulativeAtOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  if (b.lanes() > 1)
    return failure();
  Dim axis = (*b.dims.elements(getAxis()))[0];
  Scalar s{b.b, b.loc};
  int64_t rank = at.size();
  SmallVector<Index> from, to;
  Index one = b.constant(1);
  for (int64_t d = 0; d < rank; ++d) {
    Index here = b.emit(axisIndicator(b.dims.space, axis, d, rank));
    Index self = at[d], after = b.add(self, one), size = b.dim(getInput(), d);
    auto pick = [&](Index x, Index y) {
      return b.choose(arith::CmpIPredicate::eq, here, one, x, y);
    };
    if (getReverse()) {
      from.push_back(pick(getExclusive() ? after : self, self));
      to.push_back(pick(size, after));
    } else {
      from.push_back(pick(b.constant(0), self));
      to.push_back(pick(getExclusive() ? self : after, after));
    }
  }
  Value init = s.constant(b.laneType(b.dims.elementType(getInput())), getProduct() ? 1 : 0);
  return foldBox(b, getInput(), from, to, init,
                 [&](Value sum, Value x) { return getProduct() ? s.mul(sum, x) : s.add(sum, x); });
}
