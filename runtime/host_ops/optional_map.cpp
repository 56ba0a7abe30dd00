//===- optional_map.cpp - optionals and maps ------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/host_ops/host_ops.h"
#include <cstring>

namespace ingot::runtime {

int32_t optionalMake(const HostCall &call) {
  Value *optional = newContainer(call.context, INGOT_OPTIONAL, 1);
  Value *element = optional ? call.element(0) : nullptr;
  if (!element)
    return call.outOfMemory();
  optional->elementType = call.operands[0].element_type;
  optional->items->data[0] = element;
  return call.give(0, optional);
}

int32_t optionalEmpty(const HostCall &call) {
  return call.give(0, newContainer(call.context, INGOT_OPTIONAL, 0));
}

int32_t optionalHas(const HostCall &call) {
  const Value *optional = call.handle(0, INGOT_OPTIONAL);
  return optional ? call.giveScalar(0, INGOT_BOOL, optional->length) : INGOT_RUN_INVALID_DATA;
}

int32_t optionalGet(const HostCall &call) {
  const Value *optional = call.handle(0, INGOT_OPTIONAL);
  if (!optional)
    return INGOT_RUN_INVALID_DATA;
  if (optional->length == 0)
    return call.invalid("the optional is empty");
  return call.give(0, optional->items->data[0]);
}

/// Null with a message unless the operand is a list of `length` keys or values.
static bool isList(const HostCall &call, int32_t operand, int64_t length) {
  const ingot_tensor_view &list = call.operands[operand];
  if (list.element_type != 0 && list.rank == 1 && list.dims[0] == length)
    return true;
  call.invalid("operand %d is not a list of %lld elements", operand, (long long)length);
  return false;
}

int32_t mapMake(const HostCall &call) {
  const ingot_tensor_view &keys = call.operands[0];
  if (keys.rank != 1 || !isList(call, 0, keys.dims[0]))
    return call.invalid("the keys are not a list");
  if (call.isHandle(1)) {
    const Value *values = call.handle(1, INGOT_SEQUENCE);
    if (!values || values->length != keys.dims[0])
      return call.invalid("there are not as many values as keys");
  } else if (!isList(call, 1, keys.dims[0])) {
    return INGOT_RUN_INVALID_DATA;
  }
  Value *map = newContainer(call.context, INGOT_MAP, 2);
  if (!map)
    return call.outOfMemory();
  for (int32_t i = 0; i < 2; ++i) {
    map->items->data[i] = call.element(i);
    if (!map->items->data[i])
      return call.outOfMemory();
  }
  return call.give(0, map);
}

int32_t mapKeys(const HostCall &call) {
  const Value *map = call.handle(0, INGOT_MAP);
  return map ? call.give(0, map->items->data[0]) : INGOT_RUN_INVALID_DATA;
}

int32_t mapValues(const HostCall &call) {
  const Value *map = call.handle(0, INGOT_MAP);
  return map ? call.give(0, map->items->data[1]) : INGOT_RUN_INVALID_DATA;
}

int32_t zipMap(const HostCall &call) {
  const ingot_tensor_view &scores = call.operands[0];
  int32_t bits = elementBits(scores.element_type);
  if (bits < 8 || scores.rank < 1 || scores.rank > 2)
    return call.invalid("needs a matrix of values");
  int64_t rows = scores.rank == 2 ? scores.dims[0] : 1;
  int64_t columns = scores.dims[scores.rank - 1];
  if (!isList(call, 1, columns))
    return INGOT_RUN_INVALID_DATA;
  Value *sequence = newContainer(call.context, INGOT_SEQUENCE, rows);
  Value *keys = sequence ? call.element(1) : nullptr; // one list that all maps share
  if (!keys)
    return call.outOfMemory();
  int64_t width = columns * (bits / 8);
  for (int64_t r = 0; r < rows; ++r) {
    Value *map = newContainer(call.context, INGOT_MAP, 2);
    Value *values = map ? call.newTensor(scores.element_type, 1, &columns) : nullptr;
    if (!values)
      return call.outOfMemory();
    std::memcpy(values->data, static_cast<const char *>(scores.data) + r * width, size_t(width));
    map->items->data[0] = keys;
    map->items->data[1] = values;
    sequence->items->data[r] = map;
  }
  return call.give(0, sequence);
}

} // namespace ingot::runtime
