// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/lower/ExpandFloats.h"

#include "codegen/lower/math/Expr.h"
#include "codegen/lower/math/HalfPrecision.h"
#include "codegen/lower/math/SmallFloat.h"

using namespace mlir;

namespace ingot {
#define GEN_PASS_DEF_EXPANDFLOATS
#include "codegen/lower/math/Math.h.inc"

namespace {

using namespace elementary;

// bf16 and everything narrower than 16 bits; f16 by option.
bool isExpanded(Type type, const ExpandFloatsOptions &options) {
  Type element = getElementTypeOrSelf(type);
  return isSmallFloat(element) && (!element.isF16() || options.expandF16);
}

void replace(Operation *op, Value value) {
  op->getResult(0).replaceAllUsesWith(value);
  op->erase();
}

// Between a value of a small float type and its bits, which decodeFloat and encodeFloat want in a
// whole byte.
Value toStorage(OpBuilder &builder, Location loc, Value number) {
  unsigned width = getElementTypeOrSelf(number.getType()).getIntOrFloatBitWidth();
  Type bits = withElementType(number.getType(), builder.getIntegerType(width));
  Value code = arith::BitcastOp::create(builder, loc, bits, number);
  if (width >= 8)
    return code;
  return arith::ExtUIOp::create(builder, loc, withElementType(bits, builder.getI8Type()), code);
}

Value fromStorage(OpBuilder &builder, Location loc, Value code, Type type) {
  unsigned width = getElementTypeOrSelf(type).getIntOrFloatBitWidth();
  if (width < 8)
    code = arith::TruncIOp::create(
        builder, loc, withElementType(code.getType(), builder.getIntegerType(width)), code);
  return arith::BitcastOp::create(builder, loc, type, code);
}

bool expandExtension(arith::ExtFOp op, const ExpandFloatsOptions &options) {
  Type from = op.getIn().getType(), to = op.getType();
  auto element = cast<FloatType>(getElementTypeOrSelf(from));
  auto target = cast<FloatType>(getElementTypeOrSelf(to));
  OpBuilder builder(op);
  if (isExpanded(from, options)) {
    Value code = toStorage(builder, op.getLoc(), op.getIn());
    replace(op, decodeFloat(builder, op.getLoc(), code, element, target));
    return true;
  }
  if (!element.isF16() || target.isF32())
    return false;
  Type f32 = withElementType(to, builder.getF32Type());
  Value single = arith::ExtFOp::create(builder, op.getLoc(), f32, op.getIn());
  replace(op, arith::ExtFOp::create(builder, op.getLoc(), to, single));
  return true;
}

bool expandTruncation(arith::TruncFOp op, const ExpandFloatsOptions &options) {
  Type to = op.getType();
  auto element = cast<FloatType>(getElementTypeOrSelf(to));
  OpBuilder builder(op);
  Value number = op.getIn();
  if (isExpanded(to, options)) {
    // arith overflows to infinity or NaN. f8E8M0FNU alone has to take what lies outside.
    FloatEncoding encoding;
    encoding.saturate = isa<Float8E8M0FNUType>(element);
    encoding.scaleRounding = ScaleRounding::Nearest;
    Value code = encodeFloat(builder, op.getLoc(), number, element, encoding);
    replace(op, fromStorage(builder, op.getLoc(), code, to));
    return true;
  }
  if (!element.isF16() || !getElementTypeOrSelf(number.getType()).isF64())
    return false;
  Emitter emitter{builder, op.getLoc()};
  Num odd = truncateToOdd(Num(emitter, number));
  replace(op, arith::TruncFOp::create(builder, op.getLoc(), to, odd.value));
  return true;
}

bool isArithmetic(Operation *op) {
  return isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp, arith::NegFOp,
             arith::MaximumFOp, arith::MinimumFOp, arith::MaxNumFOp, arith::MinNumFOp,
             arith::CmpFOp>(op);
}

bool isIntegerConversion(Operation *op) {
  return isa<arith::SIToFPOp, arith::UIToFPOp, arith::FPToSIOp, arith::FPToUIOp>(op);
}

struct ExpandFloatsPass : impl::ExpandFloatsBase<ExpandFloatsPass> {
  using ExpandFloatsBase::ExpandFloatsBase;
  void runOnOperation() override { expandFloats(getOperation(), {expandF16}); }
};

} // namespace

void expandFloats(Operation *root, ExpandFloatsOptions options) {
  SmallVector<Operation *> arithmetic;
  root->walk([&](Operation *op) {
    bool computes = isArithmetic(op) || isIntegerConversion(op);
    // f16 arithmetic is promoted by LLVM without a call where the conversions exist; conversions
    // from and to 64-bit integers are not.
    auto matters = [&](Type type) {
      if (isIntegerConversion(op))
        return isHalf(type);
      return isHalf(type) && isExpanded(type, options);
    };
    if (computes && (llvm::any_of(op->getOperandTypes(), matters) ||
                     llvm::any_of(op->getResultTypes(), matters)))
      arithmetic.push_back(op);
  });
  for (Operation *op : arithmetic)
    computeInSingle(op);
  // A conversion between two small formats goes through f32 and leaves one of them to the next round.
  for (bool changed = true; changed;) {
    changed = false;
    SmallVector<Operation *> conversions;
    root->walk([&](Operation *op) {
      if (isa<arith::ExtFOp, arith::TruncFOp>(op))
        conversions.push_back(op);
    });
    for (Operation *op : conversions) {
      if (auto extension = dyn_cast<arith::ExtFOp>(op))
        changed |= expandExtension(extension, options);
      else
        changed |= expandTruncation(cast<arith::TruncFOp>(op), options);
    }
  }
}

} // namespace ingot
