//===- Label.cpp - labels and categories: ai.onnx.ml -------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Registry.h"
#include "frontend/onnx/import/operators/Classical.h"
#include "frontend/onnx/import/operators/HostCall.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Index.h"
#include "ir/ops/Movement.h"
#include "ir/ops/Reduction.h"
#include <cmath>

using namespace mlir;

namespace ingot {

static Value strings(ImportBuilder &b, ArrayRef<StringRef> values) {
  auto type = RankedTensorType::get({(int64_t)values.size()}, StringType::get(b.b.getContext()));
  return b.failed ? Value() : b.pool.get(b.loc, type, values);
}
static Value positions(ImportBuilder &b, int64_t count) {
  return b.integers(llvm::to_vector(llvm::seq<int64_t>(0, count)));
}

Value lookUp(ImportBuilder &b, Value x, Value keys, Value values, Value byDefault) {
  if (b.failed)
    return x;
  return hostCall(b, "label_encoder", {x, keys, values, byDefault},
                  bornTensor(b.rank(x), b.elementType(values)), 0);
}

Value labelAt(ImportBuilder &b, Value index, Value labels) {
  if (b.failed)
    return index;
  if (!isString(b.elementType(labels)))
    return b.create<GatherOp>(labels, index, 0);
  int64_t count = b.dim(labels, 0).constant().value_or(0);
  return lookUp(b, index, positions(b, count), labels, strings(b, StringRef("")));
}

namespace {
/// A list of the attribute `prefix` followed by int64s, floats, strings or tensor; null without.
struct List {
  Value values;
  bool hasNaN = false;
};
} // namespace

static List listOf(ImportBuilder &b, NodeReader &n, const std::string &prefix) {
  List list;
  if (auto integers = n.integers(prefix + "_int64s")) {
    list.values = b.integers(*integers);
  } else if (auto reals = n.reals(prefix + "_floats")) {
    list.values = realTensor(b, *reals, {(int64_t)reals->size()});
    list.hasNaN = llvm::any_of(*reals, [](float f) { return std::isnan(f); });
  } else if (auto words = n.strings(prefix + "_strings")) {
    list.values = strings(b, *words);
  } else if (auto *tensor = n.tensor(prefix + "_tensor")) {
    list.values = b.failed ? Value() : b.pool.get(b.loc, *tensor);
    list.hasNaN = true; // not looked at
  }
  if (list.values && !b.failed && b.rank(list.values) != 1)
    n.error("expected " + prefix + "_tensor of rank 1, but got " + Twine(b.rank(list.values)));
  return list;
}

/// What stands for values without a key, as a scalar of the type of `values`.
static Value defaultOf(ImportBuilder &b, NodeReader &n, Value values) {
  Type element = b.elementType(values);
  int64_t integer = n.integer("default_int64", -1);
  double real = n.real("default_float", -0.0);
  StringRef word = n.string("default_string", "_Unused");
  if (auto *tensor = n.tensor("default_tensor")) {
    Value v = b.failed ? Value() : b.pool.get(b.loc, *tensor);
    if (v && b.elementType(v) == element && b.dims.space.product(b.shape(v)).is(1))
      return isString(element) ? v : b.reshape(v, {});
    n.error("expected default_tensor of one element of the values' type");
    return v;
  }
  if (isString(element))
    return strings(b, word);
  return isa<FloatType>(element) ? b.scalar(real, element) : b.integers({integer}, element, true);
}

static Results labelEncoder(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  List keys = listOf(b, n, "keys"), values = listOf(b, n, "values");
  if (!b.failed && (!keys.values || !values.values))
    n.error("expected attributes keys_* and values_*");
  if (b.failed)
    return {};
  Value byDefault = defaultOf(b, n, values.values);
  if (b.failed)
    return {};
  if (b.dim(keys.values, 0) != b.dim(values.values, 0) || b.dim(keys.values, 0).is(0)) {
    n.error("expected as many values as keys, and some");
    return {};
  }
  if (b.elementType(x) != b.elementType(keys.values)) {
    n.error("expected keys of the input's type");
    return {};
  }
  if (keys.hasNaN || isString(b.elementType(x)) || isString(b.elementType(values.values)))
    return lookUp(b, x, keys.values, values.values, byDefault);
  // Numbers to numbers need no table.
  Value hits = b.cast(b.equal(b.unsqueeze(x, {b.rank(x)}), keys.values),
                      b.b.getIntegerType(32, true));
  Value at = b.create<ArgExtremeOp>(hits, b.rank(x), true, false, false);
  Value found = b.reduce("max", hits, {b.rank(x)}, false);
  return b.where(b.cast(found, b.b.getI1Type()), b.create<GatherOp>(values.values, at, 0),
                 byDefault);
}

/// Words to numbers or numbers to words, whichever the input is.
static Results map(ImportBuilder &b, NodeReader &n, Value numbers, Value words) {
  Value x = n.operand(0);
  int64_t number = n.integer("default_int64", -1);
  StringRef word = n.string("default_string", "_Unused");
  if (b.failed)
    return {};
  if (isString(b.elementType(x)))
    return lookUp(b, x, words, numbers, b.integers({number}, {}, true));
  return lookUp(b, b.cast(x, b.b.getIntegerType(64, true)), numbers, words, strings(b, word));
}

static Results labelEncoderOfClasses(ImportBuilder &b, NodeReader &n) {
  auto words = n.strings("classes_strings");
  if (!words || words->empty()) {
    n.error("expected attribute 'classes_strings'");
    return {};
  }
  return map(b, n, positions(b, words->size()), strings(b, *words));
}

static Results categoryMapper(ImportBuilder &b, NodeReader &n) {
  auto numbers = n.integers("cats_int64s");
  auto words = n.strings("cats_strings");
  if (!numbers || !words || numbers->size() != words->size()) {
    n.error("expected attributes 'cats_int64s' and 'cats_strings' of one length");
    return {};
  }
  return map(b, n, b.integers(*numbers), strings(b, *words));
}

/// 1 where the element is the category along the new last dimension.
static Results oneHotEncoder(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0);
  auto numbers = n.integers("cats_int64s");
  auto words = n.strings("cats_strings");
  if (!n.boolean("zeros", true))
    n.unsupported("failing for unknown categories (zeros = 0)");
  bool named = words && !words->empty();
  if (!named && (!numbers || numbers->empty()))
    n.error("expected attribute 'cats_int64s' or 'cats_strings'");
  if (b.failed)
    return {};
  if (named != isString(b.elementType(x))) {
    n.error("expected categories of the input's type");
    return {};
  }
  Value index, wanted;
  if (named) {
    wanted = positions(b, words->size());
    index = lookUp(b, x, strings(b, *words), wanted, b.integers({-1}, {}, true));
  } else {
    wanted = b.integers(*numbers);
    index = b.cast(x, b.b.getIntegerType(64, true));
  }
  Value equal = b.equal(b.unsqueeze(index, {b.rank(x)}), wanted);
  return b.cast(equal, b.b.getF32Type());
}

ArrayRef<OperatorRow> labelOperators() {
  static const OperatorRow rows[] = {
      {"ai.onnx.ml", "CategoryMapper", 1, categoryMapper},
      {"ai.onnx.ml", "LabelEncoder", 1, labelEncoderOfClasses},
      {"ai.onnx.ml", "LabelEncoder", 2, labelEncoder},
      {"ai.onnx.ml", "OneHotEncoder", 1, oneHotEncoder},
  };
  return rows;
}

} // namespace ingot
