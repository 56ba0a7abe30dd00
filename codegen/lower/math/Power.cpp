// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/lower/math/Functions.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

#include <limits>

namespace ingot::elementary {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// |x|^y = e^(y·log|x|), the product in double-double for f64, with C99's special cases. `isInteger`
// and `isOdd` describe y.
Num powDouble(Num x, Num y, Num isInteger, Num isOdd, Precision precision) {
  Num magnitude = abs(x);
  // log|x| is at least 2^-53 unless zero: beyond 2^65 the result is 0, 1 or ∞ already.
  Num exponent = atLeast(atMost(y, 0x1p65), -0x1p65);
  Pair product = multiply(logPair(magnitude, precision), exponent);
  Num result = precision == Precision::Double ? exp(product, precision)
                                              : exp(product.hi, precision);
  Num isShrinking = (magnitude == 0.0) ^ (y < 0.0); // 0^+, ∞^-
  Num isExtreme = (magnitude == 0.0) | (magnitude == kInfinity);
  result = select(isExtreme, select(isShrinking, x.constant(0.0), kInfinity), result);
  Num isNegative = bits(x) < 0;
  result = select(isNegative & isOdd, -result, result);
  Num isInvalid = (x < 0.0) & (x > -kInfinity) & !isInteger;
  result = select(isInvalid | isNan(x) | isNan(y), x.constant(kNan), result);
  return select((y == 0.0) | (x == 1.0), 1.0, result);
}

Num powDouble(Num x, Num y, Precision precision) {
  Num half = y * 0.5;
  Num isInteger = trunc(y) == y;
  Num isOdd = isInteger & (trunc(half) != half);
  return powDouble(x, y, isInteger, isOdd, precision);
}

// The exponents that models really contain have a form of one or two instructions.
std::optional<Num> powConstant(Num x, Num y) {
  FloatAttr scalar;
  DenseElementsAttr vector;
  APFloat exponent(0.0);
  if (matchPattern(y.value, m_Constant(&scalar)))
    exponent = scalar.getValue();
  else if (matchPattern(y.value, m_Constant(&vector)) && vector.isSplat())
    exponent = vector.getSplatValue<APFloat>();
  else
    return std::nullopt;
  // Adding 0 turns -0 into 0; (-∞)^½ is +∞ though √-∞ is NaN.
  auto root = [&] { return select(x == -kInfinity, x.constant(kInfinity), sqrt(x + 0.0)); };
  double number = exponent.convertToDouble();
  if (number == 1.0)
    return x;
  if (number == 2.0)
    return x * x;
  if (number == 3.0)
    return x * x * x;
  if (number == -1.0)
    return 1.0 / x;
  if (number == 0.5)
    return root();
  if (number == -0.5)
    return 1.0 / root();
  return std::nullopt;
}

} // namespace

Num pow(Num x, Num y) {
  if (std::optional<Num> simple = powConstant(x, y))
    return *simple;
  if (x.isDouble())
    return powDouble(x, y, Precision::Double);
  return narrow(powDouble(widen(x), widen(y), Precision::Single));
}

Num powInteger(Num x, Num n) {
  Num wide = x.isDouble() ? x : widen(x);
  Emitter &emitter = *x.emitter;
  Num y(emitter,
        arith::SIToFPOp::create(emitter.builder, emitter.loc, wide.type(), n.value).getResult());
  Num isOdd = asMask(n);
  Num result = powDouble(wide, y, isOdd | !isOdd, isOdd,
                         x.isDouble() ? Precision::Double : Precision::Single);
  return x.isDouble() ? result : narrow(result);
}

Num integerPower(Num base, Num n) {
  Emitter &emitter = *base.emitter;
  OpBuilder &builder = emitter.builder;
  Location loc = emitter.loc;
  // For a negative exponent only bases of ±1 have a power that is not 0, and parity decides it.
  Num isNegative = n < 0;
  Num isUnit = (base == 1) | (base == -1);
  Num count = select(isNegative, n & 1, n);
  SmallVector<Value> initial{base.constant(1).value, base.value, count.value};
  auto loop = scf::WhileOp::create(
      builder, loc, ValueRange(initial).getTypes(), initial,
      [&](OpBuilder &b, Location loc, ValueRange state) {
        Num going = Num(emitter, state[2]) != 0;
        Value any = going.value;
        if (isa<VectorType>(any.getType()))
          any = vector::ReductionOp::create(b, loc, vector::CombiningKind::OR, any);
        scf::ConditionOp::create(b, loc, any, state);
      },
      [&](OpBuilder &b, Location loc, ValueRange state) {
        Num result(emitter, state[0]), square(emitter, state[1]), left(emitter, state[2]);
        Num next = select(asMask(left), result * square, result);
        scf::YieldOp::create(
            b, loc, {next.value, (square * square).value, (left >> 1).value});
      });
  Num result(emitter, loop.getResult(0));
  return select(isNegative & !isUnit, result.constant(0), result);
}

} // namespace ingot::elementary
