// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/lower/math/Expr.h"

#include "mlir/Dialect/Math/IR/Math.h"

#include <cassert>

namespace ingot::elementary {

Type Num::typeWith(Type element) const {
  if (auto vector = dyn_cast<VectorType>(type()))
    return VectorType::get(vector.getShape(), element, vector.getScalableDims());
  return element;
}

Num Num::constant(Literal literal) const {
  Type element = elementType();
  TypedAttr attr;
  if (auto floatType = dyn_cast<FloatType>(element)) {
    double number = literal.isFloat ? literal.real : double(int64_t(literal.integer));
    attr = FloatAttr::get(floatType, number);
  } else {
    assert(!literal.isFloat && "floating literal for an integer");
    attr = IntegerAttr::get(element, APInt(width(), literal.integer, false, true));
  }
  if (auto vector = dyn_cast<VectorType>(type()))
    attr = DenseElementsAttr::get(vector, Attribute(attr));
  return {*emitter, arith::ConstantOp::create(emitter->builder, emitter->loc, attr)};
}

namespace {
template <typename Op, typename... Args> Num emit(Num like, Args... args) {
  Emitter &emitter = *like.emitter;
  return {emitter, Op::create(emitter.builder, emitter.loc, args...).getResult()};
}

Num compare(arith::CmpFPredicate real, arith::CmpIPredicate integer, Num a, Num b) {
  if (a.isFloat())
    return emit<arith::CmpFOp>(a, real, a.value, b.value);
  return emit<arith::CmpIOp>(a, integer, a.value, b.value);
}
} // namespace

#define INGOT_ARITHMETIC(OP, FLOAT_OP, INT_OP)                                                     \
  Num operator OP(Num a, Num b) {                                                                  \
    return a.isFloat() ? emit<FLOAT_OP>(a, a.value, b.value)                                       \
                       : emit<INT_OP>(a, a.value, b.value);                                        \
  }
INGOT_ARITHMETIC(+, arith::AddFOp, arith::AddIOp)
INGOT_ARITHMETIC(-, arith::SubFOp, arith::SubIOp)
INGOT_ARITHMETIC(*, arith::MulFOp, arith::MulIOp)
#undef INGOT_ARITHMETIC

Num operator/(Num a, Num b) { return emit<arith::DivFOp>(a, a.value, b.value); }
Num operator-(Num a) { return a.isFloat() ? emit<arith::NegFOp>(a, a.value) : a.constant(0) - a; }
Num operator&(Num a, Num b) { return emit<arith::AndIOp>(a, a.value, b.value); }
Num operator|(Num a, Num b) { return emit<arith::OrIOp>(a, a.value, b.value); }
Num operator^(Num a, Num b) { return emit<arith::XOrIOp>(a, a.value, b.value); }
Num operator<<(Num a, Num b) { return emit<arith::ShLIOp>(a, a.value, b.value); }
Num operator>>(Num a, Num b) { return emit<arith::ShRUIOp>(a, a.value, b.value); }
Num shiftRightSigned(Num a, Num b) { return emit<arith::ShRSIOp>(a, a.value, b.value); }

Num operator<(Num a, Num b) {
  return compare(arith::CmpFPredicate::OLT, arith::CmpIPredicate::slt, a, b);
}
Num operator<=(Num a, Num b) {
  return compare(arith::CmpFPredicate::OLE, arith::CmpIPredicate::sle, a, b);
}
Num operator>(Num a, Num b) {
  return compare(arith::CmpFPredicate::OGT, arith::CmpIPredicate::sgt, a, b);
}
Num operator>=(Num a, Num b) {
  return compare(arith::CmpFPredicate::OGE, arith::CmpIPredicate::sge, a, b);
}
Num operator==(Num a, Num b) {
  return compare(arith::CmpFPredicate::OEQ, arith::CmpIPredicate::eq, a, b);
}
Num operator!=(Num a, Num b) {
  return compare(arith::CmpFPredicate::UNE, arith::CmpIPredicate::ne, a, b);
}
Num operator!(Num mask) { return mask ^ mask.constant(1); }
Num belowUnsigned(Num a, Num b) {
  return emit<arith::CmpIOp>(a, arith::CmpIPredicate::ult, a.value, b.value);
}
Num isNan(Num x) { return emit<arith::CmpFOp>(x, arith::CmpFPredicate::UNO, x.value, x.value); }

Num fma(Num a, Num b, Num c) {
  if (!a.emitter->fma)
    return a * b + c;
  return emit<math::FmaOp>(a, a.value, b.value, c.value);
}

Num select(Num mask, Num a, Num b) {
  return emit<arith::SelectOp>(a, mask.value, a.value, b.value);
}

Num abs(Num x) { return emit<math::AbsFOp>(x, x.value); }
Num copySign(Num magnitude, Num sign) {
  return emit<math::CopySignOp>(magnitude, magnitude.value, sign.value);
}
Num addSign(Num magnitude, Num sign) {
  Num signBit = bits(sign) & (uint64_t(1) << (sign.width() - 1));
  return real(bits(magnitude) | signBit);
}
Num sqrt(Num x) { return emit<math::SqrtOp>(x, x.value); }
Num trunc(Num x) { return emit<math::TruncOp>(x, x.value); }
Num roundEven(Num x) { return emit<math::RoundEvenOp>(x, x.value); }

Num bits(Num x) {
  Type integer = IntegerType::get(x.type().getContext(), x.width());
  return emit<arith::BitcastOp>(x, x.typeWith(integer), x.value);
}

Num real(Num bits) {
  MLIRContext *context = bits.type().getContext();
  Type element = bits.width() == 64 ? Type(Float64Type::get(context)) : Float32Type::get(context);
  return emit<arith::BitcastOp>(bits, bits.typeWith(element), bits.value);
}

Num asReal(Num integer) {
  if (integer.width() == 64) {
    // AVX2 has no 64-bit conversion: add the integer to the low bits of 1.5·2^52 instead.
    return real(integer + 0x4338000000000000) - 0x1.8p52;
  }
  Type f32 = Float32Type::get(integer.type().getContext());
  return emit<arith::SIToFPOp>(integer, integer.typeWith(f32), integer.value);
}

Num asInteger(Num x) {
  if (x.isDouble())
    return bits(trunc(x) + 0x1.8p52) - 0x4338000000000000;
  Type i32 = IntegerType::get(x.type().getContext(), 32);
  return emit<arith::FPToSIOp>(x, x.typeWith(i32), x.value);
}

Num asMask(Num integer) {
  return emit<arith::TruncIOp>(
      integer, integer.typeWith(IntegerType::get(integer.type().getContext(), 1)), integer.value);
}

Num resize(Num integer, unsigned width, bool isSigned) {
  Type type = integer.typeWith(IntegerType::get(integer.type().getContext(), width));
  if (integer.width() == width)
    return integer;
  if (integer.width() > width)
    return emit<arith::TruncIOp>(integer, type, integer.value);
  if (isSigned)
    return emit<arith::ExtSIOp>(integer, type, integer.value);
  return emit<arith::ExtUIOp>(integer, type, integer.value);
}

Num widen(Num x) {
  return emit<arith::ExtFOp>(x, x.typeWith(Float64Type::get(x.type().getContext())), x.value);
}
Num narrow(Num x) {
  return emit<arith::TruncFOp>(x, x.typeWith(Float32Type::get(x.type().getContext())), x.value);
}

Num polynomial(Num x, ArrayRef<double> coefficients) {
  Num sum = x.constant(coefficients.back());
  for (double coefficient : llvm::reverse(coefficients.drop_back()))
    sum = fma(sum, x, coefficient);
  return sum;
}

Pair twoSum(Num a, Num b) {
  Num sum = a + b;
  Num rounded = sum - a;
  return {sum, (a - (sum - rounded)) + (b - rounded)};
}

Pair fastTwoSum(Num a, Num b) {
  Num sum = a + b;
  return {sum, b - (sum - a)};
}

Pair twoProduct(Num a, Num b) {
  Num product = a * b;
  if (a.emitter->fma)
    return {product, fma(a, b, -product)};
  // Veltkamp's splitting into halves whose products are exact (Dekker 1971).
  auto split = [](Num x) {
    Num scaled = x * (x.isDouble() ? 0x1p27 + 1 : 0x1p12 + 1);
    Num high = scaled - (scaled - x);
    return Pair{high, x - high};
  };
  Pair x = split(a), y = split(b);
  Num error = ((x.hi * y.hi - product) + x.hi * y.lo + x.lo * y.hi) + x.lo * y.lo;
  return {product, error};
}

Num exactFma(Num a, Num b, Num c) {
  if (a.emitter->fma)
    return fma(a, b, c);
  Pair product = twoProduct(a, b);
  Pair sum = twoSum(product.hi, c);
  return sum.hi + (sum.lo + product.lo);
}

Pair add(Pair a, Pair b) {
  Pair high = twoSum(a.hi, b.hi);
  Pair low = twoSum(a.lo, b.lo);
  Pair sum = fastTwoSum(high.hi, high.lo + low.hi);
  return fastTwoSum(sum.hi, sum.lo + low.lo);
}

Pair add(Pair a, Num b) {
  Pair high = twoSum(a.hi, b);
  return fastTwoSum(high.hi, high.lo + a.lo);
}

Pair multiply(Pair a, Pair b) {
  Pair product = twoProduct(a.hi, b.hi);
  return fastTwoSum(product.hi, product.lo + fma(a.hi, b.lo, a.lo * b.hi));
}

Pair multiply(Pair a, Num b) {
  Pair product = twoProduct(a.hi, b);
  return fastTwoSum(product.hi, fma(a.lo, b, product.lo));
}

Pair divide(Num a, Pair b) {
  Num quotient = a / b.hi;
  Num rest = exactFma(-quotient, b.hi, a);
  return fastTwoSum(quotient, fma(-quotient, b.lo, rest) / b.hi);
}

} // namespace ingot::elementary
