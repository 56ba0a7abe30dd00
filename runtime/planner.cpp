//===- planner.cpp - places for buffers in one arena ----------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/planner.h"
#include "runtime/memory.h"

namespace ingot::runtime {

/// Sorts by size, largest first; equal sizes by lifetime, then by number, so that the order is
/// total. A heap sort: in place, no recursion, no worst case.
static void sortBySize(int32_t *order, int64_t count, const int64_t *sizes,
                       const ingot_lifetime *lifetimes) {
  auto before = [&](int32_t a, int32_t b) {
    if (sizes[a] != sizes[b])
      return sizes[a] > sizes[b];
    int64_t spanA = int64_t(lifetimes[a].last) - lifetimes[a].first;
    int64_t spanB = int64_t(lifetimes[b].last) - lifetimes[b].first;
    return spanA != spanB ? spanA > spanB : a < b;
  };
  auto sift = [&](int64_t root, int64_t end) {
    for (;;) {
      int64_t child = 2 * root + 1;
      if (child >= end)
        return;
      if (child + 1 < end && before(order[child], order[child + 1]))
        ++child;
      if (!before(order[root], order[child]))
        return;
      int32_t moved = order[root];
      order[root] = order[child];
      order[child] = moved;
      root = child;
    }
  };
  for (int64_t i = count / 2; i-- > 0;)
    sift(i, count);
  for (int64_t end = count; end-- > 1;) {
    int32_t moved = order[0];
    order[0] = order[end];
    order[end] = moved;
    sift(0, end);
  }
}

int64_t planArena(const int64_t *sizes, const ingot_lifetime *lifetimes, int64_t count,
                  int64_t *offsets, int32_t *scratch) {
  if (count < 0 || count > INT32_MAX)
    return -1;
  int32_t *order = scratch;
  int32_t *placed = scratch + count; // those that have an offset already, by ascending offset
  for (int64_t i = 0; i < count; ++i) {
    if (sizes[i] < 0 || sizes[i] > INT64_MAX - alignment || lifetimes[i].last < lifetimes[i].first)
      return -1;
    order[i] = int32_t(i);
  }
  sortBySize(order, count, sizes, lifetimes);

  int64_t total = 0, placedCount = 0;
  for (int64_t n = 0; n < count; ++n) {
    int32_t buffer = order[n];
    offsets[buffer] = 0;
    int64_t size = alignUp(sizes[buffer]);
    if (size == 0)
      continue;
    // Walk over the buffers that are alive together with this one, by ascending offset; `end` is
    // where the highest of those seen so far ends, so a gap begins there.
    int64_t end = 0, best = -1, bestGap = INT64_MAX;
    for (int64_t k = 0; k < placedCount; ++k) {
      int32_t other = placed[k];
      if (lifetimes[other].last < lifetimes[buffer].first ||
          lifetimes[buffer].last < lifetimes[other].first)
        continue;
      int64_t gap = offsets[other] - end;
      if (gap >= size && gap < bestGap) {
        best = end;
        bestGap = gap;
      }
      int64_t otherEnd = offsets[other] + alignUp(sizes[other]);
      if (otherEnd > end)
        end = otherEnd;
    }
    if (best < 0)
      best = end;
    int64_t last;
    if (!add(best, size, last))
      return -1;
    offsets[buffer] = best;
    if (last > total)
      total = last;
    int64_t at = placedCount++;
    for (; at > 0 && offsets[placed[at - 1]] > best; --at)
      placed[at] = placed[at - 1];
    placed[at] = buffer;
  }
  return total;
}

} // namespace ingot::runtime
