// C's fmod, exactly: while |x| ≥ |y|·2^52 a multiple of y·2^k is subtracted, then the last multiple of
// y. Every subtraction is exact, for a quotient below 2^53 is found to within one and the difference
// is a multiple of ulp(y) below 2|y|. Ordinary arguments never enter the loop; the longest f64 case
// goes round it 42 times, an f32 one 6 times.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/lower/math/Functions.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <limits>

namespace ingot::elementary {
namespace {

// x - y·trunc(x/y) for 0 ≤ x < y·2^53.
Num subtractMultiple(Num x, Num y) {
  auto subtract = [](Num x, Num y) {
    Num rest = exactFma(-trunc(x / y), y, x);
    return select(rest < 0.0, rest + y, rest);
  };
  if (x.emitter->fma)
    return subtract(x, y);
  // Splitting an operand of exactFma must not overflow where there is no fused form.
  Num scale = select((x > 0x1p900) | (y > 0x1p900), x.constant(0x1p-200), 1.0);
  return select(x < y, x, subtract(x * scale, y * scale) / scale);
}

Num binaryExponent(Num x) {
  Num isTiny = x < 0x1p-1022;
  Num exponent = bits(select(isTiny, x * 0x1p54, x)) >> 52;
  return exponent - select(isTiny, exponent.constant(54), 0);
}

Num powerOfTwo(Num exponent) { return real((exponent + 1023) << 52); }

Num remainderDouble(Num x, Num y) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  Num dividend = abs(x), divisor = abs(y);
  Num isOrdinary =
      (dividend < kInfinity) & (divisor > 0.0) & (divisor < kInfinity);
  Num start = select(isOrdinary, dividend, 0.0);
  divisor = select(isOrdinary, divisor, 1.0);
  Num limit = divisor * 0x1p52;

  Emitter &emitter = *x.emitter;
  auto loop = scf::WhileOp::create(
      emitter.builder, emitter.loc, TypeRange{x.type()}, ValueRange{start.value},
      [&](OpBuilder &b, Location loc, ValueRange state) {
        Value any = (Num(emitter, state[0]) >= limit).value;
        if (isa<VectorType>(any.getType()))
          any = vector::ReductionOp::create(b, loc, vector::CombiningKind::OR, any);
        scf::ConditionOp::create(b, loc, any, state);
      },
      [&](OpBuilder &b, Location loc, ValueRange state) {
        Num rest(emitter, state[0]);
        Num isLarge = rest >= limit;
        // In two factors: 2^k alone may overflow for a denormal divisor.
        Num shift = binaryExponent(rest) - binaryExponent(divisor) - 51;
        shift = select(isLarge, shift, shift.constant(0));
        Num half = shift >> 1;
        Num scaled = divisor * powerOfTwo(half) * powerOfTwo(shift - half);
        scf::YieldOp::create(b, loc, subtractMultiple(rest, scaled).value);
      });
  Num rest = subtractMultiple(Num(emitter, loop.getResult(0)), divisor);
  // fmod(finite, ∞) is the dividend; every other extraordinary case is NaN.
  Num isIdentity = (dividend < kInfinity) & (abs(y) == kInfinity);
  Num special = select(isIdentity, x, x.constant(std::numeric_limits<double>::quiet_NaN()));
  return select(isOrdinary, copySign(rest, x), special);
}

} // namespace

Num remainder(Num x, Num y) {
  if (x.isDouble())
    return remainderDouble(x, y);
  return narrow(remainderDouble(widen(x), widen(y)));
}

} // namespace ingot::elementary
