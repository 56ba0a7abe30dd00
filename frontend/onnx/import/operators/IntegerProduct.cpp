//===- IntegerProduct.cpp - matrix products and convolutions of quantized tensors ---===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Registry.h"
#include "frontend/onnx/import/operators/Quantize.h"
#include "frontend/onnx/import/operators/Window.h"
#include "ir/ConstantView.h"
#include "ir/ops/Movement.h"
#include "ir/ops/Contraction.h"
#include "ir/ops/Quantize.h"

using namespace mlir;

namespace ingot {

/// Per row of the left operand: [M] to [M, 1].
static Value perRow(ImportBuilder &b, Value v) { return alongOrSingle(b, v, 0, 2); }
/// Per column of the right operand.
static Value perColumn(ImportBuilder &b, Value v) { return alongOrSingle(b, v, 0, 1); }

/// The exact product, in 32 bits; zero points may be null.
static Value product(ImportBuilder &b, NodeReader &n, Value x, Value y, Value xZero, Value yZero) {
  int64_t xRank = b.rank(x), yRank = b.rank(y);
  if (!b.failed && (xRank == 0 || yRank == 0))
    n.error("expected operands of rank 1 or more, but got 0");
  xZero = xZero ? perRow(b, xZero) : zeroPoint(b, b.elementType(x));
  yZero = yZero ? perColumn(b, yZero) : zeroPoint(b, b.elementType(y));
  if (xRank == 1)
    x = b.unsqueeze(x, {0});
  if (yRank == 1)
    y = b.unsqueeze(y, {1});
  Value r = b.create<MatMulIntegerOp>(x, y, xZero, yZero);
  int64_t rank = b.rank(r);
  if (xRank == 1 && yRank == 1)
    return b.squeeze(r, {rank - 2, rank - 1});
  if (xRank == 1)
    return b.squeeze(r, {rank - 2});
  return yRank == 1 ? b.squeeze(r, {rank - 1}) : r;
}

/// Sums times `multiplier`, rounded into the type of the zero point.
static Value requantize(ImportBuilder &b, Value sums, Value multiplier, Value zero) {
  Type f32 = b.b.getF32Type();
  return quantize(b, b.mul(b.cast(sums, f32), multiplier), b.scalar(1, f32), zero);
}

static Value floatScale(ImportBuilder &b, Value v) { return b.cast(v, b.b.getF32Type()); }

static Results matMulInteger(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), y = n.operand(1), xZero = n.optional(2), yZero = n.optional(3);
  return product(b, n, x, y, xZero, yZero);
}

static Results quantizedMatMul(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), xScale = n.operand(1), xZero = n.operand(2);
  Value y = n.operand(3), yScale = n.operand(4), yZero = n.operand(5);
  Value scale = n.operand(6), zero = n.operand(7);
  Value sums = product(b, n, x, y, xZero, yZero);
  Value factors = b.mul(perRow(b, floatScale(b, xScale)), perColumn(b, floatScale(b, yScale)));
  return requantize(b, sums, b.div(factors, perRow(b, floatScale(b, scale))), perRow(b, zero));
}

/// The exact convolution, in 32 bits.
static Value convolution(ImportBuilder &b, NodeReader &n, Value x, Value weight, Value xZero,
                         Value weightZero) {
  SmallVector<Dim> kernel = b.shape(weight);
  if (kernel.size() < 3) {
    n.error("expected weight of rank 3 or more, but got " + Twine(kernel.size()));
    return x;
  }
  auto w = readWindow(b, n, x, ArrayRef(kernel).drop_front(2));
  int64_t groups = n.integer("group", 1);
  if (!w)
    return x;
  int64_t rank = kernel.size();
  xZero = xZero ? alongOrSingle(b, xZero, 0, rank) : zeroPoint(b, b.elementType(x));
  weightZero = weightZero ? alongOrSingle(b, weightZero, 0, rank)
                          : zeroPoint(b, b.elementType(weight));
  return b.create<ConvIntegerOp>(x, weight, xZero, weightZero, w->strides, w->dilations, w->pads,
                                 groups);
}

static Results convInteger(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), weight = n.operand(1), xZero = n.optional(2), weightZero = n.optional(3);
  return convolution(b, n, x, weight, xZero, weightZero);
}

static Results quantizedConv(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), xScale = n.operand(1), xZero = n.operand(2);
  Value weight = n.operand(3), weightScale = n.operand(4), weightZero = n.operand(5);
  Value scale = n.operand(6), zero = n.operand(7), bias = n.optional(8);
  Value sums = convolution(b, n, x, weight, xZero, weightZero);
  int64_t rank = b.rank(sums);
  if (bias)
    sums = b.add(sums, b.alongAxis(bias, 1, rank));
  Value factors = b.mul(alongOrSingle(b, xScale, 1, rank), alongOrSingle(b, weightScale, 1, rank));
  Value multiplier = b.div(factors, alongOrSingle(b, scale, 1, rank));
  return requantize(b, sums, multiplier, alongOrSingle(b, zero, 1, rank));
}

//===- com.microsoft ----------------------------------------------------------------===//

/// Sums in the units of the operands' scales, plus an optional bias.
static Value scaled(ImportBuilder &b, Value sums, Value xScale, Value yScale, Value bias) {
  Value scale = b.mul(perRow(b, xScale), perColumn(b, yScale));
  Value r = b.mul(b.cast(sums, b.elementType(scale)), scale);
  return bias ? b.add(r, bias) : r;
}

static Results dynamicQuantizeMatMul(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), y = n.operand(1), yScale = n.operand(2);
  Value yZero = n.optional(3), bias = n.optional(4);
  Quantized q = quantizeDynamically(b, x);
  return scaled(b, product(b, n, q.values, y, q.zero, yZero), q.scale, yScale, bias);
}

static Results matMulIntegerToFloat(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), y = n.operand(1), xScale = n.operand(2), yScale = n.operand(3);
  Value xZero = n.optional(4), yZero = n.optional(5), bias = n.optional(6);
  return scaled(b, product(b, n, x, y, xZero, yZero), xScale, yScale, bias);
}

/// alpha * a' * b' + c; quantized where the result has a scale.
static Results quantizedGemm(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), xScale = n.operand(1), xZero = n.operand(2);
  Value y = n.operand(3), yScale = n.operand(4), yZero = n.operand(5);
  Value c = n.optional(6), scale = n.optional(7), zero = n.optional(8);
  double alpha = n.real("alpha", 1);
  if (n.boolean("transA", false))
    x = b.transpose(x, {1, 0});
  if (n.boolean("transB", false))
    y = b.transpose(y, {1, 0});
  Value sums = product(b, n, x, y, xZero, yZero);
  if (c)
    sums = b.add(sums, c);
  Value factors = b.mul(b.mul(perRow(b, xScale), perColumn(b, yScale)), alpha);
  if (!scale)
    return b.mul(b.cast(sums, b.b.getF32Type()), factors);
  if (!zero)
    zero = zeroPoint(b, b.elementType(x));
  return requantize(b, sums, b.div(factors, perRow(b, scale)), perRow(b, zero));
}

/// The bytes of a constant as a tensor of packed integers, the last dimension `per` times as long.
static Value unpack(ImportBuilder &b, NodeReader &n, Value v, int64_t bits, ArrayRef<int64_t> shape) {
  if (b.failed)
    return v;
  auto view = ConstantView::of(v);
  auto type = RankedTensorType::get(shape, b.b.getIntegerType(bits, false));
  if (!view) {
    n.unsupported("weights of MatMulNBits must be known when the model is compiled");
    return v;
  }
  if ((int64_t)view->bytes().size() * 8 != type.getNumElements() * bits) {
    n.error("expected " + Twine(type.getNumElements() * bits / 8) +
            " bytes of packed weights or zero points, but got " + Twine(view->bytes().size()));
    return v;
  }
  return b.tensor(type, view->bytes());
}

/// a [..., K] times the transpose of packed weights [N, blocks, block].
static Results matMulNBits(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), packed = n.operand(1), scales = n.operand(2), zeros = n.optional(3);
  Value order = n.optional(4), bias = n.optional(5);
  int64_t columns = n.requiredInteger("N"), depth = n.requiredInteger("K");
  int64_t bits = n.integer("bits", 4), block = n.requiredInteger("block_size");
  n.ignore({"accuracy_level", "weight_prepacked"});
  if (order || (bits != 2 && bits != 4 && bits != 8)) {
    n.unsupported(order ? "g_idx of MatMulNBits" : "MatMulNBits of " + Twine(bits) + " bits");
    return {};
  }
  if (columns < 1 || depth < 1 || block < 1 || columns > INT32_MAX || depth > INT32_MAX ||
      block > INT32_MAX || block * bits % 8)
    n.error("expected positive K, N and block_size");
  if (b.failed)
    return {};
  int64_t blocks = (depth + block - 1) / block, per = 8 / bits;
  int64_t padded = (blocks + per - 1) / per * per;
  Value q = unpack(b, n, packed, bits, {columns, blocks, block});
  Value zero;
  if (!zeros) {
    char middle = (char)(1 << (bits - 1));
    zero = b.tensor(RankedTensorType::get({}, b.b.getIntegerType(bits, false)), middle);
  } else if (isa<FloatType>(b.elementType(zeros))) {
    zero = b.reshape(zeros, {Dim(columns), Dim(blocks), Dim(1)});
  } else {
    zero = unpack(b, n, zeros, bits, {columns, padded});
    if (padded != blocks)
      zero = b.create<GatherOp>(
          zero, b.integers(llvm::to_vector(llvm::seq<int64_t>(0, blocks))), 1);
    zero = b.reshape(zero, {Dim(columns), Dim(blocks), Dim(1)});
  }
  scales = b.reshape(scales, {Dim(columns), Dim(blocks), Dim(1)});
  Value w = b.reshape(dequantize(b, q, scales, zero), {Dim(columns), Dim(blocks * block)});
  if (blocks * block != depth)
    w = b.create<GatherOp>(w, b.integers(llvm::to_vector(llvm::seq<int64_t>(0, depth))), 1);
  Value r = b.create<MatMulOp>(x, b.transpose(w, {1, 0}));
  return bias ? b.add(r, bias) : r;
}

ArrayRef<OperatorRow> integerProductOperators() {
  static const OperatorRow rows[] = {
      {"", "ConvInteger", 10, convInteger},
      {"", "MatMulInteger", 10, matMulInteger},
      {"", "QLinearConv", 10, quantizedConv},
      {"", "QLinearMatMul", 10, quantizedMatMul},
      {"com.microsoft", "DynamicQuantizeMatMul", 1, dynamicQuantizeMatMul},
      {"com.microsoft", "MatMulIntegerToFloat", 1, matMulIntegerToFloat},
      {"com.microsoft", "MatMulNBits", 1, matMulNBits},
      {"com.microsoft", "QGemm", 1, quantizedGemm},
  };
  return rows;
}

} // namespace ingot
