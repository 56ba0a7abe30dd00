//===- Value.cpp - values that own their memory ----------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/Value.h"

#include "frontend/onnx/ElementType.h"

#include <algorithm>

namespace ingot::cli {

int64_t Value::elementCount() const {
  // First, since other dimensions of an empty tensor may be of any size.
  if (std::find(dims.begin(), dims.end(), 0) != dims.end())
    return 0;
  int64_t count = 1;
  for (int64_t dim : dims)
    count *= dim;
  return count;
}

std::string tensorType(int32_t elementType, const std::vector<int64_t> &dims) {
  auto type = onnx::elementTypeOf(elementType);
  std::string text = std::string(type ? onnx::nameOf(*type) : "undefined") + "[";
  for (size_t i = 0; i < dims.size(); ++i)
    text += (i ? "," : "") + std::to_string(dims[i]);
  return text + "]";
}

std::string Value::type() const {
  switch (kind) {
  case INGOT_SEQUENCE:
    return "seq of " + std::to_string(elements.size());
  case INGOT_MAP:
    return "map of " + std::to_string(elements.empty() ? 0 : elements[0].elementCount());
  case INGOT_OPTIONAL:
    return elements.empty() ? "empty optional" : "optional of " + elements[0].type();
  default:
    return tensorType(elementType, dims);
  }
}

} // namespace ingot::cli
