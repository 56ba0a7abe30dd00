// Encoding and decoding of the small floats: one description of each format, one algorithm.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/lower/ExpandFloats.h"
#include "codegen/lower/math/Expr.h"
#include "codegen/lower/math/SmallFloat.h"

#include <cmath>
#include <optional>

using namespace mlir;

namespace ingot {
namespace {

using namespace elementary;

// A format with sign, exponent and `mantissa` bits, but f8E8M0FNU, which has neither sign nor
// mantissa and is treated apart. Codes are magnitudes, without the sign bit.
struct Format {
  unsigned width;
  unsigned mantissa;
  int bias;
  unsigned largest;  // the code of the largest finite number
  unsigned infinity; // 0 when there is none
  unsigned nan;      // 0 when there is none; the sign is kept unless `unsignedZero`
  bool unsignedZero; // -0 is NaN
  bool alwaysSaturates;
};

std::optional<Format> formatOf(Type type) {
  if (isa<Float8E4M3FNType>(type))
    return Format{8, 3, 7, 0x7e, 0, 0x7f, false, false};
  if (isa<Float8E4M3FNUZType>(type))
    return Format{8, 3, 8, 0x7f, 0, 0x80, true, false};
  if (isa<Float8E5M2Type>(type))
    return Format{8, 2, 15, 0x7b, 0x7c, 0x7e, false, false};
  if (isa<Float8E5M2FNUZType>(type))
    return Format{8, 2, 16, 0x7f, 0, 0x80, true, false};
  if (isa<Float4E2M1FNType>(type))
    return Format{4, 1, 1, 0x7, 0, 0, false, true};
  if (isa<Float16Type>(type))
    return Format{16, 10, 15, 0x7bff, 0x7c00, 0x7e00, false, false};
  return std::nullopt;
}

Num asF32(Num number) {
  Type element = number.elementType();
  if (element.isF64())
    return truncateToOdd(number);
  if (element.isF32())
    return number;
  Emitter &emitter = *number.emitter;
  Type f32 = number.typeWith(Float32Type::get(element.getContext()));
  return {emitter, arith::ExtFOp::create(emitter.builder, emitter.loc, f32, number.value)};
}

Num decodeScale(Num code) {
  Num pattern = select(code == 0, code.constant(0x00400000), code << 23);
  return real(select(code == 0xff, code.constant(0x7fc00000), pattern));
}

Num encodeScale(Num number, FloatEncoding encoding) {
  Num magnitude = bits(number) & 0x7fffffff;
  Num fraction = magnitude & 0x007fffff;
  // For denormals, where the leading bit is not implied, 2^-127 = 0x00400000 is code 0.
  Num exponent = magnitude >> 23;
  Num isUp = fraction != 0;
  if (encoding.scaleRounding == ScaleRounding::Nearest)
    isUp = fraction >= select(exponent == 0, fraction.constant(0x00600000), 0x00400000);
  else if (encoding.scaleRounding == ScaleRounding::Up)
    isUp = fraction > select(exponent == 0, fraction.constant(0x00400000), 0);
  else
    isUp = fraction < 0;
  Num code = select(isUp, exponent + 1, exponent);
  Num isOver = belowUnsigned(code.constant(0xfe), code);
  if (encoding.saturate)
    code = select(isOver, code.constant(0xfe), code);
  else
    code = select(isOver | belowUnsigned(magnitude, magnitude.constant(0x00400000)),
                  code.constant(0xff), code);
  return select(belowUnsigned(magnitude.constant(0x7f800000), magnitude), code.constant(0xff),
                code);
}

// bf16 is the upper half of an f32.
Num encodeBrain(Num number) {
  Num pattern = bits(number);
  Num rounded = (pattern + 0x7fff + ((pattern >> 16) & 1)) >> 16;
  return select(isNan(number), (pattern >> 16) | 0x40, rounded);
}

Num decode(Num code, const Format &format) {
  Num magnitude = code & ((1 << (format.width - 1)) - 1);
  Num sign = (code >> (format.width - 1)) << 31;
  // The same digits read as an f32 are off by the difference of the biases; a multiplication puts
  // that right for denormals too.
  Num number = real(magnitude << (23 - format.mantissa));
  Num pattern = bits(number * std::ldexp(1.0, 127 - format.bias));
  if (format.infinity)
    pattern = select(magnitude == format.infinity, pattern.constant(0x7f800000), pattern);
  if (format.unsignedZero)
    return real(select(code == format.nan, code.constant(0x7fc00000), pattern | sign));
  if (format.nan) {
    unsigned lastNumber = format.infinity ? format.infinity : format.largest;
    pattern = select(magnitude > lastNumber, pattern.constant(0x7fc00000), pattern);
  }
  return real(pattern | sign);
}

Num encode(Num number, const Format &format, bool saturate) {
  Num pattern = bits(number);
  Num magnitude = pattern & 0x7fffffff;
  unsigned shift = 23 - format.mantissa;
  // Normal results: round to nearest even in place, then change the bias.
  Num rounded = magnitude + ((1 << (shift - 1)) - 1) + ((magnitude >> shift) & 1);
  Num code = (rounded >> shift) - ((127 - format.bias) << format.mantissa);
  // Denormal results: an addition whose sum has the format's last bit as its last bit rounds.
  double smallestNormal = std::ldexp(1.0, 1 - format.bias);
  Num aligner = number.constant(std::ldexp(smallestNormal, int(shift)));
  Num denormal = bits(real(magnitude) + aligner) - bits(aligner);
  code = select(real(magnitude) < smallestNormal, denormal, code);

  unsigned beyond = format.infinity ? format.infinity : format.nan;
  if (saturate || format.alwaysSaturates)
    beyond = format.largest;
  code = select(code > format.largest, code.constant(beyond), code);
  Num sign = (pattern >> 31) << (format.width - 1);
  Num isNotNumber = isNan(number);
  if (format.unsignedZero) {
    code = select(code == 0, code, code | sign);
    return select(isNotNumber, code.constant(format.nan), code);
  }
  code = select(isNotNumber, code.constant(format.nan), code) | sign;
  if (!format.nan) // the zero of the other sign
    code = code ^ select(isNotNumber, code.constant(1 << (format.width - 1)), 0);
  return code;
}

} // namespace

namespace elementary {
Num truncateToOdd(Num x) {
  Num nearest = narrow(x);
  Num back = widen(nearest);
  Num pattern = bits(nearest);
  auto flag = [&](Num mask) { return select(mask, pattern.constant(1), 0); };
  Num towardZero = pattern - flag(abs(back) > abs(x));
  return real(towardZero | flag(back != x));
}
} // namespace elementary

bool isSmallFloat(Type type) {
  return formatOf(type) || isa<BFloat16Type, Float8E8M0FNUType>(type);
}

Value decodeFloat(OpBuilder &builder, Location loc, Value storage, FloatType from, FloatType to) {
  Emitter emitter{builder, loc};
  Num code = resize(Num(emitter, storage), 32, /*isSigned=*/false);
  Num number;
  if (isa<BFloat16Type>(from))
    number = real(code << 16);
  else if (isa<Float8E8M0FNUType>(from))
    number = decodeScale(code);
  else
    number = decode(isa<Float4E2M1FNType>(from) ? code & 0xf : code, *formatOf(from));
  Type type = number.typeWith(to);
  if (to.isF32())
    return number.value;
  if (to.isF64())
    return arith::ExtFOp::create(builder, loc, type, number.value);
  return arith::TruncFOp::create(builder, loc, type, number.value);
}

Value encodeFloat(OpBuilder &builder, Location loc, Value value, FloatType to,
                  FloatEncoding encoding) {
  Emitter emitter{builder, loc};
  Num number = asF32(Num(emitter, value));
  if (isa<BFloat16Type>(to))
    return resize(encodeBrain(number), 16, false).value;
  if (isa<Float8E8M0FNUType>(to))
    return resize(encodeScale(number, encoding), 8, false).value;
  std::optional<Format> format = formatOf(to);
  bool saturates = encoding.saturate && !isa<Float16Type>(to);
  return resize(encode(number, *format, saturates), isa<Float16Type>(to) ? 16 : 8, false).value;
}

} // namespace ingot
