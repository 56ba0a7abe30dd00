//===- Value.h - Values in .pb files ----------------------------*- C++ -*-===//
//
// The official test data keeps each input and output of a model in a file of its own: a
// TensorProto, SequenceProto, MapProto or OptionalProto (onnx-data.proto). The bytes do not tell
// which, so the reader is told.
//
//===----------------------------------------------------------------------===//
#ifndef INGOT_FRONTEND_ONNX_VALUE_H
#define INGOT_FRONTEND_ONNX_VALUE_H

#include "frontend/onnx/Model.h"

namespace ingot::onnx {

struct Value {
  enum class Kind { Tensor, SparseTensor, Sequence, Map, Optional };
  Kind kind = Kind::Tensor;
  std::string_view name;
  Tensor tensor;             // of Tensor
  SparseTensor sparseTensor; // of SparseTensor
  /// Of Sequence: its elements, all of one kind. Of Optional: none or one. Of Map: the values.
  std::vector<Value> elements;
  /// Of Sequence and Optional: the kind of the elements, known even where there are none.
  Kind elementKind = Kind::Tensor;
  /// Of Map, as many as elements: an integer or a String tensor of rank 1.
  Tensor keys;
};

/// A value and the file it views.
struct ValueFile {
  Value value;
  std::shared_ptr<const MappedFile> file;
};

/// Null if there are errors (or something unsupported). `kind` is what the file holds.
std::unique_ptr<ValueFile> readValueFile(const std::string &path, Value::Kind kind,
                                         Diagnostics &diagnostics);

/// The same for bytes that the caller keeps alive; false if there are such.
bool readValue(std::string_view bytes, Value::Kind kind, Value &value, Diagnostics &diagnostics);

/// A standalone TensorProto.
bool readTensor(std::string_view bytes, Tensor &tensor, Diagnostics &diagnostics);

/// The bytes of a TensorProto (data as raw_data or string_data), SequenceProto, MapProto or
/// OptionalProto. Names are written when not empty.
std::string writeTensor(const Tensor &tensor);
std::string writeValue(const Value &value);

} // namespace ingot::onnx

#endif // INGOT_FRONTEND_ONNX_VALUE_H
