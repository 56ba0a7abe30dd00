//===- Softmax.cpp - Softmax and its relatives, Flatten, Dropout ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Registry.h"
#include "ir/ops/Reduction.h"

using namespace mlir;

namespace ingot {

static Value flattenAt(ImportBuilder &b, Value x, int64_t axis) {
  SmallVector<Dim> from = b.shape(x);
  if (b.failed)
    return x;
  return b.reshape(x, {b.dims.space.product(ArrayRef(from).take_front(axis)),
                       b.dims.space.product(ArrayRef(from).drop_front(axis))});
}

static Results flatten(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  int64_t axis = n.integer("axis", 1), rank = b.rank(x);
  // Unlike elsewhere the axis may equal the rank.
  return flattenAt(b, x, axis == rank ? axis : b.normalizeAxis(axis, rank));
}

/// Before version 13 the dimensions from `axis` on count as one.
static Results alongAxis(ImportBuilder &b, NodeReader &n,
                         llvm::function_ref<Value(Value, int64_t)> apply) {
  Value x = n.operand(0);
  bool joined = n.opset() < 13;
  int64_t axis = n.integer("axis", joined ? 1 : -1), rank = b.rank(x);
  if (joined && axis == rank && !b.failed)
    return b.reshape(apply(flattenAt(b, x, axis), 1), b.shape(x));
  axis = b.normalizeAxis(axis, rank);
  if (!joined || axis == rank - 1)
    return apply(x, axis);
  SmallVector<Dim> shape = b.shape(x);
  return b.reshape(apply(flattenAt(b, x, axis), 1), shape);
}

static Results softmax(ImportBuilder &b, NodeReader &n) {
  return alongAxis(b, n, [&](Value x, int64_t axis) {
    return b.create<SoftmaxOp>(x, axis, false);
  });
}

static Results logSoftmax(ImportBuilder &b, NodeReader &n) {
  return alongAxis(b, n, [&](Value x, int64_t axis) {
    return b.create<SoftmaxOp>(x, axis, true);
  });
}

/// Inference only: the identity, and a mask of ones.
static Results dropout(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  n.ignore({"seed", "ratio"});
  if (n.opset() >= 12) {
    Value ratio = n.optional(1), training = n.optional(2);
    auto isTraining = training ? b.constants(training) : SmallVector<int64_t>{0};
    auto known = ratio ? b.constantReal(ratio) : 0.5;
    if ((!isTraining || (*isTraining)[0]) && known != 0.0) {
      n.unsupported("dropping at random, as in training, is not supported");
      return {};
    }
  }
  if (!n.wantsOutput(1))
    return x;
  Type maskType = n.opset() < 10 ? b.elementType(x) : b.b.getI1Type();
  return {x, b.expand(b.scalar(1, maskType), b.shape(x))};
}

ArrayRef<OperatorRow> softmaxOperators() {
  static const OperatorRow rows[] = {
      {"", "Dropout", 7, dropout},       {"", "Flatten", 1, flatten},
      {"", "LogSoftmax", 1, logSoftmax},
      {"", "Softmax", 1, softmax},
  };
  return rows;
}

} // namespace ingot
