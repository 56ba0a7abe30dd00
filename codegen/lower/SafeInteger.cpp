#include "codegen/lower/SafeInteger.h"

#include "codegen/lower/math/Expr.h"
#include "codegen/lower/math/HalfPrecision.h"

using namespace mlir;

namespace ingot {
namespace {

using namespace elementary;

template <typename Op> Num emit(Num a, Num b) {
  return {*a.emitter, Op::create(a.emitter->builder, a.emitter->loc, a.value, b.value)};
}

Num smallest(Num like) { return like.constant(uint64_t(1) << (like.width() - 1)); }

// y, or 1 where the division by y is undefined: x / 1 and x % 1 are the right results for
// INT_MIN and -1, and x % 1 also for zero.
Num safeDivisor(Num x, Num y, Signedness signedness) {
  Num isBad = y == 0;
  if (signedness == Signedness::Signed)
    isBad = isBad | ((x == smallest(x)) & (y == -1));
  return select(isBad, y.constant(1), y);
}

Num remainderOf(Num x, Num y, Signedness signedness) {
  Num divisor = safeDivisor(x, y, signedness);
  return signedness == Signedness::Signed ? emit<arith::RemSIOp>(x, divisor)
                                          : emit<arith::RemUIOp>(x, divisor);
}

// Signed conversion to i32 or i64; the smallest integer out of range and for NaN. The smallest
// integer itself is out of the range compared with and comes out right all the same.
Num toSigned(Num x, unsigned width) {
  Emitter &emitter = *x.emitter;
  Type type = x.typeWith(emitter.builder.getIntegerType(width));
  Num converted(emitter, arith::FPToSIOp::create(emitter.builder, emitter.loc, type, x.value));
  Num isInside = abs(x) < (width == 32 ? 0x1p31 : 0x1p63);
  return select(isInside, converted, smallest(converted));
}

} // namespace

Value buildDivide(OpBuilder &builder, Location loc, Value x, Value y, Signedness signedness) {
  Emitter emitter{builder, loc};
  Num a(emitter, x), b(emitter, y);
  Num divisor = safeDivisor(a, b, signedness);
  Num quotient = signedness == Signedness::Signed ? emit<arith::DivSIOp>(a, divisor)
                                                  : emit<arith::DivUIOp>(a, divisor);
  return select(b == 0, quotient.constant(0), quotient).value;
}

Value buildRemainder(OpBuilder &builder, Location loc, Value x, Value y, Signedness signedness) {
  Emitter emitter{builder, loc};
  return remainderOf(Num(emitter, x), Num(emitter, y), signedness).value;
}

Value buildModulo(OpBuilder &builder, Location loc, Value x, Value y, Signedness signedness) {
  Emitter emitter{builder, loc};
  Num b(emitter, y);
  Num rest = remainderOf(Num(emitter, x), b, signedness);
  if (signedness == Signedness::Unsigned)
    return rest.value;
  Num isWrongSide = (rest != 0) & (b != 0) & ((rest ^ b) < 0);
  return select(isWrongSide, rest + b, rest).value;
}

Value buildShiftLeft(OpBuilder &builder, Location loc, Value x, Value amount) {
  Emitter emitter{builder, loc};
  Num a(emitter, x), n(emitter, amount);
  Num isInside = belowUnsigned(n, n.constant(a.width()));
  return select(isInside, a << n, 0).value;
}

Value buildShiftRight(OpBuilder &builder, Location loc, Value x, Value amount) {
  Emitter emitter{builder, loc};
  Num a(emitter, x), n(emitter, amount);
  Num isInside = belowUnsigned(n, n.constant(a.width()));
  return select(isInside, a >> n, 0).value;
}

Value buildFloatToInteger(OpBuilder &builder, Location loc, Value x, IntegerType to,
                          Signedness signedness) {
  Emitter emitter{builder, loc};
  if (isHalf(x.getType()))
    x = arith::ExtFOp::create(builder, loc, withElementType(x.getType(), builder.getF32Type()), x);
  Num number(emitter, x);
  unsigned width = to.getWidth();
  if (width < 32)
    return resize(toSigned(number, 32), width, true).value;
  if (signedness == Signedness::Signed)
    return toSigned(number, width).value;
  if (width == 32)
    return resize(toSigned(number, 64), 32, true).value;
  // The upper half of uint64 is converted 2^63 lower.
  Num upper = toSigned(number - 0x1p63, 64);
  return select(number >= 0x1p63, upper ^ smallest(upper), toSigned(number, 64)).value;
}

} // namespace ingot
