//===- planner.h - places for buffers in one arena ------------------------------------------===//
//
// Used by the compiler for programs with fixed shapes and by the runtime when shapes change, so
// that both give the same answer. Plain data in, plain data out, no allocation.
//
// Greedy by size (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference",
// 2020, §5.2): the largest buffer is placed first, each into the smallest gap that is free during
// its whole lifetime, or at the end when there is none.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_RUNTIME_PLANNER_H
#define INGOT_RUNTIME_PLANNER_H

#include "ingot/abi.h"
#include <cstdint>

namespace ingot::runtime {

/// How many int32_t planArena needs to work in.
constexpr int64_t planScratch(int64_t count) { return 2 * count; }

/// Gives each of `count` buffers a byte offset, a multiple of 64, such that two whose lifetimes
/// meet never overlap. Returns the bytes that the arena needs, a multiple of 64; -1 when a size is
/// negative, a lifetime ends before it begins, or the total leaves 63 bits. Buffers of size 0 get
/// offset 0. The result depends on sizes, lifetimes and their order only.
int64_t planArena(const int64_t *sizes, const ingot_lifetime *lifetimes, int64_t count,
                  int64_t *offsets, int32_t *scratch);

} // namespace ingot::runtime
#endif
