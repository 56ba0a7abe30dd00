//===- Product.cpp - what all matrix products and convolutions share ---------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Product.h"
#include "ir/analysis/Broadcast.h"

using namespace mlir;

namespace ingot {

static Value zeroOf(ElementBuilder &b, Value result) {
  Type type = b.laneType(b.dims.elementType(result));
  return arith::ConstantOp::create(b.b, b.loc, b.b.getZeroAttr(type));
}

/// The next sum, or the old one with the builder marked as failed.
static SmallVector<Value> step(ElementBuilder &b, FailureOr<Value> next, Value sum) {
  if (succeeded(next))
    return {*next};
  b.failed = true;
  return {sum};
}

//===- matrix products --------------------------------------------------------------===//

LogicalResult MatrixProduct::infer(Operation *op, DimAnalysis &dims, TensorInfo &r) const {
  SmallVector<Dim> x(dims.dims(a)), y(dims.dims(b));
  if (x.size() < 2 || y.size() < 2)
    return op->emitError("expected operands of rank 2 or more, but got ")
           << std::min(x.size(), y.size());
  Dim kx = x.back(), ky = y[y.size() - 2];
  if (kx.constant() && ky.constant() && kx != ky)
    return op->emitError("expected inner dimensions to agree, but got ")
           << dims.space.str(kx) << " and " << dims.space.str(ky);
  dims.require(op, kx, ky);
  if (failed(dims.broadcast(op, {ArrayRef(x).drop_back(2), ArrayRef(y).drop_back(2)}, r.dims)))
    return failure();
  r.dims.push_back(x[x.size() - 2]);
  r.dims.push_back(y.back());
  return success();
}

FailureOr<Value> MatrixProduct::emit(ElementBuilder &e, ArrayRef<Index> at,
                                     Accumulate accumulate) const {
  SmallVector<Dim> resultDims(e.dims.dims(result));
  ArrayRef<Dim> batchDims = ArrayRef(resultDims).drop_back(2);
  auto batch = [&](Value v) {
    SmallVector<Index> inner;
    ArrayRef<Dim> shape = e.dims.dims(v).drop_back(2);
    for (size_t i = 0; i < shape.size(); ++i) {
      size_t k = batchDims.size() - shape.size() + i;
      Dim step = broadcastStride(e.dims.space, shape[i], batchDims[k], Dim(1));
      inner.push_back(e.mul(at[k], e.emit(step)));
    }
    return inner;
  };
  SmallVector<Index> atA = batch(a), atB = batch(b);
  Index k = e.dim(a, e.dims.rank(a) - 1);
  return e.loop(e.constant(0), k, ValueRange{zeroOf(e, result)}, [&](Index i, ValueRange sum) {
    SmallVector<Index> ia(atA), ib(atB);
    ia.append({at[at.size() - 2], i});
    ib.append({i, at.back()});
    return step(e, accumulate(ia, ib, sum[0]), sum[0]);
  })[0];
}

Dim MatrixProduct::multiplyAdds(DimAnalysis &dims) const {
  return dims.space.mul(dims.space.product(dims.dims(result)), dims.dims(a).back());
}

//===- convolutions -----------------------------------------------------------------===//

LogicalResult Convolution::infer(Operation *op, DimAnalysis &dims, TensorInfo &r) const {
  SmallVector<Dim> x(dims.dims(input)), w(dims.dims(weight));
  DimSpace &s = dims.space;
  size_t rank = x.size();
  if (rank < 3)
    return op->emitError("expected input of rank 3 or more, but got ") << rank;
  if (w.size() != rank)
    return op->emitError("expected weight of rank ") << rank << ", but got " << w.size();
  size_t spatial = rank - 2;
  if (strides.size() != spatial || dilations.size() != spatial || pads.size() != 2 * spatial)
    return op->emitError("expected ") << spatial << " strides and dilations and " << 2 * spatial
                                      << " pads";
  Dim channels = s.mul(w[1], Dim(groups));
  if (channels.constant() && x[1].constant() && channels != x[1])
    return op->emitError("expected weight for ") << s.str(x[1]) << " input channels, but got "
                                                 << s.str(channels);
  dims.require(op, x[1], channels);
  if (groups < 1 || (w[0].constant() && *w[0].constant() % groups))
    return op->emitError("expected a number of groups that divides the output channels");
  r.dims = {x[0], w[0]};
  for (size_t i = 0; i < spatial; ++i) {
    if (strides[i] < 1 || dilations[i] < 1)
      return op->emitError("expected positive strides and dilations");
    Dim window = s.add(s.mul(s.sub(w[2 + i], Dim(1)), Dim(dilations[i])), Dim(1));
    Dim padded = s.add(x[2 + i], Dim(pads[i] + pads[spatial + i]));
    Dim out = s.add(s.floorDiv(s.sub(padded, window), Dim(strides[i])), Dim(1));
    if (out.constant() && *out.constant() < 0)
      return op->emitError("expected a window within the padded input, but ")
             << s.str(window) << " exceeds " << s.str(padded);
    r.dims.push_back(out);
  }
  return success();
}

FailureOr<Value> Convolution::emit(ElementBuilder &b, ArrayRef<Index> at,
                                   Accumulate accumulate) const {
  if (!at[1].isUniform() && groups != 1)
    return failure();
  for (Index i : at.drop_front(2))
    if (!i.isUniform())
      return failure();
  SmallVector<Dim> w(b.dims.dims(weight));
  size_t spatial = w.size() - 2;
  Index perGroup = b.div(b.dim(weight, 0), b.constant(groups));
  Index firstChannel = groups == 1 ? b.constant(0)
                                   : b.mul(b.div(at[1], perGroup), b.dim(weight, 1));
  return b.loopNest(
      ArrayRef(w).drop_front(1), ValueRange{zeroOf(b, result)},
      [&](ArrayRef<Index> k, ValueRange sum) {
        SmallVector<Index> atX{at[0], b.add(firstChannel, k[0])}, atW{at[1], k[0]};
        Value inside = arith::ConstantIntOp::create(b.b, b.loc, 1, 1);
        for (size_t i = 0; i < spatial; ++i) {
          Index p = b.sub(b.add(b.mul(at[2 + i], b.constant(strides[i])),
                                b.mul(k[1 + i], b.constant(dilations[i]))),
                          b.constant(pads[i]));
          // One unsigned comparison checks both ends.
          Value in = arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::ult, p.value,
                                           b.dim(input, 2 + i).value);
          inside = arith::AndIOp::create(b.b, b.loc, inside, in);
          atX.push_back(p);
          atW.push_back(k[1 + i]);
        }
        return b.ifElse(
            inside, sum.getTypes(),
            [&] { return step(b, accumulate(atX, atW, sum[0]), sum[0]); },
            [&] { return SmallVector<Value>{sum[0]}; });
      })[0];
}

Dim Convolution::multiplyAdds(DimAnalysis &dims) const {
  Dim window = dims.space.product(dims.dims(weight).drop_front(1));
  return dims.space.mul(dims.space.product(dims.dims(result)), window);
}

} // namespace ingot
