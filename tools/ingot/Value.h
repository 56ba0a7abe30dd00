//===- Value.h - values that own their memory ------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_VALUE_H
#define INGOT_TOOLS_INGOT_VALUE_H

#include "ingot/abi.h"

#include <cstddef>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace ingot::cli {

/// At the alignment that a runtime need not copy for.
template <typename T> struct AlignedAllocator {
  using value_type = T;
  AlignedAllocator() = default;
  template <typename U> AlignedAllocator(const AlignedAllocator<U> &) {}
  T *allocate(size_t count) {
    return static_cast<T *>(::operator new(count * sizeof(T), std::align_val_t(INGOT_ALIGNMENT)));
  }
  void deallocate(T *memory, size_t) {
    ::operator delete(memory, std::align_val_t(INGOT_ALIGNMENT));
  }
  friend bool operator==(AlignedAllocator, AlignedAllocator) { return true; }
  friend bool operator!=(AlignedAllocator, AlignedAllocator) { return false; }
};
using AlignedBytes = std::vector<char, AlignedAllocator<char>>;

/// What goes into a model or comes out; see struct ingot_value for the meaning of the kinds.
struct Value {
  int32_t kind = INGOT_TENSOR;           // enum ingot_kind
  int32_t elementType = INGOT_UNDEFINED; // of both kinds of tensor
  std::vector<int64_t> dims;             // of both kinds of tensor
  AlignedBytes data;                     // of a tensor: dense, sub-byte types packed
  std::vector<std::string> strings;      // of a string tensor
  std::vector<Value> elements; // sequence: its elements; optional: none or one; map: keys, values

  bool isTensor() const { return kind == INGOT_TENSOR || kind == INGOT_STRING_TENSOR; }
  /// The product of dims.
  int64_t elementCount() const;
  /// "float[1,3]", "seq of 2", "optional of float[]", "map of 3".
  std::string type() const;
};

/// "float[1,3]" for an element type and dimensions.
std::string tensorType(int32_t elementType, const std::vector<int64_t> &dims);

/// A copy of what the runtime handed out.
Value copyOf(const ingot_value &value);

/// A struct ingot_value that points into a Value, which must outlive it and stay unchanged.
class BorrowedValue {
public:
  explicit BorrowedValue(const Value &from);
  BorrowedValue(BorrowedValue &&) = default;
  const ingot_value &get() const { return value; }

private:
  ingot_value value;
  std::unique_ptr<int64_t> length; // dims of a sequence or optional
  std::vector<ingot_string> strings;
  std::vector<BorrowedValue> children;
  std::vector<ingot_value> childValues;
};

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_VALUE_H
