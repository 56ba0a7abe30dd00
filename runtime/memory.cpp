//===- memory.cpp - allocator, arena, region ------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/memory.h"
#include <cstdlib>
#include <sys/mman.h>

namespace ingot::runtime {

// Arenas from two huge pages on ask for such pages: the first touch of 32 MiB then takes 16 faults
// instead of 8192, and the kernels' strides stay within the TLB.
static constexpr int64_t hugePage = int64_t(1) << 21;

static void *systemAllocate(void *, int64_t bytes, int64_t align) {
  bool huge = bytes >= 2 * hugePage;
  if (huge)
    align = hugePage;
  if (bytes > INT64_MAX - align)
    return nullptr;
  int64_t rounded = (bytes + align - 1) & ~(align - 1);
  void *memory = std::aligned_alloc(size_t(align), size_t(rounded));
#ifdef MADV_HUGEPAGE
  if (memory && huge)
    madvise(memory, size_t(rounded), MADV_HUGEPAGE); // a wish: its failure changes nothing
#endif
  return memory;
}

static void systemDeallocate(void *, void *memory, int64_t) { std::free(memory); }

Allocator Allocator::from(const ingot_options *options) {
  if (options && options->allocate && options->deallocate)
    return {options->allocate, options->deallocate, options->allocator_user};
  return {systemAllocate, systemDeallocate, nullptr};
}

void *Arena::reserve(const Allocator &allocator, int64_t bytes) {
  if (bytes <= size)
    return data;
  destroy(allocator);
  data = allocator.allocate(bytes);
  size = data ? bytes : 0;
  return data;
}

void Arena::destroy(const Allocator &allocator) {
  allocator.deallocate(data, size);
  data = nullptr;
  size = 0;
}

// A mark is a block's ordinal and an offset in it, which is a multiple of 64 below 2^50.
static constexpr int markShift = 44;
static constexpr int64_t smallestBlock = 4096;

void *Region::allocate(const Allocator &allocator, int64_t bytes) {
  static_assert(sizeof(Block) <= size_t(alignment), "the header takes one aligned unit");
  if (bytes < 0 || bytes > (int64_t(1) << 48))
    return nullptr;
  int64_t need = bytes ? alignUp(bytes) : alignment;
  while (current && current->capacity - current->used < need) {
    if (!current->next)
      break;
    current = current->next;
    current->used = alignment;
  }
  if (!current || current->capacity - current->used < need) {
    int64_t capacity = current ? current->capacity * 2 : wanted;
    if (capacity < need + alignment)
      capacity = need + alignment;
    if (capacity < smallestBlock)
      capacity = smallestBlock;
    auto *block = static_cast<Block *>(allocator.allocate(capacity));
    if (!block && capacity > need + alignment) { // doubling is a wish, the request is not
      capacity = need + alignment;
      block = static_cast<Block *>(allocator.allocate(capacity));
    }
    if (!block)
      return nullptr;
    *block = {current, nullptr, current ? current->ordinal + 1 : 0, capacity, alignment};
    (current ? current->next : first) = block;
    current = block;
  }
  void *result = reinterpret_cast<char *>(current) + current->used;
  current->used += need;
  return result;
}

int64_t Region::mark() const {
  return current ? (current->ordinal << markShift) | (current->used / alignment) : 0;
}

void Region::release(int64_t mark) {
  if (!current)
    return;
  int64_t ordinal = mark >> markShift;
  while (current->ordinal > ordinal && current->previous)
    current = current->previous;
  int64_t used = (mark & ((int64_t(1) << markShift) - 1)) * alignment;
  current->used = used < alignment ? alignment : used; // mark 0: taken before the first block
}

void Region::freeFrom(const Allocator &allocator, Block *block) {
  while (block) {
    Block *next = block->next;
    allocator.deallocate(block, block->capacity);
    block = next;
  }
}

void Region::reset(const Allocator &allocator) {
  if (!first)
    return;
  if (!first->next) {
    first->used = alignment;
    current = first;
    return;
  }
  wanted = 0;
  for (Block *block = first; block; block = block->next)
    wanted += block->capacity;
  freeFrom(allocator, first);
  first = current = nullptr;
}

void Region::destroy(const Allocator &allocator) {
  freeFrom(allocator, first);
  first = current = nullptr;
  wanted = 0;
}

} // namespace ingot::runtime
