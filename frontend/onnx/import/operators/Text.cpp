//===- Text.cpp - strings --------------------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Registry.h"
#include "frontend/onnx/import/operators/HostCall.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Host.h"

using namespace mlir;

namespace ingot {

static Type text(ImportBuilder &b) { return StringType::get(b.b.getContext()); }

static Value stringScalar(ImportBuilder &b, StringRef s) {
  return b.pool.get(b.loc, RankedTensorType::get({}, text(b)), ArrayRef<StringRef>(s));
}
static Value flag(ImportBuilder &b, int64_t v) { return b.integers({v}, {}, true); }

/// An element-wise operation of two tensors, broadcast.
static Value binary(ImportBuilder &b, StringRef callee, Value x, Value y, Type element) {
  if (b.failed)
    return x;
  return hostCall(b, callee, {x, y}, bornTensor(std::max(b.rank(x), b.rank(y)), element), -2);
}

static Results stringConcat(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), y = n.operand(1);
  return binary(b, "string_concat", x, y, text(b));
}

static Results regexFullMatch(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  StringRef pattern = n.string("pattern", "");
  if (b.failed)
    return {};
  return hostCall(b, "regex_full_match", {x, stringScalar(b, pattern)},
                  bornTensor(b.rank(x), b.b.getI1Type()), 0);
}

static Results stringSplit(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  bool limited = n.has("maxsplit"), delimited = n.has("delimiter");
  int64_t most = n.integer("maxsplit", 0);
  StringRef delimiter = n.string("delimiter", "");
  if (b.failed)
    return {};
  Value by = delimited && !delimiter.empty() ? stringScalar(b, delimiter) : noOperand(b);
  Value limit = limited ? flag(b, most) : noOperand(b);
  SmallVector<int64_t> shape;
  for (const Dim &d : b.shape(x))
    shape.push_back(d.constant().value_or(ShapedType::kDynamic));
  SmallVector<int64_t> pieces(shape);
  pieces.push_back(ShapedType::kDynamic);
  Type types[] = {RankedTensorType::get(pieces, text(b)),
                  bornTensor(b.rank(x), b.b.getIntegerType(64, true))};
  return Results(b.createMany<HostCallOp>(2, "string_split", ValueRange{x, by, limit},
                                          b.b.getTypeArrayAttr(types), ArrayRef<int64_t>{-1, 0}));
}

static Results stringNormalizer(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  StringRef action = n.string("case_change_action", "NONE");
  bool sensitive = n.boolean("is_case_sensitive", false);
  auto words = n.strings("stopwords");
  n.ignore({"locale"});
  if (b.failed)
    return {};
  Value stop = noOperand(b);
  if (words && !words->empty())
    stop = b.pool.get(b.loc, RankedTensorType::get({(int64_t)words->size()}, text(b)), *words);
  return hostCall(b, "string_normalizer",
                  {x, stringScalar(b, action), flag(b, sensitive), stop},
                  bornTensor(b.rank(x), text(b)));
}

ArrayRef<OperatorRow> textOperators() {
  static const OperatorRow rows[] = {
      {"", "RegexFullMatch", 20, regexFullMatch},
      {"", "StringConcat", 20, stringConcat},
      {"", "StringNormalizer", 10, stringNormalizer},
      {"", "StringSplit", 20, stringSplit},
  };
  return rows;
}

} // namespace ingot
