// Sine, cosine and tangent in f64 for both formats: the reduced argument of an f32 may need 60 bits
// of π to be right, which f64 arithmetic gives without a second code path.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/lower/math/Functions.h"

#include <limits>

namespace ingot::elementary {
namespace {

// sin r = r + r³·S(r²), cos r = 1 - r²/2 + r⁴·C(r²), |r| ≤ π/4.
constexpr double kSin[] = {-0x1.5555555555555p-3,  0x1.1111111110c83p-7,   -0x1.a01a019ea130ap-13,
                           0x1.71de37b1ca273p-19,  -0x1.ae60210233a95p-26, 0x1.5e118e8484eeep-33};
constexpr double kCos[] = {0x1.5555555555555p-5,   -0x1.6c16c16c168ccp-10, 0x1.a01a019f38afap-16,
                           -0x1.27e4fa036d38fp-22, 0x1.1eeb58509df39p-29,  -0x1.9073d444493acp-37};
constexpr double kSinSingle[] = {-0x1.555555545e4aap-3, 0x1.11110def7d4c6p-7,
                                 -0x1.a013a7c104c63p-13, 0x1.6dbe09941b473p-19};
constexpr double kCosSingle[] = {0x1.5555555502deap-5, -0x1.6c16bf5506319p-10,
                                 0x1.a015c4843c2cep-16, -0x1.252448ad28978p-22};

Num sinReduced(Pair r, Precision precision) {
  Num z = r.hi * r.hi;
  Num cube = z * r.hi;
  if (precision == Precision::Single)
    return fma(cube, polynomial(z, kSinSingle), r.hi);
  // sin(a + b) ≈ sin a + b·cos a.
  Num low = fma(r.lo, fma(z, -0.5, 1.0), cube * polynomial(z, kSin));
  return r.hi + low;
}

Num cosReduced(Pair r, Precision precision) {
  Num z = r.hi * r.hi;
  if (precision == Precision::Single)
    return fma(z * z, polynomial(z, kCosSingle), fma(z, -0.5, 1.0));
  // 1 - z/2 with its rounding error, then the small terms.
  Num half = z * 0.5;
  Num head = 1.0 - half;
  Num error = (1.0 - head) - half;
  return head + (fma(z * z, polynomial(z, kCos), error) - r.hi * r.lo);
}

Num withSign(Num x, Num quadrantBit1) {
  return real(bits(x) ^ (quadrantBit1 << 63));
}

struct SinCos {
  Num sin, cos;
  Num quadrant;
};
SinCos sinCosReduced(Num x, Precision precision) {
  auto [quadrant, rest] = reduceByHalfPi(x, precision);
  return {sinReduced(rest, precision), cosReduced(rest, precision), quadrant};
}

// An infinity has no sine: NaN through inf - inf, and NaN stays NaN.
Num finiteOnly(Num x, Num result) {
  return select(abs(x) < std::numeric_limits<double>::infinity(), result, x - x);
}

} // namespace

Num sin(Num x) {
  return inDouble(x, [](Num x, Precision precision) {
    auto [sine, cosine, quadrant] = sinCosReduced(x, precision);
    Num isOdd = (quadrant & 1) != 0;
    Num result = withSign(select(isOdd, cosine, sine), (quadrant >> 1) & 1);
    // Keeps -0 and denormals.
    return finiteOnly(x, select(abs(x) < 0x1p-27, x, result));
  });
}

Num cos(Num x) {
  return inDouble(x, [](Num x, Precision precision) {
    auto [sine, cosine, quadrant] = sinCosReduced(x, precision);
    Num isOdd = (quadrant & 1) != 0;
    return finiteOnly(x, withSign(select(isOdd, sine, cosine), ((quadrant + 1) >> 1) & 1));
  });
}

Num tan(Num x) {
  return inDouble(x, [](Num x, Precision precision) {
    auto [sine, cosine, quadrant] = sinCosReduced(x, precision);
    Num isOdd = (quadrant & 1) != 0;
    Num ratio = select(isOdd, cosine, sine) / select(isOdd, sine, cosine);
    return finiteOnly(x, select(abs(x) < 0x1p-27, x, withSign(ratio, quadrant & 1)));
  });
}

} // namespace ingot::elementary
