//===- Contraction.cpp - matrix products and convolutions ----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Contraction.h"
#include "ir/ops/Product.h"
#include "ir/ops/Quantize.h"
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

/// One more element of a sum in the result's own type.
static auto adding(ElementBuilder &b, Value x, Value y) {
  return [&b, x, y](ArrayRef<Index> atX, ArrayRef<Index> atY, Value sum) -> FailureOr<Value> {
    FailureOr<Value> factor = b.read(x, atX), other = b.read(y, atY);
    if (failed(factor) || failed(other))
      return failure();
    return multiplyAdd(b, *factor, *other, sum);
  };
}

static LogicalResult checkSameType(Operation *op, DimAnalysis &dims, StringRef what) {
  Type a = dims.elementType(op->getOperand(0)), b = dims.elementType(op->getOperand(1));
  if (a == b)
    return success();
  return op->emitError("expected ") << what << " of one element type, but got "
                                    << elementTypeName(a) << " and " << elementTypeName(b);
}

static MatrixProduct productOf(MatMulOp op) { return {op.getA(), op.getB(), op.getResult()}; }
static int64_t rankOf(Value v) { return cast<RankedTensorType>(v.getType()).getRank(); }
static Convolution convolutionOf(ConvOp op) {
  return {op.getInput(),     op.getWeight(), op.getResult(),         op.getStrides(),
          op.getDilations(), op.getPads(),   (int64_t)op.getGroups()};
}

LogicalResult MatMulOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r;
  if (failed(checkSameType(*this, dims, "operands")) ||
      failed(productOf(*this).infer(*this, dims, r)))
    return failure();
  r.elementType = dims.elementType(getA());
  results.push_back(std::move(r));
  return success();
}

FailureOr<Value> MatMulOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  return productOf(*this).emit(b, at, adding(b, getA(), getB()));
}

Dim MatMulOp::operations(DimAnalysis &dims) { return productOf(*this).multiplyAdds(dims); }

int64_t MatMulOp::weightsChannelAxis() { return rankOf(getB()) - 1; }
int64_t MatMulOp::resultChannelAxis() { return rankOf(getResult()) - 1; }
bool MatMulOp::sharesWeights() { return rankOf(getB()) == 2; }
std::optional<int64_t> MatMulOp::dataScaleAxis() { return rankOf(getA()) - 2; }

Operation *MatMulOp::createInteger(OpBuilder &b, const IntegerFactors &f) {
  return MatMulIntegerOp::create(b, getLoc(), b.getNoneType(), f.data, f.weights, f.dataZero,
                                 f.weightsZero);
}

LogicalResult ConvOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r;
  if (failed(convolutionOf(*this).infer(*this, dims, r)) ||
      failed(checkSameType(*this, dims, "input and weight")))
    return failure();
  r.elementType = dims.elementType(getInput());
  results.push_back(std::move(r));
  return success();
}

FailureOr<Value> ConvOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  return convolutionOf(*this).emit(b, at, adding(b, getInput(), getWeight()));
}

Dim ConvOp::operations(DimAnalysis &dims) { return convolutionOf(*this).multiplyAdds(dims); }

int64_t ConvOp::weightsChannelAxis() { return 0; }
int64_t ConvOp::resultChannelAxis() { return 1; }

Operation *ConvOp::createInteger(OpBuilder &b, const IntegerFactors &f) {
  return ConvIntegerOp::create(b, getLoc(), b.getNoneType(), f.data, f.weights, f.dataZero,
                               f.weightsZero, getStrides(), getDilations(), getPads(), getGroups());
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

LogicalResult ConvTransposeOp::constrainSizes(DimAnalysis &dims) {
  DimSpace &s = dims.space;
  Dim channels = dims.dim(getInput(), 1), groups((int64_t)getGroups());
  dims.require(*this, dims.dim(getWeight(), 0), channels);
  dims.require(*this, channels, s.mul(groups, s.floorDiv(channels, groups)));
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

Dim ConvTransposeOp::operations(DimAnalysis &dims) {
  Dim window = dims.space.product(dims.dims(getWeight()).drop_front(1));
  return dims.space.mul(dims.space.product(dims.dims(getInput())), window);
}

int64_t ConvTransposeOp::weightsChannelAxis() { return 1; }
int64_t ConvTransposeOp::resultChannelAxis() { return 1; }
