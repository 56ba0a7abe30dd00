//===- RecognizeNormalization.cpp - names the normalization that exporters spell out ---===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ConstantView.h"
#include "ir/ops/Elementwise.h"
#include "ir/ops/Math.h"
#include "ir/ops/Normalization.h"
#include "ir/ops/Reduction.h"
#include "passes/fuse/Fuse.h"

using namespace mlir;

namespace ingot {
#define GEN_PASS_DEF_RECOGNIZENORMALIZATION
#include "passes/fuse/Fuse.h.inc"

namespace {

/// The only element of a known tensor.
std::optional<double> scalarOf(Value v) {
  std::optional<ConstantView> view = ConstantView::of(v);
  if (!view || view->size() != 1 || !isa<FloatType, IntegerType>(view->type().getElementType()))
    return std::nullopt;
  return view->real(0);
}

/// A mean over `axes` that keeps them with size 1, and what it is of.
struct Mean {
  Value of;
  ArrayRef<int64_t> axes;
};

class Matcher {
public:
  explicit Matcher(DimAnalysis &dims) : dims(dims) {}

  std::optional<Mean> mean(Value v) {
    auto div = v.getDefiningOp<DivOp>();
    auto sum = div ? div.getA().getDefiningOp<ReduceOp>() : ReduceOp();
    if (!sum || sum.getKind() != "sum" || !sum.getKeepdims())
      return std::nullopt;
    Dim count(1);
    for (int64_t axis : sum.getAxes())
      count = dims.space.mul(count, dims.dim(sum.getInput(), axis));
    if (auto known = scalarOf(div.getB())) {
      if (!count.constant() || *known != (double)*count.constant())
        return std::nullopt;
    } else {
      auto elements = dims.info(div.getB()).elements;
      if (!elements || elements->size() != 1 || (*elements)[0] != count)
        return std::nullopt;
    }
    return Mean{sum.getInput(), sum.getAxes()};
  }

  /// x where v is x * x or x to the power of 2.
  Value squared(Value v) {
    if (auto mul = v.getDefiningOp<MulOp>(); mul && mul.getA() == mul.getB())
      return mul.getA();
    if (auto pow = v.getDefiningOp<PowOp>(); pow && scalarOf(pow.getB()) == 2.0)
      return pow.getA();
    return {};
  }

  /// `v` as sqrt(mean of squares + epsilon).
  bool deviation(Value v, Value &of, ArrayRef<int64_t> &axes, double &epsilon) {
    auto root = v.getDefiningOp<SqrtOp>();
    auto add = root ? root.getX().getDefiningOp<AddOp>() : AddOp();
    if (!add)
      return false;
    Value variance = add.getA();
    auto small = scalarOf(add.getB());
    if (!small) {
      small = scalarOf(add.getA());
      variance = add.getB();
    }
    std::optional<Mean> m = small ? mean(variance) : std::nullopt;
    of = m ? squared(m->of) : Value();
    if (!of || !(*small >= 0))
      return false;
    axes = m->axes;
    epsilon = *small;
    return true;
  }

  /// Replaces `op` where it divides by a deviation.
  void match(Operation *op) {
    if (auto div = dyn_cast<DivOp>(op))
      return replace(op, div.getA(), div.getB());
    auto mul = dyn_cast<MulOp>(op);
    if (!mul)
      return;
    auto inverse = [](Value v) -> Value {
      auto div = v.getDefiningOp<DivOp>();
      return div && scalarOf(div.getA()) == 1.0 ? div.getB() : Value();
    };
    if (Value v = inverse(mul.getB()))
      replace(op, mul.getA(), v);
    else if (Value v = inverse(mul.getA()))
      replace(op, mul.getB(), v);
  }

private:
  void replace(Operation *op, Value x, Value divisor) {
    Value of;
    ArrayRef<int64_t> axes;
    double epsilon;
    if (!deviation(divisor, of, axes, epsilon) || of != x ||
        x.getType() != op->getResult(0).getType())
      return;
    bool center = false;
    if (auto sub = x.getDefiningOp<SubOp>())
      if (std::optional<Mean> m = mean(sub.getB());
          m && m->of == sub.getA() && m->axes == axes) {
        x = sub.getA();
        center = true;
      }
    if (x.getType() != op->getResult(0).getType())
      return;
    OpBuilder b(op);
    auto normal = NormalizeOp::create(b, op->getLoc(), op->getResult(0).getType(), x,
                                      b.getDenseI64ArrayAttr(axes), b.getF64FloatAttr(epsilon),
                                      b.getBoolAttr(center));
    dims.set(normal.getResult(), dims.info(op->getResult(0)));
    op->getResult(0).replaceAllUsesWith(normal.getResult());
  }

  DimAnalysis &dims;
};

struct RecognizeNormalizationPass : impl::RecognizeNormalizationBase<RecognizeNormalizationPass> {
  void runOnOperation() override {
    DimAnalysis dims;
    if (failed(dims.run(getOperation())))
      return signalPassFailure();
    Matcher matcher(dims);
    getOperation().walk([&](Operation *op) { matcher.match(op); });
  }
};

} // namespace
} // namespace ingot
