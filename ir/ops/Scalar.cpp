//===- Scalar.cpp - arithmetic on scalars and vectors alike -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Scalar.h"
#include <cmath>

using namespace mlir;

namespace ingot {

Type withElement(Type like, Type element) {
  if (auto vector = dyn_cast<VectorType>(like))
    return VectorType::get(vector.getShape(), element);
  return element;
}

static Value constantOf(OpBuilder &b, Location loc, Type type, TypedAttr value) {
  if (auto vector = dyn_cast<VectorType>(type))
    value = DenseElementsAttr::get(vector, (Attribute)value);
  return arith::ConstantOp::create(b, loc, value);
}

Value Scalar::constant(Type like, double value) {
  Type element = getElementTypeOrSelf(like);
  if (isa<FloatType>(element))
    return constantOf(b, loc, like, b.getFloatAttr(element, value));
  return integer(like, (int64_t)value);
}

Value Scalar::integer(Type like, int64_t value) {
  Type element = getElementTypeOrSelf(like);
  if (isa<FloatType>(element))
    return constant(like, (double)value);
  unsigned bits = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  return constantOf(b, loc, like,
                    IntegerAttr::get(element, APInt(bits, (uint64_t)value, false, true)));
}

template <typename F, typename I>
static Value pick(Scalar &s, Value x, Value y) {
  if (Scalar::isFloat(x))
    return F::create(s.b, s.loc, x, y);
  return I::create(s.b, s.loc, x, y);
}

Value Scalar::add(Value x, Value y) { return pick<arith::AddFOp, arith::AddIOp>(*this, x, y); }
Value Scalar::sub(Value x, Value y) { return pick<arith::SubFOp, arith::SubIOp>(*this, x, y); }
Value Scalar::mul(Value x, Value y) { return pick<arith::MulFOp, arith::MulIOp>(*this, x, y); }

Value Scalar::neg(Value x) {
  if (isFloat(x))
    return arith::NegFOp::create(b, loc, x);
  return sub(constant(x, 0), x);
}

Value Scalar::abs(Value x) {
  if (isFloat(x))
    return math::AbsFOp::create(b, loc, x);
  return select(less(x, constant(x, 0)), neg(x), x);
}

Value Scalar::max(Value x, Value y, bool isUnsigned) {
  return isUnsigned ? pick<arith::MaximumFOp, arith::MaxUIOp>(*this, x, y)
                    : pick<arith::MaximumFOp, arith::MaxSIOp>(*this, x, y);
}
Value Scalar::min(Value x, Value y, bool isUnsigned) {
  return isUnsigned ? pick<arith::MinimumFOp, arith::MinUIOp>(*this, x, y)
                    : pick<arith::MinimumFOp, arith::MinSIOp>(*this, x, y);
}

static Value compare(Scalar &s, Value x, Value y, arith::CmpFPredicate f, arith::CmpIPredicate i) {
  if (Scalar::isFloat(x))
    return arith::CmpFOp::create(s.b, s.loc, f, x, y);
  return arith::CmpIOp::create(s.b, s.loc, i, x, y);
}

Value Scalar::less(Value x, Value y, bool isUnsigned) {
  return compare(*this, x, y, arith::CmpFPredicate::OLT,
                 isUnsigned ? arith::CmpIPredicate::ult : arith::CmpIPredicate::slt);
}
Value Scalar::lessOrEqual(Value x, Value y, bool isUnsigned) {
  return compare(*this, x, y, arith::CmpFPredicate::OLE,
                 isUnsigned ? arith::CmpIPredicate::ule : arith::CmpIPredicate::sle);
}
Value Scalar::equal(Value x, Value y) {
  return compare(*this, x, y, arith::CmpFPredicate::OEQ, arith::CmpIPredicate::eq);
}
Value Scalar::notEqual(Value x, Value y) {
  return compare(*this, x, y, arith::CmpFPredicate::UNE, arith::CmpIPredicate::ne);
}
Value Scalar::isNaN(Value x) {
  return arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNO, x, x);
}
Value Scalar::negate(Value condition) {
  return arith::XOrIOp::create(b, loc, condition, constant(condition, 1));
}

/// The divisor, or 1 where dividing by it would trap.
static Value safeDivisor(Scalar &s, Value x, Value y, bool isUnsigned) {
  Value bad = s.equal(y, s.constant(y, 0));
  if (!isUnsigned) {
    Value lowest = s.integer(x.getType(), (int64_t)(1ull << (Scalar::width(x) - 1)));
    bad = s.either(bad, s.both(s.equal(x, lowest), s.equal(y, s.constant(y, -1))));
  }
  return s.select(bad, s.constant(y, 1), y);
}

Value Scalar::divInteger(Value x, Value y, bool isUnsigned) {
  Value safe = safeDivisor(*this, x, y, isUnsigned);
  Value quotient = isUnsigned ? (Value)arith::DivUIOp::create(b, loc, x, safe)
                              : (Value)arith::DivSIOp::create(b, loc, x, safe);
  return select(equal(y, constant(y, 0)), constant(y, 0), quotient);
}

Value Scalar::remInteger(Value x, Value y, bool isUnsigned) {
  // With divisor 1 in place of a bad one the remainder is 0, as wanted.
  Value safe = safeDivisor(*this, x, y, isUnsigned);
  return isUnsigned ? (Value)arith::RemUIOp::create(b, loc, x, safe)
                    : (Value)arith::RemSIOp::create(b, loc, x, safe);
}

Value Scalar::toFloat(Value integer, Type element, bool isUnsigned) {
  Type type = withElement(integer.getType(), element);
  if (isUnsigned || width(integer) == 1)
    return arith::UIToFPOp::create(b, loc, type, integer);
  return arith::SIToFPOp::create(b, loc, type, integer);
}

Value Scalar::resizeFloat(Value x, Type element) {
  Type type = withElement(x.getType(), element);
  unsigned from = width(x), to = element.getIntOrFloatBitWidth();
  if (from == to)
    return x;
  return from < to ? (Value)arith::ExtFOp::create(b, loc, type, x)
                   : (Value)arith::TruncFOp::create(b, loc, type, x);
}

Value Scalar::resizeInteger(Value x, Type element, bool isUnsigned) {
  Type type = withElement(x.getType(), element);
  unsigned from = width(x), to = element.getIntOrFloatBitWidth();
  if (from == to)
    return x;
  if (from > to)
    return arith::TruncIOp::create(b, loc, type, x);
  return isUnsigned || from == 1 ? (Value)arith::ExtUIOp::create(b, loc, type, x)
                                 : (Value)arith::ExtSIOp::create(b, loc, type, x);
}

Value Scalar::toInteger(Value x, Type element, unsigned bits, bool isUnsigned) {
  // Conversions through the next signed width avoid the unsigned forms, which vectors lack.
  unsigned wide = isUnsigned ? (bits < 32 ? 32 : 64) : std::max(bits, 32u);
  Type target = withElement(x.getType(), b.getIntegerType(wide));
  double low = isUnsigned ? 0 : -std::ldexp(1.0, bits - 1);
  double beyond = std::ldexp(1.0, isUnsigned ? bits : bits - 1);
  Value zero = constant(x, 0);
  Value number = select(isNaN(x), zero, x);
  Value clamped = max(number, constant(x, low));
  Value result;
  if (isUnsigned && bits == 64) {
    // Two halves: below 2^63 directly, above it less 2^63 and the top bit set.
    Value half = constant(x, std::ldexp(1.0, 63));
    Value isHigh = lessOrEqual(half, clamped);
    Value reduced = select(isHigh, sub(clamped, half), clamped);
    reduced = select(lessOrEqual(half, reduced), zero, reduced);
    Value integral = arith::FPToSIOp::create(b, loc, target, reduced);
    Value top = integer(target, INT64_MIN);
    result = select(isHigh, arith::OrIOp::create(b, loc, integral, top), integral);
  } else {
    Value inside = select(lessOrEqual(constant(x, beyond), clamped), zero, clamped);
    result = arith::FPToSIOp::create(b, loc, target, inside);
  }
  int64_t highest = isUnsigned ? (bits == 64 ? -1 : (int64_t)((1ull << bits) - 1))
                               : (int64_t)((1ull << (bits - 1)) - 1);
  result = select(lessOrEqual(constant(x, beyond), clamped), integer(target, highest), result);
  return resizeInteger(result, element, isUnsigned);
}

} // namespace ingot
