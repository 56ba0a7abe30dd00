//===- Reduction.cpp - folding dimensions ----------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Reduction.h"
#include "ir/analysis/Axes.h"
#include "ir/ops/Scalar.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Reduction.cpp.inc"

void IngotDialect::registerReductionOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Reduction.cpp.inc"
      >();
}

//===- reduce ----------------------------------------------------------------------===//

static LogicalResult checkKind(Operation *op, StringRef kind) {
  static constexpr llvm::StringLiteral kinds[] = {"sum", "prod", "max", "min", "and", "or"};
  if (llvm::is_contained(kinds, kind))
    return success();
  return op->emitError("expected kind sum, prod, max, min, and or or, but got ") << kind;
}

LogicalResult ReduceOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo in = dims.info(getInput()), r;
  if (failed(checkKind(*this, getKind())))
    return failure();
  r.elementType = in.elementType;
  SmallVector<bool> folded(in.dims.size());
  for (int64_t axis : getAxes()) {
    if (axis < 0 || axis >= (int64_t)in.dims.size())
      return emitError("expected axes below the rank ") << in.dims.size() << ", but got " << axis;
    folded[axis] = true;
  }
  for (auto [d, fold] : llvm::zip(in.dims, folded)) {
    if (!fold)
      r.dims.push_back(d);
    else if (getKeepdims())
      r.dims.push_back(1);
  }
  if (in.elements && in.dims.size() == 1 && !getAxes().empty() &&
      (getKind() == "prod" || getKind() == "sum")) {
    Dim value(getKind() == "prod" ? 1 : 0);
    for (const Dim &d : *in.elements)
      value = getKind() == "prod" ? dims.space.mul(value, d) : dims.space.add(value, d);
    r.elements = SmallVector<Dim>{value};
  }
  results.push_back(std::move(r));
  return success();
}

Value ingot::combine(OpBuilder &b, Location loc, StringRef kind, bool isUnsigned, Value x, Value y) {
  bool isFloat = isa<FloatType>(getElementTypeOrSelf(x));
  if (kind == "sum")
    return isFloat ? (Value)arith::AddFOp::create(b, loc, x, y)
                   : (Value)arith::AddIOp::create(b, loc, x, y);
  if (kind == "prod")
    return isFloat ? (Value)arith::MulFOp::create(b, loc, x, y)
                   : (Value)arith::MulIOp::create(b, loc, x, y);
  if (kind == "and")
    return arith::AndIOp::create(b, loc, x, y);
  if (kind == "or")
    return arith::OrIOp::create(b, loc, x, y);
  if (kind == "max") {
    if (isFloat)
      return arith::MaximumFOp::create(b, loc, x, y);
    return isUnsigned ? (Value)arith::MaxUIOp::create(b, loc, x, y)
                      : (Value)arith::MaxSIOp::create(b, loc, x, y);
  }
  if (isFloat)
    return arith::MinimumFOp::create(b, loc, x, y);
  return isUnsigned ? (Value)arith::MinUIOp::create(b, loc, x, y)
                    : (Value)arith::MinSIOp::create(b, loc, x, y);
}

Value ingot::neutral(ElementBuilder &b, StringRef kind, Type element) {
  Type type = computeType(element);
  if (isa<FloatType>(type)) {
    double inf = std::numeric_limits<double>::infinity();
    return b.real(type, kind == "sum" ? 0 : kind == "prod" ? 1 : kind == "max" ? -inf : inf);
  }
  unsigned bits = type.getIntOrFloatBitWidth();
  bool isU = isUnsigned(element) || isBool(element);
  int64_t lowest = isU ? 0 : (int64_t)(1ull << (bits - 1)) << (64 - bits) >> (64 - bits);
  int64_t highest = isU ? -1 : ~lowest;
  if (kind == "sum" || kind == "or")
    return b.integer(type, 0);
  if (kind == "prod")
    return b.integer(type, 1);
  if (kind == "and")
    return b.integer(type, -1);
  return b.integer(type, kind == "max" ? lowest : highest);
}

FailureOr<Value> ReduceOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  SmallVector<Dim> in(b.dims.dims(getInput())), foldedDims;
  SmallVector<int64_t> axes(getAxes());
  llvm::sort(axes);
  axes.erase(llvm::unique(axes), axes.end());
  for (int64_t axis : axes)
    foldedDims.push_back(in[axis]);
  Type element = b.dims.elementType(getInput());
  return b.loopNest(foldedDims, ValueRange{neutral(b, getKind(), element)},
                    [&](ArrayRef<Index> folded, ValueRange sum) {
                      SmallVector<Index> inner;
                      size_t nextFolded = 0, nextKept = 0;
                      for (size_t i = 0; i < in.size(); ++i) {
                        bool fold = llvm::is_contained(axes, (int64_t)i);
                        if (fold)
                          inner.push_back(folded[nextFolded++]);
                        else
                          inner.push_back(at[nextKept]);
                        if (!fold || getKeepdims())
                          ++nextKept;
                      }
                      FailureOr<Value> x = b.read(getInput(), inner);
                      if (failed(x)) {
                        b.failed = true;
                        return SmallVector<Value>{sum[0]};
                      }
                      return SmallVector<Value>{
                          combine(b.b, b.loc, getKind(), isUnsigned(element), sum[0], *x)};
                    })[0];
}

//===- reduce_at -------------------------------------------------------------------===//

LogicalResult ReduceAtOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo in = dims.info(getInput()), r;
  int64_t rank = in.dims.size();
  if (failed(checkKind(*this, getKind())))
    return failure();
  auto axes = axisElements(*this, dims, getAxes(), -1, rank);
  if (failed(axes))
    return failure();
  DimSpace &s = dims.space;
  SmallVector<Dim> folded = axisMask(s, *axes, rank);
  r.elementType = in.elementType;
  if (getKeepdims()) {
    for (int64_t d = 0; d < rank; ++d)
      r.dims.push_back(s.add(in.dims[d], s.mul(folded[d], s.sub(Dim(1), in.dims[d]))));
  } else {
    // Result dimension k is the kept one with d - k folded before it.
    for (int64_t k = 0; k < rank - (int64_t)axes->size(); ++k) {
      Dim size(0), before(0);
      for (int64_t d = 0; d < rank; ++d) {
        Dim here = s.mul(s.sub(Dim(1), folded[d]), indicator(s, before, Dim(d - k)));
        size = s.add(size, s.mul(here, in.dims[d]));
        before = s.add(before, folded[d]);
      }
      r.dims.push_back(size);
    }
  }
  results.push_back(std::move(r));
  return success();
}

FailureOr<Value> ReduceAtOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  if (b.lanes() > 1)
    return failure();
  SmallVector<Dim> in(b.dims.dims(getInput()));
  int64_t rank = in.size();
  auto axes = axisElements(*this, b.dims, getAxes(), -1, rank);
  if (failed(axes))
    return failure();
  DimSpace &s = b.dims.space;
  SmallVector<Dim> folded = axisMask(s, *axes, rank);
  Type element = b.dims.elementType(getInput());
  // Every dimension is a loop: over all of it where folded, else over the one index of the result.
  SmallVector<Index> from, to;
  Dim before(0);
  for (int64_t d = 0; d < rank; ++d) {
    Index kept = b.constant(0);
    for (int64_t k = 0; k < (int64_t)at.size(); ++k) {
      Dim here = getKeepdims() ? Dim(d == k) : indicator(s, before, Dim(d - k));
      if (!here.is(0))
        kept = b.add(kept, b.mul(at[k], b.emit(here)));
    }
    before = s.add(before, folded[d]);
    Index isFolded = b.emit(folded[d]), one = b.constant(1);
    from.push_back(b.mul(b.sub(one, isFolded), kept));
    to.push_back(b.choose(arith::CmpIPredicate::eq, isFolded, one, b.emit(in[d]),
                          b.add(kept, one)));
  }
  return foldBox(b, getInput(), from, to, neutral(b, getKind(), element), [&](Value sum, Value x) {
    return combine(b.b, b.loc, getKind(), isUnsigned(element), sum, x);
  });
}

//===- arg_extreme -----------------------------------------------------------------===//

LogicalResult ArgExtremeOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo in = dims.info(getInput()), r;
  int64_t axis = getAxis();
  if (axis < 0 || axis >= (int64_t)in.dims.size())
    return emitError("expected an axis below the rank ") << in.dims.size() << ", but got " << axis;
  if (in.dims[axis].is(0))
    return emitError("expected elements along the axis, but got none");
  r.elementType = IntegerType::get(getContext(), 64, IntegerType::Signed);
  r.dims = in.dims;
  if (getKeepdims())
    r.dims[axis] = Dim(1);
  else
    r.dims.erase(r.dims.begin() + axis);
  results.push_back(std::move(r));
  return success();
}

FailureOr<Value> ArgExtremeOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  int64_t axis = getAxis();
  Type element = b.dims.elementType(getInput());
  auto inner = [&](Index i) {
    SmallVector<Index> where(at.take_front(axis));
    where.push_back(i);
    where.append(at.begin() + axis + (getKeepdims() ? 1 : 0), at.end());
    return where;
  };
  FailureOr<Value> first = b.readUnlessEmpty(getInput(), inner(b.constant(0)));
  if (failed(first))
    return failure();
  Scalar s{b.b, b.loc};
  Value zero = b.integer(b.b.getI64Type(), 0);
  bool isU = isUnsigned(element) || isBool(element);
  return b.loop(b.constant(1), b.dim(getInput(), axis), ValueRange{*first, zero},
                [&](Index i, ValueRange best) {
                  FailureOr<Value> x = b.read(getInput(), inner(i));
                  if (failed(x)) {
                    b.failed = true;
                    return SmallVector<Value>(best);
                  }
                  Value low = getLargest() ? best[0] : *x, high = getLargest() ? *x : best[0];
                  Value better = getSelectLast() ? s.lessOrEqual(low, high, isU)
                                                 : s.less(low, high, isU);
                  // NaN is the extreme of both kinds, as in numpy.
                  if (Scalar::isFloat(*x)) {
                    Value isNaN = s.isNaN(*x);
                    if (!getSelectLast())
                      isNaN = s.both(isNaN, s.equal(best[0], best[0]));
                    better = s.either(better, isNaN);
                  }
                  Value here = b.splat(
                      arith::IndexCastOp::create(b.b, b.loc, b.b.getI64Type(), i.value));
                  return SmallVector<Value>{s.select(better, *x, best[0]),
                                            s.select(better, here, best[1])};
                })[1];
}

//===- softmax ---------------------------------------------------------------------===//

LogicalResult SoftmaxOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r = dims.info(getInput());
  int64_t axis = getAxis();
  if (axis < 0 || axis >= (int64_t)r.dims.size())
    return emitError("expected an axis below the rank ") << r.dims.size() << ", but got " << axis;
  if (!isa<FloatType>(r.elementType))
    return emitError("expected floats, but got ") << elementTypeName(r.elementType);
  r.elements.reset();
  results.push_back(std::move(r));
  return success();
}

FailureOr<Value> SoftmaxOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  Type element = b.dims.elementType(getInput());
  auto fold = [&](StringRef kind, Value shift) {
    return b.loop(b.constant(0), b.dim(getInput(), getAxis()),
                  ValueRange{neutral(b, kind, element)}, [&](Index i, ValueRange acc) {
                    SmallVector<Index> inner(at);
                    inner[getAxis()] = i;
                    FailureOr<Value> x = b.read(getInput(), inner);
                    if (failed(x)) {
                      b.failed = true;
                      return SmallVector<Value>{acc[0]};
                    }
                    Value v = *x;
                    if (shift)
                      v = math::ExpOp::create(b.b, b.loc,
                                              arith::SubFOp::create(b.b, b.loc, v, shift));
                    return SmallVector<Value>{combine(b.b, b.loc, kind, false, acc[0], v)};
                  })[0];
  };
  Value max = fold("max", {});
  Value sum = fold("sum", max);
  FailureOr<Value> x = b.read(getInput(), at);
  if (failed(x))
    return failure();
  Value shifted = arith::SubFOp::create(b.b, b.loc, *x, max);
  if (getLog())
    return arith::SubFOp::create(b.b, b.loc, shifted, math::LogOp::create(b.b, b.loc, sum))
        .getResult();
  return arith::DivFOp::create(b.b, b.loc, math::ExpOp::create(b.b, b.loc, shifted), sum)
      .getResult();
}

//===- costs -----------------------------------------------------------------------===//

static Dim elementsOf(Value v, DimAnalysis &dims) { return dims.space.product(dims.dims(v)); }

Dim ReduceOp::operations(DimAnalysis &dims) { return elementsOf(getInput(), dims); }
Dim ReduceAtOp::operations(DimAnalysis &dims) { return elementsOf(getInput(), dims); }
Dim ArgExtremeOp::operations(DimAnalysis &dims) { return elementsOf(getInput(), dims); }

/// The maximum, the exponential of the distance from it, the sum, the quotient.
Dim SoftmaxOp::operations(DimAnalysis &dims) {
  return dims.space.mul(elementsOf(getInput(), dims), Dim(5));
}
