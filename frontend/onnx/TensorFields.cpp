#include "frontend/onnx/TensorFields.h"

#include <algorithm>

namespace ingot::onnx {

Storage storageOf(ElementType type) {
  switch (type) {
  case ElementType::Float:
  case ElementType::Complex64:
    return Storage::Float;
  case ElementType::Double:
  case ElementType::Complex128:
    return Storage::Double;
  case ElementType::Int64:
    return Storage::Int64;
  case ElementType::UInt32:
  case ElementType::UInt64:
    return Storage::UInt64;
  case ElementType::String:
    return Storage::String;
  default:
    return Storage::Int32;
  }
}

const char *fieldName(Storage storage) {
  constexpr const char *names[] = {"int32_data", "int64_data",  "uint64_data",
                                   "float_data", "double_data", "string_data"};
  return names[static_cast<int>(storage)];
}

bool TensorFields::uses(Storage storage) const {
  switch (storage) {
  case Storage::Int32:
    return !int32s.empty();
  case Storage::Int64:
    return !int64s.empty();
  case Storage::UInt64:
    return !uint64s.empty();
  case Storage::Float:
    return !floatView.empty() || !floatBytes.empty();
  case Storage::Double:
    return !doubleView.empty() || !doubleBytes.empty();
  case Storage::String:
    return !strings.empty();
  }
  return false;
}

namespace {
/// What an entry of int32_data may be.
struct Range {
  unsigned width; // bytes of an entry in raw data
  int64_t low, high;
};

Range rangeOf(ElementType type) {
  switch (type) {
  case ElementType::Int8:
    return {1, INT8_MIN, INT8_MAX};
  case ElementType::Int16:
    return {2, INT16_MIN, INT16_MAX};
  case ElementType::Int32:
    return {4, INT32_MIN, INT32_MAX};
  case ElementType::UInt32:
    return {4, 0, UINT32_MAX};
  case ElementType::Int64:
  case ElementType::UInt64:
    return {8, INT64_MIN, INT64_MAX};
  case ElementType::Float6E2M3:
  case ElementType::Float6E3M2:
    return {1, 0, 63}; // one element in an entry; smaller types are packed bytes
  default:
    return bitWidth(type) == 16 ? Range{2, 0, UINT16_MAX} : Range{1, 0, UINT8_MAX};
  }
}

/// One element a byte → four in three bytes, the first in the lowest bits.
std::string pack6(const std::string &elements) {
  std::string packed((elements.size() * 6 + 7) / 8, '\0');
  for (size_t i = 0; i < elements.size(); ++i) {
    size_t bit = i * 6;
    unsigned shifted = static_cast<unsigned char>(elements[i]) << bit % 8;
    packed[bit / 8] = static_cast<char>(packed[bit / 8] | shifted);
    if (shifted > 0xff)
      packed[bit / 8 + 1] = static_cast<char>(shifted >> 8);
  }
  return packed;
}
} // namespace

std::string convertTyped(TensorFields &fields, Tensor &tensor) {
  Storage storage = storageOf(tensor.elementType);
  std::string name = fieldName(storage), bytes;
  if (storage == Storage::Float || storage == Storage::Double) {
    tensor.data = storage == Storage::Float ? fields.floatView : fields.doubleView;
    bytes = std::move(storage == Storage::Float ? fields.floatBytes : fields.doubleBytes);
  } else {
    const std::vector<int64_t> &values = storage == Storage::Int32   ? fields.int32s
                                         : storage == Storage::Int64 ? fields.int64s
                                                                     : fields.uint64s;
    Range range = rangeOf(tensor.elementType);
    bytes.resize(values.size() * range.width);
    for (size_t i = 0; i < values.size(); ++i) {
      if (values[i] < range.low || values[i] > range.high)
        return name + "[" + std::to_string(i) + "] is " + std::to_string(values[i]) +
               ", which is not in the range of " + std::string(nameOf(tensor.elementType));
      std::memcpy(&bytes[i * range.width], &values[i], range.width);
    }
    if (bitWidth(tensor.elementType) == 6)
      bytes = pack6(bytes);
  }
  if (!bytes.empty()) {
    tensor.storage = std::make_shared<const std::string>(std::move(bytes));
    tensor.data = *tensor.storage;
  }
  int64_t need = *packedBytes(tensor.elementType, tensor.elementCount);
  if (static_cast<int64_t>(tensor.data.size()) != need)
    return name + " has " + std::to_string(tensor.data.size()) +
           " bytes of elements, but the shape needs " + std::to_string(need);
  return "";
}

void normalizeBools(Tensor &tensor) {
  auto odd = [](char byte) { return byte != 0 && byte != 1; };
  if (std::none_of(tensor.data.begin(), tensor.data.end(), odd))
    return;
  std::string bytes(tensor.data);
  for (char &byte : bytes)
    byte = byte != 0;
  tensor.storage = std::make_shared<const std::string>(std::move(bytes));
  tensor.data = *tensor.storage;
}

} // namespace ingot::onnx
