//===- IntegerContractions.cpp - multiplies what was dequantized as integers ---===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Elementwise.h"
#include "ir/ops/Movement.h"
#include "ir/ops/Quantize.h"
#include "passes/quantize/InferringBuilder.h"
#include "passes/quantize/Quantize.h"

using namespace mlir;

namespace ingot {
#define GEN_PASS_DEF_INTEGERCONTRACTIONS
#include "passes/quantize/Quantize.h.inc"

namespace {

/// A dequantized operand, perhaps a transposed one.
struct Source {
  DequantizeOp op;
  TransposeOp transpose;
};

bool isSingle(DimAnalysis &dims, Value v) {
  return llvm::all_of(dims.dims(v), [](const Dim &d) { return d.is(1); });
}

std::optional<Source> sourceOf(Value v, DimAnalysis &dims) {
  Source s;
  if ((s.transpose = v.getDefiningOp<TransposeOp>()))
    v = s.transpose.getInput();
  s.op = v.getDefiningOp<DequantizeOp>();
  if (!s.op || !s.op.getTo().isF32() || !dims.elementType(s.op.getScale()).isF32())
    return std::nullopt;
  for (Value part : {s.op.getX(), s.op.getZeroPoint()})
    if (Type t = dims.elementType(part); !isInteger(t) || storageBits(t) > 8)
      return std::nullopt;
  SmallVector<Dim> x(dims.dims(s.op.getX()));
  if (ArrayRef(x) != dims.dims(s.op.getResult()))
    return std::nullopt;
  return s;
}

/// The part of a dequantize, transposed as its result is.
Value partOf(InferringBuilder &b, Source &s, Value part) {
  if (!s.transpose || isSingle(b.dims, part))
    return part;
  return b.create<TransposeOp>(part, s.transpose.getPermutation());
}

/// One element, or one per index of dimension `axis` (of `rank`) alone, if there is one.
bool variesAlong(Source &s, std::optional<int64_t> axis, int64_t rank, DimAnalysis &dims) {
  for (Value v : {s.op.getScale(), s.op.getZeroPoint()}) {
    if (isSingle(dims, v))
      continue;
    // A scale of lower rank lies along the last dimensions; transposing needs all of them.
    if (s.transpose && dims.rank(v) != rank)
      return false;
    for (int64_t i = 0; i < dims.rank(v); ++i) {
      int64_t at = rank - dims.rank(v) + i;
      if (s.transpose)
        at = llvm::find(s.transpose.getPermutation(), at) - s.transpose.getPermutation().begin();
      if (at != axis && !dims.dim(v, i).is(1))
        return false;
    }
  }
  return true;
}

/// Counted from the last dimension, the channels of a matrix product's weights are where those of
/// its result are: what broadcasts to the one broadcasts to the other.
bool hasAlignedChannels(ContractionOp op, DimAnalysis &dims) {
  return dims.rank(op.weights()) - op.weightsChannelAxis() ==
         dims.rank(op->getResult(0)) - op.resultChannelAxis();
}

Value rewrite(QuantizableOp op, DimAnalysis &dims) {
  auto contraction = cast<ContractionOp>(*op);
  Value data = contraction.data(), weights = contraction.weights();
  auto x = sourceOf(data, dims), w = sourceOf(weights, dims);
  int64_t axis = contraction.weightsChannelAxis();
  if (!x || !w || !variesAlong(*x, op.dataScaleAxis(), dims.rank(data), dims) ||
      !variesAlong(*w, axis, dims.rank(weights), dims))
    return {};
  auto channels = dims.dim(weights, axis).constant();
  bool isAligned = hasAlignedChannels(contraction, dims);
  if (!isAligned && !channels)
    return {};
  InferringBuilder b(op, dims);
  Value sums = b.createInteger(op, {partOf(b, *x, x->op.getX()), partOf(b, *w, w->op.getX()),
                                    partOf(b, *x, x->op.getZeroPoint()),
                                    partOf(b, *w, w->op.getZeroPoint())});
  Value xScale = partOf(b, *x, x->op.getScale()), wScale = partOf(b, *w, w->op.getScale());
  if (!isAligned && !isSingle(dims, wScale))
    wScale = b.create<ReshapeOp>(wScale, b.integers(contraction.perChannelShape(*channels)));
  Value scale = b.create<MulOp>(xScale, wScale);
  Value r = b.create<MulOp>(b.cast(sums, b.b.getF32Type()), scale);
  return b.failed ? Value() : r;
}

struct IntegerContractionsPass : impl::IntegerContractionsBase<IntegerContractionsPass> {
  void runOnOperation() override {
    DimAnalysis dims;
    if (failed(dims.run(getOperation())))
      return signalPassFailure();
    SmallVector<QuantizableOp> contractions;
    getOperation().walk([&](QuantizableOp op) { contractions.push_back(op); });
    for (QuantizableOp op : contractions) {
      Value r = rewrite(op, dims);
      if (!r || r.getType() != op->getResult(0).getType())
        continue;
      op->getResult(0).replaceAllUsesWith(r);
      op->erase();
    }
  }
};

} // namespace
} // namespace ingot
