//===- Logic.cpp - comparisons, truth values and bits -----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Logic.h"
#include "ir/ops/Scalar.h"
#include <limits>

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Logic.cpp.inc"

void IngotDialect::registerLogicOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Logic.cpp.inc"
      >();
}

static Type elementOf(Value v) { return cast<RankedTensorType>(v.getType()).getElementType(); }

/// Operands of one type that `accepts`; the result is of the same, or bool.
static Type checked(Operation *op, bool (*accepts)(Type), llvm::StringRef what, bool toBool) {
  Type a = elementOf(op->getOperand(0)), b = elementOf(op->getOperands().back());
  if (!accepts(a)) {
    op->emitError("expected ") << what << ", but got " << elementTypeName(a);
    return {};
  }
  if (a != b) {
    op->emitError("expected operands of one element type, but got ")
        << elementTypeName(a) << " and " << elementTypeName(b);
    return {};
  }
  return toBool ? IntegerType::get(op->getContext(), 1) : a;
}
static bool isNumber(Type t) { return isa<FloatType>(t) || isInteger(t); }
static bool isNumberOrBool(Type t) { return isNumber(t) || isBool(t); }

//===- comparisons ------------------------------------------------------------------===//

Type EqualOp::resultElementType() {
  return checked(*this, isNumberOrBool, "numbers or truth values", true);
}
Type LessOp::resultElementType() { return checked(*this, isNumber, "numbers", true); }
Type LessOrEqualOp::resultElementType() { return checked(*this, isNumber, "numbers", true); }

/// Least and largest of a - b. A difference beyond 64 bits is no size of the model: it counts as
/// unknown, or, of constants, as 1 or -1.
static std::pair<int64_t, int64_t> differenceBounds(DimSpace &s, const Dim &a, const Dim &b) {
  if (auto x = a.constant(), y = b.constant(); x && y) {
    int64_t order = (*x > *y) - (*x < *y);
    return {order, order};
  }
  bool overflowed = std::exchange(s.overflowed, false);
  Dim difference = s.sub(a, b);
  if (std::exchange(s.overflowed, overflowed))
    return {INT64_MIN, INT64_MAX};
  return {s.lowerBound(difference), s.upperBound(difference)};
}

/// 1 or 0 where the bounds of a - b decide it.
std::optional<Dim> EqualOp::evaluate(DimSpace &s, ArrayRef<Dim> x) {
  auto [least, most] = differenceBounds(s, x[0], x[1]);
  if (least == 0 && most == 0)
    return Dim(1);
  if (least > 0 || most < 0)
    return Dim(0);
  return std::nullopt;
}
std::optional<Dim> LessOp::evaluate(DimSpace &s, ArrayRef<Dim> x) {
  auto [least, most] = differenceBounds(s, x[0], x[1]);
  if (most < 0)
    return Dim(1);
  if (least >= 0)
    return Dim(0);
  return std::nullopt;
}
std::optional<Dim> LessOrEqualOp::evaluate(DimSpace &s, ArrayRef<Dim> x) {
  auto [least, most] = differenceBounds(s, x[0], x[1]);
  if (most <= 0)
    return Dim(1);
  if (least > 0)
    return Dim(0);
  return std::nullopt;
}

Value EqualOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return Scalar{b, loc}.equal(args[0], args[1]);
}
Value LessOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return Scalar{b, loc}.less(args[0], args[1], isUnsigned(elementOf(getA())));
}
Value LessOrEqualOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return Scalar{b, loc}.lessOrEqual(args[0], args[1], isUnsigned(elementOf(getA())));
}

//===- truth values -----------------------------------------------------------------===//

Type AndOp::resultElementType() { return checked(*this, isBool, "truth values", true); }
Type OrOp::resultElementType() { return checked(*this, isBool, "truth values", true); }
Type XorOp::resultElementType() { return checked(*this, isBool, "truth values", true); }

std::optional<Dim> AndOp::evaluate(DimSpace &s, ArrayRef<Dim> x) {
  if (x[0].is(0) || x[1].is(0))
    return Dim(0);
  return x[0].is(1) ? x[1] : x[1].is(1) ? std::optional<Dim>(x[0]) : std::nullopt;
}
std::optional<Dim> OrOp::evaluate(DimSpace &s, ArrayRef<Dim> x) {
  if (x[0].is(1) || x[1].is(1))
    return Dim(1);
  return x[0].is(0) ? x[1] : x[1].is(0) ? std::optional<Dim>(x[0]) : std::nullopt;
}
std::optional<Dim> XorOp::evaluate(DimSpace &s, ArrayRef<Dim> x) {
  if (x[0].constant() && x[1].constant())
    return Dim(x[0] != x[1]);
  return std::nullopt;
}
std::optional<Dim> NotOp::evaluate(DimSpace &s, ArrayRef<Dim> x) { return s.sub(Dim(1), x[0]); }

template <typename Op> static Value bitwise(OpBuilder &b, Location loc, ValueRange args) {
  return Op::create(b, loc, args[0], args[1]);
}
Value AndOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return bitwise<arith::AndIOp>(b, loc, args);
}
Value OrOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return bitwise<arith::OrIOp>(b, loc, args);
}
Value XorOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return bitwise<arith::XOrIOp>(b, loc, args);
}
Value NotOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return Scalar{b, loc}.negate(args[0]);
}

//===- bits -------------------------------------------------------------------------===//

#define INTEGER_TYPE(OP)                                                                           \
  Type OP::resultElementType() { return checked(*this, isInteger, "integers", false); }
INTEGER_TYPE(BitAndOp)
INTEGER_TYPE(BitOrOp)
INTEGER_TYPE(BitXorOp)
INTEGER_TYPE(ShiftLeftOp)
INTEGER_TYPE(ShiftRightOp)

Value BitAndOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return bitwise<arith::AndIOp>(b, loc, args);
}
Value BitOrOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return bitwise<arith::OrIOp>(b, loc, args);
}
Value BitXorOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return bitwise<arith::XOrIOp>(b, loc, args);
}
Value BitNotOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return arith::XOrIOp::create(b, loc, args[0], Scalar{b, loc}.constant(args[0], -1));
}

/// A shift by the width or more is undefined to LLVM; here it gives 0.
template <typename Op> static Value shift(OpBuilder &b, Location loc, ValueRange args) {
  Scalar s{b, loc};
  Value zero = s.constant(args[0], 0);
  Value fits = s.less(args[1], s.constant(args[1], Scalar::width(args[0])), true);
  return s.select(fits, Op::create(b, loc, args[0], s.select(fits, args[1], zero)), zero);
}
/// To the right of a signed integer the sign comes in, however far.
static Value shiftSigned(OpBuilder &b, Location loc, ValueRange args) {
  Scalar s{b, loc};
  Value last = s.constant(args[1], Scalar::width(args[0]) - 1);
  Value fits = s.lessOrEqual(args[1], last, true);
  return arith::ShRSIOp::create(b, loc, args[0], s.select(fits, args[1], last));
}
Value ShiftLeftOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return shift<arith::ShLIOp>(b, loc, args);
}
Value ShiftRightOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  if (isUnsigned(elementOf(getA())))
    return shift<arith::ShRUIOp>(b, loc, args);
  return shiftSigned(b, loc, args);
}

//===- kinds of floats --------------------------------------------------------------===//

static bool isFloatType(Type t) { return isa<FloatType>(t); }
Type IsNaNOp::resultElementType() { return checked(*this, isFloatType, "floats", true); }
Type IsInfOp::resultElementType() { return checked(*this, isFloatType, "floats", true); }

Value IsNaNOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return Scalar{b, loc}.isNaN(args[0]);
}
Value IsInfOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  Scalar s{b, loc};
  double infinity = std::numeric_limits<double>::infinity();
  Value x = args[0], result;
  if (getPositive())
    result = s.equal(x, s.constant(x, infinity));
  if (getNegative()) {
    Value negative = s.equal(x, s.constant(x, -infinity));
    result = result ? s.either(result, negative) : negative;
  }
  return result ? result : s.constant(withElement(x.getType(), b.getI1Type()), 0);
}

//===- where ------------------------------------------------------------------------===//

Type WhereOp::resultElementType() {
  Type condition = elementOf(getCondition()), a = elementOf(getA()), b = elementOf(getB());
  if (isBool(condition) && a == b)
    return a;
  if (!isBool(condition))
    emitError("expected a condition of truth values, but got ") << elementTypeName(condition);
  else
    emitError("expected operands of one element type, but got ")
        << elementTypeName(a) << " and " << elementTypeName(b);
  return {};
}

std::optional<Dim> WhereOp::evaluate(DimSpace &s, ArrayRef<Dim> x) {
  if (x[0].is(1))
    return x[1];
  if (x[0].is(0) || x[1] == x[2])
    return x[2];
  return std::nullopt;
}

Value WhereOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return Scalar{b, loc}.select(args[0], args[1], args[2]);
}
