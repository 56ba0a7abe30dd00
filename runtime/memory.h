//===- memory.h - where the runtime's memory comes from -------------------------------------===//
//
// Nothing in a context calls malloc or new: whatever it needs goes through the context's allocator,
// so that the host program can count, place and refuse it. Every function that allocates
// says so by returning null or false when it cannot.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_RUNTIME_MEMORY_H
#define INGOT_RUNTIME_MEMORY_H

#include "ingot/abi.h"
#include <cstddef>
#include <cstdint>
#include <new>

namespace ingot::runtime {

constexpr int64_t alignment = INGOT_ALIGNMENT;

/// Rounds up to a multiple of 64; the caller knows that `bytes` is at most INT64_MAX - 63.
constexpr int64_t alignUp(int64_t bytes) { return (bytes + alignment - 1) & ~(alignment - 1); }

/// a * b for values that are not negative; false when the product leaves 64 bits.
inline bool multiply(int64_t a, int64_t b, int64_t &product) {
  return !__builtin_mul_overflow(a, b, &product);
}

/// a + b; false when the sum leaves 64 bits.
inline bool add(int64_t a, int64_t b, int64_t &sum) { return !__builtin_add_overflow(a, b, &sum); }

/// The host program's callbacks, or aligned_alloc and free.
struct Allocator {
  void *(*allocateFn)(void *user, int64_t bytes, int64_t alignment);
  void (*deallocateFn)(void *user, void *memory, int64_t bytes);
  void *user;

  /// The default when `options` is null or names no callback.
  static Allocator from(const ingot_options *options);

  /// 64-byte aligned, null when there is no more; `bytes` above 0.
  void *allocate(int64_t bytes) const { return allocateFn(user, bytes, alignment); }
  void deallocate(void *memory, int64_t bytes) const {
    if (memory)
      deallocateFn(user, memory, bytes);
  }
};

/// A buffer of plain data with a size fixed when it is made.
template <typename T> class Array {
public:
  Array() = default;
  Array(const Array &) = delete;
  Array &operator=(const Array &) = delete;

  /// Zeroed elements; false when there is no memory for them. Called once.
  bool create(const Allocator &allocator, int64_t count) {
    int64_t bytes;
    if (count == 0)
      return true;
    if (count < 0 || !multiply(count, int64_t(sizeof(T)), bytes))
      return false;
    data = static_cast<T *>(allocator.allocate(bytes));
    if (!data)
      return false;
    size = count;
    for (int64_t i = 0; i < count; ++i)
      new (&data[i]) T();
    return true;
  }
  void destroy(const Allocator &allocator) {
    allocator.deallocate(data, size * int64_t(sizeof(T)));
    data = nullptr;
    size = 0;
  }
  T &operator[](int64_t i) { return data[i]; }
  const T &operator[](int64_t i) const { return data[i]; }

  T *data = nullptr;
  int64_t size = 0;
};

/// One block that only grows; what it held is lost when it does.
class Arena {
public:
  /// At least `bytes`, or null.
  void *reserve(const Allocator &allocator, int64_t bytes);
  void destroy(const Allocator &allocator);
  int64_t capacity() const { return size; }

private:
  void *data = nullptr;
  int64_t size = 0;
};

/// Memory for values whose number and size nobody knows beforehand, given back all at once or down
/// to a mark. Blocks are kept; after a reset a region that needed several asks for one that holds
/// them all, so that a program run again and again stops allocating.
class Region {
public:
  /// 64-byte aligned, never null for 0 bytes, null when there is no memory or bytes is negative.
  void *allocate(const Allocator &allocator, int64_t bytes);
  int64_t mark() const;
  void release(int64_t mark);
  void reset(const Allocator &allocator);
  void destroy(const Allocator &allocator);

private:
  struct Block {
    Block *previous, *next;
    int64_t ordinal, capacity, used; // used counts from the block's own beginning
  };
  void freeFrom(const Allocator &allocator, Block *block);

  Block *first = nullptr;
  Block *current = nullptr;
  int64_t wanted = 0; // size of the next first block
};

} // namespace ingot::runtime
#endif
