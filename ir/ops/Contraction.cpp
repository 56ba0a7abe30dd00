//===- Contraction.cpp - matrix products and convolutions ----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Contraction.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Contraction.cpp.inc"

void IngotDialect::registerContractionOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Contraction.cpp.inc"
      >();
}

/// sum + a * b: fused for floats.
static Value multiplyAdd(ElementBuilder &b, Value x, Value y, Value sum) {
  if (isa<FloatType>(getElementTypeOrSelf(x)))
    return math::FmaOp::create(b.b, b.loc, x, y, sum);
  return arith::AddIOp::create(b.b, b.loc, sum, arith::MulIOp::create(b.b, b.loc, x, y));
}

static Value zero(ElementBuilder &b, Type element) {
  return arith::ConstantOp::create(b.b, b.loc, b.b.getZeroAttr(b.laneType(element)));
}

LogicalResult MatMulOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo a = dims.info(getA()), b = dims.info(getB()), r;
  if (a.elementType != b.elementType)
    return emitError("expected operands of one element type, but got ")
           << elementTypeName(a.elementType) << " and " << elementTypeName(b.elementType);
  if (a.dims.size() < 2 || b.dims.size() < 2)
    return emitError("expected operands of rank 2 or more, but got ")
           << std::min(a.dims.size(), b.dims.size());
  Dim ka = a.dims.back(), kb = b.dims[b.dims.size() - 2];
  if (ka.constant() && kb.constant() && ka != kb)
    return emitError("expected inner dimensions to agree, but got ")
           << dims.space.str(ka) << " and " << dims.space.str(kb);
  ArrayRef<Dim> aDims(a.dims), bDims(b.dims);
  if (failed(dims.broadcast(*this, {aDims.drop_back(2), bDims.drop_back(2)}, r.dims)))
    return failure();
  r.elementType = a.elementType;
  r.dims.push_back(a.dims[a.dims.size() - 2]);
  r.dims.push_back(b.dims.back());
  results.push_back(std::move(r));
  return success();
}

FailureOr<Value> MatMulOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  SmallVector<Dim> resultDims(b.dims.dims(getResult()));
  ArrayRef<Dim> batchDims = ArrayRef(resultDims).drop_back(2);
  auto batch = [&](Value v) {
    SmallVector<Index> inner;
    ArrayRef<Dim> shape = b.dims.dims(v).drop_back(2);
    for (size_t i = 0; i < shape.size(); ++i) {
      size_t k = batchDims.size() - shape.size() + i;
      bool stretched = DimAnalysis::isStretched(shape[i], batchDims[k]).value_or(false);
      inner.push_back(stretched ? b.constant(0) : at[k]);
    }
    return inner;
  };
  SmallVector<Index> atA = batch(getA()), atB = batch(getB());
  Index k = b.dim(getA(), b.dims.rank(getA()) - 1);
  Value init = zero(b, b.dims.elementType(getResult()));
  return b.loop(b.constant(0), k, ValueRange{init}, [&](Index i, ValueRange sum) {
    SmallVector<Index> ia(atA), ib(atB);
    ia.append({at[at.size() - 2], i});
    ib.append({i, at.back()});
    FailureOr<Value> x = b.read(getA(), ia), y = b.read(getB(), ib);
    if (failed(x) || failed(y)) {
      b.failed = true;
      return SmallVector<Value>{sum[0]};
    }
    return SmallVector<Value>{multiplyAdd(b, *x, *y, sum[0])};
  })[0];
}

LogicalResult ConvOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo x = dims.info(getInput()), w = dims.info(getWeight()), r;
  DimSpace &s = dims.space;
  size_t rank = x.dims.size();
  if (rank < 3)
    return emitError("expected input of rank 3 or more, but got ") << rank;
  if (w.dims.size() != rank)
    return emitError("expected weight of rank ") << rank << ", but got " << w.dims.size();
  if (x.elementType != w.elementType)
    return emitError("expected input and weight of one element type, but got ")
           << elementTypeName(x.elementType) << " and " << elementTypeName(w.elementType);
  size_t spatial = rank - 2;
  if (getStrides().size() != spatial || getDilations().size() != spatial ||
      getPads().size() != 2 * spatial)
    return emitError("expected ") << spatial << " strides and dilations and " << 2 * spatial
                                  << " pads";
  Dim channels = s.mul(w.dims[1], Dim((int64_t)getGroups()));
  if (channels.constant() && x.dims[1].constant() && channels != x.dims[1])
    return emitError("expected weight for ") << s.str(x.dims[1]) << " input channels, but got "
                                             << s.str(channels);
  if (getGroups() < 1 || (w.dims[0].constant() && *w.dims[0].constant() % getGroups()))
    return emitError("expected a number of groups that divides the output channels");
  r.elementType = x.elementType;
  r.dims = {x.dims[0], w.dims[0]};
  for (size_t i = 0; i < spatial; ++i) {
    int64_t stride = getStrides()[i], dilation = getDilations()[i];
    if (stride < 1 || dilation < 1)
      return emitError("expected positive strides and dilations");
    Dim window = s.add(s.mul(s.sub(w.dims[2 + i], Dim(1)), Dim(dilation)), Dim(1));
    Dim padded = s.add(x.dims[2 + i], Dim(getPads()[i] + getPads()[spatial + i]));
    Dim out = s.add(s.floorDiv(s.sub(padded, window), Dim(stride)), Dim(1));
    if (out.constant() && *out.constant() < 0)
      return emitError("expected a window within the padded input, but ")
             << s.str(window) << " exceeds " << s.str(padded);
    r.dims.push_back(out);
  }
  results.push_back(std::move(r));
  return success();
}

FailureOr<Value> ConvOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  if (!at[1].isUniform() && getGroups() != 1)
    return failure();
  for (Index i : at.drop_front(2))
    if (!i.isUniform())
      return failure();
  SmallVector<Dim> w(b.dims.dims(getWeight()));
  size_t spatial = w.size() - 2;
  Index perGroup = b.div(b.dim(getWeight(), 0), b.constant(getGroups()));
  Index firstChannel = getGroups() == 1
                           ? b.constant(0)
                           : b.mul(b.div(at[1], perGroup), b.dim(getWeight(), 1));
  Type element = b.dims.elementType(getResult());
  return b.loopNest(
      ArrayRef(w).drop_front(1), ValueRange{zero(b, element)},
      [&](ArrayRef<Index> k, ValueRange sum) {
        SmallVector<Index> atX{at[0], b.add(firstChannel, k[0])}, atW{at[1], k[0]};
        Value inside = arith::ConstantIntOp::create(b.b, b.loc, 1, 1);
        for (size_t i = 0; i < spatial; ++i) {
          Index p = b.sub(b.add(b.mul(at[2 + i], b.constant(getStrides()[i])),
                                b.mul(k[1 + i], b.constant(getDilations()[i]))),
                          b.constant(getPads()[i]));
          // One unsigned comparison checks both ends.
          Value in = arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::ult, p.value,
                                           b.dim(getInput(), 2 + i).value);
          inside = arith::AndIOp::create(b.b, b.loc, inside, in);
          atX.push_back(p);
          atW.push_back(k[1 + i]);
        }
        return b.ifElse(
            inside, sum.getTypes(),
            [&] {
              FailureOr<Value> x = b.read(getInput(), atX), y = b.read(getWeight(), atW);
              if (failed(x) || failed(y)) {
                b.failed = true;
                return SmallVector<Value>{sum[0]};
              }
              return SmallVector<Value>{multiplyAdd(b, *x, *y, sum[0])};
            },
            [&] { return SmallVector<Value>{sum[0]}; });
      })[0];
}

//===- conv_transpose --------------------------------------------------------------===//

LogicalResult ConvTransposeOp::inferResults(DimAnalysis &dims,
                                            SmallVectorImpl<TensorInfo> &results) {
  TensorInfo x = dims.info(getInput()), w = dims.info(getWeight()), r;
  DimSpace &s = dims.space;
  size_t rank = x.dims.size();
  if (rank < 3)
    return emitError("expected input of rank 3 or more, but got ") << rank;
  if (w.dims.size() != rank)
    return emitError("expected weight of rank ") << rank << ", but got " << w.dims.size();
  if (x.elementType != w.elementType)
    return emitError("expected input and weight of one element type, but got ")
           << elementTypeName(x.elementType) << " and " << elementTypeName(w.elementType);
  size_t spatial = rank - 2;
  if (getStrides().size() != spatial || getDilations().size() != spatial ||
      getPads().size() != 2 * spatial || getOutputPadding().size() != spatial)
    return emitError("expected ") << spatial << " strides, dilations and output paddings and "
                                  << 2 * spatial << " pads";
  Dim channels = x.dims[1], wanted = w.dims[0];
  if (channels.constant() && wanted.constant() && channels != wanted)
    return emitError("expected weight for ") << s.str(channels) << " input channels, but got "
                                             << s.str(wanted);
  if (getGroups() < 1 || (wanted.constant() && *wanted.constant() % getGroups()))
    return emitError("expected a number of groups that divides the input channels");
  r.elementType = x.elementType;
  r.dims = {x.dims[0], s.mul(w.dims[1], Dim((int64_t)getGroups()))};
  for (size_t i = 0; i < spatial; ++i) {
    if (getStrides()[i] < 1 || getDilations()[i] < 1)
      return emitError("expected positive strides and dilations");
    Dim window = s.add(s.mul(s.sub(w.dims[2 + i], Dim(1)), Dim(getDilations()[i])), Dim(1));
    Dim spread = s.mul(s.sub(x.dims[2 + i], Dim(1)), Dim(getStrides()[i]));
    Dim cut(getOutputPadding()[i] - getPads()[i] - getPads()[spatial + i]);
    r.dims.push_back(s.add(s.add(spread, window), cut));
    if (r.dims.back().constant() && *r.dims.back().constant() < 0)
      return emitError("expected pads below the size of the output");
  }
  results.push_back(std::move(r));
  return success();
}

FailureOr<Value> ConvTransposeOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  for (Index i : at)
    if (!i.isUniform())
      return failure();
  SmallVector<Dim> w(b.dims.dims(getWeight())), folded(w);
  Index perGroup = b.dim(getWeight(), 1);
  Index group = b.div(at[1], perGroup), channel = b.sub(at[1], b.mul(group, perGroup));
  Dim inputsPerGroup = b.dims.space.floorDiv(w[0], Dim((int64_t)getGroups()));
  Index firstInput = b.mul(group, b.emit(inputsPerGroup));
  folded[0] = inputsPerGroup;
  folded.erase(folded.begin() + 1);
  Type element = b.dims.elementType(getResult());
  return b.loopNest(folded, ValueRange{zero(b, element)}, [&](ArrayRef<Index> k, ValueRange sum) {
    Index input = b.add(firstInput, k[0]);
    SmallVector<Index> atX{at[0], input}, atW{input, channel};
    Value inside = arith::ConstantIntOp::create(b.b, b.loc, 1, 1);
    auto require = [&](Value condition) {
      inside = arith::AndIOp::create(b.b, b.loc, inside, condition);
    };
    for (size_t i = 0; i + 1 < k.size(); ++i) {
      Index stride = b.constant(getStrides()[i]);
      Index spread = b.sub(b.add(at[2 + i], b.constant(getPads()[i])),
                           b.mul(k[1 + i], b.constant(getDilations()[i])));
      // Below zero nothing counts, so that the division may be of any value.
      require(b.compare(arith::CmpIPredicate::sge, spread, b.constant(0)));
      Index p = b.div(b.max(spread, b.constant(0)), stride);
      require(b.compare(arith::CmpIPredicate::eq, b.mul(p, stride), spread));
      require(b.compare(arith::CmpIPredicate::slt, p, b.dim(getInput(), 2 + i)));
      atX.push_back(p);
      atW.push_back(k[1 + i]);
    }
    return b.ifElse(
        inside, sum.getTypes(),
        [&] {
          FailureOr<Value> x = b.read(getInput(), atX), y = b.read(getWeight(), atW);
          if (failed(x) || failed(y)) {
            b.failed = true;
            return SmallVector<Value>{sum[0]};
          }
          return SmallVector<Value>{multiplyAdd(b, *x, *y, sum[0])};
        },
        [&] { return SmallVector<Value>{sum[0]}; });
  })[0];
}
