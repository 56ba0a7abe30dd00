//===- Sort.cpp - order, and results whose size is found in the data --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Sort.h"
#include "frontend/onnx/import/Registry.h"
#include "ir/ops/Cast.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Movement.h"
#include "ir/ops/Reduction.h"
#include "ir/ops/Slice.h"

using namespace mlir;

namespace ingot {

static Value none(ImportBuilder &b) { return NoneOp::create(b.b, b.loc, b.b.getNoneType()); }

/// The results are always in order, which `sorted = 0` allows.
static Results topK(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), k;
  if (n.opset() < 10)
    k = b.integers({n.requiredInteger("k")});
  else
    k = n.operand(1);
  int64_t axis = b.normalizeAxis(n.integer("axis", -1), b.rank(x));
  n.boolean("sorted", true);
  bool largest = n.boolean("largest", true);
  return Results(b.createMany<TopKOp>(2, x, k, axis, largest));
}

/// How many elements are not 0: [1].
static Value countNonZero(ImportBuilder &b, Value x) {
  if (!isBool(b.elementType(x)))
    x = b.create<CastOp>(x, b.b.getI1Type(), true, "up");
  Value ones = b.create<CastOp>(x, b.b.getIntegerType(64, true), true, "up");
  SmallVector<int64_t> axes = llvm::to_vector(llvm::seq<int64_t>(0, b.rank(ones)));
  return b.reshape(b.create<ReduceOp>(ones, "sum", axes, false), {Dim(1)});
}

static Results nonZero(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  return b.create<NonZeroOp>(x, countNonZero(b, x));
}

/// The slices along the axis (or elements of the flat tensor) whose condition holds.
static Results compress(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), condition = n.operand(1);
  int64_t axis = 0;
  if (n.has("axis"))
    axis = b.normalizeAxis(n.integer("axis", 0), b.rank(x));
  else if (b.rank(x) != 1)
    x = b.mergeDims(x, 0, b.rank(x));
  Value where = b.create<NonZeroOp>(condition, countNonZero(b, condition));
  if (b.failed)
    return {};
  return b.create<GatherOp>(x, b.reshape(where, {b.dim(where, 1)}), axis);
}

static Results unique(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  bool hasAxis = n.has("axis"), sorted = n.boolean("sorted", true);
  int64_t axis = hasAxis ? b.normalizeAxis(n.integer("axis", 0), b.rank(x)) : 0;
  SmallVector<Value> all = b.createMany<UniqueOp>(
      5, x, hasAxis ? b.b.getI64IntegerAttr(axis) : IntegerAttr(), b.b.getBoolAttr(sorted));
  auto counted = [&](Value v, int64_t along) -> Value {
    return b.create<SliceOp>(v, b.integers({0}), all[4], b.integers({along}), none(b));
  };
  Results results;
  results.push_back(counted(all[0], axis));
  results.push_back(n.wantsOutput(1) ? counted(all[1], 0) : Value());
  results.push_back(n.wantsOutput(2) ? all[2] : Value());
  results.push_back(n.wantsOutput(3) ? counted(all[3], 0) : Value());
  return results;
}

ArrayRef<OperatorRow> sortOperators() {
  static const OperatorRow rows[] = {
      {"", "Compress", 9, compress},
      {"", "NonZero", 9, nonZero},
      {"", "TopK", 1, topK},
      {"", "Unique", 11, unique},
  };
  return rows;
}

} // namespace ingot
