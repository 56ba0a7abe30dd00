// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/Conv.h"
#include "codegen/cpu/Arithmetic.h"
#include "codegen/cpu/Channels.h"
#include "codegen/cpu/Depthwise.h"
#include "codegen/cpu/MicroTile.h"
#include "codegen/cpu/Packing.h"
#include "codegen/cpu/Pixels.h"
#include "codegen/cpu/RowTiles.h"

using namespace mlir;

namespace ingot::cpu {

namespace {

using arith::CmpIPredicate;

/// One independent tile: its first output pixel and panel, and how many there are.
struct Block {
  Value pixel, panel, panels;
  OpFoldResult pixels;
};

/// One pass over kernel rows [first, end); a kernel row is all taps along the innermost dimension.
struct Pass {
  Value first, end;
  Value isFirst, isLast; ///< i1
};

/// Neighbouring panels that share a register tile, and what they read and write.
struct PanelGroup {
  unsigned panels;
  Value panel;                ///< number of the first
  Value weights;              ///< offset of the first panel
  Value firstInput;           ///< input channel
  Value firstOutput, outputs; ///< output channel, and channels from it on; null: all exist
  int64_t tailOutputs;
  Prefetch ahead; ///< of the register tile that is built, for tap 0
};

class Emitter {
public:
  Emitter(Index at, const CpuTarget &target, const ConvPlan &plan, const ConvOperands &ops)
      : at(at), plan(plan), shape(plan.shape), ops(ops), channels(channelPanels(plan.shape)),
        pixels(at, plan.shape, ops), arithmetic(target, shape.product, at.b.getContext()),
        lanes(arithmetic.lanes), tileScratch(target.vectorRegisters * lanes),
        type(arithmetic.sumType), columns(shape.kernel.back()),
        tapSize(arithmetic.paddedK(channels.inputs) * kPanelWidth) {
    for (int64_t extent : llvm::ArrayRef(shape.kernel).drop_back())
      kernelRows *= extent;
    // All taps of a kernel row lie one after the other in the data.
    contiguous = columns > 1 && shape.dense && shape.groups == 1 &&
                 shape.dilations.back() == 1 &&
                 arithmetic.paddedK(channels.inputs) == channels.inputs;
  }

  void emitTiles(Value begin, Value end) {
    at.loop(begin, end, 1, [&](Value tile) { emitTile(tile); });
  }

private:
  void emitTile(Value tile) {
    Value total = at.value(ops.batch);
    for (OpFoldResult extent : ops.output)
      total = at.mul(total, at.value(extent));
    Value pixelBlocks = at.ceilDiv(total, plan.pixelBlock);
    Value panelBlocks = at.constant(llvm::divideCeil(channels.panels, plan.panelBlock));
    Value fast = plan.pixelsInner ? pixelBlocks : panelBlocks;
    Value slowIndex = at.div(tile, fast), fastIndex = at.rem(tile, fast);
    Block block;
    block.pixel = at.mul(plan.pixelsInner ? fastIndex : slowIndex, plan.pixelBlock);
    block.panel = at.mul(plan.pixelsInner ? slowIndex : fastIndex, plan.panelBlock);
    auto known = Index::known(total);
    if (known && *known % plan.pixelBlock == 0)
      block.pixels = at.b.getIndexAttr(plan.pixelBlock);
    else
      block.pixels = at.min(at.sub(total, block.pixel), at.constant(plan.pixelBlock));
    tailPixels = known ? *known % plan.tile.rows : kUnknown;
    block.panels = channels.panels % plan.panelBlock
                       ? at.min(at.sub(at.constant(channels.panels), block.panel),
                                at.constant(plan.panelBlock))
                       : at.constant(plan.panelBlock);
    emitPanels(block);
  }

  void emitPanels(const Block &block) {
    unsigned wide = plan.tile.panels;
    Value wideEnd = at.sub(block.panels, at.rem(block.panels, at.constant(wide)));
    at.loop(at.constant(0), wideEnd, wide,
            [&](Value panel) { emitGroup(block, at.add(block.panel, panel), wide); });
    at.loop(wideEnd, block.panels, 1,
            [&](Value panel) { emitGroup(block, at.add(block.panel, panel), 1); });
  }

  int64_t taps() const { return kernelRows * columns; }

  PanelGroup placeGroup(Value panel, unsigned panels) {
    PanelGroup group;
    group.panels = panels;
    group.panel = panel;
    group.weights = at.mul(panel, taps() * tapSize);
    if (ops.weightsOffset)
      group.weights = at.add(group.weights, ops.weightsOffset);
    Value unitPanels = at.constant(channels.unitPanels);
    Value unit = at.div(panel, unitPanels), inUnit = at.rem(panel, unitPanels);
    if (channels.panels == channels.unitPanels) {
      unit = at.constant(0);
      inUnit = panel;
    }
    group.firstInput = at.min(at.mul(unit, channels.unitInputs),
                              at.constant(channels.lastFirstInput));
    Value skipped = at.mul(inUnit, kPanelWidth);
    group.firstOutput = at.add(at.mul(unit, channels.unitOutputs), skipped);
    group.tailOutputs = tailOf(panels);
    if (group.tailOutputs != 0)
      group.outputs = at.min(at.sub(at.constant(channels.unitOutputs), skipped),
                             at.sub(at.constant(channels.outChannels), group.firstOutput));
    return group;
  }

  /// Output channels of a group that is cut; 0 where none is in this loop.
  int64_t tailOf(unsigned panels) const {
    if (channels.outChannels % channels.unitOutputs)
      return kUnknown;
    return channels.unitPanels % panels ? 0 : channels.unitOutputs % (panels * kPanelWidth);
  }

  void emitGroup(const Block &block, Value panel, unsigned panels) {
    PanelGroup group = placeGroup(panel, panels);
    Value zero = at.constant(0), rows = at.constant(kernelRows);
    Value yes = arith::ConstantIntOp::create(at.b, at.loc, 1, 1);
    if (!plan.tapBlock)
      return emitPass(block, group, {zero, rows, yes, yes});
    at.loop(zero, rows, plan.tapBlock, [&](Value first) {
      Value end = at.min(at.add(first, plan.tapBlock), rows);
      emitPass(block, group, {first, end, at.compare(CmpIPredicate::eq, first, zero),
                              at.compare(CmpIPredicate::eq, end, rows)});
    });
  }

  void emitPass(const Block &block, const PanelGroup &group, const Pass &pass) {
    emitRowTiles(at.b, at.loc, block.pixels, plan.tile.rows, tailPixels,
                 [&](unsigned rows, Value first) {
                   emitRegisterTile(block, group, pass, rows, first);
                 });
  }

  Prefetch prefetchNext(const PanelGroup &group, unsigned rows, Value first) {
    if (arithmetic.integer)
      return {};
    Value panel = at.constant(taps() * tapSize);
    NextPanels next{ops.weights, at.add(group.weights, at.mul(panel, group.panels)), panel, panel,
                    group.panels};
    return prefetchPart(at, next, at.div(first, at.constant(rows)),
                        llvm::divideCeil(plan.pixelBlock, int64_t(rows)));
  }

  void emitRegisterTile(const Block &block, PanelGroup group, const Pass &pass, unsigned rows,
                        Value first) {
    group.ahead = prefetchNext(group, rows, first);
    Value pixel = at.add(block.pixel, first);
    SmallVector<Pixel> tile = pixels.neighbours(pixel, rows);
    Value interior = arith::ConstantIntOp::create(at.b, at.loc, 1, 1);
    for (Pixel &p : tile) {
      interior = at.fold<arith::AndIOp>(interior, pixels.isInterior(p));
      p.offset = at.add(p.offset, group.firstInput);
    }
    unsigned vectors = group.panels * kPanelWidth / lanes;
    Value waiting = at.add(at.mul(first, vectors * lanes), tileScratch);
    TileScratch partial{ops.scratch, waiting};
    SumsStart start{ops.columnSums, at.mul(group.panel, kPanelWidth), ops.zeroPoint};
    Sums sums = either(
        pass.isFirst, [&] { return emitFirstSums(at, arithmetic, start, rows, vectors); },
        [&] { return emitLoadSums(at.b, at.loc, partial, rows * vectors, type); });
    sums = either(
        interior, [&] { return emitInterior(tile, group, pass, sums); },
        [&] { return emitBorder(tile, group, pass, sums); });
    TilePlace place{at.constant(0), pixel,         group.firstOutput, rows, vectors, lanes,
                    group.outputs,  group.tailOutputs};
    at.branch(
        pass.isLast,
        [&] {
          emitEpilogue(at.b, at.loc, place, sums, {ops.scratch, at.constant(0)},
                       shape.longEpilogue, ops.epilogue);
        },
        [&] { emitStoreSums(at.b, at.loc, partial, sums); });
  }

  /// Sums that one of two ways gives.
  template <typename Then, typename Else>
  Sums either(Value condition, Then then, Else otherwise) {
    if (auto known = Index::known(condition))
      return *known ? then() : otherwise();
    auto op = scf::IfOp::create(
        at.b, at.loc, condition,
        [&](OpBuilder &b, Location loc) { scf::YieldOp::create(b, loc, then()); },
        [&](OpBuilder &b, Location loc) { scf::YieldOp::create(b, loc, otherwise()); });
    return Sums(op.getResults());
  }

  /// A loop that carries sums.
  template <typename Body>
  Sums carry(Value begin, Value end, const Sums &initial, Body body) {
    auto first = Index::known(begin), last = Index::known(end);
    if (first && last && *last == *first + 1)
      return body(begin, initial);
    auto loop = scf::ForOp::create(at.b, at.loc, begin, end, at.constant(1), initial,
                                   [&](OpBuilder &b, Location loc, Value i, ValueRange sums) {
                                     scf::YieldOp::create(b, loc, body(i, Sums(sums)));
                                   });
    return Sums(loop.getResults());
  }

  /// Position of a kernel row in each outer dimension.
  SmallVector<Value, 2> positions(Value kernelRow) {
    unsigned outer = shape.kernel.size() - 1;
    SmallVector<Value, 2> result(outer);
    for (unsigned d = outer; d-- > 0;) {
      Value extent = at.constant(shape.kernel[d]);
      result[d] = d ? at.rem(kernelRow, extent) : kernelRow;
      kernelRow = at.div(kernelRow, extent);
    }
    return result;
  }

  Value rowDistance(ArrayRef<Value> position) {
    Value sum = at.constant(0);
    for (auto [d, tap] : llvm::enumerate(position))
      sum = at.add(sum, pixels.distance(d, tap));
    return sum;
  }

  /// What the register tile reads for the tap at `tap`, counted over the kernel.
  TileReads readsOf(const PanelGroup &group, Value tap) {
    TileReads reads;
    reads.aStride = at.b.getIndexAttr(1);
    reads.bStride = at.b.getIndexAttr(kPanelWidth);
    reads.bBuffer = ops.weights;
    Value first = at.add(group.weights, at.mul(tap, tapSize));
    if (arithmetic.integer)
      reads.integer = &*arithmetic.integer;
    for (unsigned p = 0; p < group.panels; ++p)
      for (int64_t v = 0; v < kPanelWidth; v += lanes)
        reads.bOffsets.push_back(
            at.add(first, p * taps() * tapSize + v * arithmetic.columnDistance));
    return reads;
  }

  Sums emitInterior(ArrayRef<Pixel> tile, const PanelGroup &group, const Pass &pass,
                    const Sums &initial) {
    auto step = [&](Value row, const Sums &sums) -> Sums {
      Value distance = rowDistance(positions(row));
      Value firstTap = at.mul(row, columns);
      if (contiguous)
        return emitTap(tile, group, firstTap, distance, columns * channels.inputs, sums);
      return carry(at.constant(0), at.constant(columns), sums, [&](Value tap, const Sums &sums) {
        Value further = at.add(distance, pixels.distance(shape.kernel.size() - 1, tap));
        return emitTap(tile, group, at.add(firstTap, tap), further, channels.inputs, sums);
      });
    };
    // First layers have three channels: loops over so little cost more than their contents.
    if (plan.tapBlock || !contiguous || taps() * channels.inputs > kStraightLine)
      return carry(pass.first, pass.end, initial, step);
    Sums sums = initial;
    for (int64_t row = 0; row < kernelRows; ++row)
      sums = step(at.constant(row), sums);
    return sums;
  }

  Sums emitTap(ArrayRef<Pixel> tile, const PanelGroup &group, Value tap, Value distance,
               int64_t count, const Sums &sums) {
    TileReads reads = readsOf(group, tap);
    for (const Pixel &pixel : tile)
      reads.a.push_back({ops.data, at.add(pixel.offset, distance)});
    reads.ahead = group.ahead;
    if (reads.ahead.lines)
      reads.ahead.offset = at.add(
          reads.ahead.offset, at.mul(tap, tapSize * reads.ahead.lines / int64_t(kUnroll)));
    unsigned unroll = taps() * channels.inputs <= kStraightLine ? count : kUnroll;
    return emitTileLoop(at.b, at.loc, reads, sums, at.b.getIndexAttr(count), unroll);
  }

  /// Taps outside the input read the zeros behind the weights (or `padding`); one that is outside for every pixel
  /// is left out.
  Sums emitBorder(ArrayRef<Pixel> tile, const PanelGroup &group, const Pass &pass,
                  const Sums &initial) {
    Value zeros = at.constant(channels.panels * taps() * tapSize);
    if (ops.weightsOffset)
      zeros = at.add(zeros, ops.weightsOffset);
    if (ops.padding)
      zeros = at.constant(0);
    Value outside = ops.padding ? ops.padding : ops.weights;
    unsigned inner = shape.kernel.size() - 1;
    return carry(pass.first, pass.end, initial, [&](Value row, const Sums &sums) {
      SmallVector<Value, 2> position = positions(row);
      Value distance = rowDistance(position);
      SmallVector<Value> rowInside;
      for (const Pixel &pixel : tile) {
        Value inside = arith::ConstantIntOp::create(at.b, at.loc, 1, 1);
        for (auto [d, tap] : llvm::enumerate(position))
          inside = at.fold<arith::AndIOp>(inside, pixels.isInside(pixel, d, tap));
        rowInside.push_back(inside);
      }
      return carry(at.constant(0), at.constant(columns), sums, [&](Value tap, const Sums &sums) {
        Value further = at.add(distance, pixels.distance(inner, tap));
        TileReads reads = readsOf(group, at.add(at.mul(row, columns), tap));
        // Integers: padding stands for the zero point, which the start of the sums takes back.
        Value any = arith::ConstantIntOp::create(at.b, at.loc, arithmetic.integer ? 1 : 0, 1);
        for (auto [r, pixel] : llvm::enumerate(tile)) {
          Value inside =
              at.fold<arith::AndIOp>(rowInside[r], pixels.isInside(pixel, inner, tap));
          any = at.fold<arith::OrIOp>(any, inside);
          reads.a.push_back({at.select(inside, ops.data, outside),
                             at.select(inside, at.add(pixel.offset, further), zeros)});
        }
        return either(
            any,
            [&] {
              return emitTileLoop(at.b, at.loc, reads, sums, at.b.getIndexAttr(channels.inputs),
                                  kUnroll);
            },
            [&] { return sums; });
      });
    });
  }

  static constexpr int64_t kStraightLine = 32; ///< k of a kernel without loops

  Index at;
  const ConvPlan &plan;
  const ConvShape &shape;
  const ConvOperands &ops;
  ChannelPanels channels;
  Pixels pixels;
  Arithmetic arithmetic;
  unsigned lanes;
  int64_t tileScratch;
  VectorType type;
  int64_t columns, tapSize, kernelRows = 1, tailPixels = kUnknown;
  bool contiguous;
};

/// 1×1 on dense data: rows are pixels.
void emitPointwise(Index at, const CpuTarget &target, const ConvPlan &plan,
                   const ConvOperands &ops, Value begin, Value end) {
  Value pixels = at.value(ops.batch);
  for (OpFoldResult extent : ops.output)
    pixels = at.mul(pixels, at.value(extent));
  MatmulOperands product;
  product.batch = at.b.getIndexAttr(1);
  product.m = getAsOpFoldResult(pixels);
  product.n = at.b.getIndexAttr(plan.shape.outChannels);
  product.k = at.b.getIndexAttr(plan.shape.inChannels);
  product.a = ops.data;
  product.aRowStride = product.k;
  product.aKStride = at.b.getIndexAttr(1);
  auto fixed = [](Value offset) {
    return [offset](OpBuilder &, Location, Value) { return offset; };
  };
  if (ops.dataOffset)
    product.aOffset = fixed(ops.dataOffset);
  product.b = ops.weights;
  if (ops.weightsOffset)
    product.bOffset = fixed(ops.weightsOffset);
  product.columnSums = ops.columnSums;
  product.zeroPoint = ops.zeroPoint;
  product.scratch = ops.scratch;
  product.epilogue = ops.epilogue;
  emitMatmul(at.b, at.loc, target, *plan.product, product, begin, end);
}

} // namespace

void emitConv(OpBuilder &b, Location loc, const CpuTarget &target, const ConvPlan &plan,
              const ConvOperands &operands, Value begin, Value end) {
  Index at{b, loc};
  if (plan.depthwise)
    return emitDepthwise(b, loc, target, plan, operands, begin, end);
  if (plan.product)
    return emitPointwise(at, target, plan, operands, begin, end);
  Emitter(at, target, plan, operands).emitTiles(begin, end);
}

} // namespace ingot::cpu
