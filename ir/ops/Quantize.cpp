//===- Quantize.cpp - quantized tensors and their products ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Quantize.h"
#include "ir/ops/Cast.h"
#include "ir/ops/Product.h"
#include "ir/ops/Scalar.h"

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Quantize.cpp.inc"

void IngotDialect::registerQuantizeOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Quantize.cpp.inc"
      >();
}

static Type elementOf(Value v) { return cast<RankedTensorType>(v.getType()).getElementType(); }
static bool isNumber(Type t) { return isa<FloatType>(t) || isInteger(t); }

static Value toNumber(Scalar &s, Value x, Type from, Type compute) {
  return isa<FloatType>(from) ? s.resizeFloat(x, compute) : s.toFloat(x, compute, isUnsigned(from));
}

//===- quantize ---------------------------------------------------------------------===//

Type QuantizeOp::resultElementType() {
  Type x = elementOf(getX()), scale = elementOf(getScale()), to = elementOf(getZeroPoint());
  if (!isNumber(x) || !isa<FloatType>(getPrecision()))
    emitError("expected numbers to quantize, but got ") << elementTypeName(x);
  else if (!isNumber(scale))
    emitError("expected numbers as scale, but got ") << elementTypeName(scale);
  else if (!isNumber(to) || storageBits(to) > 16 || to.isF16() || to.isBF16())
    emitError("expected a type of at most 16 bits to quantize to, but got ") << elementTypeName(to);
  else
    return to;
  return {};
}

Value QuantizeOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  Scalar s{b, loc};
  Type to = elementOf(getZeroPoint());
  auto precision = cast<FloatType>(getPrecision());
  Type compute = computeType(precision);
  Value quotient = s.div(toNumber(s, args[0], elementOf(getX()), compute),
                         toNumber(s, args[1], elementOf(getScale()), compute));
  quotient = roundToType(s, quotient, precision, /*saturate=*/false);
  if (auto small = dyn_cast<FloatType>(to))
    return roundToType(s, s.resizeFloat(quotient, b.getF32Type()), small, getSaturate());
  // Wide enough for any 16-bit result and zero point, narrow enough to be exact.
  Type i32 = b.getI32Type();
  Value limit = s.constant(quotient, 1 << 20);
  Value rounded = s.round(s.max(s.min(quotient, limit), s.neg(limit)));
  Value sum = s.add(s.toInteger(rounded, i32, 32, false),
                    s.resizeInteger(args[2], i32, isUnsigned(to)));
  unsigned bits = storageBits(to);
  int64_t low = isUnsigned(to) ? 0 : -(int64_t(1) << (bits - 1));
  sum = s.max(s.min(sum, s.integer(sum.getType(), low + (int64_t(1) << bits) - 1)),
              s.integer(sum.getType(), low));
  return s.resizeInteger(sum, computeType(to), isUnsigned(to));
}

//===- dequantize -------------------------------------------------------------------===//

Type DequantizeOp::resultElementType() {
  Type x = elementOf(getX()), zero = elementOf(getZeroPoint());
  if (!isNumber(x) || storageBits(x) > 32)
    emitError("expected numbers of at most 32 bits to dequantize, but got ") << elementTypeName(x);
  else if (isa<FloatType>(x) != isa<FloatType>(zero) && !isa<FloatType>(zero))
    emitError("expected a zero point of type ")
        << elementTypeName(x) << ", but got " << elementTypeName(zero);
  else if (!isNumber(elementOf(getScale())) || !isa<FloatType>(getTo()))
    emitError("expected a scale and a result of floats");
  else
    return getTo();
  return {};
}

Value DequantizeOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  Scalar s{b, loc};
  Type from = elementOf(getX()), zero = elementOf(getZeroPoint());
  auto to = cast<FloatType>(getTo());
  Type compute = computeType(to);
  Value difference;
  if (isa<FloatType>(zero)) {
    difference = s.sub(toNumber(s, args[0], from, compute), toNumber(s, args[2], zero, compute));
  } else {
    Type i32 = b.getI32Type();
    difference = s.sub(s.resizeInteger(args[0], i32, isUnsigned(from)),
                       s.resizeInteger(args[2], i32, isUnsigned(zero)));
    difference = s.toFloat(difference, compute, false);
  }
  Value product = s.mul(difference, toNumber(s, args[1], elementOf(getScale()), compute));
  return roundToType(s, product, to, /*saturate=*/true);
}

//===- matmul_integer ---------------------------------------------------------------===//

static LogicalResult checkFactors(Operation *op, DimAnalysis &dims) {
  for (Value v : op->getOperands()) {
    Type t = dims.elementType(v);
    if (!isInteger(t) || storageBits(t) > 16)
      return op->emitError("expected integers of at most 16 bits, but got ") << elementTypeName(t);
  }
  return success();
}

/// `zero` must broadcast to `tensor` without widening it.
static LogicalResult checkZero(Operation *op, DimAnalysis &dims, Value zero, Value tensor) {
  SmallVector<Dim> shape(dims.dims(tensor)), joined;
  if (failed(dims.broadcast(op, {dims.dims(zero), shape}, joined)))
    return failure();
  for (auto [i, d] : llvm::enumerate(joined))
    if (joined.size() != shape.size() || (d.constant() && d != shape[i]))
      return op->emitError("expected a zero point that broadcasts to its tensor");
  // Not the other way round either: a zero point of many is not for a dimension of 1.
  size_t first = shape.size() - dims.rank(zero);
  for (auto [i, d] : llvm::enumerate(llvm::to_vector(dims.dims(zero))))
    dims.require(op, d, shape[first + i], /*stretches=*/true);
  return success();
}

static TensorInfo sums(Operation *op) {
  TensorInfo r;
  r.elementType = IntegerType::get(op->getContext(), 32, IntegerType::Signed);
  return r;
}

/// sum + (x - x0) * (y - y0) in 32 bits.
static auto adding(ElementBuilder &b, Value x, Value y, Value xZero, Value yZero) {
  return [=, &b](ArrayRef<Index> atX, ArrayRef<Index> atY, Value sum) -> FailureOr<Value> {
    Scalar s{b.b, b.loc};
    auto factor = [&](Value v, Value zero, ArrayRef<Index> at) -> FailureOr<Value> {
      FailureOr<Value> element = b.read(v, at);
      FailureOr<Value> origin = b.read(zero, b.broadcast(zero, at, b.dims.dims(v)));
      if (failed(element) || failed(origin))
        return failure();
      auto wide = [&](Value narrow, Value of) {
        return s.resizeInteger(narrow, b.b.getI32Type(), isUnsigned(b.dims.elementType(of)));
      };
      return s.sub(wide(*element, v), wide(*origin, zero));
    };
    FailureOr<Value> f = factor(x, xZero, atX), g = factor(y, yZero, atY);
    if (failed(f) || failed(g))
      return failure();
    return s.add(sum, s.mul(*f, *g));
  };
}

static MatrixProduct productOf(MatMulIntegerOp op) { return {op.getA(), op.getB(), op.getResult()}; }

LogicalResult MatMulIntegerOp::inferResults(DimAnalysis &dims,
                                            SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r = sums(*this);
  if (failed(checkFactors(*this, dims)) || failed(productOf(*this).infer(*this, dims, r)) ||
      failed(checkZero(*this, dims, getAZero(), getA())) ||
      failed(checkZero(*this, dims, getBZero(), getB())))
    return failure();
  results.push_back(std::move(r));
  return success();
}

FailureOr<Value> MatMulIntegerOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  return productOf(*this).emit(b, at, adding(b, getA(), getB(), getAZero(), getBZero()));
}

Dim MatMulIntegerOp::operations(DimAnalysis &dims) { return productOf(*this).multiplyAdds(dims); }

static int64_t rankOf(Value v) { return cast<RankedTensorType>(v.getType()).getRank(); }
Value MatMulIntegerOp::dataZero() { return getAZero(); }
Value MatMulIntegerOp::weightsZero() { return getBZero(); }
int64_t MatMulIntegerOp::weightsChannelAxis() { return rankOf(getB()) - 1; }
int64_t MatMulIntegerOp::resultChannelAxis() { return rankOf(getResult()) - 1; }
bool MatMulIntegerOp::sharesWeights() { return rankOf(getB()) == 2; }
std::optional<int64_t> MatMulIntegerOp::dataScaleAxis() { return rankOf(getA()) - 2; }

Operation *MatMulIntegerOp::createInteger(OpBuilder &b, const IntegerFactors &f) {
  return create(b, getLoc(), b.getNoneType(), f.data, f.weights, f.dataZero, f.weightsZero);
}

//===- conv_integer -----------------------------------------------------------------===//

static Convolution convolutionOf(ConvIntegerOp op) {
  return {op.getInput(),     op.getWeight(), op.getResult(),         op.getStrides(),
          op.getDilations(), op.getPads(),   (int64_t)op.getGroups()};
}

LogicalResult ConvIntegerOp::inferResults(DimAnalysis &dims,
                                          SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r = sums(*this);
  if (failed(checkFactors(*this, dims)) || failed(convolutionOf(*this).infer(*this, dims, r)) ||
      failed(checkZero(*this, dims, getInputZero(), getInput())) ||
      failed(checkZero(*this, dims, getWeightZero(), getWeight())))
    return failure();
  results.push_back(std::move(r));
  return success();
}

FailureOr<Value> ConvIntegerOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  return convolutionOf(*this).emit(
      b, at, adding(b, getInput(), getWeight(), getInputZero(), getWeightZero()));
}

Dim ConvIntegerOp::operations(DimAnalysis &dims) { return convolutionOf(*this).multiplyAdds(dims); }

Value ConvIntegerOp::dataZero() { return getInputZero(); }
Value ConvIntegerOp::weightsZero() { return getWeightZero(); }
int64_t ConvIntegerOp::weightsChannelAxis() { return 0; }
int64_t ConvIntegerOp::resultChannelAxis() { return 1; }

Operation *ConvIntegerOp::createInteger(OpBuilder &b, const IntegerFactors &f) {
  return create(b, getLoc(), b.getNoneType(), f.data, f.weights, f.dataZero, f.weightsZero,
                getStrides(), getDilations(), getPads(), getGroups());
}
