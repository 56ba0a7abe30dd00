//===- CenterWeights.cpp - brings constant integer weights into the kernels' form --===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Elementwise.h"
#include "ir/ops/Movement.h"
#include "passes/quantize/InferringBuilder.h"
#include "passes/quantize/Quantize.h"

using namespace mlir;

namespace ingot {
#define GEN_PASS_DEF_CENTERWEIGHTS
#include "passes/quantize/Quantize.h.inc"

namespace {

/// A constant of integers, perhaps reshaped, then transposed, broadcast to a shape.
class IntegerReader {
public:
  static std::optional<IntegerReader> of(Value v) {
    auto transpose = v.getDefiningOp<TransposeOp>();
    Value reshaped = transpose ? transpose.getInput() : v, origin = reshaped;
    while (auto reshape = origin.getDefiningOp<ReshapeOp>())
      origin = reshape.getInput();
    auto view = ConstantView::of(origin);
    auto type = dyn_cast<RankedTensorType>(reshaped.getType());
    if (!view || !isInteger(view->type().getElementType()) || !type || !type.hasStaticShape())
      return std::nullopt;
    ArrayRef<int64_t> source = type.getShape();
    SmallVector<int64_t> steps(source.size());
    int64_t step = 1;
    for (size_t i = source.size(); i-- > 0; step *= source[i])
      steps[i] = step;
    IntegerReader r;
    for (size_t i = 0; i < source.size(); ++i) {
      int64_t from = transpose ? transpose.getPermutation()[i] : i;
      r.shape.push_back(source[from]);
      r.strides.push_back(steps[from]);
    }
    r.view.emplace(std::move(*view));
    return r;
  }

  /// Calls `visit` with every element in row-major order of `wanted`, to which this broadcasts.
  void each(ArrayRef<int64_t> wanted, llvm::function_ref<void(int64_t)> visit) const {
    size_t rank = wanted.size(), skipped = rank - shape.size();
    SmallVector<int64_t> index(rank, 0), step(rank, 0);
    int64_t total = 1, at = 0;
    for (size_t i = 0; i < rank; ++i) {
      total *= wanted[i];
      if (i >= skipped && shape[i - skipped] != 1)
        step[i] = strides[i - skipped];
    }
    for (int64_t n = 0; n < total; ++n) {
      visit(view->integer(at));
      for (size_t d = rank; d-- > 0;) {
        at += step[d];
        if (++index[d] < wanted[d])
          break;
        at -= step[d] * wanted[d];
        index[d] = 0;
      }
    }
  }

  Type element() const { return view->type().getElementType(); }
  int64_t size() const { return view->size(); }
  SmallVector<int64_t> shape;

private:
  SmallVector<int64_t> strides;
  std::optional<ConstantView> view;
};

/// One contraction, its weight and zero point known.
class Centering {
public:
  Centering(QuantizableOp op, DimAnalysis &dims)
      : op(op), contraction(cast<ContractionOp>(*op)), b(op, dims) {
    if (auto convolution = dyn_cast<ConvolutionOp>(*op))
      groups = convolution.getGroups();
  }

  /// The result in the kernels' form; null where it has that already or none.
  Value run() {
    Value weights = contraction.weights(), zero = contraction.weightsZero();
    auto w = IntegerReader::of(weights), z = IntegerReader::of(zero);
    if (!w || !z || storageBits(w->element()) > 8 || z->shape.size() > w->shape.size())
      return {};
    bool isByte = w->element().isInteger(8);
    center = isByte && w->element().isUnsignedInteger() ? 128 : 0;
    bool isCentered = isByte, fits = true;
    z->each(z->shape, [&](int64_t zero) { isCentered &= zero == center; });
    if (isCentered)
      return z->size() == 1 && ConstantView::of(zero)
                 ? Value()
                 : product(weights, b.scalar(center, w->element()));
    SmallVector<int16_t, 0> zeros;
    z->each(w->shape, [&](int64_t zero) { zeros.push_back(zero); });
    SmallVector<char, 0> shifted;
    w->each(w->shape, [&](int64_t weight) {
      int64_t value = weight - zeros[shifted.size()];
      fits &= value >= -128 && value <= 127;
      shifted.push_back((char)value);
    });
    Type si8 = IntegerType::get(b.b.getContext(), 8, IntegerType::Signed);
    if (fits)
      return product(b.tensor(RankedTensorType::get(w->shape, si8), shifted), b.scalar(0, si8));
    return corrected(*w, *z);
  }

  bool failed() const { return b.failed; }

private:
  Value product(Value weight, Value zero) {
    return b.createInteger(op, {contraction.data(), weight, contraction.dataZero(), zero});
  }

  /// Σ(x − x0)(w − w0) = Σ(x − x0)(w − c) − (w0 − c) Σ(x − x0), and the last sum is that of the
  /// same contraction with weights of 1.
  Value corrected(IntegerReader &w, IntegerReader &z) {
    size_t rank = w.shape.size(), axis = contraction.weightsChannelAxis();
    SmallVector<int64_t> zeroShape(rank, 1), ones(w.shape);
    size_t skipped = rank - z.shape.size();
    for (size_t i = 0; i < z.shape.size(); ++i) {
      if (z.shape[i] != 1 && i + skipped != axis)
        return {};
      zeroShape[i + skipped] = z.shape[i];
    }
    ones[axis] = groups;
    if (w.shape[axis] % groups)
      return {};
    Type si8 = IntegerType::get(b.b.getContext(), 8, IntegerType::Signed), i32 = si32();
    auto onesType = RankedTensorType::get(ones, si8);
    SmallVector<char, 0> bytes(onesType.getNumElements(), 1);
    Value totals = product(b.tensor(onesType, bytes), b.scalar(0, si8));
    if (groups > 1 && groups != w.shape[axis]) {
      SmallVector<int64_t> groupOf;
      for (int64_t i = 0; i < w.shape[axis]; ++i)
        groupOf.push_back(i / (w.shape[axis] / groups));
      totals = b.create<GatherOp>(totals, b.integers(groupOf), contraction.resultChannelAxis());
    }
    SmallVector<int32_t> offsets;
    z.each(z.shape, [&](int64_t zero) { offsets.push_back(zero - center); });
    Value offset =
        b.tensor(RankedTensorType::get(contraction.perChannelShape(zeroShape[axis]), i32),
                 ArrayRef((const char *)offsets.data(), offsets.size() * 4));
    Value sums = product(contraction.weights(), b.scalar(center, w.element()));
    return b.create<SubOp>(sums, b.create<MulOp>(totals, offset));
  }

  Type si32() { return IntegerType::get(b.b.getContext(), 32, IntegerType::Signed); }

  QuantizableOp op;
  ContractionOp contraction;
  InferringBuilder b;
  int64_t groups = 1, center = 0;
};

struct CenterWeightsPass : impl::CenterWeightsBase<CenterWeightsPass> {
  void runOnOperation() override {
    DimAnalysis dims;
    if (failed(dims.run(getOperation())))
      return signalPassFailure();
    SmallVector<QuantizableOp> contractions;
    getOperation().walk([&](QuantizableOp op) {
      if (cast<ContractionOp>(*op).weightsZero())
        contractions.push_back(op);
    });
    for (QuantizableOp op : contractions) {
      Centering centering(op, dims);
      Value r = centering.run();
      if (!r || centering.failed() || r.getType() != op->getResult(0).getType())
        continue;
      op->getResult(0).replaceAllUsesWith(r);
      op->erase();
    }
  }
};

} // namespace
} // namespace ingot
