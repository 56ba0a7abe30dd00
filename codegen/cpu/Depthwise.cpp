// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/Depthwise.h"
#include "codegen/cpu/Blocks.h"
#include "codegen/cpu/MicroTile.h"
#include "codegen/cpu/Packing.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace ingot::cpu {

namespace {

using arith::CmpIPredicate;

int64_t product(llvm::ArrayRef<int64_t> values) {
  int64_t result = 1;
  for (int64_t value : values)
    result *= value;
  return result;
}

/// Output pixels side by side whose sums are held at once: as many as leave room for one kernel
/// row's weights. 7 fits the rows of 7, 14, 28 … that image networks have.
unsigned widestSegment(const CpuTarget &target) { return target.vectorRegisters == 32 ? 14 : 7; }

/// Part of an output row. `start` is its first pixel; where that is known, taps in the padding are
/// left out while IR is built.
struct Segment {
  Value start;
  unsigned pixels;
  bool interior; ///< no tap lies in the padding
};

/// One output row: what is the same for all its pixels.
struct Row {
  Value pixel;  ///< number of its first output pixel
  Value offset; ///< of tap 0 of pixel 0; may lie before the data in the padding
  SmallVector<Value, 2> firstTap, endTap; ///< outer taps that lie inside the input
  Value whole;                            ///< i1: all of them do
};

class Emitter {
public:
  Emitter(Index at, const CpuTarget &target, const ConvPlan &plan, const ConvOperands &ops)
      : at(at), plan(plan), shape(plan.shape), ops(ops), lanes(target.f32Lanes()),
        widest(widestSegment(target)), type(VectorType::get(lanes, at.b.getF32Type())),
        inner(shape.kernel.size() - 1), padded(llvm::alignTo(shape.outChannels, kPanelWidth)) {}

  void emitTiles(Value begin, Value end) {
    at.loop(begin, end, 1, [&](Value tile) {
      Value first = at.mul(tile, plan.pixelBlock);
      Value rows = at.value(ops.batch);
      for (OpFoldResult extent : llvm::ArrayRef(ops.output).drop_back())
        rows = at.mul(rows, at.value(extent));
      Value last = at.min(at.add(first, plan.pixelBlock), rows);
      auto loop = scf::ForOp::create(at.b, at.loc, first, last, at.constant(1));
      OpBuilder::InsertionGuard guard(at.b);
      at.b.setInsertionPointToStart(loop.getBody());
      emitRow(locate(loop.getInductionVar()));
    });
  }

private:
  Row locate(Value number) {
    Row row;
    row.pixel = at.mul(number, at.value(ops.output[inner]));
    row.offset = at.sub(at.constant(0), at.mul(at.value(ops.strides[inner]),
                                               shape.padsBegin[inner]));
    row.whole = arith::ConstantIntOp::create(at.b, at.loc, 1, 1);
    row.firstTap.resize(inner);
    row.endTap.resize(inner);
    for (unsigned d = inner; d-- > 0;) {
      Value extent = at.value(ops.output[d]);
      Value position = at.rem(number, extent);
      number = at.div(number, extent);
      Value first = at.sub(at.mul(position, shape.strides[d]), at.constant(shape.padsBegin[d]));
      row.offset = at.add(row.offset, at.mul(first, at.value(ops.strides[d])));
      limitTaps(d, first, row);
    }
    row.offset = at.add(row.offset, at.mul(number, at.value(ops.batchStride)));
    if (ops.dataOffset)
      row.offset = at.add(row.offset, ops.dataOffset);
    return row;
  }

  /// Taps of dimension `d` inside the input, of a row whose tap 0 lies at `first`.
  void limitTaps(unsigned d, Value first, Row &row) {
    Value zero = at.constant(0), all = at.constant(shape.kernel[d]);
    Value step = at.constant(shape.dilations[d]);
    Value before = at.fold<arith::MaxSIOp>(at.sub(zero, first), zero);
    Value inside = at.fold<arith::MaxSIOp>(at.sub(at.value(ops.input[d]), first), zero);
    row.firstTap[d] = at.min(at.ceilDiv(before, shape.dilations[d]), all);
    row.endTap[d] = at.min(at.div(at.add(inside, shape.dilations[d] - 1), step), all);
    Value whole = at.fold<arith::AndIOp>(at.compare(CmpIPredicate::eq, row.firstTap[d], zero),
                                         at.compare(CmpIPredicate::eq, row.endTap[d], all));
    row.whole = at.fold<arith::AndIOp>(row.whole, whole);
  }

  void emitRow(const Row &row) {
    auto width = Index::known(ops.output[inner]), input = Index::known(ops.input[inner]);
    if (width && input && *width > 0 && emitKnownRow(row, *width, *input))
      return;
    emitAnyRow(row);
  }

  /// Segments at known places. False if the edges are wider than a segment.
  bool emitKnownRow(const Row &row, int64_t width, int64_t input) {
    int64_t reach = (shape.kernel[inner] - 1) * shape.dilations[inner];
    int64_t stride = shape.strides[inner], pad = shape.padsBegin[inner];
    if (width <= 4 * widest) {
      int64_t count = llvm::divideCeil(width, widest), start = 0;
      for (int64_t i = 0; i < count; ++i) {
        int64_t pixels = (width - start) / (count - i);
        emitSegment(row, {at.constant(start), unsigned(pixels), false});
        start += pixels;
      }
      return true;
    }
    int64_t left = llvm::divideCeil(pad, stride);
    int64_t most = widest;
    int64_t right = (input - 1 - reach + pad) / stride + 1; // first pixel beyond the interior
    if (left > most || width - right > most || right < left || input <= reach)
      return false;
    emitSegment(row, {at.constant(0), widest, false});
    int64_t end = width - widest, whole = widest + (end - widest) / widest * widest;
    at.loop(at.constant(widest), at.constant(whole), widest,
            [&](Value start) { emitSegment(row, {start, widest, true}); });
    if (whole < end)
      emitSegment(row, {at.constant(whole), unsigned(end - whole), true});
    emitSegment(row, {at.constant(end), widest, false});
    return true;
  }

  /// Edges pixel by pixel, the interior in segments.
  void emitAnyRow(const Row &row) {
    int64_t reach = (shape.kernel[inner] - 1) * shape.dilations[inner];
    int64_t stride = shape.strides[inner], pad = shape.padsBegin[inner];
    Value width = at.value(ops.output[inner]), zero = at.constant(0);
    Value left = at.min(at.constant(llvm::divideCeil(pad, stride)), width);
    Value room = at.add(at.value(ops.input[inner]), at.constant(pad - reach + stride - 1));
    Value right = at.div(at.fold<arith::MaxSIOp>(room, zero), at.constant(stride));
    right = at.fold<arith::MaxSIOp>(at.min(right, width), left);
    Value whole = at.sub(right, at.rem(at.sub(right, left), at.constant(widest)));
    at.loop(zero, left, 1, [&](Value start) { emitSegment(row, {start, 1, false}); });
    at.loop(left, whole, widest, [&](Value start) { emitSegment(row, {start, widest, true}); });
    at.loop(whole, right, 1, [&](Value start) { emitSegment(row, {start, 1, true}); });
    at.loop(right, width, 1, [&](Value start) { emitSegment(row, {start, 1, false}); });
  }

  void emitSegment(const Row &row, const Segment &segment) {
    int64_t whole = shape.outChannels / lanes * lanes, left = shape.outChannels - whole;
    at.loop(at.constant(0), at.constant(whole), lanes,
            [&](Value channel) { emitVector(row, segment, channel, lanes); });
    if (left)
      emitVector(row, segment, at.constant(whole), left);
  }

  void emitVector(const Row &row, const Segment &segment, Value channel, int64_t count) {
    Sums zero = emitZeroSums(at.b, at.loc, segment.pixels, type);
    Sums sums = zero;
    if (inner == 0)
      sums = emitKernelRow(row, segment, channel, count, at.constant(0), at.constant(0), sums);
    else if (auto known = Index::known(row.whole); known && *known)
      sums = emitOuterTaps(row, segment, channel, count, 0, true, at.constant(0), at.constant(0),
                           zero);
    else
      sums = emitEitherTaps(row, segment, channel, count, zero);
    TilePlace place{at.constant(0), at.add(row.pixel, segment.start), channel, segment.pixels,
                    1, lanes, {}, count};
    if (count < int64_t(lanes))
      place.columns = at.constant(count);
    emitEpilogue(at.b, at.loc, place, sums, {ops.scratch, at.constant(0)}, shape.longEpilogue,
                 ops.epilogue);
  }

  /// Rows away from the padding have their outer taps unrolled.
  Sums emitEitherTaps(const Row &row, const Segment &segment, Value channel, int64_t count,
                      const Sums &zero) {
    auto emit = [&](bool whole) {
      return emitOuterTaps(row, segment, channel, count, 0, whole, at.constant(0), at.constant(0),
                           zero);
    };
    auto op = scf::IfOp::create(
        at.b, at.loc, row.whole,
        [&](OpBuilder &b, Location loc) { scf::YieldOp::create(b, loc, emit(true)); },
        [&](OpBuilder &b, Location loc) { scf::YieldOp::create(b, loc, emit(false)); });
    return Sums(op.getResults());
  }

  /// Taps of outer dimension `d` and those inside; `kernelRow` counts kernel rows.
  Sums emitOuterTaps(const Row &row, const Segment &segment, Value channel, int64_t count,
                     unsigned d, bool whole, Value kernelRow, Value distance,
                     const Sums &initial) {
    if (d == inner)
      return emitKernelRow(row, segment, channel, count, kernelRow, distance, initial);
    auto step = [&](Value tap, const Sums &sums) {
      Value next = at.add(at.mul(kernelRow, shape.kernel[d]), tap);
      Value far = at.mul(at.mul(tap, shape.dilations[d]), at.value(ops.strides[d]));
      return emitOuterTaps(row, segment, channel, count, d + 1, whole, next,
                           at.add(distance, far), sums);
    };
    if (whole && shape.kernel[d] <= 5) {
      Sums sums = initial;
      for (int64_t tap = 0; tap < shape.kernel[d]; ++tap)
        sums = step(at.constant(tap), sums);
      return sums;
    }
    auto loop = scf::ForOp::create(at.b, at.loc, row.firstTap[d], row.endTap[d], at.constant(1),
                                   initial,
                                   [&](OpBuilder &b, Location loc, Value tap, ValueRange sums) {
                                     scf::YieldOp::create(b, loc, step(tap, Sums(sums)));
                                   });
    return Sums(loop.getResults());
  }

  /// Taps along the row: each input column is loaded once and serves every pixel that it reaches.
  Sums emitKernelRow(const Row &row, const Segment &segment, Value channel, int64_t count,
                     Value kernelRow, Value distance, Sums sums) {
    Value pixelStride = at.value(ops.strides[inner]);
    Value from = at.add(at.add(row.offset, distance), channel);
    from = at.add(from, at.mul(at.mul(segment.start, shape.strides[inner]), pixelStride));
    int64_t width = shape.kernel[inner], stride = shape.strides[inner];
    SmallVector<Value> weights;
    for (int64_t tap = 0; tap < width; ++tap) {
      Value offset = at.add(at.mul(at.add(at.mul(kernelRow, width), tap), padded), channel);
      if (ops.weightsOffset)
        offset = at.add(offset, ops.weightsOffset);
      weights.push_back(vector::LoadOp::create(at.b, at.loc, type, ops.weights, offset));
    }
    auto start = Index::known(segment.start);
    if (!segment.interior && !(start && Index::known(ops.input[inner])))
      return emitEdgePixel(segment, weights, from, count, sums);
    int64_t columns = (segment.pixels - 1) * stride + (width - 1) * shape.dilations[inner] + 1;
    for (int64_t column = 0; column < columns; ++column) {
      if (!segment.interior && !isKnownInside(*start * stride + column))
        continue;
      Value input;
      for (int64_t tap = 0; tap < width; ++tap) {
        int64_t reached = column - tap * shape.dilations[inner];
        if (reached < 0 || reached % stride || reached / stride >= segment.pixels)
          continue;
        if (!input)
          input = loadInput(at.add(from, at.mul(pixelStride, column)), count);
        Value &sum = sums[reached / stride];
        sum = vector::FMAOp::create(at.b, at.loc, input, weights[tap], sum);
      }
    }
    return sums;
  }

  /// `column` counts from the first padded one.
  bool isKnownInside(int64_t column) const {
    int64_t position = column - shape.padsBegin[inner];
    return position >= 0 && position < *Index::known(ops.input[inner]);
  }

  /// One pixel at a place known only at run time: each tap is tested.
  Sums emitEdgePixel(const Segment &segment, ArrayRef<Value> weights, Value from, int64_t count,
                     Sums sums) {
    Value first = at.sub(at.mul(segment.start, shape.strides[inner]),
                         at.constant(shape.padsBegin[inner]));
    for (int64_t tap = 0; tap < shape.kernel[inner]; ++tap) {
      int64_t away = tap * shape.dilations[inner];
      Value inside = at.compare(CmpIPredicate::ult, at.add(first, away),
                                at.value(ops.input[inner]));
      Value far = at.add(from, at.mul(at.value(ops.strides[inner]), away));
      auto op = scf::IfOp::create(
          at.b, at.loc, inside,
          [&](OpBuilder &b, Location loc) {
            Value next = vector::FMAOp::create(b, loc, loadInput(far, count), weights[tap],
                                              sums[0]);
            scf::YieldOp::create(b, loc, next);
          },
          [&](OpBuilder &b, Location loc) { scf::YieldOp::create(b, loc, sums[0]); });
      sums[0] = op.getResult(0);
    }
    return sums;
  }

  Value loadInput(Value offset, int64_t count) {
    if (count == int64_t(lanes))
      return vector::LoadOp::create(at.b, at.loc, type, ops.data, offset);
    auto maskType = VectorType::get(lanes, at.b.getI1Type());
    Value mask = vector::ConstantMaskOp::create(at.b, at.loc, maskType, ArrayRef<int64_t>{count});
    Value zero = arith::ConstantOp::create(at.b, at.loc, type, at.b.getZeroAttr(type));
    return vector::MaskedLoadOp::create(at.b, at.loc, type, ops.data, offset, mask, zero);
  }

  Index at;
  const ConvPlan &plan;
  const ConvShape &shape;
  const ConvOperands &ops;
  unsigned lanes, widest;
  VectorType type;
  unsigned inner;
  int64_t padded; ///< channels of one tap's weights
};

} // namespace

ConvPlan planDepthwise(const CpuTarget &target, ConvPlan plan) {
  const ConvShape &s = plan.shape;
  plan.depthwise = true;
  plan.scratchElements = target.vectorRegisters * target.f32Lanes();
  plan.pixelBlock = 4;
  int64_t rows = s.batch;
  for (int64_t extent : llvm::ArrayRef(s.output).drop_back())
    rows = rows == kUnknown || extent == kUnknown ? kUnknown : rows * extent;
  if (rows == kUnknown || s.output.back() == kUnknown)
    return plan;
  int64_t rowWork = s.output.back() * s.outChannels * product(s.kernel);
  int64_t fitting = std::max<int64_t>(tileWork(rows * rowWork) / std::max<int64_t>(rowWork, 1), 1);
  plan.pixelBlock = evenBlock(std::max<int64_t>(rows, 1), fitting, 1);
  return plan;
}

OpFoldResult emitDepthwiseTileCount(OpBuilder &b, Location loc, const ConvPlan &plan,
                                    OpFoldResult batch, llvm::ArrayRef<OpFoldResult> output) {
  Index at{b, loc};
  Value rows = at.value(batch);
  for (OpFoldResult extent : output.drop_back())
    rows = at.mul(rows, at.value(extent));
  return at.ceilDiv(rows, plan.pixelBlock);
}

void emitDepthwise(OpBuilder &b, Location loc, const CpuTarget &target, const ConvPlan &plan,
                   const ConvOperands &operands, Value begin, Value end) {
  Emitter(Index{b, loc}, target, plan, operands).emitTiles(begin, end);
}

} // namespace ingot::cpu
