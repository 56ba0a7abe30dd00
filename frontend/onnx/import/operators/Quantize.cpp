//===- Quantize.cpp - to and from quantized tensors, and simple work on them ----===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/operators/Quantize.h"
#include "frontend/onnx/import/Registry.h"
#include "frontend/onnx/import/operators/Sized.h"
#include "frontend/onnx/import/Types.h"
#include "frontend/onnx/import/operators/Activation.h"
#include "frontend/onnx/import/operators/Window.h"
#include "ir/ops/Elementwise.h"
#include "ir/ops/Movement.h"
#include "ir/ops/Pool.h"
#include "ir/ops/Quantize.h"
#include "ir/ops/Reduction.h"

using namespace mlir;

namespace ingot {

Value zeroPoint(ImportBuilder &b, Type element) {
  SmallVector<char> bytes(std::max(storageBits(element) / 8, 1u), '\0');
  return b.tensor(RankedTensorType::get({}, element), bytes);
}

static bool isSingle(ImportBuilder &b, Value v) {
  return llvm::all_of(b.shape(v), [](const Dim &d) { return d.is(1); });
}

Value alongOrSingle(ImportBuilder &b, Value v, int64_t axis, int64_t rank) {
  if (!v || b.failed)
    return v;
  if (isSingle(b, v))
    return b.reshape(v, {});
  return b.rank(v) == 1 ? b.alongAxis(v, axis, rank) : v;
}

static Value quantizeTo(ImportBuilder &b, Value x, Value scale, Value zero, bool saturate,
                        Type precision) {
  return b.create<QuantizeOp>(x, scale, zero, saturate, precision);
}

Value quantize(ImportBuilder &b, Value x, Value scale, Value zero) {
  if (!zero)
    zero = zeroPoint(b, b.b.getIntegerType(8, false));
  return quantizeTo(b, x, scale, zero, true, b.b.getF32Type());
}

static Value dequantizeTo(ImportBuilder &b, Value x, Value scale, Value zero, Type to) {
  if (!zero)
    zero = zeroPoint(b, b.elementType(x));
  return b.create<DequantizeOp>(x, scale, zero, to);
}

Value dequantize(ImportBuilder &b, Value x, Value scale, Value zero) {
  Type to = b.elementType(scale);
  return dequantizeTo(b, x, scale, zero, isa<FloatType>(to) ? to : b.b.getF32Type());
}

//===- the nodes --------------------------------------------------------------------===//

static Type typeAttribute(ImportBuilder &b, NodeReader &n, StringRef name) {
  int64_t number = n.integer(name, 0);
  if (number == 0)
    return {};
  auto known = onnx::elementTypeOf(number);
  Type type = known ? elementTypeOf(b.b.getContext(), *known) : Type();
  if (!type)
    n.error("expected " + name + " to be an element type, but got " + Twine(number));
  return type;
}

/// Scales of blocks: each serves `block` elements along the axis, the last perhaps fewer.
static Value repeatBlocks(ImportBuilder &b, NodeReader &n, Value v, Value x, int64_t axis,
                          int64_t block) {
  auto size = b.dim(x, axis).constant();
  if (!size) {
    n.unsupported("blocks need the size of dimension " + Twine(axis) +
                  " of the input; give it with --shape");
    return v;
  }
  Dim blocks = b.dim(v, axis), wanted((*size + block - 1) / block);
  if (b.rank(v) != b.rank(x) || blocks != wanted) {
    n.error("expected scales and zero points of the input's rank with a dimension of " +
            Twine(*wanted.constant()) + " for its blocks");
    return v;
  }
  SmallVector<int64_t> blockOf;
  for (int64_t i = 0; i < *size; ++i)
    blockOf.push_back(i / block);
  return b.create<GatherOp>(v, b.integers(blockOf), axis);
}

/// Brings a scale or zero point into a shape that broadcasts to x.
static Value align(ImportBuilder &b, NodeReader &n, Value v, Value x, int64_t axis,
                   int64_t block) {
  if (!v || b.failed)
    return v;
  if (block > 0 && b.rank(v) == b.rank(x) && b.rank(x) > 0 && !isSingle(b, v))
    return repeatBlocks(b, n, v, x, b.normalizeAxis(axis, b.rank(x)), block);
  if (isSingle(b, v))
    return b.reshape(v, {});
  if (b.rank(v) != 1) {
    n.error("expected scale and zero point of rank 0 or 1, but got " + Twine(b.rank(v)));
    return v;
  }
  axis = b.normalizeAxis(axis, b.rank(x));
  Dim size = b.dim(x, axis), count = b.dim(v, 0);
  if (size.constant() && count.constant() && size != count)
    n.error("expected a scale and a zero point for each of " + Twine(*size.constant()) +
            " elements along the axis, but got " + Twine(*count.constant()));
  return b.alongAxis(sizedAlong(b, v, 0, size), axis, b.rank(x));
}

static Results quantizeLinear(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), scale = n.operand(1), zero = n.optional(2);
  int64_t axis = n.integer("axis", 1), block = n.integer("block_size", 0);
  bool saturate = n.boolean("saturate", true);
  Type precision = typeAttribute(b, n, "precision"), to = typeAttribute(b, n, "output_dtype");
  if (b.failed)
    return {};
  if (zero && to && b.elementType(zero) != to)
    n.error("expected output_dtype to be the zero point's type, but got " + elementTypeName(to));
  if (!zero)
    zero = zeroPoint(b, to ? to : b.b.getIntegerType(8, false));
  if (!precision)
    precision = b.elementType(scale);
  if (!isa<FloatType>(precision) || storageBits(precision) < 16)
    precision = b.b.getF32Type();
  return quantizeTo(b, x, align(b, n, scale, x, axis, block), align(b, n, zero, x, axis, block),
                    saturate, precision);
}

static Results dequantizeLinear(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), scale = n.operand(1), zero = n.optional(2);
  int64_t axis = n.integer("axis", 1), block = n.integer("block_size", 0);
  Type to = typeAttribute(b, n, "output_dtype");
  if (b.failed)
    return {};
  if (!to)
    to = b.elementType(scale);
  if (zero && b.elementType(zero) != b.elementType(x))
    n.error("expected a zero point of type " + elementTypeName(b.elementType(x)) + ", but got " +
            elementTypeName(b.elementType(zero)));
  return dequantizeTo(b, x, align(b, n, scale, x, axis, block),
                      align(b, n, zero, x, axis, block), to);
}

Quantized quantizeDynamically(ImportBuilder &b, Value x) {
  SmallVector<int64_t> axes = b.axesFrom(x, 0);
  Value zero = b.scalarLike(0, x);
  Value low = b.min(b.reduce("min", x, axes, false), zero);
  Value high = b.max(b.reduce("max", x, axes, false), zero);
  Value range = b.sub(high, low);
  Value one = b.scalarLike(1, x);
  Value scale = b.where(b.equal(range, zero), one, b.div(range, b.scalarLike(255, x)));
  Value origin = b.create<RoundOp>(b.div(b.sub(zero, low), scale));
  Type u8 = b.b.getIntegerType(8, false);
  Value zeroPoint = b.cast(clamp(b, origin, 0, 255), u8);
  return {quantize(b, x, scale, zeroPoint), scale, zeroPoint};
}

static Results dynamicQuantizeLinear(ImportBuilder &b, NodeReader &n) {
  Quantized q = quantizeDynamically(b, n.operand(0));
  return {q.values, q.scale, q.zero};
}

//===- com.microsoft: operators between a dequantize and a quantize -------------------===//

/// The operand at `i`, its scale and its zero point behind it.
static Value dequantizedOperand(ImportBuilder &b, NodeReader &n, size_t i) {
  Value x = n.operand(i), scale = n.operand(i + 1), zero = n.optional(i + 2);
  return dequantize(b, x, alongOrSingle(b, scale, 0, 1), alongOrSingle(b, zero, 0, 1));
}
static Value quantizedResult(ImportBuilder &b, NodeReader &n, Value y, size_t i, Value x) {
  Value scale = n.operand(i), zero = n.optional(i + 1);
  if (!zero)
    zero = zeroPoint(b, b.elementType(x));
  return quantize(b, y, alongOrSingle(b, scale, 0, 1), alongOrSingle(b, zero, 0, 1));
}

template <typename Op> static Results quantizedBinary(ImportBuilder &b, NodeReader &n) {
  Value y = b.create<Op>(dequantizedOperand(b, n, 0), dequantizedOperand(b, n, 3));
  return quantizedResult(b, n, y, 6, n.operand(0));
}

static Results quantizedSigmoid(ImportBuilder &b, NodeReader &n) {
  return quantizedResult(b, n, sigmoid(b, dequantizedOperand(b, n, 0)), 3, n.operand(0));
}

static Results quantizedLeakyRelu(ImportBuilder &b, NodeReader &n) {
  Value x = dequantizedOperand(b, n, 0);
  Value y = b.where(b.less(x, b.scalarLike(0, x)), b.mul(x, n.real("alpha", 0.01)), x);
  return quantizedResult(b, n, y, 3, n.operand(0));
}

static Results quantizedConcat(ImportBuilder &b, NodeReader &n) {
  Value scale = n.operand(0), zero = n.operand(1);
  SmallVector<Value> parts;
  for (size_t i = 2; i + 2 < n.operandCount(); i += 3)
    parts.push_back(dequantizedOperand(b, n, i));
  if (parts.empty())
    n.error("expected a tensor with its scale and zero point as inputs 2 to 4");
  if (b.failed)
    return {};
  int64_t axis = b.normalizeAxis(n.requiredInteger("axis"), b.rank(parts[0]));
  Value joined = b.create<ConcatOp>(parts, axis);
  return quantize(b, joined, alongOrSingle(b, scale, 0, 1), alongOrSingle(b, zero, 0, 1));
}

static Results quantizedSoftmax(ImportBuilder &b, NodeReader &n) {
  Value x = dequantizedOperand(b, n, 0);
  int64_t rank = b.rank(x), axis = b.normalizeAxis(n.integer("axis", -1), rank);
  if (n.integer("opset", 13) < 13 && axis + 1 != rank) {
    n.unsupported("an axis other than the last, in the manner of version 12");
    return {};
  }
  return quantizedResult(b, n, b.create<SoftmaxOp>(x, axis, false), 3, n.operand(0));
}

/// [N, C, D...] to [N, D..., C], or back.
static Value moveChannels(ImportBuilder &b, Value x, bool toEnd) {
  int64_t rank = b.rank(x);
  SmallVector<int64_t> permutation{0};
  if (!toEnd)
    permutation.push_back(rank - 1);
  for (int64_t i = toEnd ? 2 : 1; i < (toEnd ? rank : rank - 1); ++i)
    permutation.push_back(i);
  if (toEnd)
    permutation.push_back(1);
  return b.failed || rank < 3 ? x : b.transpose(x, permutation);
}

static Results quantizedPool(ImportBuilder &b, NodeReader &n,
                             llvm::function_ref<Value(Value)> apply) {
  Value x = dequantizedOperand(b, n, 0);
  bool channelsLast = n.boolean("channels_last", false);
  if (channelsLast)
    x = moveChannels(b, x, false);
  Value y = apply(x);
  if (channelsLast)
    y = moveChannels(b, y, true);
  return quantizedResult(b, n, y, 3, n.operand(0));
}

static Results quantizedGlobalAveragePool(ImportBuilder &b, NodeReader &n) {
  return quantizedPool(b, n, [&](Value x) { return b.mean(x, b.axesFrom(x, 2)); });
}

static Results quantizedAveragePool(ImportBuilder &b, NodeReader &n) {
  return quantizedPool(b, n, [&](Value x) -> Value {
    bool ceil = n.boolean("ceil_mode", false), countPads = n.boolean("count_include_pad", false);
    auto w = readWindow(b, n, x, {});
    return w ? b.create<PoolOp>(x, w->kernel, w->strides, w->dilations, w->pads, ceil, "average",
                                countPads)
             : x;
  });
}

ArrayRef<OperatorRow> quantizeOperators() {
  static const OperatorRow rows[] = {
      {"", "DequantizeLinear", 10, dequantizeLinear},
      {"", "DynamicQuantizeLinear", 11, dynamicQuantizeLinear},
      {"", "QuantizeLinear", 10, quantizeLinear},
      {"com.microsoft", "DequantizeLinear", 1, dequantizeLinear},
      {"com.microsoft", "QLinearAdd", 1, quantizedBinary<AddOp>},
      {"com.microsoft", "QLinearAveragePool", 1, quantizedAveragePool},
      {"com.microsoft", "QLinearConcat", 1, quantizedConcat},
      {"com.microsoft", "QLinearGlobalAveragePool", 1, quantizedGlobalAveragePool},
      {"com.microsoft", "QLinearLeakyRelu", 1, quantizedLeakyRelu},
      {"com.microsoft", "QLinearMul", 1, quantizedBinary<MulOp>},
      {"com.microsoft", "QLinearSigmoid", 1, quantizedSigmoid},
      {"com.microsoft", "QLinearSoftmax", 1, quantizedSoftmax},
      {"com.microsoft", "QuantizeLinear", 1, quantizeLinear},
  };
  return rows;
}

} // namespace ingot
