// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/lower/math/Functions.h"

#include <limits>

namespace ingot::elementary {
namespace {

// ∛m on [1, 8] to 2^-11.8.
constexpr double kCbrt[] = {0x1.1c7f24426d8c3p-1, 0x1.31fe1b0495073p-1, -0x1.8e82b30f6b43ap-3,
                            0x1.8ae65dcecfe2bp-5, -0x1.d8031a5118622p-8, 0x1.2e92fe2e4583cp-11,
                            -0x1.3e6aa6a36c795p-16};

Num cbrtDouble(Num x, Precision precision) {
  Num magnitude = abs(x);
  Num isTiny = magnitude < 0x1p-1022;
  Num pattern = bits(select(isTiny, magnitude * 0x1p54, magnitude));
  // |x| = 2^(3n)·m with m in [1, 8). The quotient by 3 is far from any rounding question.
  Num exponent = asReal((pattern >> 52) & 0x7ff) - 1023.0;
  Num n = trunc(fma(exponent, 0x1.5555555555555p-2, 400.0001)) - 400.0;
  Num rest = fma(n, -3.0, exponent);
  Num factor = select(rest == 0.0, x.constant(1.0), select(rest == 1.0, x.constant(2.0), 4.0));
  Num m = factor * real((pattern & 0x000fffffffffffff) | 0x3ff0000000000000);
  Num root = polynomial(m, kCbrt);
  // Halley's step gives 2^-35.
  Num cube = root * root * root;
  root = root * (fma(m, 2.0, cube) / fma(cube, 2.0, m));
  if (precision == Precision::Double) {
    Pair square = twoProduct(root, root);
    Num error = exactFma(square.hi, root, -m) + square.lo * root;
    root = root - error / (square.hi * 3.0);
  }
  n = select(isTiny, n - 18.0, n);
  Num scale = real(bits(n + (0x1.8p52 + 1023)) << 52);
  Num result = copySign(root * scale, x);
  Num isOrdinary = (magnitude > 0.0) & (magnitude < std::numeric_limits<double>::infinity());
  return select(isOrdinary, result, x);
}

} // namespace

Num rsqrt(Num x) { return 1.0 / sqrt(x); }

Num cbrt(Num x) { return inDouble(x, cbrtDouble); }

} // namespace ingot::elementary
