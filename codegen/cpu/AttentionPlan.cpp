// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/Attention.h"
#include "codegen/cpu/Blocks.h"
#include "codegen/cpu/Packing.h"

using llvm::alignTo;

namespace ingot::cpu {

namespace {

// Scores of one block, 64 · 128 · 4 bytes, leave L2 room for the keys and values they meet. More
// queries would copy keys and values into panels less often, which is under a tenth of the work.
constexpr int64_t kQueries = 64, kKeys = 128, kMostKeys = 256;

/// A product that is one tile: `rows` and `columns` are the most there may be.
MatmulPlan planBlock(const CpuTarget &target, MatmulShape shape, int64_t rows, int64_t columns) {
  shape.batch = 1;
  shape.b = OperandB::Strided;
  MatmulPlan plan = planMatmul(target, shape);
  plan.rowBlock = rows;
  plan.panelBlock = alignTo(llvm::divideCeil(columns, kPanelWidth), 4);
  plan.rowsInner = true;
  // One pass over k, always.
  if (plan.kBlock) {
    plan.kBlock = 0;
    plan.scratchElements += shape.k * plan.tile.panels * kPanelWidth;
  }
  return plan;
}

int64_t blockOrUnknown(int64_t extent, int64_t block) {
  if (extent == kUnknown)
    return kUnknown;
  if (extent <= block)
    return extent;
  return extent % block == 0 ? block : kUnknown;
}

} // namespace

AttentionPlan planAttention(const CpuTarget &target, const AttentionShape &shape) {
  AttentionPlan plan;
  plan.shape = shape;
  plan.queryBlock = kQueries;
  if (shape.queries != kUnknown)
    plan.queryBlock = std::max<int64_t>(1, evenBlock(shape.queries, kQueries, 1));
  plan.keyBlock = kKeys;
  if (shape.keys != kUnknown) {
    plan.single = shape.keys <= kMostKeys;
    plan.keyBlock = std::max(kPanelWidth, evenBlock(shape.keys, kMostKeys, kPanelWidth));
  }

  MatmulShape scores, values;
  scores.m = values.m = blockOrUnknown(shape.queries, plan.queryBlock);
  scores.n = blockOrUnknown(shape.keys, plan.keyBlock);
  scores.k = shape.headSize;
  scores.bUnitN = false;
  scores.longEpilogue = shape.longScore;
  values.n = shape.valueSize;
  // Only the most that may come: the last block of keys is shorter.
  values.k = plan.keyBlock;
  values.bUnitN = shape.valueUnit;
  plan.scores = planBlock(target, scores, plan.queryBlock, plan.keyBlock);
  plan.values = planBlock(target, values, plan.queryBlock, shape.valueSize);

  // Rows a power of two apart would meet in the same cache sets; and the last vector of a row may
  // be written whole.
  plan.scoreStride = plan.keyBlock + 16;
  plan.valueStride = alignTo(shape.valueSize, 16);
  int64_t at = alignTo(
      std::max(plan.scores.scratchElements, plan.values.scratchElements), 16);
  auto reserve = [&](int64_t elements) {
    int64_t place = at;
    at += alignTo(elements, 16);
    return place;
  };
  int64_t rows = plan.queryBlock;
  plan.queryAt = reserve(shape.copyQueries ? rows * shape.headSize : 0);
  plan.scoreAt = reserve(rows * plan.scoreStride);
  plan.resultAt = reserve(plan.single ? 0 : rows * plan.valueStride);
  plan.maximumAt = reserve(plan.single ? 0 : rows);
  plan.sumAt = reserve(rows);
  plan.factorAt = reserve(plan.single ? 0 : rows);
  plan.scratchElements = at;
  return plan;
}

} // namespace ingot::cpu
