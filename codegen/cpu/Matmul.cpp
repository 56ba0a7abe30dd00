// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/Matmul.h"
#include "codegen/cpu/Arithmetic.h"
#include "codegen/cpu/MicroTile.h"
#include "codegen/cpu/PackOnTheFly.h"
#include "codegen/cpu/Packing.h"
#include "codegen/cpu/RowTiles.h"
#include "codegen/cpu/SmallTiles.h"

using namespace mlir;

namespace ingot::cpu {

namespace {

using arith::CmpIPredicate;

/// The parts of the worker's scratch, as offsets in elements.
struct Scratch {
  Value tile, sums, a, b;
};

/// One independent tile: its first row and panel, and how many there are.
struct Block {
  Value batch, row, panel, panels, columnsLeft; ///< columns of C from the block's first on
  OpFoldResult rows;
  Value aOffset, bOffset; ///< of the batch
};

/// One pass over k. `first` and `last` are i1.
struct Pass {
  Value k;
  OpFoldResult count;
  Value first, last;
};

/// Neighbouring panels that share a register tile.
struct PanelGroup {
  Value index; ///< within the block
  unsigned panels;
  int64_t tailColumns; ///< see TilePlace; 0: all columns exist
  Value bBuffer;
  SmallVector<Value> bOffsets; ///< of each vector
  OpFoldResult bStride;
};

class Emitter {
public:
  Emitter(Index at, const CpuTarget &target, const MatmulPlan &plan, const MatmulOperands &ops)
      : at(at), target(target), plan(plan), ops(ops),
        arithmetic(target, plan.shape.product, at.b.getContext()), lanes(arithmetic.lanes),
        type(arithmetic.sumType) {
    int64_t tile = target.vectorRegisters * lanes;
    int64_t sums = plan.kBlock ? plan.rowBlock * plan.panelBlock * kPanelWidth : 0;
    int64_t packedA =
        plan.packA ? llvm::alignTo(plan.rowBlock * passLength(), kPanelWidth) : 0;
    scratch = {at.constant(0), at.constant(tile), at.constant(tile + sums),
               at.constant(tile + sums + packedA)};
  }

  void emitTiles(Value begin, Value end) {
    at.loop(begin, end, 1, [&](Value tile) { emitTile(tile); });
  }

private:
  int64_t passLength() const { return plan.kBlock ? plan.kBlock : plan.shape.k; }

  void emitTile(Value tile) {
    Value m = at.value(ops.m), n = at.value(ops.n);
    Value rowBlocks = at.ceilDiv(m, plan.rowBlock);
    Value panels = at.ceilDiv(n, kPanelWidth);
    Value panelBlocks = at.ceilDiv(panels, plan.panelBlock);
    Value perProduct = at.mul(rowBlocks, panelBlocks);
    Block block;
    block.batch = Index::known(ops.batch) == 1 ? at.constant(0) : at.div(tile, perProduct);
    Value inner = Index::known(ops.batch) == 1 ? tile : at.rem(tile, perProduct);
    Value fast = plan.rowsInner ? rowBlocks : panelBlocks;
    Value slowIndex = at.div(inner, fast), fastIndex = at.rem(inner, fast);
    block.row = at.mul(plan.rowsInner ? fastIndex : slowIndex, plan.rowBlock);
    block.panel = at.mul(plan.rowsInner ? slowIndex : fastIndex, plan.panelBlock);
    block.rows = Index::known(rowBlocks) == 1
                     ? ops.m
                     : OpFoldResult(at.min(at.sub(m, block.row), at.constant(plan.rowBlock)));
    if (plan.shape.m != kUnknown && plan.shape.m % plan.rowBlock == 0)
      block.rows = at.b.getIndexAttr(plan.rowBlock);
    block.panels = at.min(at.sub(panels, block.panel), at.constant(plan.panelBlock));
    if (plan.shape.n != kUnknown && numPanels() % plan.panelBlock == 0)
      block.panels = at.constant(plan.panelBlock);
    block.columnsLeft = at.sub(n, at.mul(block.panel, kPanelWidth));
    block.aOffset = ops.aOffset ? ops.aOffset(at.b, at.loc, block.batch) : at.constant(0);
    block.bOffset = ops.bOffset ? ops.bOffset(at.b, at.loc, block.batch) : at.constant(0);
    emitForRows(block);
  }

  /// A row count known only at run time may turn out to be one, as in decoding. (Variants for two to
  /// four rows too would double the code for little: the short tiles of the general form serve.)
  void emitForRows(const Block &block) {
    if (plan.shape.m != kUnknown)
      return emitPasses(block, plan.tile);
    at.branch(
        at.compare(CmpIPredicate::eq, at.value(block.rows), at.constant(1)),
        [&] {
          Block single = block;
          single.rows = at.b.getIndexAttr(1);
          emitPasses(single, {1, panelsForRows(target, 1)});
        },
        [&] { emitPasses(block, plan.tile); });
  }

  void emitPasses(const Block &block, RegisterTile tile) {
    Value zero = at.constant(0), k = at.value(ops.k);
    Value yes = arith::ConstantIntOp::create(at.b, at.loc, 1, 1);
    if (!plan.kBlock)
      return emitPanels(block, tile, {zero, ops.k, yes, yes});
    // A sum of no products is 0 and must be stored: one pass at least.
    Value one = at.constant(1), end = k;
    if (plan.shape.k == kUnknown)
      end = at.select(at.compare(CmpIPredicate::sgt, k, one), k, one);
    at.loop(zero, end, plan.kBlock, [&](Value first) {
      Value left = at.sub(k, first), whole = at.constant(plan.kBlock);
      Pass pass{first, OpFoldResult(at.min(left, whole)), {}, {}};
      if (plan.shape.k != kUnknown && plan.shape.k % plan.kBlock == 0)
        pass.count = at.b.getIndexAttr(plan.kBlock);
      pass.first = at.compare(CmpIPredicate::eq, first, zero);
      pass.last = at.compare(CmpIPredicate::sle, left, whole);
      emitPanels(block, tile, pass);
    });
  }

  int64_t numPanels() const { return llvm::divideCeil(plan.shape.n, kPanelWidth); }

  /// What is left of the last group of `panels` panels; 0 if it is whole or lies in another loop.
  int64_t tailOf(unsigned panels) const {
    if (plan.shape.n == kUnknown)
      return kUnknown;
    bool single = plan.shape.b == OperandB::Packed && numPanels() % panels;
    return single ? 0 : plan.shape.n % (panels * kPanelWidth);
  }

  void emitPanels(const Block &block, RegisterTile tile, const Pass &pass) {
    if (plan.packA)
      emitPackRows(block, tile, pass);
    // Computed panels are copied in groups; what the last group lacks is not stored. That saves a
    // second set of register tiles.
    if (plan.shape.b == OperandB::Packed && tile.panels > 2)
      return emitEvenGroups(block, tile, pass);
    Value wide = block.panels;
    if (plan.shape.b == OperandB::Packed)
      wide = at.sub(wide, at.rem(wide, at.constant(tile.panels)));
    at.loop(at.constant(0), wide, tile.panels, [&](Value panel) {
      emitGroup(block, tile, pass, panel, tile.panels, tailOf(tile.panels));
    });
    if (plan.shape.b == OperandB::Packed)
      at.loop(wide, block.panels, 1,
              [&](Value panel) { emitGroup(block, tile, pass, panel, 1, tailOf(1)); });
  }

  /// Few rows have so few sums that panels left over would each wait for its own: the panels of a
  /// block are split evenly.
  void emitEvenGroups(const Block &block, RegisterTile tile, const Pass &pass) {
    int64_t last = numPanels() % plan.panelBlock;
    auto groups = [&](int64_t count, bool isLast) {
      int64_t lowest = count / llvm::divideCeil(count, int64_t(tile.panels));
      emitRowTiles(at.b, at.loc, at.b.getIndexAttr(count), tile.panels, 0,
                   [&](unsigned panels, Value panel) {
                     int64_t width = panels * kPanelWidth;
                     int64_t columns = plan.shape.n - numPanels() * kPanelWidth + width;
                     // The lower groups come last.
                     bool cut = isLast && panels == lowest && columns < width;
                     emitGroup(block, tile, pass, panel, panels, cut ? columns : 0);
                   });
    };
    if (!last)
      return groups(plan.panelBlock, true);
    if (numPanels() < plan.panelBlock)
      return groups(last, true);
    at.branch(at.compare(CmpIPredicate::eq, block.panels, at.constant(plan.panelBlock)),
              [&] { groups(plan.panelBlock, false); }, [&] { groups(last, true); });
  }

  void emitGroup(const Block &block, RegisterTile tile, const Pass &pass, Value panel,
                 unsigned panels, int64_t tail) {
    PanelGroup group{panel, panels, tail, {}, {}, {}};
    if (plan.shape.b == OperandB::Packed)
      placePackedB(block, pass, group);
    else
      emitStridedB(block, pass, group);
    emitRows(block, tile, [&](unsigned rows, Value first) {
      emitRegisterTile(block, pass, group, rows, first);
    });
  }

  void emitRows(const Block &block, RegisterTile tile, RowTile body) {
    int64_t tail = plan.shape.m == kUnknown ? kUnknown : plan.shape.m % tile.rows;
    emitRowTiles(at.b, at.loc, block.rows, tile.rows, tail, body);
  }

  void placeVectors(PanelGroup &group, Value first, Value panelDistance) {
    for (unsigned p = 0; p < group.panels; ++p)
      for (int64_t v = 0; v < kPanelWidth; v += lanes)
        group.bOffsets.push_back(
            at.add(at.add(first, at.mul(panelDistance, p)), v * arithmetic.columnDistance));
  }

  void placePackedB(const Block &block, const Pass &pass, PanelGroup &group) {
    Value distance = at.constant(arithmetic.paddedK(plan.shape.k) * kPanelWidth);
    Value first = at.mul(at.add(block.panel, group.index), distance);
    first = at.add(at.add(block.bOffset, first), at.mul(pass.k, kPanelWidth));
    group.bBuffer = ops.b;
    group.bStride = at.b.getIndexAttr(kPanelWidth);
    placeVectors(group, first, distance);
  }

  /// Columns of C from the group's first on; null when the group is never cut.
  Value columnsOf(const Block &block, const PanelGroup &group) {
    if (group.tailColumns == 0)
      return {};
    return at.sub(block.columnsLeft, at.mul(group.index, kPanelWidth));
  }

  void emitStridedB(const Block &block, const Pass &pass, PanelGroup &group) {
    Value column = at.mul(at.add(block.panel, group.index), kPanelWidth);
    Value first = at.add(block.bOffset, at.mul(pass.k, at.value(ops.bKStride)));
    first = at.add(first, at.mul(column, at.value(ops.bNStride)));
    Value columns = columnsOf(block, group);
    auto pack = [&] { emitPackPanels(first, pass, group, columns); };
    int64_t width = group.panels * kPanelWidth;
    group.bBuffer = ops.b;
    if (plan.packB) {
      // A cut panel is rare; one branch keeps the clamps out of the others.
      if (!columns)
        pack();
      else
        at.branch(at.compare(CmpIPredicate::sge, columns, at.constant(width)),
                  [&] { emitPackPanels(first, pass, group, {}); }, pack);
      return placePackedGroup(group, at.constant(1), {}, {});
    }
    if (!columns) {
      group.bStride = ops.bKStride;
      return placeVectors(group, first, at.constant(kPanelWidth));
    }
    Value cut = at.compare(CmpIPredicate::slt, columns, at.constant(width));
    at.branch(cut, pack, [] {});
    placePackedGroup(group, cut, first, at.value(ops.bKStride));
  }

  /// Panels of a group lie one after the other in scratch, each [pass][16].
  void emitPackPanels(Value first, const Pass &pass, const PanelGroup &group, Value columns) {
    for (unsigned p = 0; p < group.panels; ++p) {
      Value distance = at.mul(at.value(ops.bNStride), p * kPanelWidth);
      StridedMatrix matrix{ops.b, at.add(first, distance), ops.bKStride, ops.bNStride};
      Value to = at.add(scratch.b, p * passLength() * kPanelWidth);
      Value lines = columns ? at.sub(columns, at.constant(p * kPanelWidth)) : Value();
      auto emit = [&] {
        emitPackLines(at.b, at.loc, matrix, pass.count, kPanelWidth, lines, lanes, ops.scratch,
                      to);
      };
      if (lines)
        at.branch(at.compare(CmpIPredicate::sgt, lines, at.constant(0)), emit, [] {});
      else
        emit();
    }
  }

  /// The group in scratch, or where `packed` is false, in place.
  void placePackedGroup(PanelGroup &group, Value packed, Value first, Value stride) {
    Value distance = at.constant(passLength() * kPanelWidth);
    if (!first) {
      group.bBuffer = ops.scratch;
      group.bStride = at.b.getIndexAttr(kPanelWidth);
      return placeVectors(group, scratch.b, distance);
    }
    group.bBuffer = at.select(packed, ops.scratch, ops.b);
    group.bStride = at.select(packed, at.constant(kPanelWidth), stride);
    placeVectors(group, at.select(packed, scratch.b, first),
                 at.select(packed, distance, at.constant(kPanelWidth)));
  }

  StridedMatrix rowsOfA(const Block &block, const Pass &pass, Value first) {
    Value row = at.mul(at.add(block.row, first), at.value(ops.aRowStride));
    Value offset = at.add(block.aOffset, at.add(row, at.mul(pass.k, at.value(ops.aKStride))));
    return {ops.a, offset, ops.aKStride, ops.aRowStride};
  }

  Value packedRows(Value first) { return at.add(scratch.a, at.mul(first, passLength())); }

  void emitPackRows(const Block &block, RegisterTile tile, const Pass &pass) {
    emitRows(block, tile, [&](unsigned rows, Value first) {
      emitPackLines(at.b, at.loc, rowsOfA(block, pass, first), pass.count, rows, {}, lanes,
                    ops.scratch, packedRows(first));
    });
  }

  void placeA(const Block &block, const Pass &pass, unsigned rows, Value first, TileReads &reads) {
    if (plan.packA) {
      reads.aStride = at.b.getIndexAttr(rows);
      for (unsigned r = 0; r < rows; ++r)
        reads.a.push_back({ops.scratch, at.add(packedRows(first), r)});
      return;
    }
    StridedMatrix matrix = rowsOfA(block, pass, first);
    reads.aStride = matrix.kStride;
    for (unsigned r = 0; r < rows; ++r)
      reads.a.push_back({ops.a, at.add(matrix.offset, at.mul(at.value(matrix.lineStride), r))});
  }

  Prefetch prefetchNext(const Pass &pass, const PanelGroup &group, unsigned rows, Value first) {
    if (plan.shape.b != OperandB::Packed || arithmetic.integer)
      return {};
    int64_t height = plan.rowBlock;
    if (plan.shape.m != kUnknown)
      height = std::min(height, plan.shape.m);
    Value distance = at.constant(plan.shape.k * kPanelWidth);
    NextPanels next{group.bBuffer, at.add(group.bOffsets[0], at.mul(distance, group.panels)),
                    distance, at.mul(at.value(pass.count), kPanelWidth), group.panels};
    return prefetchPart(at, next, at.div(first, at.constant(rows)),
                        llvm::divideCeil(height, int64_t(rows)));
  }

  void emitRegisterTile(const Block &block, const Pass &pass, const PanelGroup &group,
                        unsigned rows, Value first) {
    TileReads reads;
    placeA(block, pass, rows, first, reads);
    reads.ahead = prefetchNext(pass, group, rows, first);
    reads.bBuffer = group.bBuffer;
    reads.bOffsets = group.bOffsets;
    reads.bStride = group.bStride;
    if (arithmetic.integer)
      reads.integer = &*arithmetic.integer;
    unsigned vectors = group.bOffsets.size();
    // A register tile's sums are contiguous; tiles follow in the order of panels, then rows.
    Value waiting = at.mul(group.index, plan.rowBlock * kPanelWidth);
    waiting = at.add(waiting, at.mul(first, vectors * lanes));
    TileScratch partial{ops.scratch, at.add(scratch.sums, waiting)};

    SumsStart start{ops.columnSums,
                    at.mul(at.add(block.panel, group.index), kPanelWidth), ops.zeroPoint};
    Sums sums = startSums(pass, partial, start, rows, vectors);
    sums = emitTileLoop(at.b, at.loc, reads, sums, pass.count, kUnroll);
    TilePlace place{block.batch,
                    at.add(block.row, first),
                    at.mul(at.add(block.panel, group.index), kPanelWidth),
                    rows,
                    vectors,
                    lanes,
                    columnsOf(block, group),
                    group.tailColumns};
    at.branch(
        pass.last,
        [&] {
          emitEpilogue(at.b, at.loc, place, sums, {ops.scratch, scratch.tile},
                       plan.shape.longEpilogue, ops.epilogue);
        },
        [&] { emitStoreSums(at.b, at.loc, partial, sums); });
  }

  Sums startSums(const Pass &pass, TileScratch partial, const SumsStart &start, unsigned rows,
                 unsigned vectors) {
    if (Index::known(pass.first))
      return emitFirstSums(at, arithmetic, start, rows, vectors);
    unsigned count = rows * vectors;
    auto op = scf::IfOp::create(
        at.b, at.loc, pass.first,
        [&](OpBuilder &b, Location loc) {
          scf::YieldOp::create(b, loc, emitFirstSums(at, arithmetic, start, rows, vectors));
        },
        [&](OpBuilder &b, Location loc) {
          scf::YieldOp::create(b, loc, emitLoadSums(b, loc, partial, count, type));
        });
    return Sums(op.getResults());
  }

  Index at;
  const CpuTarget &target;
  const MatmulPlan &plan;
  const MatmulOperands &ops;
  Arithmetic arithmetic;
  unsigned lanes;
  VectorType type;
  Scratch scratch;
};

} // namespace

void emitMatmul(OpBuilder &b, Location loc, const CpuTarget &target, const MatmulPlan &plan,
                const MatmulOperands &operands, Value begin, Value end) {
  Emitter(Index{b, loc}, target, plan, operands).emitTiles(begin, end);
}

} // namespace ingot::cpu
