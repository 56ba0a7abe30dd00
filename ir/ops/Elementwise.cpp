//===- Elementwise.cpp - scalar functions applied to every element ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Elementwise.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Elementwise.cpp.inc"

void IngotDialect::registerElementwiseOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Elementwise.cpp.inc"
      >();
}

static Type elementOf(Value v) { return cast<RankedTensorType>(v.getType()).getElementType(); }
static bool isFloat(Value v) { return isa<FloatType>(getElementTypeOrSelf(v)); }

/// Both operands of one type, which is the result's.
static Type sameType(Operation *op) {
  Type a = elementOf(op->getOperand(0)), b = elementOf(op->getOperand(1));
  if (a == b)
    return a;
  op->emitError("expected operands of one element type, but got ")
      << elementTypeName(a) << " and " << elementTypeName(b);
  return {};
}

/// Dimensions by broadcasting, and, where both are small integer tensors, the elements by `f`.
static LogicalResult inferWithElements(Operation *op, DimAnalysis &dims,
                                       SmallVectorImpl<TensorInfo> &results,
                                       llvm::function_ref<std::optional<Dim>(Dim, Dim)> f) {
  TensorInfo r;
  r.elementType = cast<ElementwiseOp>(op).resultElementType();
  if (!r.elementType)
    return failure();
  TensorInfo a = dims.info(op->getOperand(0)), b = dims.info(op->getOperand(1));
  if (failed(dims.broadcast(op, {a.dims, b.dims}, r.dims)))
    return failure();
  bool known = isa<IntegerType>(r.elementType) && (a.elements || b.elements) && r.dims.size() <= 1;
  if (known) {
    auto x = dims.elements(op->getOperand(0)), y = dims.elements(op->getOperand(1));
    if (x && y && (x->size() == y->size() || x->size() == 1 || y->size() == 1)) {
      SmallVector<Dim> values;
      for (size_t i = 0, n = x->empty() || y->empty() ? 0 : std::max(x->size(), y->size()); i < n;
           ++i) {
        std::optional<Dim> v = f((*x)[x->size() == 1 ? 0 : i], (*y)[y->size() == 1 ? 0 : i]);
        if (!v)
          break;
        values.push_back(*v);
      }
      if (values.size() == std::max(x->size(), y->size()))
        r.elements = values;
    }
  }
  results.push_back(std::move(r));
  return success();
}

template <typename FloatOp, typename IntOp>
static Value arithmetic(OpBuilder &b, Location loc, ValueRange args) {
  if (isFloat(args[0]))
    return FloatOp::create(b, loc, args[0], args[1]);
  return IntOp::create(b, loc, args[0], args[1]);
}

#define DIMENSION_BINARY(OP, EXPR)                                                                 \
  Type OP::resultElementType() { return sameType(*this); }                                         \
  LogicalResult OP::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {        \
    DimSpace &s = dims.space;                                                                      \
    return inferWithElements(*this, dims, results,                                                 \
                             [&](Dim a, Dim b) -> std::optional<Dim> { return EXPR; });            \
  }
DIMENSION_BINARY(AddOp, s.add(a, b))
DIMENSION_BINARY(SubOp, s.sub(a, b))
DIMENSION_BINARY(MulOp, s.mul(a, b))
DIMENSION_BINARY(MaxOp, s.max(a, b))
DIMENSION_BINARY(MinOp, s.min(a, b))
// Truncation is floor division only where nothing is negative.
DIMENSION_BINARY(DivOp, s.lowerBound(a) >= 0 && s.lowerBound(b) > 0
                            ? std::optional<Dim>(s.floorDiv(a, b))
                            : std::nullopt)

Value AddOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return arithmetic<arith::AddFOp, arith::AddIOp>(b, loc, args);
}
Value SubOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return arithmetic<arith::SubFOp, arith::SubIOp>(b, loc, args);
}
Value MulOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return arithmetic<arith::MulFOp, arith::MulIOp>(b, loc, args);
}
Value DivOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  if (isUnsigned(elementOf(getA())))
    return arithmetic<arith::DivFOp, arith::DivUIOp>(b, loc, args);
  return arithmetic<arith::DivFOp, arith::DivSIOp>(b, loc, args);
}
Value MaxOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  if (isUnsigned(elementOf(getA())))
    return arithmetic<arith::MaximumFOp, arith::MaxUIOp>(b, loc, args);
  return arithmetic<arith::MaximumFOp, arith::MaxSIOp>(b, loc, args);
}
Value MinOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  if (isUnsigned(elementOf(getA())))
    return arithmetic<arith::MinimumFOp, arith::MinUIOp>(b, loc, args);
  return arithmetic<arith::MinimumFOp, arith::MinSIOp>(b, loc, args);
}
Value NegOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  if (isFloat(args[0]))
    return arith::NegFOp::create(b, loc, args[0]);
  Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(args[0].getType()));
  return arith::SubIOp::create(b, loc, zero, args[0]);
}
Value ExpOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return math::ExpOp::create(b, loc, args[0]);
}
Value SqrtOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return math::SqrtOp::create(b, loc, args[0]);
}
Value TanhOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return math::TanhOp::create(b, loc, args[0]);
}
Value ErfOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return math::ErfOp::create(b, loc, args[0]);
}
