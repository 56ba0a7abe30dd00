//===- Write.cpp - Values into .pb files ----------------------------------===//
#include "frontend/onnx/Value.h"

#include <protozero/pbf_writer.hpp>

namespace ingot::onnx {

namespace {
protozero::data_view viewOf(std::string_view text) { return {text.data(), text.size()}; }

void write(const Tensor &tensor, std::string_view name, std::string &out) {
  protozero::pbf_writer writer(out);
  writer.add_packed_int64(1, tensor.dims.begin(), tensor.dims.end());
  writer.add_int32(2, static_cast<int32_t>(tensor.elementType));
  for (std::string_view string : tensor.strings)
    writer.add_bytes(6, viewOf(string));
  if (!name.empty())
    writer.add_string(8, viewOf(name));
  if (tensor.elementType != ElementType::String)
    writer.add_bytes(9, viewOf(tensor.data));
}

void write(const SparseTensor &sparse, std::string_view name, std::string &out) {
  protozero::pbf_writer writer(out);
  std::string values, indices;
  write(sparse.values, name, values);
  write(sparse.indices, sparse.indices.name, indices);
  writer.add_message(1, values);
  writer.add_message(2, indices);
  writer.add_packed_int64(3, sparse.dims.begin(), sparse.dims.end());
}

void write(const Value &value, std::string &out);

/// SequenceProto and OptionalProto have the same field numbers.
void writeContainer(const Value &value, std::string_view name, std::string &out) {
  protozero::pbf_writer writer(out);
  if (!name.empty())
    writer.add_string(1, viewOf(name));
  writer.add_int32(2, static_cast<int32_t>(value.elementKind) + 1);
  for (const Value &element : value.elements) {
    std::string content;
    write(element, content);
    writer.add_message(3 + static_cast<uint32_t>(element.kind), content);
  }
}

void writeMap(const Value &value, std::string &out) {
  protozero::pbf_writer writer(out);
  const Tensor &keys = value.keys;
  if (!value.name.empty())
    writer.add_string(1, viewOf(value.name));
  writer.add_int32(2, static_cast<int32_t>(keys.elementType));
  unsigned width = bitWidth(keys.elementType) / 8;
  bool isSigned = keys.elementType == ElementType::Int8 || keys.elementType == ElementType::Int16 ||
                  keys.elementType == ElementType::Int32;
  for (size_t at = 0; width != 0 && at + width <= keys.data.size(); at += width) {
    int64_t key = 0;
    std::memcpy(&key, keys.data.data() + at, width);
    if (isSigned) {
      unsigned unused = 64 - 8 * width;
      key = static_cast<int64_t>(static_cast<uint64_t>(key) << unused) >> unused;
    }
    writer.add_int64(3, key);
  }
  for (std::string_view key : keys.strings)
    writer.add_bytes(4, viewOf(key));
  std::string content;
  writeContainer(value, "", content);
  writer.add_message(5, content);
}

void write(const Value &value, std::string &out) {
  switch (value.kind) {
  case Value::Kind::Tensor:
    return write(value.tensor, value.name, out);
  case Value::Kind::SparseTensor:
    return write(value.sparseTensor, value.name, out);
  case Value::Kind::Sequence:
  case Value::Kind::Optional:
    return writeContainer(value, value.name, out);
  case Value::Kind::Map:
    return writeMap(value, out);
  }
}
} // namespace

std::string writeTensor(const Tensor &tensor) {
  std::string out;
  write(tensor, tensor.name, out);
  return out;
}

std::string writeValue(const Value &value) {
  std::string out;
  write(value, out);
  return out;
}

} // namespace ingot::onnx
