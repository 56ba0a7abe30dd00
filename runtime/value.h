//===- value.h - what a handle points to: sequences, maps, optionals ------------------------===//
//
// Values that are no plain buffer live in the region of the run's results. They never change once
// made, with one exception that nobody can see: sequences share their storage, and one that ends
// where its storage ends may be extended in place, which makes appending in a loop linear.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_RUNTIME_VALUE_H
#define INGOT_RUNTIME_VALUE_H

#include "ingot/abi.h"
#include "ingot/kernel_abi.h"
#include <cstdint>

struct ingot_context;

namespace ingot::runtime {

struct Value;

struct Items {
  Value **data;
  int64_t length, capacity;
};

struct Value {
  int32_t kind;        // enum ingot_kind
  int32_t elementType; // of a tensor; of a sequence or optional of tensors when it is known, else 0
  int32_t rank;
  const int64_t *dims;
  void *data;
  Items *items;   // sequence: the elements; optional: at most one; map: keys, values
  int64_t length; // how many of the items are in this value
};

/// The functions below return null when there is no memory.
Value *newValue(ingot_context &context, int32_t kind);
/// A tensor of its own, its elements copied; the strings of a string tensor stay where they are.
Value *copyTensor(ingot_context &context, const ingot_tensor_view &view);
/// A tensor with room for its elements. Null too when the dimensions need more than 63 bits.
Value *newTensor(ingot_context &context, int32_t elementType, int32_t rank, const int64_t *dims);
/// A sequence, optional or map over `count` items, all null.
Value *newContainer(ingot_context &context, int32_t kind, int64_t count);
/// Sequence plus one element at the end.
Value *append(ingot_context &context, const Value &sequence, Value *element);

int64_t elementCount(const Value &tensor);

/// What a map's port says of its keys (part 0) and values (part 1): lists, unless the values are
/// sequences. Scalar values may be described by the map's own element type.
ingot_port mapPart(const ingot_port &map, int part);

/// A caller's value, checked before, as a value that borrows its tensors. Tensors that have less
/// than the port's alignment are copied.
Value *importValue(ingot_context &context, const ingot_port &port, const ingot_value &from);
/// A value as the caller sees it, in the context's memory; strings are copied. False without
/// memory.
bool exportValue(ingot_context &context, const Value &from, ingot_value &to);
/// Copies the bytes of `count` strings into the context's memory, in place.
bool ownStrings(ingot_context &context, ingot_string *strings, int64_t count);

} // namespace ingot::runtime
#endif
