// Register tiles for few rows: the sums that the rows leave free hold more panels.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_CPU_SMALLTILES_H
#define INGOT_CODEGEN_CPU_SMALLTILES_H
#include "codegen/target/CpuTarget.h"

namespace ingot::cpu {

/// Up to this many rows a product is bound by reading B, and B is streamed once.
constexpr int64_t kFewRows = 4;

/// Most panels side by side for `rows` ≤ kFewRows rows. An FMA takes 4 cycles and two start per
/// cycle, so 8 sums keep the units busy; all sums, one step's B and a broadcast must fit the
/// registers.
inline unsigned panelsForRows(const CpuTarget &target, int64_t rows) {
  unsigned vectors = 64 / target.vectorBytes; // of a panel
  unsigned wanted = target.vectorRegisters == 32 && vectors == 1 ? 16 : 8;
  unsigned panels = wanted / (rows * vectors);
  return panels < 1 ? 1 : panels > 8 ? 8 : panels;
}

} // namespace ingot::cpu
#endif
