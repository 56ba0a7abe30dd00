//===- ReadValue.cpp - SequenceProto, MapProto, OptionalProto -------------===//
#include "frontend/onnx/Reader.h"

namespace ingot::onnx {

namespace {
constexpr unsigned maxValueDepth = 64;

/// SequenceProto.DataType and OptionalProto.DataType number the kinds from 1, and the fields that
/// hold them follow each other in the same order.
constexpr int64_t kinds = 5;
constexpr uint32_t firstField = 3;
} // namespace

void Reader::value(std::string_view bytes, Value::Kind kind, Value &value, const Where &where,
                   unsigned depth) {
  if (depth > maxValueDepth)
    return error(where, "values are nested more than " + std::to_string(maxValueDepth) + " deep");
  value.kind = kind;
  switch (kind) {
  case Value::Kind::Tensor:
    tensor(bytes, value.tensor, where);
    value.name = value.tensor.name;
    break;
  case Value::Kind::SparseTensor:
    sparseTensor(bytes, value.sparseTensor, where);
    value.name = value.sparseTensor.values.name;
    break;
  case Value::Kind::Sequence:
  case Value::Kind::Optional:
    container(bytes, value, where, depth);
    break;
  case Value::Kind::Map:
    map(bytes, value, where, depth);
    break;
  }
}

/// A SequenceProto or OptionalProto: their fields have the same numbers.
void Reader::container(std::string_view bytes, Value &value, const Where &where, unsigned depth) {
  bool isSequence = value.kind == Value::Kind::Sequence;
  const char *message = isSequence ? "SequenceProto" : "OptionalProto";
  int64_t declared = 0;
  Fields field = fields(bytes, message);
  while (field.next()) {
    uint32_t number = field.number();
    if (number == 1)
      value.name = field.bytes();
    else if (number == 2)
      declared = field.integer();
    else if (number >= firstField && number < firstField + kinds) {
      auto kind = static_cast<Value::Kind>(number - firstField);
      std::string_view content = field.bytes();
      if (!value.elements.empty() && value.elements.front().kind != kind)
        return error(where, std::string(message) + " has elements of two kinds");
      this->value(content, kind, value.elements.emplace_back(),
                  Where(where, isSequence ? "element" : "optional", ""), depth + 1);
    } else
      field.skip();
  }
  if (declared < 0 || declared > kinds)
    return error(where, std::string(message) + " has element kind " + std::to_string(declared) +
                            ", which is not defined");
  if (declared != 0)
    value.elementKind = static_cast<Value::Kind>(declared - 1);
  if (!value.elements.empty()) {
    if (declared != 0 && value.elements.front().kind != value.elementKind)
      return error(where, std::string(message) + " has elements of another kind than it says");
    value.elementKind = value.elements.front().kind;
  }
  if (!isSequence && value.elements.size() > 1)
    error(where, "OptionalProto has more than one value");
}

void Reader::map(std::string_view bytes, Value &value, const Where &where, unsigned depth) {
  int64_t keyType = 0;
  std::vector<int64_t> numbers;
  std::vector<std::string_view> strings;
  Value values;
  bool hasValues = false;
  Fields field = fields(bytes, "MapProto");
  while (field.next())
    switch (field.number()) {
    case 1:
      value.name = field.bytes();
      break;
    case 2:
      keyType = field.integer();
      break;
    case 3:
      field.integers(numbers);
      break;
    case 4:
      strings.push_back(field.bytes());
      break;
    case 5: {
      std::string_view content = field.bytes();
      if (hasValues)
        return error(where, "MapProto has two lists of values");
      hasValues = true;
      this->value(content, Value::Kind::Sequence, values, where, depth + 1);
      break;
    }
    default:
      field.skip();
    }
  value.elements = std::move(values.elements);
  value.elementKind = values.elementKind;
  keys(keyType, numbers, std::move(strings), value, where);
}

void Reader::keys(int64_t keyType, const std::vector<int64_t> &numbers,
                  std::vector<std::string_view> strings, Value &value, const Where &where) {
  Tensor &keys = value.keys;
  keys.elementType = elementType(keyType, where);
  bool areStrings = keys.elementType == ElementType::String;
  unsigned bits = bitWidth(keys.elementType);
  bool areIntegers =
      keys.elementType >= ElementType::UInt8 && keys.elementType <= ElementType::UInt64 &&
      !areStrings && keys.elementType != ElementType::Bool &&
      keys.elementType != ElementType::Float16 && keys.elementType != ElementType::Double;
  if (!areStrings && !areIntegers)
    return error(where, "expected integers or strings as keys of a map, but got " +
                            std::string(nameOf(keys.elementType)));
  if (!(areStrings ? numbers.empty() : strings.empty()))
    return error(where, "MapProto has keys of two types");
  size_t count = areStrings ? strings.size() : numbers.size();
  if (count != value.elements.size())
    return error(where, "MapProto has " + std::to_string(count) + " keys, but " +
                            std::to_string(value.elements.size()) + " values");
  keys.dims = {static_cast<int64_t>(count)};
  keys.elementCount = static_cast<int64_t>(count);
  keys.strings = std::move(strings);
  if (areStrings)
    return;
  std::string bytes;
  for (int64_t number : numbers)
    bytes.append(reinterpret_cast<const char *>(&number), bits / 8);
  keys.storage = std::make_shared<const std::string>(std::move(bytes));
  keys.data = *keys.storage;
}

} // namespace ingot::onnx
