// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/lower/math/Functions.h"

namespace ingot::elementary {
namespace {

// log(erfc(a))/a on [0, 3.95], weighted by what e^(a·P) makes of its error, and (e^r - 1 - r)/r² on
// [-ln 2, 0]. Fitted one after the other, then together by a random walk over the last bits that
// evaluates as erfF32 does: 3.2 ulp over all of binary32.
constexpr double kLogErfcF32[] = {-0x1.20dd76p0,  -0x1.45f26ep-1,  -0x1.a53252p-4,
                                  0x1.3df02p-6,   -0x1.9ad3bp-12,  -0x1.10c138p-10,
                                  0x1.0a235cp-12, -0x1.1fee5ep-19, -0x1.37453cp-18};
constexpr double kExpm1[] = {0x1.fffffp-2, 0x1.55526ep-3, 0x1.54f28ep-5, 0x1.0b3bd4p-7,
                             0x1.1d1e8ep-10};

// erf x = x·E(x²), |x| ≤ 1/2; the first coefficient is also given exactly enough to subtract.
constexpr double kErfFirst = 0x1.20dd750429b6dp0, kErfFirstLow = 0x1.1978fe994addp-56;
constexpr double kErf[] = {-0x1.812746b0379e6p-2, 0x1.ce2f21a042a9fp-4,  -0x1.b82ce3127abb3p-6,
                           0x1.565bcd094b6d4p-8,  -0x1.c02db1ca4a6b2p-11, 0x1.f9a28f92a0fafp-14,
                           -0x1.f4b8f2b46765dp-17, 0x1.b74a8a7bbcef1p-20, -0x1.38cf353fc28f9p-23};
constexpr double kErfSingle[] = {0x1.20dd75041a96dp0,  -0x1.8127466cec4aap-2,
                                 0x1.ce2ef0e9613bfp-4, -0x1.b81ff0e5fcd32p-6,
                                 0x1.54cba08b90e35p-8, -0x1.932853986a242p-11};
// (1 + 2a)·e^(a²)·erfc(a) in q = (a - 3)/(a + 3), a in [0.49, 28] (Shepherd and Laframboise 1981).
constexpr double kErfc[] = {
    0x1.40c522d7e4987p0,   -0x1.15c084bb9e8e2p-3, -0x1.85a15c58a9bffp-5,  0x1.098366a5b3ebp-3,
    -0x1.e88b803a5c71ap-4, 0x1.17ca287816317p-4,  -0x1.8574c4047a23fp-6,  0x1.4b884df33b2c3p-9,
    0x1.ef1bd7977aca5p-10, -0x1.98db449e81780p-11, -0x1.b90fe754773fdp-14, 0x1.0659083adfc56p-13,
    0x1.4b708b6b311f3p-18, -0x1.51166f04acc00p-16, -0x1.78a796b483ea1p-21, 0x1.cf2487a4dfdd6p-19,
    0x1.46662d9852521p-22, -0x1.38935b67ee2d2p-21, -0x1.6edf399893feep-24, 0x1.2e96c97372a97p-24,
    0x1.3ca7d89a319d9p-27};
constexpr double kErfcSingle[] = {
    0x1.40c522d81a3c1p0,   -0x1.15c0849e7bca3p-3, -0x1.85a15e1b81578p-5, 0x1.09835f8f5bfc6p-3,
    -0x1.e88b7ce6d6194p-4, 0x1.17cb0d1e07160p-4,  -0x1.857384a338388p-6, 0x1.4ac96e74424ebp-9,
    0x1.ee8146a0c5821p-10, -0x1.8f3717853ba8ap-11, -0x1.a1273d20136aep-14, 0x1.91ee69ae6e34ep-14};

// erf|x| = -expm1(log(erfc|x|)): one polynomial and one short exponential for all of the range.
Num erfF32(Num x) {
  Num a = atMost(abs(x), 3.95);
  Num logErfc = a * polynomial(a, kLogErfcF32);
  // 2^n as in Exp.cpp, with n rounded up, so that 2^0·expm1 covers all results below 1/2: only there
  // must the reduced argument be accurate relative to itself, and there it is not reduced at all.
  // Slightly less than a half is added: the tie at zero must not become 2^1.
  constexpr double magic = 0x1.8p23 + 127;
  Num shifted = fma(logErfc, 0x1.715476p0, 0x1.ffp-2) + magic;
  Num power = real(bits(shifted) << 23);
  Num r = fma(shifted - magic, -0x1.62e43p-1, logErfc);
  Num small = fma(r * r, polynomial(r, kExpm1), r);
  return addSign(fma(-power, small, 1.0 - power), x);
}

// erfc(a) for a ≥ 1/2.
Num erfcUpper(Num a, Precision precision) {
  a = atMost(a, 28.0);
  Num q = (a - 3.0) / (a + 3.0);
  bool isFull = precision == Precision::Double;
  Num series = polynomial(q, isFull ? ArrayRef<double>(kErfc) : ArrayRef<double>(kErfcSingle));
  Num denominator = fma(a, 2.0, 1.0);
  Num scaled = series / denominator;
  if (!isFull)
    return scaled * exp(a * -a, precision);
  // What the sum and the quotient lost, relative to the quotient, goes into the exponent.
  Num lost = 1.0 - (denominator - (a + a));
  Num rest = exactFma(-scaled, denominator, series) - scaled * lost;
  Pair exponent = twoProduct(a, -a);
  return scaled * exp(Pair{exponent.hi, exponent.lo + rest / series}, precision);
}

// erf(x) = head + tail for |x| < 1/2, with the larger part exact.
Pair erfLower(Num x, Precision precision) {
  Num z = x * x;
  if (precision == Precision::Single)
    return {x * polynomial(z, kErfSingle), x.constant(0.0)};
  Pair head = twoProduct(x, x.constant(kErfFirst));
  Num rest = fma(z, polynomial(z, kErf), kErfFirstLow);
  return {head.hi, fma(x, rest, head.lo)};
}

Num erfDouble(Num x, Precision precision) {
  Num magnitude = abs(x);
  // Tiny arguments apart: the error term of a denormal product is lost.
  Pair lower = erfLower(x, precision);
  Num small = select(magnitude < 0x1p-28, x * kErfFirst, lower.hi + lower.lo);
  Num upper = copySign(1.0 - erfcUpper(magnitude, precision), x);
  return select(magnitude < 0.5, small, upper);
}

Num erfcDouble(Num x, Precision precision) {
  Num magnitude = abs(x);
  Pair lower = erfLower(x, precision);
  Num small = (1.0 - lower.hi) - lower.lo;
  Num upper = erfcUpper(magnitude, precision);
  upper = select(x < 0.0, 2.0 - upper, upper);
  return select(magnitude < 0.5, small, upper);
}

} // namespace

Num erf(Num x) { return x.isDouble() ? erfDouble(x, Precision::Double) : erfF32(x); }

Num erfc(Num x) { return inDouble(x, erfcDouble); }

} // namespace ingot::elementary
