//===- Cast.cpp - converting elements to another type -----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Cast.h"
#include "ir/ops/Scalar.h"
#include "llvm/ADT/APFloat.h"

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Cast.cpp.inc"

void IngotDialect::registerCastOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Cast.cpp.inc"
      >();
}

static Type elementOf(Value v) { return cast<RankedTensorType>(v.getType()).getElementType(); }
static bool isNumberOrBool(Type t) { return isa<FloatType>(t) || isa<IntegerType>(t); }

//===- cast -------------------------------------------------------------------------===//

Type CastOp::resultElementType() {
  Type from = elementOf(getX());
  if (isNumberOrBool(from) && isNumberOrBool(getTo()))
    return getTo();
  emitError("cannot convert ") << elementTypeName(from) << " to " << elementTypeName(getTo());
  return {};
}

std::optional<Dim> CastOp::evaluate(DimSpace &s, ArrayRef<Dim> x) {
  Type to = getTo();
  if (isBool(to)) {
    if (auto c = x[0].constant())
      return Dim(*c != 0);
    if (s.lowerBound(x[0]) > 0 || s.upperBound(x[0]) < 0)
      return Dim(1);
    return std::nullopt;
  }
  if (isa<FloatType>(to))
    return to.getIntOrFloatBitWidth() >= 32 ? std::optional<Dim>(x[0]) : std::nullopt;
  unsigned bits = storageBits(to);
  if (bits == 64)
    return x[0];
  if (auto c = x[0].constant()) {
    bool fits = isUnsigned(to) ? llvm::isUIntN(bits, *c) && *c >= 0 : llvm::isIntN(bits, *c);
    return fits ? std::optional<Dim>(x[0]) : std::nullopt;
  }
  // A dimension that does not fit 32 bits would wrap: no tensor has such.
  return bits == 32 ? std::optional<Dim>(x[0]) : std::nullopt;
}

/// Largest finite value of a float type.
static double largest(FloatType type) {
  llvm::APFloat value = llvm::APFloat::getLargest(type.getFloatSemantics());
  bool lost;
  value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &lost);
  return value.convertToDouble();
}

/// The integer of a float, truncated. ONNX leaves what is out of range undefined, and so does LLVM;
/// this is what onnxruntime and numpy show on x86-64: the lowest int32 or int64 (for NaN too), and
/// for other types the low bits of the conversion to the next of these two.
static Value toInteger(Scalar &s, Value x, Type to) {
  // The lowest integer itself is outside the range compared with, and comes out right all the same.
  auto convert = [&](Value number, unsigned width) -> Value {
    Type target = withElement(x.getType(), s.b.getIntegerType(width));
    Value integral = arith::FPToSIOp::create(s.b, s.loc, target, number);
    Value isInside = s.less(s.abs(number), s.constant(number, std::ldexp(1.0, width - 1)));
    return s.select(isInside, integral, s.integer(target, (int64_t)(~0ull << (width - 1))));
  };
  unsigned bits = storageBits(to);
  if (isUnsigned(to) && bits == 64) {
    // The upper half is converted 2^63 lower.
    Value half = s.constant(x, std::ldexp(1.0, 63));
    Value upper = convert(s.sub(x, half), 64);
    upper = arith::XOrIOp::create(s.b, s.loc, upper, s.integer(upper.getType(), INT64_MIN));
    return s.select(s.lessOrEqual(half, x), upper, convert(x, 64));
  }
  Value result = convert(x, bits < 32 || (bits == 32 && !isUnsigned(to)) ? 32 : 64);
  return s.resizeInteger(result, computeType(to), false);
}

/// The lowest bits of an integer in a wider one, extended again: how sub-byte integers are held.
static Value wrapSubByte(Scalar &s, Value x, Type to) {
  if (storageBits(to) >= 8)
    return x;
  Value distance = s.constant(x, 8 - (int)storageBits(to));
  x = arith::ShLIOp::create(s.b, s.loc, x, distance);
  return isUnsigned(to) ? (Value)arith::ShRUIOp::create(s.b, s.loc, x, distance)
                        : (Value)arith::ShRSIOp::create(s.b, s.loc, x, distance);
}

/// binary64 to binary32, where what is inexact gets a last bit of 1: rounded again to fewer digits,
/// in any direction, that is as if rounded once (Boldo and Melquiond 2005, rounding to odd).
static Value toSingleOdd(Scalar &s, Value x) {
  if (Scalar::width(x) == 32)
    return x;
  Value nearest = s.resizeFloat(x, s.b.getF32Type());
  Value back = s.resizeFloat(nearest, s.b.getF64Type());
  Type bitsType = withElement(x.getType(), s.b.getI32Type());
  Value bits = arith::BitcastOp::create(s.b, s.loc, bitsType, nearest);
  Value one = s.integer(bitsType, 1), zero = s.integer(bitsType, 0);
  Value isAway = s.less(s.abs(x), s.abs(back));
  bits = s.sub(bits, s.select(isAway, one, zero));
  bits = s.either(bits, s.select(s.notEqual(back, x), one, zero));
  return arith::BitcastOp::create(s.b, s.loc, nearest.getType(), bits);
}

/// To a power of two: f8E8M0 has neither sign nor fraction. What is beyond 2^127 stays there or,
/// without saturation, is NaN.
static Value toPowerOfTwo(Scalar &s, Value x, bool saturate, llvm::StringRef mode) {
  Type bitsType = withElement(x.getType(), s.b.getI32Type());
  Value bits = arith::BitcastOp::create(s.b, s.loc, bitsType, x);
  Value positive = s.both(bits, s.integer(bitsType, 0x7fffffff));
  Value fraction = s.both(positive, s.integer(bitsType, 0x007fffff));
  Value exponent = s.both(positive, s.integer(bitsType, 0x7f800000));
  Value one = s.integer(bitsType, 0x00800000), zero = s.integer(bitsType, 0);
  Value raise = mode == "down" ? s.less(zero, zero)
                : mode == "nearest"
                    ? s.lessOrEqual(s.integer(bitsType, 0x00400000), fraction)
                    : s.less(zero, fraction);
  Value up = s.add(exponent, one);
  Value top = s.integer(bitsType, 0x7f000000);
  Value rounded = s.select(raise, up, exponent);
  Value beyond = saturate ? top : s.integer(bitsType, 0x7fc00000);
  rounded = s.select(s.less(top, rounded), beyond, rounded);
  // 2^-127 is below the normal numbers of binary32.
  Value isTiny = s.less(rounded, one);
  rounded = s.select(isTiny, s.integer(bitsType, 0x00400000), rounded);
  Value power = arith::BitcastOp::create(s.b, s.loc, x.getType(), rounded);
  return s.select(s.isNaN(x), x, power);
}

Value ingot::roundToType(Scalar &s, Value x, FloatType to, bool saturate, llvm::StringRef mode) {
  Type compute = computeType(to);
  if (to.getWidth() >= 32)
    return s.resizeFloat(x, compute);
  if (to.getWidth() <= 8) {
    bool isScale = isa<Float8E8M0FNUType>(to);
    if (isScale)
      x = toPowerOfTwo(s, toSingleOdd(s, x), saturate, mode);
    // The 4-bit float has nothing beyond its numbers.
    if (saturate || to.getWidth() < 8) {
      Value limit = s.constant(x, largest(to));
      Value low = isScale ? x : s.max(x, s.neg(limit));
      x = s.select(s.isNaN(x), x, s.min(low, limit));
    }
    if (isScale)
      return x;
  }
  Value narrow = arith::TruncFOp::create(s.b, s.loc, withElement(x.getType(), to), x);
  return arith::ExtFOp::create(s.b, s.loc, withElement(x.getType(), compute), narrow);
}

/// A float of the integer that rounds to `to` as the integer itself would.
static Value toFloatFor(Scalar &s, Value x, FloatType to, bool isU) {
  bool isExact = Scalar::width(x) < 32 || to.getWidth() >= 32 || to.isF16() ||
                 (to.getWidth() <= 8 && !isa<Float8E8M0FNUType>(to));
  // What binary32 cannot hold exactly is beyond these formats' numbers.
  if (isExact)
    return s.toFloat(x, computeType(to), isU);
  if (Scalar::width(x) == 64) {
    // Above 2^53 the digits below those of binary64 become one, an odd last bit.
    Value low = s.both(x, s.integer(x.getType(), 0x7ff));
    Value odd = s.select(s.notEqual(low, s.constant(x, 0)), s.integer(x.getType(), 0x800),
                         s.constant(x, 0));
    Value high = s.either(s.both(x, s.integer(x.getType(), ~0x7ffll)), odd);
    Value limit = s.integer(x.getType(), 1ll << 53);
    Value isSmall = s.less(x, limit, isU);
    if (!isU)
      isSmall = s.both(isSmall, s.less(s.neg(limit), x));
    x = s.select(isSmall, x, high);
  }
  return toSingleOdd(s, s.toFloat(x, s.b.getF64Type(), isU));
}

Value CastOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  Scalar s{b, loc};
  Type from = elementOf(getX()), to = getTo();
  Value x = args[0];
  if (from == to)
    return x;
  bool fromUnsigned = isUnsigned(from) || isBool(from);
  if (auto f = dyn_cast<FloatType>(to)) {
    Value wide = isa<FloatType>(from) ? x : toFloatFor(s, x, f, fromUnsigned);
    return roundToType(s, wide, f, getSaturate(), getRoundMode());
  }
  if (isBool(to))
    return s.notEqual(x, s.constant(x, 0));
  Value result = isa<FloatType>(from) ? toInteger(s, x, to)
                                      : s.resizeInteger(x, computeType(to), fromUnsigned);
  return wrapSubByte(s, result, to);
}

//===- bitcast ----------------------------------------------------------------------===//

Type BitcastOp::resultElementType() {
  Type from = elementOf(getX());
  if (!isNumberOrBool(from) || !isNumberOrBool(getTo()) ||
      storageBits(from) != storageBits(getTo()) || storageBits(from) < 8) {
    emitError("expected types of equal width of at least 8 bits, but got ")
        << elementTypeName(from) << " and " << elementTypeName(getTo());
    return {};
  }
  return getTo();
}

Value BitcastOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  Scalar s{b, loc};
  Type from = elementOf(getX()), to = getTo();
  Value x = args[0];
  auto integer = b.getIntegerType(storageBits(from));
  Type bitsType = withElement(x.getType(), integer);
  // To the stored bits, then from them.
  if (auto f = dyn_cast<FloatType>(from)) {
    if (f.getWidth() < 32)
      x = arith::TruncFOp::create(b, loc, withElement(x.getType(), from), x);
    x = arith::BitcastOp::create(b, loc, bitsType, x);
  } else if (isBool(from)) {
    x = arith::ExtUIOp::create(b, loc, bitsType, x);
  }
  if (isBool(to))
    return s.notEqual(x, s.constant(x, 0));
  if (auto f = dyn_cast<FloatType>(to)) {
    x = arith::BitcastOp::create(b, loc, withElement(x.getType(), to), x);
    if (f.getWidth() < 32)
      x = arith::ExtFOp::create(b, loc, withElement(x.getType(), computeType(to)), x);
  }
  return x;
}
