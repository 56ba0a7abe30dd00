// e^x = 2^(2h)·e^r with h = round(x·log2(e)/2): scaling twice by 2^h covers overflow and denormal
// results in two multiplications and one shift, which costs less than splitting an exponent, at the
// price of two more polynomial terms for |r| ≤ ln 2.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/lower/math/Functions.h"

namespace ingot::elementary {
namespace {

constexpr double kLog2e = 0x1.71547652b82fep0;
constexpr double kLn2 = 0x1.62e42fefa39efp-1;

// Coefficients by Sollya's fpminimax, see coefficients.sollya; the error is in its output.
constexpr double kExpF32[] = {1,
                              1,
                              0x1.00000cp-1,
                              0x1.555512p-3,
                              0x1.5549e2p-5,
                              0x1.112736p-7,
                              0x1.71c2d4p-10,
                              0x1.9ba47cp-13};
constexpr double kExpF64[] = {1,
                              1,
                              0.5,
                              0x1.555555555555p-3,
                              0x1.555555555556ep-5,
                              0x1.1111111111bdap-7,
                              0x1.6c16c16c12d48p-10,
                              0x1.a01a019e21afbp-13,
                              0x1.a01a01a73c611p-16,
                              0x1.71de3d190f739p-19,
                              0x1.27e4f5a8eeaddp-22,
                              0x1.ae60505b6ac3ep-26,
                              0x1.1ef18f46b104ep-29,
                              0x1.641215f34f60dp-33,
                              0x1.92ad0e8c4573cp-37};
constexpr double kExpF64Single[] = {1,
                                    1,
                                    0x1.fffffff484dp-2,
                                    0x1.5555558926685p-3,
                                    0x1.55555e4166a8ap-5,
                                    0x1.1110f00253326p-7,
                                    0x1.6c0eef12515a2p-10,
                                    0x1.a031d998407a5p-13,
                                    0x1.a54988bb8fd4ap-16,
                                    0x1.6e28b65ec8b2cp-19};
// (e^r - 1 - r)/r² on |r| ≤ ln(2)/2.
constexpr double kExpm1F32[] = {0.5,           0x1.555556p-3,  0x1.555502p-5,
                                0x1.110ff4p-7, 0x1.6d2e08p-10, 0x1.a262b4p-13};
constexpr double kExpm1F64[] = {0.5,
                                0x1.5555555555557p-3,
                                0x1.5555555555552p-5,
                                0x1.1111111110053p-7,
                                0x1.6c16c16c18932p-10,
                                0x1.a01a01ac1cc3bp-13,
                                0x1.a01a0197bd741p-16,
                                0x1.71de01b003836p-19,
                                0x1.27e500dc076bcp-22,
                                0x1.af4ec5e70851dp-26,
                                0x1.1f32f9c321f0fp-29};

ArrayRef<double> expCoefficients(Num x, Precision precision) {
  if (!x.isDouble())
    return kExpF32;
  return precision == Precision::Double ? ArrayRef<double>(kExpF64)
                                        : ArrayRef<double>(kExpF64Single);
}

// An integer k and 2^k, found by adding x to 1.5·2^(mantissa bits) + bias: the low bits of that sum
// are the biased exponent of 2^k. `offset` is added to the exponent only, not to k.
struct Exponent {
  Num integer, power;
};
Exponent nearestPower(Num x, Literal scale, int offset = 0) {
  bool isDouble = x.isDouble();
  double magic = (isDouble ? 0x1.8p52 + 1023 : 0x1.8p23 + 127) + offset;
  Num shifted = fma(x, scale, magic);
  return {shifted - magic, real(bits(shifted) << (isDouble ? 52 : 23))};
}

// x - k·(hi + lo): hi has so few bits that the first product is exact without fma too.
Num reduce(Num x, Num k, double hi, double lo) { return fma(k, -lo, fma(k, -hi, x)); }

// Beyond these e^x is 0 or infinite, and the exponent arithmetic still holds.
Num clampExponent(Num x, double low32, double high32, double low64, double high64) {
  bool isDouble = x.isDouble();
  return atLeast(atMost(x, isDouble ? high64 : high32), isDouble ? low64 : low32);
}

} // namespace

Num exp(Num x, Precision precision) {
  x = clampExponent(x, -104, 89, -746, 710);
  auto [h, power] = nearestPower(x, kLog2e / 2);
  Num r = x.isDouble() ? reduce(x, h, 0x1.62e42feep0, 0x1.a39ef35793c76p-32)
                       : reduce(x, h, 0x1.62e4p0, 0x1.7f7d1cp-19);
  return polynomial(r, expCoefficients(x, precision)) * power * power;
}

Num exp(Pair x, Precision precision) {
  Num high = clampExponent(x.hi, -104, 89, -746, 710);
  auto [h, power] = nearestPower(high, kLog2e / 2);
  // Where the high part was bounded the low part, relative to it, may be anything.
  Num low = select(abs(x.hi) < 1024.0, x.lo, 0.0);
  Num r = fma(h, -0x1.62e42feep0, high) + fma(h, -0x1.a39ef35793c76p-32, low);
  return polynomial(r, expCoefficients(high, precision)) * power * power;
}

Num exp2(Num x) {
  x = clampExponent(x, -152, 129, -1076, 1025);
  auto [h, power] = nearestPower(x, 0.5);
  Num r = fma(h, -2.0, x) * kLn2;
  return polynomial(r, expCoefficients(x, Precision::Double)) * power * power;
}

namespace {
// 2^(n + offset) and e^r - 1 with x = n·ln 2 + r.
struct Expm1Parts {
  Num power, small;
};
Expm1Parts expm1Parts(Num x, int offset, Precision precision) {
  auto [n, power] = nearestPower(x, kLog2e, offset);
  Num r = x.isDouble() ? reduce(x, n, 0x1.62e42feep-1, 0x1.a39ef35793c76p-33)
                       : reduce(x, n, 0x1.62e4p-1, 0x1.7f7d1cp-20);
  ArrayRef<double> coefficients = kExpm1F64;
  if (!x.isDouble())
    coefficients = kExpm1F32;
  else if (precision == Precision::Single)
    coefficients = coefficients.take_front(7);
  return {power, fma(r * r, polynomial(r, coefficients), r)};
}
} // namespace

Num expm1Moderate(Num x) {
  auto [power, small] = expm1Parts(x, 0, Precision::Double);
  return fma(power, small, power - 1.0);
}

Num expm1(Num x, Precision precision) {
  Num clamped = clampExponent(x, -20, 89, -40, 710);
  // Half of 2^n, because 2^n itself overflows for the largest results.
  auto [halfPower, small] = expm1Parts(clamped, -1, precision);
  Num half = fma(halfPower, small, halfPower - 0.5);
  return select(abs(x) < (x.isDouble() ? 0x1p-54 : 0x1p-25), x, half + half);
}

} // namespace ingot::elementary
