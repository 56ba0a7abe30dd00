// How the plans cut extents into blocks.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_CPU_BLOCKS_H
#define INGOT_CODEGEN_CPU_BLOCKS_H
#include "llvm/Support/MathExtras.h"
#include <algorithm>

namespace ingot::cpu {

// Multiply-adds of one independent tile. Below the least a launch (0.4–3 µs) is felt; above the
// most, cores wait for the slowest; 32 tiles split evenly enough over a few cores.
constexpr int64_t kLeastWork = 1 << 16, kMostWork = 8 << 20, kTiles = 32;

inline int64_t tileWork(int64_t total) {
  return std::clamp(total / kTiles, kLeastWork, kMostWork);
}

/// Splits `extent` evenly into parts of at most `limit`, each a multiple of `unit`.
inline int64_t evenBlock(int64_t extent, int64_t limit, int64_t unit) {
  limit = std::max(limit / unit * unit, unit);
  int64_t parts = llvm::divideCeil(extent, limit);
  return llvm::alignTo(llvm::divideCeil(extent, parts), unit);
}

} // namespace ingot::cpu
#endif
