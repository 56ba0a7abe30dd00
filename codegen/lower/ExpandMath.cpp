// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/lower/ExpandMath.h"

#include "codegen/lower/math/Functions.h"
#include "codegen/lower/math/HalfPrecision.h"

using namespace mlir;

namespace ingot {
#define GEN_PASS_DEF_EXPANDMATH
#include "codegen/lower/math/Math.h.inc"

namespace {

using elementary::Emitter;
using elementary::Num;

using UnaryFunction = Num (*)(Num);
using BinaryFunction = Num (*)(Num, Num);

template <Num (*function)(Num, elementary::Precision)> Num inFull(Num x) {
  return function(x, elementary::Precision::Double);
}

UnaryFunction unaryFunction(Operation *op) {
  return llvm::TypeSwitch<Operation *, UnaryFunction>(op)
      .Case<math::ExpOp>([](auto) { return &inFull<elementary::exp>; })
      .Case<math::ExpM1Op>([](auto) { return &inFull<elementary::expm1>; })
      .Case<math::LogOp>([](auto) { return &inFull<elementary::log>; })
      .Case<math::Log1pOp>([](auto) { return &inFull<elementary::log1p>; })
      .Case<math::Exp2Op>([](auto) { return &elementary::exp2; })
      .Case<math::Log2Op>([](auto) { return &elementary::log2; })
      .Case<math::Log10Op>([](auto) { return &elementary::log10; })
      .Case<math::SinOp>([](auto) { return &elementary::sin; })
      .Case<math::CosOp>([](auto) { return &elementary::cos; })
      .Case<math::TanOp>([](auto) { return &elementary::tan; })
      .Case<math::AsinOp>([](auto) { return &elementary::asin; })
      .Case<math::AcosOp>([](auto) { return &elementary::acos; })
      .Case<math::AtanOp>([](auto) { return &elementary::atan; })
      .Case<math::SinhOp>([](auto) { return &elementary::sinh; })
      .Case<math::CoshOp>([](auto) { return &elementary::cosh; })
      .Case<math::TanhOp>([](auto) { return &elementary::tanh; })
      .Case<math::AsinhOp>([](auto) { return &elementary::asinh; })
      .Case<math::AcoshOp>([](auto) { return &elementary::acosh; })
      .Case<math::AtanhOp>([](auto) { return &elementary::atanh; })
      .Case<math::ErfOp>([](auto) { return &elementary::erf; })
      .Case<math::ErfcOp>([](auto) { return &elementary::erfc; })
      .Case<math::CbrtOp>([](auto) { return &elementary::cbrt; })
      .Case<math::RsqrtOp>([](auto) { return &elementary::rsqrt; })
      .Default([](Operation *) -> UnaryFunction { return nullptr; });
}

BinaryFunction binaryFunction(Operation *op) {
  return llvm::TypeSwitch<Operation *, BinaryFunction>(op)
      .Case<math::Atan2Op>([](auto) { return &elementary::atan2; })
      .Case<math::PowFOp>([](auto) { return &elementary::pow; })
      .Case<math::FPowIOp>([](auto) { return &elementary::powInteger; })
      .Case<math::IPowIOp>([](auto) { return &elementary::integerPower; })
      .Case<arith::RemFOp>([](auto) { return &elementary::remainder; })
      .Default([](Operation *) -> BinaryFunction { return nullptr; });
}

bool isSupported(Type type) {
  auto vector = dyn_cast<VectorType>(type);
  Type element = getElementTypeOrSelf(type);
  return (!isa<ShapedType>(type) || vector) &&
         (element.isF32() || element.isF64() || element.isSignlessInteger());
}

void replace(Operation *op, ArrayRef<Num> results) {
  for (auto [result, number] : llvm::zip(op->getResults(), results))
    result.replaceAllUsesWith(number.value);
  op->erase();
}

void expand(Operation *op, const ExpandMathOptions &options) {
  if (!isa<arith::RemFOp>(op) && !isa_and_nonnull<math::MathDialect>(op->getDialect()))
    return;
  if (llvm::any_of(op->getOperandTypes(), elementary::isHalf))
    op = elementary::computeInSingle(op);
  if (!llvm::all_of(op->getOperandTypes(), isSupported))
    return;
  OpBuilder builder(op);
  Emitter emitter{builder, op->getLoc(), options.fma};
  auto operand = [&](unsigned i) { return Num(emitter, op->getOperand(i)); };
  if (UnaryFunction function = unaryFunction(op))
    return replace(op, function(operand(0)));
  if (BinaryFunction function = binaryFunction(op))
    return replace(op, function(operand(0), operand(1)));
  if (isa<math::SincosOp>(op))
    return replace(op, {elementary::sin(operand(0)), elementary::cos(operand(0))});
  if (isa<math::ClampFOp>(op))
    return replace(op, atLeast(atMost(operand(0), operand(2)), operand(1)));
  if (isa<math::FmaOp>(op) && !options.fma)
    return replace(op, operand(0) * operand(1) + operand(2));
}

struct ExpandMathPass : impl::ExpandMathBase<ExpandMathPass> {
  using ExpandMathBase::ExpandMathBase;
  void runOnOperation() override { expandMath(getOperation(), {fma}); }
};

} // namespace

void expandMath(Operation *root, ExpandMathOptions options) {
  // Collected first, so that no op made here is visited: the f32 form of an f16 op is expanded with
  // it.
  SmallVector<Operation *> ops;
  root->walk([&](Operation *op) { ops.push_back(op); });
  for (Operation *op : ops)
    expand(op, options);
}

} // namespace ingot
