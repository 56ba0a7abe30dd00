//===- AbiValue.cpp - values to and from the runtime -----------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/Value.h"

namespace ingot::cli {

namespace {
void copyTensor(const ingot_value &from, Value &to) {
  if (from.rank > 0)
    to.dims.assign(from.dims, from.dims + from.rank);
  if (from.kind == INGOT_STRING_TENSOR) {
    const auto *strings = static_cast<const ingot_string *>(from.data);
    for (int64_t i = 0, count = to.elementCount(); i < count; ++i)
      to.strings.emplace_back(strings[i].bytes ? strings[i].data : "", strings[i].bytes);
    return;
  }
  int64_t bytes = ingot_tensor_bytes(from.element_type, from.rank, from.dims);
  const char *data = static_cast<const char *>(from.data);
  if (bytes > 0)
    to.data.assign(data, data + bytes);
}
} // namespace

Value copyOf(const ingot_value &from) {
  Value to;
  to.kind = from.kind;
  to.elementType = from.element_type;
  if (to.isTensor()) {
    copyTensor(from, to);
    return to;
  }
  int64_t count = from.kind == INGOT_MAP ? 2 : from.dims[0];
  const auto *elements = static_cast<const ingot_value *>(from.data);
  for (int64_t i = 0; i < count; ++i)
    to.elements.push_back(copyOf(elements[i]));
  return to;
}

BorrowedValue::BorrowedValue(const Value &from) {
  // An empty vector has no address, but a value needs one.
  static char nothing[INGOT_ALIGNMENT];
  value = ingot_tensor(from.elementType, static_cast<int32_t>(from.dims.size()), from.dims.data(),
                       from.data.empty() ? nothing : from.data.data(),
                       static_cast<int64_t>(from.data.size()));
  value.kind = from.kind;
  if (from.kind == INGOT_TENSOR)
    return;
  if (from.kind == INGOT_STRING_TENSOR) {
    for (const std::string &text : from.strings)
      strings.push_back({text.data(), static_cast<int64_t>(text.size())});
    value.bytes = static_cast<int64_t>(strings.size() * sizeof(ingot_string));
    value.data = strings.empty() ? static_cast<void *>(nothing) : strings.data();
    return;
  }
  children.reserve(from.elements.size());
  for (const Value &element : from.elements) {
    children.emplace_back(element);
    childValues.push_back(children.back().value);
  }
  length = std::make_unique<int64_t>(static_cast<int64_t>(childValues.size()));
  value.element_type = 0;
  value.rank = from.kind == INGOT_MAP ? 0 : 1;
  value.dims = length.get();
  value.data = childValues.empty() ? static_cast<void *>(nothing) : childValues.data();
  value.bytes = static_cast<int64_t>(childValues.size() * sizeof(ingot_value));
}

} // namespace ingot::cli
