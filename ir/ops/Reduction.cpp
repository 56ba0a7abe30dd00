//===- Reduction.cpp - folding dimensions ----------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Reduction.h"
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

LogicalResult ReduceOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo in = dims.info(getInput()), r;
  static constexpr llvm::StringLiteral kinds[] = {"sum", "prod", "max", "min", "and", "or"};
  if (!llvm::is_contained(kinds, getKind()))
    return emitError("expected kind sum, prod, max, min, and or or, but got ") << getKind();
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

static Value combine(OpBuilder &b, Location loc, StringRef kind, bool isUnsigned, Value x, Value y) {
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

static Value neutral(ElementBuilder &b, StringRef kind, Type element) {
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
