//===- OnnxValue.cpp - values as ONNX files have them ----------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/OnnxValue.h"

namespace ingot::cli {

onnx::Value::Kind onnxKind(int32_t kind) {
  switch (kind) {
  case INGOT_SEQUENCE:
    return onnx::Value::Kind::Sequence;
  case INGOT_MAP:
    return onnx::Value::Kind::Map;
  case INGOT_OPTIONAL:
    return onnx::Value::Kind::Optional;
  default:
    return onnx::Value::Kind::Tensor;
  }
}

namespace {
onnx::Tensor borrowTensor(const Value &value) {
  onnx::Tensor tensor;
  tensor.elementType = static_cast<onnx::ElementType>(value.elementType);
  tensor.dims = value.dims;
  tensor.elementCount = value.elementCount();
  tensor.data = {value.data.data(), value.data.size()};
  tensor.strings.assign(value.strings.begin(), value.strings.end());
  return tensor;
}

std::optional<Value> fromTensor(const onnx::Tensor &tensor, std::string &message) {
  Value value;
  value.elementType = static_cast<int32_t>(tensor.elementType);
  if (value.elementType > INGOT_INT2) {
    message = "elements of type " + std::string(nameOf(tensor.elementType)) + " are not supported";
    return std::nullopt;
  }
  value.kind = value.elementType == INGOT_STRING ? INGOT_STRING_TENSOR : INGOT_TENSOR;
  value.dims = tensor.dims;
  value.data.assign(tensor.data.begin(), tensor.data.end());
  value.strings.assign(tensor.strings.begin(), tensor.strings.end());
  return value;
}

bool appendFromOnnx(const std::vector<onnx::Value> &from, Value &to, std::string &message) {
  for (const onnx::Value &each : from) {
    std::optional<Value> element = fromOnnx(each, message);
    if (!element)
      return false;
    to.elements.push_back(std::move(*element));
  }
  return true;
}

/// A map's values: a tensor of rank 1 when each is a scalar, else a sequence (abi.h, part 2).
std::optional<Value> mapValues(const onnx::Value &map, std::string &message) {
  Value sequence;
  sequence.kind = INGOT_SEQUENCE;
  if (!appendFromOnnx(map.elements, sequence, message))
    return std::nullopt;
  Value flat;
  for (const Value &each : sequence.elements) {
    bool scalar = each.isTensor() && each.elementCount() == 1 && each.dims.size() <= 1 &&
                  each.elementType == sequence.elements[0].elementType &&
                  each.data.size() + each.strings.size() > 0;
    if (!scalar)
      return sequence;
    flat.kind = each.kind;
    flat.elementType = each.elementType;
    flat.data.insert(flat.data.end(), each.data.begin(), each.data.end());
    flat.strings.insert(flat.strings.end(), each.strings.begin(), each.strings.end());
  }
  flat.dims = {static_cast<int64_t>(sequence.elements.size())};
  return flat;
}

onnx::Value::Kind kindOfElements(const Value &value) {
  return value.elements.empty() ? onnx::Value::Kind::Tensor : onnxKind(value.elements[0].kind);
}

/// The elements of a map's flat values, one scalar each.
std::vector<onnx::Value> borrowScalars(const Value &flat) {
  std::vector<onnx::Value> scalars(flat.elementCount());
  size_t bytes = scalars.empty() ? 0 : flat.data.size() / scalars.size();
  for (size_t i = 0; i < scalars.size(); ++i) {
    onnx::Tensor &tensor = scalars[i].tensor;
    tensor.elementType = static_cast<onnx::ElementType>(flat.elementType);
    tensor.data = std::string_view(flat.data.data(), flat.data.size()).substr(i * bytes, bytes);
    if (!flat.strings.empty())
      tensor.strings = {flat.strings[i]};
  }
  return scalars;
}
} // namespace

onnx::Value borrowOnnx(const Value &value, const std::string &name) {
  onnx::Value result;
  result.name = name;
  result.kind = onnxKind(value.kind);
  if (value.isTensor()) {
    result.tensor = borrowTensor(value);
    result.tensor.name = name;
    return result;
  }
  if (value.kind == INGOT_MAP) {
    result.keys = borrowTensor(value.elements[0]);
    const Value &values = value.elements[1];
    if (values.isTensor()) {
      result.elements = borrowScalars(values);
      return result;
    }
    result.elementKind = kindOfElements(values);
    for (const Value &each : values.elements)
      result.elements.push_back(borrowOnnx(each, ""));
    return result;
  }
  result.elementKind = kindOfElements(value);
  for (const Value &each : value.elements)
    result.elements.push_back(borrowOnnx(each, ""));
  return result;
}

std::optional<Value> fromOnnx(const onnx::Value &from, std::string &message) {
  if (from.kind == onnx::Value::Kind::Tensor)
    return fromTensor(from.tensor, message);
  if (from.kind == onnx::Value::Kind::SparseTensor) {
    message = "sparse tensors are not supported";
    return std::nullopt;
  }
  Value to;
  if (from.kind == onnx::Value::Kind::Map) {
    to.kind = INGOT_MAP;
    std::optional<Value> keys = fromTensor(from.keys, message), values;
    if (keys)
      values = mapValues(from, message);
    if (!values)
      return std::nullopt;
    to.elements = {std::move(*keys), std::move(*values)};
    return to;
  }
  to.kind = from.kind == onnx::Value::Kind::Sequence ? INGOT_SEQUENCE : INGOT_OPTIONAL;
  if (!appendFromOnnx(from.elements, to, message))
    return std::nullopt;
  return to;
}

} // namespace ingot::cli
