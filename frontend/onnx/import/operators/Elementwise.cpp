//===- Elementwise.cpp - arithmetic, comparisons, conversions ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Elementwise.h"
#include "frontend/onnx/import/Registry.h"
#include "frontend/onnx/import/Types.h"
#include "frontend/onnx/import/operators/HostCall.h"
#include "ir/ops/Cast.h"
#include "ir/ops/Logic.h"
#include "ir/ops/Math.h"

using namespace mlir;

namespace ingot {

template <typename Op> static Results unary(ImportBuilder &b, NodeReader &n) {
  return b.create<Op>(n.operand(0));
}
template <typename Op> static Results binary(ImportBuilder &b, NodeReader &n) {
  return b.create<Op>(n.operand(0), n.operand(1));
}
static Results equal(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), y = n.operand(1);
  if (!b.failed && isString(b.elementType(x)) && isString(b.elementType(y)))
    return hostCall(b, "string_equal", {x, y},
                    bornTensor(std::max(b.rank(x), b.rank(y)), b.b.getI1Type()), -2);
  return b.create<EqualOp>(x, y);
}
/// a > b is b < a.
template <typename Op> static Results swapped(ImportBuilder &b, NodeReader &n) {
  return b.create<Op>(n.operand(1), n.operand(0));
}
/// From the first operand on.
template <typename Op> static Value folded(ImportBuilder &b, ArrayRef<Value> operands) {
  Value result = operands[0];
  for (Value v : operands.drop_front())
    result = b.create<Op>(result, v);
  return result;
}
template <typename Op> static Results variadic(ImportBuilder &b, NodeReader &n) {
  n.operand(0);
  SmallVector<Value> operands = n.operandsFrom(0);
  if (b.failed)
    return {};
  return folded<Op>(b, operands);
}

static Results mean(ImportBuilder &b, NodeReader &n) {
  n.operand(0);
  SmallVector<Value> operands = n.operandsFrom(0);
  if (b.failed)
    return {};
  Value sum = folded<AddOp>(b, operands);
  return b.div(sum, b.scalarLike((double)operands.size(), sum));
}

static Results mod(ImportBuilder &b, NodeReader &n) {
  return b.create<ModOp>(n.operand(0), n.operand(1), n.boolean("fmod", false));
}

static Results isInf(ImportBuilder &b, NodeReader &n) {
  return b.create<IsInfOp>(n.operand(0), n.boolean("detect_negative", true),
                           n.boolean("detect_positive", true));
}

static Results bitShift(ImportBuilder &b, NodeReader &n) {
  StringRef direction = n.string("direction", "");
  Value x = n.operand(0), y = n.operand(1);
  if (direction == "LEFT")
    return b.create<ShiftLeftOp>(x, y);
  if (direction != "RIGHT")
    n.error("expected direction LEFT or RIGHT, but got '" + direction + "'");
  return b.create<ShiftRightOp>(x, y);
}

static Results where(ImportBuilder &b, NodeReader &n) {
  return b.create<WhereOp>(n.operand(0), n.operand(1), n.operand(2));
}

static Type typeNumbered(ImportBuilder &b, NodeReader &n, int64_t number) {
  auto type = onnx::elementTypeOf(number);
  Type element = type ? elementTypeOf(b.b.getContext(), *type) : Type();
  if (!type)
    n.error("expected an element type, but got " + Twine(number));
  else if (!element)
    n.unsupported("elements of type " + StringRef(onnx::nameOf(*type)) + " are not supported");
  return element ? element : b.b.getF32Type();
}

static Results castTo(ImportBuilder &b, NodeReader &n, Type to) {
  Value x = n.operand(0);
  bool saturate = n.boolean("saturate", true);
  StringRef mode = n.string("round_mode", "up");
  if (mode != "up" && mode != "down" && mode != "nearest")
    n.error("expected round_mode up, down or nearest, but got '" + mode + "'");
  if (b.elementType(x) == to)
    return x;
  for (Type t : {b.elementType(x), to})
    if (isa<ComplexType>(t))
      n.unsupported("conversions of type " + elementTypeName(t) + " are not supported");
  if (!b.failed && (isString(to) || isString(b.elementType(x))))
    return hostCall(b, isString(to) ? "string_from_number" : "string_to_number", x,
                    bornTensor(b.rank(x), to), 0);
  return b.create<CastOp>(x, to, saturate, mode);
}
static Results cast(ImportBuilder &b, NodeReader &n) {
  return castTo(b, n, typeNumbered(b, n, n.requiredInteger("to")));
}
static Results castLike(ImportBuilder &b, NodeReader &n) {
  return castTo(b, n, b.elementType(n.operand(1)));
}
static Results bitCast(ImportBuilder &b, NodeReader &n) {
  return b.create<BitcastOp>(n.operand(0), typeNumbered(b, n, n.requiredInteger("to")));
}

/// Before version 7 the second operand broadcasts from dimension `axis` of the first on, else at the
/// end.
static Value alignedOperand(ImportBuilder &b, NodeReader &n, Value x) {
  Value y = n.operand(1);
  bool broadcasts = n.boolean("broadcast", false), placed = n.has("axis");
  int64_t axis = n.integer("axis", 0);
  n.ignore({"consumed_inputs"});
  if (b.failed || !broadcasts || !placed)
    return y;
  axis = b.normalizeAxis(axis, b.rank(x));
  int64_t behind = b.rank(x) - axis - b.rank(y);
  if (behind < 0) {
    n.error("expected a second operand of rank at most " + Twine(b.rank(x) - axis) +
            " at this axis, but got " + Twine(b.rank(y)));
    return y;
  }
  return b.unsqueeze(y, llvm::to_vector(llvm::seq<int64_t>(b.rank(y), b.rank(y) + behind)));
}
template <typename Op> static Results aligned(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  return b.create<Op>(x, alignedOperand(b, n, x));
}
static Results alignedGreater(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  return b.less(alignedOperand(b, n, x), x);
}

/// Bounds are attributes before version 11; a bound left out does not limit.
ArrayRef<OperatorRow> elementwiseOperators() {
  static const OperatorRow rows[] = {
      {"", "Abs", 6, unary<AbsOp>},
      {"", "Acos", 7, unary<AcosOp>},
      {"", "Acosh", 9, unary<AcoshOp>},
      {"", "Add", 1, aligned<AddOp>},
      {"", "Add", 7, binary<AddOp>},
      {"", "And", 1, aligned<AndOp>},
      {"", "And", 7, binary<AndOp>},
      {"", "Asin", 7, unary<AsinOp>},
      {"", "Asinh", 9, unary<AsinhOp>},
      {"", "Atan", 7, unary<AtanOp>},
      {"", "Atanh", 9, unary<AtanhOp>},
      {"", "BitCast", 26, bitCast},
      {"", "BitShift", 11, bitShift},
      {"", "BitwiseAnd", 18, binary<BitAndOp>},
      {"", "BitwiseNot", 18, unary<BitNotOp>},
      {"", "BitwiseOr", 18, binary<BitOrOp>},
      {"", "BitwiseXor", 18, binary<BitXorOp>},
      {"", "Cast", 6, cast},
      {"", "CastLike", 15, castLike},
      {"", "Ceil", 6, unary<CeilOp>},
      {"", "Cos", 7, unary<CosOp>},
      {"", "Cosh", 9, unary<CoshOp>},
      {"", "Div", 1, aligned<DivOp>},
      {"", "Div", 7, binary<DivOp>},
      {"", "Equal", 1, aligned<EqualOp>},
      {"", "Equal", 7, equal},
      {"", "Erf", 9, unary<ErfOp>},
      {"", "Exp", 6, unary<ExpOp>},
      {"", "Floor", 6, unary<FloorOp>},
      {"", "Greater", 1, alignedGreater},
      {"", "Greater", 7, swapped<LessOp>},
      {"", "GreaterOrEqual", 12, swapped<LessOrEqualOp>},
      {"", "IsInf", 10, isInf},
      {"", "IsNaN", 9, unary<IsNaNOp>},
      {"", "Less", 1, aligned<LessOp>},
      {"", "Less", 7, binary<LessOp>},
      {"", "LessOrEqual", 12, binary<LessOrEqualOp>},
      {"", "Log", 6, unary<LogOp>},
      {"", "Max", 6, variadic<MaxOp>},
      {"", "Mean", 6, mean},
      {"", "Min", 6, variadic<MinOp>},
      {"", "Mod", 10, mod},
      {"", "Mul", 1, aligned<MulOp>},
      {"", "Mul", 7, binary<MulOp>},
      {"", "Neg", 6, unary<NegOp>},
      {"", "Not", 1, unary<NotOp>},
      {"", "Or", 1, aligned<OrOp>},
      {"", "Or", 7, binary<OrOp>},
      {"", "Pow", 1, aligned<PowOp>},
      {"", "Pow", 7, binary<PowOp>},
      {"", "Reciprocal", 6, unary<ReciprocalOp>},
      {"", "Round", 11, unary<RoundOp>},
      {"", "Sign", 9, unary<SignOp>},
      {"", "Sin", 7, unary<SinOp>},
      {"", "Sinh", 9, unary<SinhOp>},
      {"", "Sqrt", 6, unary<SqrtOp>},
      {"", "Sub", 1, aligned<SubOp>},
      {"", "Sub", 7, binary<SubOp>},
      {"", "Sum", 6, variadic<AddOp>},
      {"", "Tan", 7, unary<TanOp>},
      {"", "Tanh", 6, unary<TanhOp>},
      {"", "Where", 9, where},
      {"", "Xor", 1, aligned<XorOp>},
      {"", "Xor", 7, binary<XorOp>},
  };
  return rows;
}

} // namespace ingot
