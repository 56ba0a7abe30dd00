//===- Constant.cpp - constants, and what only looks at a value's type --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Registry.h"
#include "frontend/onnx/import/Types.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Movement.h"

using namespace mlir;

namespace ingot {

static Results constant(ImportBuilder &b, NodeReader &n) {
  if (auto *t = n.tensor("value")) {
    Value v = b.pool.get(b.loc, *t);
    if (!v)
      n.unsupported("elements of type " + StringRef(nameOf(t->elementType)) +
                    " are not supported");
    return v;
  }
  if (auto *t = n.sparseTensor("sparse_value")) {
    Value v = b.pool.get(b.loc, *t);
    if (!v)
      n.unsupported("this sparse tensor is not supported");
    return v;
  }
  auto bytesOf = [](auto &values) {
    return ArrayRef(reinterpret_cast<const char *>(values.data()),
                    values.size() * sizeof(values[0]));
  };
  if (n.has("value_float"))
    return b.scalar(n.real("value_float", 0), b.b.getF32Type());
  if (n.has("value_int"))
    return b.integers({n.integer("value_int", 0)}, {}, true);
  if (auto values = n.integers("value_ints"))
    return b.integers(*values);
  if (auto values = n.reals("value_floats"))
    return b.tensor(RankedTensorType::get({(int64_t)values->size()}, b.b.getF32Type()),
                    bytesOf(*values));
  auto string = StringType::get(b.b.getContext());
  if (n.has("value_string"))
    return b.pool.get(b.loc, RankedTensorType::get({}, string), ArrayRef<StringRef>{n.string("value_string", "")});
  if (auto values = n.strings("value_strings"))
    return b.pool.get(b.loc, RankedTensorType::get({(int64_t)values->size()}, string), *values);
  n.error("expected one of the attributes value, sparse_value and value_*");
  return {};
}

static Results constantOfShape(ImportBuilder &b, NodeReader &n) {
  Value shape = n.operand(0);
  Value element = b.scalar(0, b.b.getF32Type());
  if (auto *t = n.tensor("value")) {
    if (t->elementCount != 1)
      n.error("expected value of one element, but got " + Twine(t->elementCount));
    else if (!(element = b.pool.get(b.loc, *t)))
      n.unsupported("elements of type " + StringRef(nameOf(t->elementType)) +
                    " are not supported");
  }
  if (b.failed)
    return {};
  return b.create<ExpandOp>(b.reshape(element, {}), shape);
}

static Results identity(ImportBuilder &b, NodeReader &n) { return n.anyOperand(0); }

/// Since version 15 of part of the dimensions.
static Results shape(ImportBuilder &b, NodeReader &n) {
  Value v = n.operand(0);
  int64_t rank = b.rank(v), start = n.integer("start", 0), end = n.integer("end", rank);
  auto clamp = [&](int64_t i) { return std::clamp<int64_t>(i < 0 ? i + rank : i, 0, rank); };
  start = clamp(start);
  end = std::max(start, clamp(end));
  Value all = b.create<ShapeOp>(v);
  if (start == 0 && end == rank)
    return all;
  SmallVector<int64_t> indices;
  for (int64_t i = start; i < end; ++i)
    indices.push_back(i);
  return b.create<GatherOp>(all, b.integers(indices), 0);
}

static Results size(ImportBuilder &b, NodeReader &n) {
  Value v = n.operand(0);
  Dim count = b.dims.space.product(b.shape(v));
  return b.reshape(b.shapeTensor({count}), {});
}

ArrayRef<OperatorRow> constantOperators() {
  static const OperatorRow rows[] = {
      {"", "Constant", 1, constant},   {"", "ConstantOfShape", 9, constantOfShape},
      {"", "Identity", 1, identity},   {"", "Shape", 1, shape},
      {"", "Size", 1, size},
  };
  return rows;
}

} // namespace ingot
