//===- IntegerContractions.cpp - multiplies what was dequantized as integers ---===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Contraction.h"
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

/// One element, or one per index of dimension `axis` (of `rank`) alone.
bool variesAlong(Source &s, int64_t axis, int64_t rank, DimAnalysis &dims) {
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

Value scaled(InferringBuilder &b, Value sums, Value xScale, Value wScale) {
  Value scale = b.create<MulOp>(xScale, wScale);
  return b.create<MulOp>(b.cast(sums, b.b.getF32Type()), scale);
}

Value rewrite(MatMulOp op, DimAnalysis &dims) {
  auto x = sourceOf(op.getA(), dims), w = sourceOf(op.getB(), dims);
  int64_t xRank = dims.rank(op.getA()), wRank = dims.rank(op.getB());
  if (!x || !w || !variesAlong(*x, xRank - 2, xRank, dims) ||
      !variesAlong(*w, wRank - 1, wRank, dims))
    return {};
  InferringBuilder b(op, dims);
  Value sums = b.create<MatMulIntegerOp>(
      partOf(b, *x, x->op.getX()), partOf(b, *w, w->op.getX()),
      partOf(b, *x, x->op.getZeroPoint()), partOf(b, *w, w->op.getZeroPoint()));
  Value r = scaled(b, sums, partOf(b, *x, x->op.getScale()), partOf(b, *w, w->op.getScale()));
  return b.failed ? Value() : r;
}

Value rewrite(ConvOp op, DimAnalysis &dims) {
  auto x = sourceOf(op.getInput(), dims), w = sourceOf(op.getWeight(), dims);
  int64_t rank = dims.rank(op.getInput());
  if (!x || !w || x->transpose || w->transpose || !isSingle(dims, x->op.getScale()) ||
      !isSingle(dims, x->op.getZeroPoint()) || !variesAlong(*w, 0, rank, dims))
    return {};
  Value weightScale = w->op.getScale();
  auto channels = dims.dim(op.getWeight(), 0).constant();
  if (!channels)
    return {};
  InferringBuilder b(op, dims);
  Value sums = b.create<ConvIntegerOp>(x->op.getX(), w->op.getX(), x->op.getZeroPoint(),
                                       w->op.getZeroPoint(), op.getStrides(), op.getDilations(),
                                       op.getPads(), (int64_t)op.getGroups());
  if (!isSingle(dims, weightScale)) {
    // [M, 1, 1, 1] of the weight is [M, 1, 1] of the result.
    SmallVector<int64_t> shape(rank - 1, 1);
    shape[0] = *channels;
    weightScale = b.create<ReshapeOp>(weightScale, b.integers(shape));
  }
  Value r = scaled(b, sums, x->op.getScale(), weightScale);
  return b.failed ? Value() : r;
}

struct IntegerContractionsPass : impl::IntegerContractionsBase<IntegerContractionsPass> {
  void runOnOperation() override {
    DimAnalysis dims;
    if (failed(dims.run(getOperation())))
      return signalPassFailure();
    SmallVector<Operation *> contractions;
    getOperation().walk([&](Operation *op) {
      if (isa<MatMulOp, ConvOp>(op))
        contractions.push_back(op);
    });
    for (Operation *op : contractions) {
      Value r = isa<MatMulOp>(op) ? rewrite(cast<MatMulOp>(op), dims)
                                  : rewrite(cast<ConvOp>(op), dims);
      if (!r || r.getType() != op->getResult(0).getType())
        continue;
      op->getResult(0).replaceAllUsesWith(r);
      op->erase();
    }
  }
};

} // namespace
} // namespace ingot
