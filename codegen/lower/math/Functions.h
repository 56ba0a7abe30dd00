// The elementary functions as branch-free arithmetic on f32 and f64 scalars and vectors.
//
// Every function takes all of binary32/binary64 and gives the C99 Annex F result for zeros,
// infinities, NaN and denormals. Measured errors stand in Accuracy.md. Functions written in f64
// serve f32 too, with shorter polynomials chosen by `Precision`, where the f32 argument leaves no
// cheap way to stay within the bound.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_LOWER_MATH_FUNCTIONS_H
#define INGOT_CODEGEN_LOWER_MATH_FUNCTIONS_H

#include "codegen/lower/math/Expr.h"

namespace ingot::elementary {

// How exact an f64 computation must be: to the last bits of f64, or of f32 after rounding.
enum class Precision { Single, Double };

// An f64 function applied to f64, or to f32 through f64.
template <typename Function> Num inDouble(Num x, Function function) {
  if (x.isDouble())
    return function(x, Precision::Double);
  return narrow(function(widen(x), Precision::Single));
}

// Exp.cpp
Num exp(Num x, Precision precision = Precision::Double);
Num exp2(Num x);
Num expm1(Num x, Precision precision = Precision::Double);
// For |x| ≤ 40, where nothing can overflow; the sign of a zero is lost.
Num expm1Moderate(Num x);
// e^(x.hi + x.lo), f64, |x.lo| ≤ ulp(x.hi).
Num exp(Pair x, Precision precision);

// Log.cpp
Num log(Num x, Precision precision = Precision::Double);
Num log2(Num x);
Num log10(Num x);
Num log1p(Num x, Precision precision = Precision::Double);
// f64, to about 2^-68 relative; x positive and finite (denormals too).
Pair logPair(Num x, Precision precision);

// Hyperbolic.cpp
Num sinh(Num x);
Num cosh(Num x);
Num tanh(Num x);
Num asinh(Num x);
Num acosh(Num x);
Num atanh(Num x);

// Trigonometric.cpp
Num sin(Num x);
Num cos(Num x);
Num tan(Num x);

// InverseTrigonometric.cpp
Num asin(Num x);
Num acos(Num x);
Num atan(Num x);
Num atan2(Num y, Num x);

// Erf.cpp
Num erf(Num x);
Num erfc(Num x);

// Power.cpp
Num pow(Num x, Num y);
Num powInteger(Num x, Num n);        // float to a signless integer power (math.fpowi)
Num integerPower(Num base, Num n);   // math.ipowi; wraps; x^-n is 1/x^n rounded toward zero, 0^-n = 0

// Roots.cpp
Num rsqrt(Num x);
Num cbrt(Num x);

// Remainder.cpp: C's fmod, exact.
Num remainder(Num x, Num y);

// A quarter turn count and what remains: x = quadrant·π/2 + (rest.hi + rest.lo), |rest| ≤ π/4·(1+ε).
// `quadrant` is an i64 of which the two lowest bits count. x is a finite f64; the caller handles the
// rest. PiReduction.cpp.
struct Quadrant {
  Num quadrant;
  Pair rest;
};
Quadrant reduceByHalfPi(Num x, Precision precision);

} // namespace ingot::elementary
#endif
