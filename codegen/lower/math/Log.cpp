// log(x) = e·ln 2 + log(1 + f), x = 2^e·(1 + f), with f near 0 on both sides.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/lower/math/Functions.h"

#include <limits>

namespace ingot::elementary {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kLn2 = 0x1.62e42fefa39efp-1;
constexpr double kLn2High = 0x1.62e42feep-1, kLn2Low = 0x1.a39ef35793c76p-33;

// log(1 + f) = f - f²/2 + f³·P(f), f in [-1/3, 1/3].
constexpr double kLogF32[] = {0x1.55554cp-2,  -0x1.ffff74p-3, 0x1.99addep-3, -0x1.558a74p-3,
                              0x1.211abap-3, -0x1.f4c814p-4, 0x1.132ebp-3,  -0x1.04ff3ap-3};
// 2·atanh(s) = 2s + s³·R(s²), s = f/(2 + f), |s| ≤ 0.1716.
constexpr double kAtanhF64[] = {0x1.5555555555558p-1, 0x1.9999999995284p-2, 0x1.2492492e03d5p-2,
                                0x1.c71c62c9cb7e8p-3, 0x1.7462bd218b49fp-3, 0x1.39fd3c2df66d1p-3,
                                0x1.2b66b9bfcde41p-3};
constexpr double kAtanhF64Single[] = {0x1.555555556524ep-1, 0x1.999998c8a6105p-2,
                                      0x1.249325aecd9ecp-2, 0x1.c679fd9c1ec57p-3,
                                      0x1.8c9c689d7b94fp-3};
// R = 2/3 + z·(2/5 + z·T(z)).
constexpr double kAtanhTail[] = {0x1.2492492492497p-2, 0x1.c71c71c71510bp-3, 0x1.745d1755502c2p-3,
                                 0x1.3b13a4ff03d7dp-3, 0x1.1115a9dc90fe8p-3, 0x1.e01d733b31aa2p-4,
                                 0x1.d9e192aa4bcb2p-4};

struct Reduced {
  Num exponent, fraction;
};

// The exponent of x > 0 such that the mantissa is in [2/3, 4/3) (f32) or [√½, √2) (f64), as an
// integer shifted to its place in the format.
Num placedExponent(Num x) {
  if (x.isDouble())
    return (bits(x) - 0x3fe6a09e667f3bcd) & -0x0010000000000000;
  return (bits(x) - 0x3f2aaaab) & -0x00800000;
}

Num exponentValue(Num placed) {
  if (placed.width() == 32)
    return asReal(placed) * 0x1p-23;
  // Made positive first, since AVX2 has no arithmetic shift of 64-bit lanes.
  return asReal((placed + 0x4000000000000000) >> 52) - 1024.0;
}

Reduced reduce(Num x) {
  bool isDouble = x.isDouble();
  Num isTiny = x < (isDouble ? 0x1p-1022 : 0x1p-126);
  Num normal = select(isTiny, x * (isDouble ? 0x1p54 : 0x1p23), x);
  Num placed = placedExponent(normal);
  Num correction = select(isTiny, x.constant(isDouble ? -54 : -23), 0.0);
  return {exponentValue(placed) + correction, real(bits(normal) - placed) - 1.0};
}

// x = argument of the logarithm, for its special values.
Num withSpecialValues(Num x, Num result) {
  result = select(x < kInfinity, result, x);
  return select(x > 0.0, result, select(x == 0.0, x.constant(-kInfinity), kNan));
}

// log(1 + f) for f32.
Num logNearOne(Num f) {
  Num square = f * f;
  return fma(fma(polynomial(f, kLogF32), f, -0.5), square, f);
}

// e·ln 2 + log(1 + f).
Num combine(Reduced x, Precision precision) {
  auto [e, f] = x;
  if (!f.isDouble())
    return fma(e, kLn2, logNearOne(f));
  Num s = f / (f + 2.0);
  Num z = s * s;
  if (precision == Precision::Single)
    return fma(e, kLn2, fma(s * z, polynomial(z, kAtanhF64Single), s + s));
  Num halfSquare = f * f * 0.5;
  Num tail = s * fma(z, polynomial(z, kAtanhF64), halfSquare);
  return fma(e, kLn2High, f - (halfSquare - fma(e, kLn2Low, tail)));
}

// log(1 + f) of f64 as a sum, to about 2^-57.
Pair logNearOnePair(Num f) {
  Num s = f / (f + 2.0);
  Num z = s * s;
  Pair halfSquare = twoProduct(f * 0.5, f);
  Num tail = s * fma(z, polynomial(z, kAtanhF64), halfSquare.hi);
  Pair head = fastTwoSum(f, -halfSquare.hi);
  return fastTwoSum(head.hi, head.lo + (tail - halfSquare.lo));
}

// e·a + log(1+f)·b, for logarithms to another base.
Num scaledLog(Num x, Pair perBinary, Pair perNatural) {
  auto [e, f] = reduce(x);
  if (!x.isDouble())
    return fma(e, perBinary.hi, fma(e, perBinary.lo, logNearOne(f) * perNatural.hi));
  Pair natural = multiply(logNearOnePair(f), perNatural);
  Pair sum = fastTwoSum(e * perBinary.hi, natural.hi);
  return sum.hi + (sum.lo + fma(e, perBinary.lo, natural.lo));
}

} // namespace

Num log(Num x, Precision precision) {
  return withSpecialValues(x, combine(reduce(x), precision));
}

Num log2(Num x) {
  Pair perBinary{x.constant(1.0), x.constant(0.0)};
  Pair perNatural{x.constant(0x1.71547652b82fep0), x.constant(0x1.777d0ffda0d24p-56)};
  return withSpecialValues(x, scaledLog(x, perBinary, perNatural));
}

Num log10(Num x) {
  // The high part of log10(2) leaves room for the exponent's bits.
  Pair perBinary = x.isDouble()
                       ? Pair{x.constant(0x1.34413509f6p-2), x.constant(0x1.9fef311f12b36p-42)}
                       : Pair{x.constant(0x1.344p-2), x.constant(0x1.3509f8p-18)};
  Pair perNatural{x.constant(0x1.bcb7b1526e50ep-2), x.constant(0x1.95355baaafad3p-57)};
  return withSpecialValues(x, scaledLog(x, perBinary, perNatural));
}

Num log1p(Num x, Precision precision) {
  bool isDouble = x.isDouble();
  Num sum = x + 1.0;
  Num placed = placedExponent(sum);
  // 4·2^-e, which stays normal for the largest e; f = x·2^-e + (2^-e - 1) is rounded once.
  Num four = x.constant(4.0);
  Num scale = real(bits(four) - placed);
  Num f = fma(x * 0.25, scale, fma(scale, 0.25, -1.0));
  Num result = withSpecialValues(sum, combine({exponentValue(placed), f}, precision));
  return select(abs(x) < (isDouble ? 0x1p-54 : 0x1p-25), x, result);
}

Pair logPair(Num x, Precision precision) {
  auto [e, f] = reduce(x);
  if (precision == Precision::Single) {
    Num s = f / (f + 2.0);
    Num z = s * s;
    Num natural = fma(s * z, polynomial(z, kAtanhF64), s + s);
    return {fma(e, kLn2, natural), x.constant(0.0)};
  }
  // s = f/(2 + f) and the two leading terms in double-double; the rest is below 2^-17 of the sum.
  Pair s = divide(f, fastTwoSum(x.constant(2.0), f));
  Pair z = multiply(s, s);
  Num tail = z.hi * polynomial(z.hi, kAtanhTail);
  Pair series = add(Pair{x.constant(0x1.999999999999ap-2), x.constant(-0x1.999999999999ap-56)}, tail);
  series = add(multiply(z, series),
               Pair{x.constant(0x1.5555555555555p-1), x.constant(0x1.5555555555555p-55)});
  Pair natural = multiply(multiply(z, s), series);
  natural = add(Pair{s.hi * 2.0, s.lo * 2.0}, natural);
  // ln 2 in three parts: the first two products are exact.
  Pair binary = add(Pair{e * kLn2High, x.constant(0.0)}, multiply(Pair{x.constant(kLn2Low), x.constant(0x1.cc01f97b57a08p-87)}, e));
  return add(binary, natural);
}

} // namespace ingot::elementary
