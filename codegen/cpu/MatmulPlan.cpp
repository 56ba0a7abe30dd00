// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/Arithmetic.h"
#include "codegen/cpu/Blocks.h"
#include "codegen/cpu/Index.h"
#include "codegen/cpu/Matmul.h"
#include "codegen/cpu/Packing.h"
#include "codegen/cpu/SmallTiles.h"

using namespace mlir;
using llvm::alignTo;
using llvm::divideCeil;

namespace ingot::cpu {

namespace {

/// k of one pass: the panels of one register tile take an eighth of L2, so that they stay there
/// while the rows pass, beside the rows and the next panels.
int64_t chooseKBlock(const CpuTarget &target, const MatmulPlan &plan) {
  int64_t limit = target.l2Bytes / 8 / (kPanelWidth * 4 * plan.tile.panels);
  if (plan.shape.k == kUnknown)
    return limit;
  // A second short pass costs more than a panel that is half too large.
  if (plan.shape.k <= limit + limit / 2)
    return plan.shape.k;
  return evenBlock(plan.shape.k, limit, 8);
}

/// Rows of one tile: their part of A takes less than half of L2.
int64_t chooseRowBlock(const CpuTarget &target, const MatmulPlan &plan) {
  int64_t limit = std::max<int64_t>(target.l2Bytes / 2 / (plan.kBlock * 4), plan.tile.rows * 4);
  limit = std::min<int64_t>(limit, 256);
  if (plan.shape.m == kUnknown)
    return limit / plan.tile.rows * plan.tile.rows;
  if (plan.shape.m <= limit + plan.tile.rows)
    return plan.shape.m;
  return evenBlock(plan.shape.m, limit, plan.tile.rows);
}

int64_t choosePanelBlock(const MatmulPlan &plan, int64_t smallestTile) {
  const MatmulShape &s = plan.shape;
  int64_t k = s.k == kUnknown ? 512 : s.k, n = s.n == kUnknown ? 512 : s.n;
  int64_t m = s.m == kUnknown ? plan.rowBlock : s.m;
  int64_t batch = s.batch == kUnknown ? 1 : s.batch;
  int64_t work = tileWork(batch * m * n * k);
  int64_t panels = divideCeil(work, std::min(plan.rowBlock, m) * k * kPanelWidth);
  int64_t all = divideCeil(n, kPanelWidth);
  // Few rows: groups of any size, but no fewer panels than keep the units busy.
  if (s.m != kUnknown && s.m <= kFewRows && s.b == OperandB::Packed)
    return panels >= all ? all : evenBlock(all, std::max<int64_t>(panels, plan.tile.panels / 2), 1);
  if (s.n != kUnknown && panels >= all)
    return s.b == OperandB::Packed ? all : int64_t(alignTo(all, smallestTile));
  if (s.n == kUnknown)
    return alignTo(panels, smallestTile);
  return evenBlock(all, panels + smallestTile - 1, smallestTile);
}

} // namespace

MatmulPlan planMatmul(const CpuTarget &target, const MatmulShape &asked) {
  // Empty products have no tile to run, but a plan like any other.
  MatmulShape shape = asked;
  for (int64_t *extent : {&shape.batch, &shape.m, &shape.n, &shape.k})
    *extent = *extent == 0 ? 1 : *extent;
  MatmulPlan plan;
  plan.shape = shape;
  plan.tile = target.tile(tileKind(target, shape.product));
  bool few = shape.m != kUnknown && shape.m <= kFewRows;
  if (few)
    plan.tile = {unsigned(shape.m), panelsForRows(target, shape.m)};
  bool integer = shape.product != Product::F32;
  plan.packA = !shape.aUnitK && !few && !integer;
  // Rows of B that are far apart touch a page and a cache set each; with few rows of A there is
  // nothing to gain from copying them.
  plan.packB = shape.b == OperandB::Strided && !(shape.bUnitN && few);
  plan.kBlock = chooseKBlock(target, plan);
  plan.rowBlock = chooseRowBlock(target, plan);
  // Reading B once, in place, needs no blocks of k; but a cut group of panels is copied to scratch,
  // whose size must be known.
  if (plan.kBlock == shape.k || (few && !plan.packB && shape.k != kUnknown) || integer)
    plan.kBlock = 0;
  unsigned widest = plan.tile.panels;
  if (shape.m == kUnknown)
    widest = std::max(widest, panelsForRows(target, 1));
  plan.panelBlock = choosePanelBlock(plan, widest);
  plan.rowsInner = shape.m == kUnknown || shape.n == kUnknown || shape.n > shape.m;

  int64_t pass = plan.kBlock ? plan.kBlock : shape.k;
  plan.shape = asked;
  plan.scratchElements = target.vectorRegisters * target.f32Lanes();
  if (plan.kBlock)
    plan.scratchElements += plan.rowBlock * plan.panelBlock * kPanelWidth;
  if (plan.packA)
    plan.scratchElements += alignTo(plan.rowBlock * pass, 16);
  if (shape.b == OperandB::Strided)
    plan.scratchElements += pass * widest * kPanelWidth;
  return plan;
}

OpFoldResult emitMatmulTileCount(OpBuilder &b, Location loc, const MatmulPlan &plan,
                                 OpFoldResult batch, OpFoldResult m, OpFoldResult n) {
  Index at{b, loc};
  Value rows = at.ceilDiv(at.value(m), plan.rowBlock);
  Value columns = at.ceilDiv(at.value(n), plan.panelBlock * kPanelWidth);
  return at.mul(at.value(batch), at.mul(rows, columns));
}

} // namespace ingot::cpu
