// Arithmetic on SSA values written as C++ expressions, so that a polynomial reads like its formula.
//
// A `Num` is a scalar or a 1-D vector of f32, f64 or a signless integer (i1 for masks); every
// operator inserts one arith op at the builder's insertion point. Operands of one operator have one
// type; literals take the type of the other operand. Comparisons are ordered (false on NaN) for
// floats and signed for integers. Nothing here branches or reads memory.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_LOWER_MATH_EXPR_H
#define INGOT_CODEGEN_LOWER_MATH_EXPR_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"

#include <type_traits>

namespace ingot::elementary {
using namespace mlir;

// Where the ops go. `fma` is false for targets without a fused multiply-add, where math.fma would
// become a library call: products and sums are then rounded separately.
struct Emitter {
  OpBuilder &builder;
  Location loc;
  bool fma = true;
};

// A C++ number on its way to becoming a constant of some type.
struct Literal {
  template <typename T, typename = std::enable_if_t<std::is_arithmetic_v<T>>>
  Literal(T value)
      : isFloat(std::is_floating_point_v<T>), real(double(value)), integer(uint64_t(value)) {}
  bool isFloat;
  double real;
  uint64_t integer; // sign-extended
};

class Num {
public:
  Num() = default;
  Num(Emitter &emitter, Value value) : emitter(&emitter), value(value) {}

  Type type() const { return value.getType(); }
  Type elementType() const { return getElementTypeOrSelf(type()); }
  bool isFloat() const { return isa<FloatType>(elementType()); }
  bool isDouble() const { return elementType().isF64(); }
  unsigned width() const { return elementType().getIntOrFloatBitWidth(); }
  // A constant of this value's type. A floating literal for an integer type is not allowed.
  Num constant(Literal literal) const;
  // This value's type with another element type.
  Type typeWith(Type element) const;

  Emitter *emitter = nullptr;
  Value value;
};

Num operator+(Num a, Num b);
Num operator-(Num a, Num b);
Num operator*(Num a, Num b);
Num operator/(Num a, Num b); // floats only
Num operator-(Num a);
Num operator&(Num a, Num b);
Num operator|(Num a, Num b);
Num operator^(Num a, Num b);
Num operator<<(Num a, Num b);
Num operator>>(Num a, Num b);     // logical
Num shiftRightSigned(Num a, Num b);
Num operator<(Num a, Num b);
Num operator<=(Num a, Num b);
Num operator>(Num a, Num b);
Num operator>=(Num a, Num b);
Num operator==(Num a, Num b);
Num operator!=(Num a, Num b);     // true on NaN
Num operator!(Num mask);
Num belowUnsigned(Num a, Num b); // integers, a < b
Num isNan(Num x);

#define INGOT_LITERAL_OPERATOR(OP)                                                                 \
  inline Num operator OP(Num a, Literal b) { return a OP a.constant(b); }                          \
  inline Num operator OP(Literal a, Num b) { return b.constant(a) OP b; }
INGOT_LITERAL_OPERATOR(+)
INGOT_LITERAL_OPERATOR(-)
INGOT_LITERAL_OPERATOR(*)
INGOT_LITERAL_OPERATOR(/)
INGOT_LITERAL_OPERATOR(&)
INGOT_LITERAL_OPERATOR(|)
INGOT_LITERAL_OPERATOR(^)
INGOT_LITERAL_OPERATOR(<<)
INGOT_LITERAL_OPERATOR(>>)
INGOT_LITERAL_OPERATOR(<)
INGOT_LITERAL_OPERATOR(<=)
INGOT_LITERAL_OPERATOR(>)
INGOT_LITERAL_OPERATOR(>=)
INGOT_LITERAL_OPERATOR(==)
INGOT_LITERAL_OPERATOR(!=)
#undef INGOT_LITERAL_OPERATOR

// a·b + c, rounded once where the target can, else twice.
Num fma(Num a, Num b, Num c);
inline Num fma(Num a, Literal b, Num c) { return fma(a, a.constant(b), c); }
inline Num fma(Num a, Num b, Literal c) { return fma(a, b, a.constant(c)); }
inline Num fma(Num a, Literal b, Literal c) { return fma(a, a.constant(b), a.constant(c)); }

Num select(Num mask, Num a, Num b);
inline Num select(Num mask, Num a, Literal b) { return select(mask, a, a.constant(b)); }
inline Num select(Num mask, Literal a, Num b) { return select(mask, b.constant(a), b); }
// One minps / maxps each; x comes through when it is NaN.
inline Num atMost(Num x, Num limit) { return select(limit < x, limit, x); }
inline Num atMost(Num x, Literal limit) { return atMost(x, x.constant(limit)); }
inline Num atLeast(Num x, Num limit) { return select(x < limit, limit, x); }
inline Num atLeast(Num x, Literal limit) { return atLeast(x, x.constant(limit)); }

Num abs(Num x);
Num copySign(Num magnitude, Num sign);
// The same for a magnitude that has no sign yet: one instruction less.
Num addSign(Num magnitude, Num sign);
Num sqrt(Num x);
Num trunc(Num x);
Num roundEven(Num x);

Num bits(Num x);                // float → integer of the same width
Num real(Num bits);             // integer → float of the same width
Num asReal(Num integer);        // i32 → f32, and i64 in [-2^51, 2^51) → f64: never scalarized
Num asInteger(Num x);           // truncates; |x| < 2^31 (f32) or 2^51 (f64)
Num asMask(Num integer);        // the lowest bit as i1
Num resize(Num integer, unsigned width, bool isSigned);
Num widen(Num x);               // f32 → f64
Num narrow(Num x);              // f64 → f32

// Σ coefficients[i]·x^i, lowest first, by Horner's rule.
Num polynomial(Num x, ArrayRef<double> coefficients);

// An unevaluated sum hi + lo with |lo| ≤ ulp(hi)/2.
struct Pair {
  Num hi, lo;
};
Pair twoSum(Num a, Num b);      // exact
Pair fastTwoSum(Num a, Num b);  // exact when |a| ≥ |b| or a = 0
Pair twoProduct(Num a, Num b);  // exact, barring overflow and underflow
// a·b + c rounded (almost) once also without a fused multiply-add; exact when the result is.
Num exactFma(Num a, Num b, Num c);
Pair add(Pair a, Pair b);
Pair add(Pair a, Num b);
Pair multiply(Pair a, Pair b);
Pair multiply(Pair a, Num b);
Pair divide(Num a, Pair b);

} // namespace ingot::elementary
#endif
