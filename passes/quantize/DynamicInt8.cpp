//===- DynamicInt8.cpp - multiplies by constant weights in 8 bits --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/Compression.h"
#include "ir/ops/Elementwise.h"
#include "ir/ops/Logic.h"
#include "ir/ops/Movement.h"
#include "ir/ops/Quantize.h"
#include "ir/ops/Reduction.h"
#include "passes/quantize/InferringBuilder.h"
#include "passes/quantize/Quantize.h"
#include <cmath>

using namespace mlir;

namespace ingot {
#define GEN_PASS_DEF_DYNAMICINT8
#include "passes/quantize/Quantize.h.inc"

namespace {

struct QuantizedWeight {
  Value values, scale;
};

/// int8 with a scale for each index of dimension `axis`; the scales have shape `scaleShape`.
QuantizedWeight quantizeWeight(InferringBuilder &b, const ConstantView &w, int64_t axis,
                               ArrayRef<int64_t> scaleShape) {
  ArrayRef<int64_t> shape = w.type().getShape();
  int64_t channels = shape[axis], inner = 1;
  for (int64_t d : shape.drop_front(axis + 1))
    inner *= d;
  auto channelOf = [&](int64_t i) { return i / inner % channels; };
  SmallVector<float, 0> scale(channels, 0);
  for (int64_t i = 0; i < w.size(); ++i)
    scale[channelOf(i)] = std::max(scale[channelOf(i)], std::fabs((float)w.real(i)));
  for (float &s : scale)
    s = s > 0 && std::isfinite(s) ? s / 127 : 1;
  SmallVector<char, 0> q(w.size());
  for (int64_t i = 0; i < w.size(); ++i) {
    double v = std::nearbyint(w.real(i) / scale[channelOf(i)]);
    q[i] = (char)(int)std::max(-127.0, std::min(127.0, std::isnan(v) ? 0 : v));
  }
  auto si8 = IntegerType::get(b.b.getContext(), 8, IntegerType::Signed);
  ArrayRef<char> bytes((const char *)scale.data(), scale.size() * sizeof(float));
  return {b.tensor(RankedTensorType::get(shape, si8), q),
          b.tensor(RankedTensorType::get(scaleShape, b.b.getF32Type()), bytes)};
}

struct QuantizedInput {
  Value values, scale, zero;
};

/// To uint8 by the least and largest element, as ONNX's DynamicQuantizeLinear.
QuantizedInput quantizeInput(InferringBuilder &b, Value x) {
  Type f32 = b.b.getF32Type(), u8 = b.b.getIntegerType(8, false);
  SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, b.dims.rank(x)));
  Value zero = b.scalar(0, f32), one = b.scalar(1, f32), full = b.scalar(255, f32);
  Value low = b.create<MinOp>(b.create<ReduceOp>(x, "min", axes, false), zero);
  Value high = b.create<MaxOp>(b.create<ReduceOp>(x, "max", axes, false), zero);
  Value range = b.create<SubOp>(high, low);
  Value scale = b.create<WhereOp>(b.create<EqualOp>(range, zero), one,
                                  b.create<DivOp>(range, full));
  Value origin = b.create<RoundOp>(b.create<DivOp>(b.create<SubOp>(zero, low), scale));
  origin = b.cast(b.create<MinOp>(b.create<MaxOp>(origin, zero), full), u8);
  return {b.create<QuantizeOp>(x, scale, origin, true, f32), scale, origin};
}

/// `w` is the constant that `op` reads through `transpose`, if any.
Value rewrite(QuantizableOp op, const ConstantView &w, TransposeOp transpose, DimAnalysis &dims) {
  InferringBuilder b(op, dims);
  auto contraction = cast<ContractionOp>(*op);
  QuantizedInput input = quantizeInput(b, contraction.data());
  Value noOrigin = b.scalar(0, IntegerType::get(op->getContext(), 8, IntegerType::Signed));
  int64_t axis = contraction.weightsChannelAxis();
  if (transpose)
    axis = transpose.getPermutation()[axis];
  QuantizedWeight q =
      quantizeWeight(b, w, axis, contraction.perChannelShape(w.type().getDimSize(axis)));
  if (transpose)
    q.values = b.create<TransposeOp>(q.values, transpose.getPermutation());
  Value sums = b.createInteger(op, {input.values, q.values, input.zero, noOrigin});
  Value r = b.create<MulOp>(b.cast(sums, b.b.getF32Type()), b.create<MulOp>(input.scale, q.scale));
  return b.failed ? Value() : r;
}

struct DynamicInt8Pass : impl::DynamicInt8Base<DynamicInt8Pass> {
  using DynamicInt8Base::DynamicInt8Base;
  void runOnOperation() override {
    DimAnalysis dims;
    if (failed(dims.run(getOperation())))
      return signalPassFailure();
    SmallVector<QuantizableOp> contractions;
    getOperation().walk([&](QuantizableOp op) { contractions.push_back(op); });
    for (QuantizableOp op : contractions) {
      auto contraction = cast<ContractionOp>(*op);
      Value weight = contraction.weights();
      auto transpose = weight.getDefiningOp<TransposeOp>();
      if (transpose)
        weight = transpose.getInput();
      auto view = ConstantView::of(weight);
      if (!view || !view->type().getElementType().isF32() || view->size() < least ||
          !contraction.sharesWeights())
        continue;
      Value r = rewrite(op, *view, transpose, dims);
      if (!r || r.getType() != op->getResult(0).getType())
        continue;
      addCompressedLayer(getOperation(), op, {"", "dynamic-int8", view->size(), 0, 8});
      op->getResult(0).replaceAllUsesWith(r);
      op->erase();
    }
  }
};

} // namespace
} // namespace ingot
