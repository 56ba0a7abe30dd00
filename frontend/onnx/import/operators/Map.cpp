//===- Map.cpp - maps: ai.onnx.ml ---------------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Registry.h"
#include "frontend/onnx/import/operators/Classical.h"
#include "frontend/onnx/import/operators/HostCall.h"

using namespace mlir;

namespace ingot {

/// A map of scalars to the row [1, C] of its values by the words of a vocabulary, 0 where it has
/// none.
static Results dictVectorizer(ImportBuilder &b, NodeReader &n) {
  Value map = n.anyOperand(0);
  Value words = classLabels(b, n, "int64_vocabulary", "string_vocabulary");
  if (b.failed)
    return {};
  auto type = dyn_cast<MapType>(map.getType());
  auto values = type ? dyn_cast<TensorType>(type.getValue()) : TensorType();
  if (!values || isString(values.getElementType())) {
    n.error("expected a map to numbers, but got another value");
    return {};
  }
  if (type.getKey() != b.elementType(words)) {
    n.error("expected a vocabulary of the map's kind of keys");
    return {};
  }
  auto count = b.dim(words, 0).constant().value_or(ShapedType::kDynamic);
  return hostCall(b, "dict_vectorizer", {map, words},
                  RankedTensorType::get({1, count}, values.getElementType()));
}

/// Rows of scores to a sequence of maps from class to score.
static Results zipMap(ImportBuilder &b, NodeReader &n) {
  Value scores = n.operand(0);
  Value labels = classLabels(b, n, "classlabels_int64s", "classlabels_strings");
  if (b.failed)
    return {};
  int64_t rank = b.rank(scores);
  if (rank != 1 && rank != 2) {
    n.error("expected input of rank 1 or 2, but got " + Twine(rank));
    return {};
  }
  Dim columns = b.dim(scores, rank - 1), classes = b.dim(labels, 0);
  if (columns.constant() && columns != classes) {
    n.error("expected " + Twine(*classes.constant()) + " columns, but got " +
            Twine(*columns.constant()));
    return {};
  }
  MLIRContext *context = b.b.getContext();
  Type map = MapType::get(context, b.elementType(labels),
                          RankedTensorType::get({}, b.elementType(scores)));
  return hostCall(b, "zip_map", {scores, labels}, SequenceType::get(context, map));
}

ArrayRef<OperatorRow> mapOperators() {
  static const OperatorRow rows[] = {
      {"ai.onnx.ml", "DictVectorizer", 1, dictVectorizer},
      {"ai.onnx.ml", "ZipMap", 1, zipMap},
  };
  return rows;
}

} // namespace ingot
