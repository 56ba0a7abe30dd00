//===- Elementwise.cpp - arithmetic on every element ------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Elementwise.h"
#include "ir/ops/Scalar.h"
#include <cmath>

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

/// Both operands of one type, which is the result's.
static Type sameType(Operation *op) {
  Type a = elementOf(op->getOperand(0)), b = elementOf(op->getOperand(1));
  if (a != b) {
    op->emitError("expected operands of one element type, but got ")
        << elementTypeName(a) << " and " << elementTypeName(b);
    return {};
  }
  if (isa<FloatType>(a) || isInteger(a))
    return a;
  op->emitError("expected numbers, but got ") << elementTypeName(a);
  return {};
}

#define SAME_TYPE(OP)                                                                              \
  Type OP::resultElementType() { return sameType(*this); }
SAME_TYPE(AddOp)
SAME_TYPE(SubOp)
SAME_TYPE(MulOp)
SAME_TYPE(DivOp)
SAME_TYPE(MaxOp)
SAME_TYPE(MinOp)
SAME_TYPE(ModOp)

/// Arithmetic of unsigned or narrow integers wraps where dimensions do not: followed for 32 bits
/// and more, and for floats, whose integers are exact in the range of sizes.
static bool isFollowed(Value v) {
  Type t = elementOf(v);
  return isa<FloatType>(t) || storageBits(t) >= 32;
}

std::optional<Dim> AddOp::evaluate(DimSpace &s, ArrayRef<Dim> x) {
  return isFollowed(getA()) ? std::optional<Dim>(s.add(x[0], x[1])) : std::nullopt;
}
std::optional<Dim> SubOp::evaluate(DimSpace &s, ArrayRef<Dim> x) {
  return isFollowed(getA()) ? std::optional<Dim>(s.sub(x[0], x[1])) : std::nullopt;
}
std::optional<Dim> MulOp::evaluate(DimSpace &s, ArrayRef<Dim> x) {
  return isFollowed(getA()) ? std::optional<Dim>(s.mul(x[0], x[1])) : std::nullopt;
}
std::optional<Dim> MaxOp::evaluate(DimSpace &s, ArrayRef<Dim> x) { return s.max(x[0], x[1]); }
std::optional<Dim> MinOp::evaluate(DimSpace &s, ArrayRef<Dim> x) { return s.min(x[0], x[1]); }

std::optional<Dim> DivOp::evaluate(DimSpace &s, ArrayRef<Dim> x) {
  if (x[1].is(0))
    return std::nullopt;
  if (isa<FloatType>(elementOf(getA())))
    return s.exactDiv(x[0], x[1]);
  if (auto quotient = s.exactDiv(x[0], x[1]); quotient && x[1].constant())
    return quotient;
  if (auto a = x[0].constant(), b = x[1].constant(); a && b)
    return *b == -1 ? x[0] : Dim(*a / *b); // -1 divides all but the lowest integer exactly
  // Truncation is floor division only where nothing is negative.
  if (s.lowerBound(x[0]) >= 0 && s.lowerBound(x[1]) > 0)
    return s.floorDiv(x[0], x[1]);
  return std::nullopt;
}

std::optional<Dim> ModOp::evaluate(DimSpace &s, ArrayRef<Dim> x) {
  if (auto b = x[1].constant(); !b || *b <= 0)
    return std::nullopt;
  if (getFmod() && s.lowerBound(x[0]) < 0)
    return std::nullopt;
  return s.mod(x[0], x[1]);
}

Value AddOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return Scalar{b, loc}.add(args[0], args[1]);
}
Value SubOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return Scalar{b, loc}.sub(args[0], args[1]);
}
Value MulOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return Scalar{b, loc}.mul(args[0], args[1]);
}
Value DivOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  Scalar s{b, loc};
  if (Scalar::isFloat(args[0]))
    return s.div(args[0], args[1]);
  return s.divInteger(args[0], args[1], isUnsigned(elementOf(getA())));
}
Value MaxOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return Scalar{b, loc}.max(args[0], args[1], isUnsigned(elementOf(getA())));
}
Value MinOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return Scalar{b, loc}.min(args[0], args[1], isUnsigned(elementOf(getA())));
}

/// x - trunc(x / y) * y. The product with a quotient rounded to 53 bits leaves a remainder that is
/// exact (one fused operation) and 53 bits smaller, so that a few rounds serve any quotient; the
/// last may be off by one divisor.
static Value floatRemainder(Scalar &s, Value x, Value y) {
  Type own = getElementTypeOrSelf(x);
  Value rest = s.resizeFloat(x, s.b.getF64Type()), by = s.resizeFloat(y, s.b.getF64Type());
  Value dividend = rest, divisor = s.abs(by);
  rest = s.abs(rest);
  Value zero = s.constant(rest, 0);
  for (int round = 0; round < 4; ++round) {
    Value quotient = s.trunc(s.div(rest, divisor));
    Value next = s.fma(s.neg(quotient), divisor, rest);
    rest = s.select(s.less(rest, divisor), rest, s.abs(next));
    // A quotient rounded up leaves a negative remainder; its magnitude counts from the other side.
    rest = s.select(s.both(s.less(next, zero), s.less(rest, divisor)), s.sub(divisor, rest), rest);
  }
  // Infinite divisors leave the dividend as it is.
  Value infinity = s.constant(rest, std::numeric_limits<double>::infinity());
  rest = s.select(s.equal(divisor, infinity), s.abs(dividend), rest);
  Value isOdd = s.either(s.equal(divisor, zero), s.equal(s.abs(dividend), infinity));
  rest = s.select(isOdd, s.constant(rest, std::numeric_limits<double>::quiet_NaN()), rest);
  rest = math::CopySignOp::create(s.b, s.loc, rest, dividend);
  return s.resizeFloat(rest, own);
}

Value ModOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  Scalar s{b, loc};
  bool isU = isUnsigned(elementOf(getA()));
  Value x = args[0], y = args[1], zero = s.constant(x, 0);
  Value rest = Scalar::isFloat(x) ? floatRemainder(s, x, y) : s.remInteger(x, y, isU);
  if (getFmod() || isU)
    return rest;
  // Toward the sign of the divisor, as Python does.
  Value differs = arith::XOrIOp::create(b, loc, s.less(rest, zero), s.less(y, zero));
  Value moved = s.both(s.notEqual(rest, zero), differs);
  return s.select(moved, s.add(rest, y), rest);
}

//===- pow --------------------------------------------------------------------------===//

Type PowOp::resultElementType() {
  for (Value v : {getA(), getB()})
    if (Type t = elementOf(v); !isa<FloatType>(t) && !isInteger(t)) {
      emitError("expected numbers, but got ") << elementTypeName(t);
      return {};
    }
  return elementOf(getA());
}

/// Squares and multiplies over six bits of the exponent: with 64 and more, all but 0, 1 and -1
/// overflow, and these only ask for its parity.
static Value integerPower(Scalar &s, Value x, Value y, bool baseUnsigned, bool exponentUnsigned) {
  Type type = x.getType(), wide = s.b.getI64Type();
  Value exponent = s.resizeInteger(y, wide, exponentUnsigned);
  Value zero = s.constant(exponent, 0), one = s.constant(exponent, 1);
  Value negative = exponentUnsigned ? s.constant(s.equal(zero, zero), 0) : s.less(exponent, zero);
  Value limited = s.add(s.constant(exponent, 62), s.both(exponent, one));
  Value small = s.less(exponent, s.constant(exponent, 64), exponentUnsigned);
  Value magnitude = s.select(negative, s.neg(exponent), exponent);
  small = s.both(small, s.less(magnitude, s.constant(exponent, 64), true));
  Value e = s.select(small, magnitude, limited);
  Value result = s.constant(x, 1), square = x;
  for (int bit = 0; bit < 6; ++bit) {
    Value set = s.notEqual(s.both(e, s.integer(e.getType(), 1ll << bit)), zero);
    result = s.select(set, s.mul(result, square), result);
    if (bit < 5)
      square = s.mul(square, square);
  }
  Value isUnit = s.equal(x, s.constant(type, 1));
  if (!baseUnsigned)
    isUnit = s.either(isUnit, s.equal(x, s.constant(type, -1)));
  Value inverse = s.select(isUnit, result, s.constant(type, 0));
  return s.select(negative, inverse, result);
}

Value PowOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  Scalar s{b, loc};
  Type base = elementOf(getA()), exponent = elementOf(getB());
  bool baseUnsigned = isUnsigned(base), exponentUnsigned = isUnsigned(exponent);
  if (isa<FloatType>(base)) {
    Type own = getElementTypeOrSelf(args[0]);
    Value y = isa<FloatType>(exponent) ? s.resizeFloat(args[1], own)
                                       : s.toFloat(args[1], own, exponentUnsigned);
    return math::PowFOp::create(b, loc, args[0], y);
  }
  if (!isa<FloatType>(exponent))
    return integerPower(s, args[0], args[1], baseUnsigned, exponentUnsigned);
  Value x = s.toFloat(args[0], b.getF64Type(), baseUnsigned);
  Value y = s.resizeFloat(args[1], b.getF64Type());
  Value power = math::PowFOp::create(b, loc, x, y);
  // An integer result that came out a rounding error low must not lose one.
  Value nearest = s.round(power);
  Value close = s.lessOrEqual(s.abs(s.sub(power, nearest)),
                              s.mul(s.abs(nearest), s.constant(power, 1e-14)));
  return s.toInteger(s.select(close, nearest, power), getElementTypeOrSelf(args[0]),
                     storageBits(base), baseUnsigned);
}

//===- one operand --------------------------------------------------------------------===//

std::optional<Dim> NegOp::evaluate(DimSpace &s, ArrayRef<Dim> x) {
  return isFollowed(getX()) ? std::optional<Dim>(s.sub(Dim(0), x[0])) : std::nullopt;
}
std::optional<Dim> AbsOp::evaluate(DimSpace &s, ArrayRef<Dim> x) {
  return s.max(x[0], s.sub(Dim(0), x[0]));
}
std::optional<Dim> SignOp::evaluate(DimSpace &s, ArrayRef<Dim> x) {
  return s.max(Dim(-1), s.min(Dim(1), x[0]));
}

// Known elements are integers, which rounding leaves alone.
std::optional<Dim> FloorOp::evaluate(DimSpace &s, ArrayRef<Dim> x) { return x[0]; }
std::optional<Dim> CeilOp::evaluate(DimSpace &s, ArrayRef<Dim> x) { return x[0]; }
std::optional<Dim> RoundOp::evaluate(DimSpace &s, ArrayRef<Dim> x) { return x[0]; }

Value NegOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  return Scalar{b, loc}.neg(args[0]);
}
Value AbsOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  if (isUnsigned(elementOf(getX())))
    return args[0];
  return Scalar{b, loc}.abs(args[0]);
}
Value SignOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  Scalar s{b, loc};
  Value x = args[0], zero = s.constant(x, 0);
  // What is neither above nor below 0 stays: 0 and NaN.
  Value below = isUnsigned(elementOf(getX())) ? x
                                              : s.select(s.less(x, zero), s.constant(x, -1), x);
  return s.select(s.less(zero, x, isUnsigned(elementOf(getX()))), s.constant(x, 1), below);
}
#define ROUNDING(OP, FUNCTION)                                                                     \
  Value OP::emitScalar(OpBuilder &b, Location loc, ValueRange args) {                              \
    return Scalar::isFloat(args[0]) ? Scalar{b, loc}.FUNCTION(args[0]) : args[0];                  \
  }
ROUNDING(FloorOp, floor)
ROUNDING(CeilOp, ceil)
ROUNDING(RoundOp, round)
