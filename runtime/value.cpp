//===- value.cpp - what a handle points to --------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/value.h"
#include "runtime/context.h"
#include <cstring>

namespace ingot::runtime {

int64_t elementCount(const Value &tensor) {
  int64_t count = 1;
  for (int32_t i = 0; i < tensor.rank; ++i)
    count *= tensor.dims[i];
  return count;
}

ingot_port mapPart(const ingot_port &map, int part) {
  if (part == 1 && map.element && !isTensor(map.element->kind))
    return *map.element;
  ingot_port list = {};
  list.name = map.name;
  list.element_type = part == 0     ? map.key_type
                      : map.element ? map.element->element_type
                                    : map.element_type;
  list.kind = list.element_type == INGOT_STRING ? INGOT_STRING_TENSOR : INGOT_TENSOR;
  list.rank = 1;
  list.alignment = list.element_type == INGOT_STRING ? 8 : elementBits(list.element_type) / 8;
  list.state = -1;
  return list;
}

Value *newValue(ingot_context &context, int32_t kind) {
  auto *value = static_cast<Value *>(context.allocateResult(sizeof(Value)));
  if (value) {
    *value = Value();
    value->kind = kind;
  }
  return value;
}

Value *newTensor(ingot_context &context, int32_t elementType, int32_t rank, const int64_t *dims) {
  int64_t bytes = ingot_tensor_bytes(elementType, rank, dims);
  int64_t head = alignUp(int64_t(sizeof(Value)) + 8 * int64_t(rank));
  int64_t all;
  if (bytes < 0 || !add(bytes, head, all))
    return nullptr;
  // One block: the value, its dimensions, and on the next aligned address its elements.
  auto *memory = static_cast<char *>(context.allocateResult(all));
  if (!memory)
    return nullptr;
  auto *value = reinterpret_cast<Value *>(memory);
  *value = Value();
  value->kind = elementType == INGOT_STRING ? INGOT_STRING_TENSOR : INGOT_TENSOR;
  value->elementType = elementType;
  value->rank = rank;
  auto *kept = reinterpret_cast<int64_t *>(memory + sizeof(Value));
  for (int32_t i = 0; i < rank; ++i)
    kept[i] = dims[i];
  value->dims = kept;
  value->data = bytes ? memory + head : emptyBuffer;
  return value;
}

Value *copyTensor(ingot_context &context, const ingot_tensor_view &view) {
  Value *value = newTensor(context, view.element_type, view.rank, view.dims);
  if (value)
    std::memcpy(value->data, view.data,
                size_t(ingot_tensor_bytes(view.element_type, view.rank, view.dims)));
  return value;
}

static Items *newItems(ingot_context &context, int64_t capacity) {
  int64_t bytes;
  if (!multiply(capacity, int64_t(sizeof(Value *)), bytes))
    return nullptr;
  auto *items = static_cast<Items *>(context.allocateResult(sizeof(Items)));
  auto *data = static_cast<Value **>(context.allocateResult(bytes));
  if (!items || !data)
    return nullptr;
  *items = {data, 0, capacity};
  return items;
}

Value *newContainer(ingot_context &context, int32_t kind, int64_t count) {
  Value *value = newValue(context, kind);
  Items *items = value ? newItems(context, count) : nullptr;
  if (!items)
    return nullptr;
  for (int64_t i = 0; i < count; ++i)
    items->data[i] = nullptr;
  items->length = count;
  value->items = items;
  value->length = count;
  return value;
}

Value *append(ingot_context &context, const Value &sequence, Value *element) {
  Value *result = newValue(context, INGOT_SEQUENCE);
  if (!result)
    return nullptr;
  Items *items = sequence.items;
  // Storage that somebody else has extended already, or that is full, is left to the others.
  if (items->length != sequence.length || items->length == items->capacity) {
    items = newItems(context, sequence.length < 4 ? 8 : sequence.length * 2);
    if (!items)
      return nullptr;
    for (int64_t i = 0; i < sequence.length; ++i)
      items->data[i] = sequence.items->data[i];
  }
  items->data[sequence.length] = element;
  items->length = sequence.length + 1;
  result->items = items;
  result->length = items->length;
  result->elementType = sequence.elementType;
  return result;
}

static Value *importTensor(ingot_context &context, const ingot_port &port,
                           const ingot_value &from) {
  int64_t bytes = ingot_tensor_bytes(from.element_type, from.rank, from.dims);
  bool misaligned =
      port.alignment > 1 && reinterpret_cast<uintptr_t>(from.data) % uintptr_t(port.alignment) != 0;
  if (bytes > 0 && misaligned)
    return copyTensor(context, {from.data, from.dims, from.rank, from.element_type});
  Value *value = newValue(context, from.kind);
  if (!value)
    return nullptr;
  value->elementType = from.element_type;
  value->rank = from.rank;
  value->dims = from.dims;
  value->data = bytes ? from.data : emptyBuffer;
  return value;
}

Value *importValue(ingot_context &context, const ingot_port &port, const ingot_value &from) {
  if (isTensor(from.kind))
    return importTensor(context, port, from);
  bool isMap = from.kind == INGOT_MAP;
  int64_t count = isMap ? 2 : from.dims[0];
  Value *value = newContainer(context, from.kind, count);
  if (!value)
    return nullptr;
  if (!isMap && isTensor(port.element->kind))
    value->elementType = port.element->element_type;
  auto *elements = static_cast<const ingot_value *>(from.data);
  for (int64_t i = 0; i < count; ++i) {
    value->items->data[i] = isMap ? importValue(context, mapPart(port, int(i)), elements[i])
                                  : importValue(context, *port.element, elements[i]);
    if (!value->items->data[i])
      return nullptr;
  }
  return value;
}

bool ownStrings(ingot_context &context, ingot_string *strings, int64_t count) {
  int64_t total = 0;
  for (int64_t i = 0; i < count; ++i)
    if (!add(total, strings[i].bytes, total))
      return false;
  auto *memory = static_cast<char *>(context.allocateResult(total));
  if (!memory)
    return false;
  for (int64_t i = 0; i < count; ++i) {
    if (strings[i].bytes > 0)
      std::memcpy(memory, strings[i].data, size_t(strings[i].bytes));
    strings[i].data = memory;
    memory += strings[i].bytes;
  }
  return true;
}

bool exportValue(ingot_context &context, const Value &from, ingot_value &to) {
  if (isTensor(from.kind)) {
    int64_t bytes = ingot_tensor_bytes(from.elementType, from.rank, from.dims);
    // The caller's inputs may have been borrowed; what it gets back is the context's.
    Value *copy = copyTensor(context, {from.data, from.dims, from.rank, from.elementType});
    if (!copy ||
        (from.kind == INGOT_STRING_TENSOR &&
         !ownStrings(context, static_cast<ingot_string *>(copy->data), elementCount(*copy))))
      return false;
    to = ingot_tensor(from.elementType, from.rank, copy->dims, copy->data, bytes);
    return true;
  }
  bool isMap = from.kind == INGOT_MAP;
  auto *dims = static_cast<int64_t *>(context.allocateResult(8));
  int64_t bytes = int64_t(sizeof(ingot_value)) * from.length; // the items alone take half of that
  auto *elements = static_cast<ingot_value *>(context.allocateResult(bytes));
  if (!dims || !elements)
    return false;
  *dims = from.length;
  for (int64_t i = 0; i < from.length; ++i)
    if (!exportValue(context, *from.items->data[i], elements[i]))
      return false;
  to = ingot_tensor(0, isMap ? 0 : 1, isMap ? nullptr : dims, elements, bytes);
  to.kind = from.kind;
  return true;
}

} // namespace ingot::runtime
