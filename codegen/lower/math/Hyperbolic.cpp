// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/lower/math/Functions.h"

#include <limits>


namespace ingot::elementary {
namespace {

constexpr double kLn2 = 0x1.62e42fefa39efp-1;

// e^x / 2 where e^x may be out of range: e^(x - ln 2), whose rounding is put back to first order.
Num halfExp(Num x) {
  Pair shifted = twoSum(atMost(x, 720.0), x.constant(-kLn2));
  return exp(shifted, Precision::Double);
}

Num sinhDouble(Num x, Precision precision) {
  Num magnitude = abs(x);
  // Bounded, for ∞/∞ is no number; what overflows f32 still does.
  Num e = expm1(atMost(magnitude, 700.0), precision);
  Num result = (e + e / (e + 1.0)) * 0.5;
  if (precision == Precision::Double)
    result = select(magnitude < 22.0, result, halfExp(magnitude));
  return copySign(result, x);
}

Num coshDouble(Num x, Precision precision) {
  Num magnitude = abs(x);
  Num e = exp(magnitude, precision);
  Num result = fma(e, 0.5, 0.5 / e);
  if (precision == Precision::Double)
    result = select(magnitude < 22.0, result, halfExp(magnitude));
  return result;
}

Num asinhDouble(Num x, Precision precision) {
  Num magnitude = abs(x);
  // Above 2^28 asinh(x) = log(2x); 2x itself may overflow.
  Num isLarge = magnitude >= 0x1p28;
  Num square = magnitude * magnitude;
  Num argument = magnitude + square / (sqrt(square + 1.0) + 1.0);
  // Through log1p(x - 1) = log(x): x - 1 is exact enough there, as 1 is below its last bits.
  Num result = log1p(select(isLarge, magnitude - 1.0, argument), precision);
  return copySign(select(isLarge, result + kLn2, result), x);
}

Num acoshDouble(Num x, Precision precision) {
  Num isLarge = x >= 0x1p28;
  Num above = x - 1.0;
  Num argument = above + sqrt(fma(above, above, above + above));
  Num result = log1p(select(isLarge, above, argument), precision);
  result = select(isLarge, result + kLn2, result);
  return select(x < 1.0, x.constant(std::numeric_limits<double>::quiet_NaN()), result);
}

Num atanhDouble(Num x, Precision precision) {
  Num magnitude = abs(x);
  // 2a/(1 - a) loses the last bit of denormals to nothing: log1p returns tiny arguments unchanged.
  Num result = log1p((magnitude + magnitude) / (1.0 - magnitude), precision) * 0.5;
  return copySign(result, x);
}

} // namespace

// tanh|x| = E/(E + 2), E = e^(2|x|) - 1: one formula for all of the range, never above 1. A rational
// function of x needs a quarter fewer instructions but came to 3.9 ulp at best.
Num tanh(Num x) {
  Num magnitude = abs(x);
  Num e = expm1Moderate(atMost(magnitude + magnitude, x.isDouble() ? 40.0 : 20.0));
  return addSign(e / (e + 2.0), x);
}

Num sinh(Num x) { return inDouble(x, sinhDouble); }
Num cosh(Num x) { return inDouble(x, coshDouble); }
Num asinh(Num x) { return inDouble(x, asinhDouble); }
Num acosh(Num x) { return inDouble(x, acoshDouble); }
Num atanh(Num x) { return inDouble(x, atanhDouble); }

} // namespace ingot::elementary
