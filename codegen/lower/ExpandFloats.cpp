#include "codegen/lower/ExpandFloats.h"

#include "codegen/lower/math/Expr.h"
#include "codegen/lower/math/HalfPrecision.h"
#include "codegen/lower/math/SmallFloat.h"

using namespace mlir;

namespace ingot {
namespace {

using namespace elementary;

bool isExpanded(Type type, const ExpandFloatsOptions &options) {
  Type element = getElementTypeOrSelf(type);
  return element.isBF16() || (element.isF16() && options.expandF16);
}

void replace(Operation *op, Value value) {
  op->getResult(0).replaceAllUsesWith(value);
  op->erase();
}

void expandExtension(arith::ExtFOp op, const ExpandFloatsOptions &options) {
  Type from = op.getIn().getType(), to = op.getType();
  Type element = getElementTypeOrSelf(from), target = getElementTypeOrSelf(to);
  if (!isHalf(from))
    return;
  OpBuilder builder(op);
  Value number = op.getIn();
  Type f32 = withElementType(to, builder.getF32Type());
  if (isExpanded(from, options)) {
    Type storage = withElementType(from, builder.getI16Type());
    Value code = arith::BitcastOp::create(builder, op.getLoc(), storage, number);
    number = decodeFloat(builder, op.getLoc(), code, cast<FloatType>(element),
                         cast<FloatType>(target));
  } else if (!target.isF32()) {
    number = arith::ExtFOp::create(builder, op.getLoc(), f32, number);
    number = arith::ExtFOp::create(builder, op.getLoc(), to, number);
  } else {
    return;
  }
  replace(op, number);
}

void expandTruncation(arith::TruncFOp op, const ExpandFloatsOptions &options) {
  Type to = op.getType();
  Type element = getElementTypeOrSelf(to);
  if (!isHalf(to))
    return;
  OpBuilder builder(op);
  Value number = op.getIn();
  if (isExpanded(to, options)) {
    Value code = encodeFloat(builder, op.getLoc(), number, cast<FloatType>(element));
    return replace(op, arith::BitcastOp::create(builder, op.getLoc(), to, code));
  }
  if (!getElementTypeOrSelf(number.getType()).isF64())
    return;
  Emitter emitter{builder, op.getLoc()};
  Num odd = truncateToOdd(Num(emitter, number));
  replace(op, arith::TruncFOp::create(builder, op.getLoc(), to, odd.value));
}

bool isArithmetic(Operation *op) {
  return isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp, arith::NegFOp,
             arith::MaximumFOp, arith::MinimumFOp, arith::MaxNumFOp, arith::MinNumFOp,
             arith::CmpFOp>(op);
}

bool isIntegerConversion(Operation *op) {
  return isa<arith::SIToFPOp, arith::UIToFPOp, arith::FPToSIOp, arith::FPToUIOp>(op);
}

class ExpandFloatsPass : public PassWrapper<ExpandFloatsPass, OperationPass<>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(ExpandFloatsPass)
  ExpandFloatsPass() = default;
  ExpandFloatsPass(const ExpandFloatsPass &other) : PassWrapper(other) {}
  explicit ExpandFloatsPass(ExpandFloatsOptions options) { expandF16 = options.expandF16; }

  StringRef getArgument() const override { return "ingot-expand-floats"; }
  StringRef getDescription() const override {
    return "Replace conversions of small floats that would become library calls by arithmetic";
  }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<arith::ArithDialect, math::MathDialect>();
  }
  void runOnOperation() override { expandFloats(getOperation(), {expandF16}); }

private:
  Option<bool> expandF16{*this, "expand-f16",
                         llvm::cl::desc("the target has no conversions of f16 either"),
                         llvm::cl::init(false)};
};

} // namespace

void expandFloats(Operation *root, ExpandFloatsOptions options) {
  SmallVector<Operation *> arithmetic, conversions;
  root->walk([&](Operation *op) {
    bool computes = isArithmetic(op) || isIntegerConversion(op);
    // f16 arithmetic is promoted by LLVM without a call where the conversions exist; conversions
    // from and to 64-bit integers are not.
    auto matters = [&](Type type) {
      return isIntegerConversion(op) ? isHalf(type) : isExpanded(type, options);
    };
    if (computes && (llvm::any_of(op->getOperandTypes(), matters) ||
                     llvm::any_of(op->getResultTypes(), matters)))
      arithmetic.push_back(op);
  });
  for (Operation *op : arithmetic)
    computeInSingle(op);
  root->walk([&](Operation *op) {
    if (isa<arith::ExtFOp, arith::TruncFOp>(op))
      conversions.push_back(op);
  });
  for (Operation *op : conversions) {
    if (auto extension = dyn_cast<arith::ExtFOp>(op))
      expandExtension(extension, options);
    else
      expandTruncation(cast<arith::TruncFOp>(op), options);
  }
}

std::unique_ptr<Pass> createExpandFloatsPass(ExpandFloatsOptions options) {
  return std::make_unique<ExpandFloatsPass>(options);
}

} // namespace ingot
