// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/lower/math/Functions.h"

#include <limits>

namespace ingot::elementary {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kHalfPi = 0x1.921fb54442d18p0, kHalfPiLow = 0x1.1a62633145c07p-54;

// asin a = a + a·z·P(z), z = a² ≤ 1/4.
constexpr double kAsin[] = {0x1.5555555555556p-3, 0x1.3333333332d9ep-4, 0x1.6db6db6e48dffp-5,
                            0x1.f1c71c1187eddp-6, 0x1.6e8bb383c0ebbp-6, 0x1.1c4d0fc1b6fbbp-6,
                            0x1.c9d336dfa2933p-7, 0x1.77ff42ac1dfb4p-7, 0x1.53365248bd332p-7,
                            0x1.5dc12cf8ad297p-8, 0x1.224dcb11ab156p-6, -0x1.f6744b4ca8339p-7,
                            0x1.dc690516bc887p-6};
constexpr double kAsinSingle[] = {0x1.5555555cea5dap-3, 0x1.33331cbce8937p-4, 0x1.6dc1b3763cb3fp-5,
                                  0x1.efd3afcbd530ep-6, 0x1.83a76e79130acp-6, 0x1.54c9f551c017ap-7,
                                  0x1.ff51dab4c502bp-6};
// atan t = t + t·z·P(z), z = t², |t| ≤ tan(π/8).
constexpr double kAtan[] = {-0x1.5555555555555p-2, 0x1.9999999999815p-3,  -0x1.2492492481cb5p-3,
                            0x1.c71c71bca834cp-4,  -0x1.745d1567da485p-4, 0x1.3b137c1e223a6p-4,
                            -0x1.110d2ea486dc4p-4, 0x1.e17f3184ce7d8p-5,  -0x1.abcbe647014bbp-5,
                            0x1.7214fe0e461c6p-5,  -0x1.14b92dd2355c6p-5, 0x1.fb6e3c22807f2p-7};
constexpr double kAtanSingle[] = {-0x1.5555554c9fe0ep-2, 0x1.99997c5ff8f5p-3,
                                  -0x1.248a529c98294p-3, 0x1.c5831f7fdfc14p-4,
                                  -0x1.617512c52e868p-4, 0x1.9e6afa2c8aa27p-5};

ArrayRef<double> pick(Precision precision, ArrayRef<double> full, ArrayRef<double> single) {
  return precision == Precision::Double ? full : single;
}

// asin of a ≤ 1/2, or half of acos a above, through acos a = 2·asin √((1-a)/2).
struct HalfArc {
  Num isUpper, base, tail; // the arc is base + tail
};
HalfArc halfArc(Num magnitude, Precision precision) {
  Num isUpper = magnitude > 0.5;
  Num z = select(isUpper, (1.0 - magnitude) * 0.5, magnitude * magnitude);
  Num base = select(isUpper, sqrt(z), magnitude);
  return {isUpper, base, base * z * polynomial(z, pick(precision, kAsin, kAsinSingle))};
}

Num asinDouble(Num x, Precision precision) {
  auto [isUpper, base, tail] = halfArc(abs(x), precision);
  Num lower = base + tail;
  Num upper = kHalfPi - (base + base - fma(tail, -2.0, kHalfPiLow));
  return copySign(select(isUpper, upper, lower), x);
}

Num acosDouble(Num x, Precision precision) {
  auto [isUpper, base, tail] = halfArc(abs(x), precision);
  Num isNegative = x < 0.0;
  Num twice = (base + tail) * 2.0;
  Num upper = select(isNegative, 2 * kHalfPi - (twice - 2 * kHalfPiLow), twice);
  Num signedTail = copySign(tail, x);
  Num lower = kHalfPi - (x - (kHalfPiLow - signedTail));
  return select(isUpper, upper, lower);
}

// The angle of (x, y) for y ≥ 0 and x of either sign given apart: one division of
// min/max or (min - max)/(min + max), whichever is at most tan(π/8), and a multiple of π/4.
Num angle(Num y, Num x, Num xIsNegative, Precision precision) {
  Num isSteep = y > x;
  Num large = select(isSteep, y, x), small = select(isSteep, x, y);
  Num isMiddle = small > large * 0x1.a827999fcef32p-2;
  Num numerator = select(isMiddle, small - large, small);
  Num denominator = select(isMiddle, small + large, large);
  Num t = select(small == 0.0, small, numerator / denominator);
  Num z = t * t;
  Num arc = fma(t * z, polynomial(z, pick(precision, kAtan, kAtanSingle)), t);
  // Each reflection, at the diagonal and at the y axis, turns the arc around.
  Num eighths = select(isMiddle, x.constant(1.0), 0.0);
  eighths = select(isSteep, 2.0 - eighths, eighths);
  eighths = select(xIsNegative, 4.0 - eighths, eighths);
  Num isTurned = isSteep ^ xIsNegative;
  Pair base = twoProduct(eighths, x.constant(kHalfPi / 2));
  Num low = fma(eighths, kHalfPiLow / 2, base.lo);
  return base.hi + (select(isTurned, -arc, arc) + low);
}

Num atanDouble(Num x, Precision precision) {
  Num one = x.constant(1.0);
  return copySign(angle(abs(x), one, one < 0.0, precision), x);
}

Num atan2Double(Num y, Num x, Precision precision) {
  Num height = abs(y), width = abs(x);
  Num bothInfinite = (height == kInfinity) & (width == kInfinity);
  Num scale = x.constant(1.0);
  // Their sum must not overflow, what underflows had no influence; nor may both be denormal.
  if (precision == Precision::Double) {
    scale = select((height > 0x1p1000) | (width > 0x1p1000), x.constant(0x1p-60), 1.0);
    scale = select((height < 0x1p-900) & (width < 0x1p-900), x.constant(0x1p100), scale);
  }
  height = select(bothInfinite, 1.0, height * scale);
  width = select(bothInfinite, 1.0, width * scale);
  Num result = copySign(angle(height, width, bits(x) < 0, precision), y);
  return select(isNan(x) | isNan(y), x + y, result);
}

} // namespace

Num asin(Num x) { return inDouble(x, asinDouble); }
Num acos(Num x) { return inDouble(x, acosDouble); }
Num atan(Num x) { return inDouble(x, atanDouble); }

Num atan2(Num y, Num x) {
  if (x.isDouble())
    return atan2Double(y, x, Precision::Double);
  return narrow(atan2Double(widen(y), widen(x), Precision::Single));
}

} // namespace ingot::elementary
