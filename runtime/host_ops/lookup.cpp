//===- lookup.cpp - tables of keys and values -----------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/hash.h"
#include "runtime/host_ops/host_ops.h"
#include <cstring>

namespace ingot::runtime {

namespace {
/// Finds elements of one tensor in another by their bytes: strings by their text, floats after all
/// NaNs and both zeros have become one. Open addressing over twice as many slots as keys.
class Index {
public:
  Index(const HostCall &call, int32_t type, const void *keys, int64_t count)
      : call(call), type(type), keys(keys), count(count) {}

  /// False with a message.
  bool create() {
    slots = 16;
    while (slots < 2 * count)
      slots *= 2;
    table = static_cast<int64_t *>(call.allocate(slots * 8));
    if (!table)
      return false;
    for (int64_t i = 0; i < slots; ++i)
      table[i] = -1;
    for (int64_t i = 0; i < count; ++i) {
      int64_t &slot = table[find(keys, i)];
      if (slot < 0) // of equal keys the first one counts
        slot = i;
    }
    return true;
  }

  /// Number of the key that equals element i of `data`, -1 when there is none.
  int64_t lookup(const void *data, int64_t i) const { return table[find(data, i)]; }

private:
  struct Key {
    const char *data;
    int64_t bytes;
    uint64_t scalar;
  };

  Key keyOf(const void *data, int64_t i) const {
    if (type == INGOT_STRING) {
      const ingot_string &text = static_cast<const ingot_string *>(data)[i];
      return {text.data, text.bytes, 0};
    }
    int64_t bytes = elementBits(type) / 8;
    Key key = {nullptr, bytes, 0};
    std::memcpy(&key.scalar, static_cast<const char *>(data) + i * bytes, size_t(bytes));
    // Shifting the sign out leaves 0 for both zeros, and more than infinity for a NaN.
    bool isFloat = type == INGOT_FLOAT, isDouble = type == INGOT_DOUBLE;
    uint64_t magnitude = isFloat ? key.scalar << 33 >> 33 : key.scalar << 1 >> 1;
    uint64_t infinity = isFloat ? 0x7f800000u : 0x7ff0000000000000u;
    if ((isFloat || isDouble) && (magnitude == 0 || magnitude > infinity))
      key.scalar = magnitude == 0 ? 0 : ~uint64_t(0);
    return key;
  }

  int64_t find(const void *data, int64_t i) const {
    Key key = keyOf(data, i);
    const void *bytes = type == INGOT_STRING ? static_cast<const void *>(key.data) : &key.scalar;
    uint64_t at = hash64(bytes, type == INGOT_STRING ? key.bytes : 8);
    for (;; ++at) {
      int64_t slot = int64_t(at & uint64_t(slots - 1));
      if (table[slot] < 0)
        return slot;
      Key other = keyOf(keys, table[slot]);
      if (other.scalar == key.scalar && other.bytes == key.bytes &&
          (!key.data || key.bytes == 0 || !std::memcmp(other.data, key.data, size_t(key.bytes))))
        return slot;
    }
  }

  const HostCall &call;
  int32_t type;
  const void *keys;
  int64_t count, slots = 0;
  int64_t *table = nullptr;
};
} // namespace

static bool isLookupType(int32_t type) {
  return type == INGOT_STRING || (elementBits(type) >= 8 && elementBits(type) <= 64);
}

int32_t labelEncoder(const HostCall &call) {
  const ingot_tensor_view &input = call.operands[0], &keys = call.operands[1];
  const ingot_tensor_view &values = call.operands[2];
  if (!isLookupType(input.element_type) || !call.tensor(1, input.element_type) ||
      !isLookupType(values.element_type) || !call.tensor(3, values.element_type))
    return call.invalid("elements of these types cannot be looked up");
  if (call.count(1) != call.count(2) || call.count(3) != 1)
    return call.invalid("%lld keys, %lld values", (long long)call.count(1),
                        (long long)call.count(2));
  Index index(call, input.element_type, keys.data, call.count(1));
  Value *result = call.newTensor(values.element_type, input.rank, input.dims);
  if (!result)
    return call.outOfMemory();
  if (!index.create())
    return INGOT_RUN_OUT_OF_MEMORY;
  int64_t bytes = elementBits(values.element_type) / 8;
  for (int64_t i = 0; i < call.count(0); ++i) {
    int64_t found = index.lookup(input.data, i);
    const void *from =
        found < 0 ? call.operands[3].data : static_cast<const char *>(values.data) + found * bytes;
    std::memcpy(static_cast<char *>(result->data) + i * bytes, from, size_t(bytes));
  }
  return call.give(0, result);
}

int32_t dictVectorizer(const HostCall &call) {
  const Value *map = call.handle(0, INGOT_MAP);
  if (!map)
    return INGOT_RUN_INVALID_DATA;
  const Value &keys = *map->items->data[0], &values = *map->items->data[1];
  if (!isLookupType(keys.elementType) || !call.tensor(1, keys.elementType) ||
      !isTensor(values.kind) || !isLookupType(values.elementType))
    return call.invalid("the map's keys or values have another type");
  Index index(call, keys.elementType, keys.data, elementCount(keys));
  int64_t dims[2] = {1, call.count(1)};
  Value *result = call.newTensor(values.elementType, 2, dims);
  if (!result)
    return call.outOfMemory();
  if (!index.create())
    return INGOT_RUN_OUT_OF_MEMORY;
  int64_t bytes = elementBits(values.elementType) / 8;
  std::memset(result->data, 0, size_t(dims[1] * bytes)); // absent: 0 or the empty string
  for (int64_t i = 0; i < dims[1]; ++i) {
    int64_t found = index.lookup(call.operands[1].data, i);
    if (found >= 0)
      std::memcpy(static_cast<char *>(result->data) + i * bytes,
                  static_cast<const char *>(values.data) + found * bytes, size_t(bytes));
  }
  return call.give(0, result);
}

} // namespace ingot::runtime
