// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/MicroTile.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace ingot::cpu {

namespace {

constexpr int64_t kLine = 16; ///< floats of a cache line

/// One group of k of 8-bit operands, of which the first `count` exist.
void emitGroup(Index at, const TileReads &reads, MutableArrayRef<Value> sums, Value group,
               int64_t count) {
  SmallVector<Value> rows;
  for (const TileReads::Row &row : reads.a)
    rows.push_back(reads.integer->loadA(at, row.buffer,
                                        at.add(row.offset, at.mul(group, kGroup)), count));
  reads.integer->accumulate(at, rows, reads.bBuffer, reads.bOffsets,
                            at.mul(group, kGroup * 16), sums);
}

/// One step of k: each vector of B is loaded once, each element of A is broadcast once.
void emitStep(Index at, const TileReads &reads, MutableArrayRef<Value> sums, Value k) {
  if (reads.integer)
    return emitGroup(at, reads, sums, k, kGroup);
  auto type = cast<VectorType>(sums.front().getType());
  Value aStep = at.mul(k, at.value(reads.aStride)), bStep = at.mul(k, at.value(reads.bStride));
  SmallVector<Value> columns;
  for (Value offset : reads.bOffsets)
    columns.push_back(
        vector::LoadOp::create(at.b, at.loc, type, reads.bBuffer, at.add(offset, bStep)));
  for (auto [r, row] : llvm::enumerate(reads.a)) {
    Value element =
        memref::LoadOp::create(at.b, at.loc, row.buffer, at.add(row.offset, aStep));
    Value all = vector::BroadcastOp::create(at.b, at.loc, type, element);
    for (auto [v, column] : llvm::enumerate(columns)) {
      Value &sum = sums[r * columns.size() + v];
      sum = vector::FMAOp::create(at.b, at.loc, all, column, sum);
    }
  }
}

/// Lines that a later tile will read; k is a multiple of `unroll`.
void emitPrefetch(Index at, const Prefetch &ahead, Value k, unsigned unroll) {
  Value first = at.add(ahead.offset, at.mul(k, ahead.lines * kLine / unroll));
  for (int64_t line = 0; line < ahead.lines; ++line)
    memref::PrefetchOp::create(at.b, at.loc, ahead.buffer, at.add(first, line * kLine),
                               /*isWrite=*/false, /*localityHint=*/2, /*isDataCache=*/true);
}

Sums emitSteps(Index at, const TileReads &reads, ValueRange initial, Value begin, Value end,
               unsigned unroll) {
  auto body = [&](OpBuilder &b, Location loc, Value k, ValueRange carried) {
    Index in{b, loc};
    Sums sums(carried);
    if (unroll > 1 && reads.ahead.lines)
      emitPrefetch(in, reads.ahead, k, unroll);
    for (unsigned u = 0; u < unroll; ++u)
      emitStep(in, reads, sums, in.add(k, u));
    scf::YieldOp::create(b, loc, sums);
  };
  auto loop = scf::ForOp::create(at.b, at.loc, begin, end, at.constant(unroll), initial, body);
  return Sums(loop.getResults());
}

} // namespace

Prefetch prefetchPart(Index at, const NextPanels &next, Value tile, int64_t tiles) {
  constexpr int64_t most = 4; // lines per iteration: more would crowd out the tile's own loads
  if (tiles == 0) // an empty product
    return {};
  int64_t lines = llvm::divideCeil(int64_t(kUnroll) * next.panels, tiles);
  if (lines > most)
    return {};
  // One panel has as many lines as k has steps.
  int64_t parts = llvm::divideCeil(int64_t(kUnroll), lines);
  // Later tiles fetch the last part again, which costs nothing.
  tile = at.min(tile, at.constant(parts * next.panels - 1));
  Value panel = at.div(tile, at.constant(parts)), part = at.rem(tile, at.constant(parts));
  Value size = at.div(at.mul(next.used, lines), at.constant(kUnroll));
  Value offset = at.add(next.offset, at.mul(panel, next.distance));
  return {next.buffer, at.add(offset, at.mul(part, size)), lines};
}

Sums emitTileLoop(OpBuilder &b, Location loc, const TileReads &reads, ValueRange initial,
                  OpFoldResult kCount, unsigned unroll) {
  Index at{b, loc};
  Sums sums(initial);
  // LLVM reassociates the sums of unrolled integer products, and then spills.
  if (reads.integer && !reads.integer->dot)
    unroll = 1;
  Value zero = at.constant(0), count = at.value(kCount);
  if (auto known = Index::known(kCount)) {
    int64_t steps = reads.integer ? *known / kGroup : *known;
    int64_t whole = steps / unroll * unroll;
    if (whole > unroll)
      sums = emitSteps(at, reads, sums, zero, at.constant(whole), unroll);
    for (int64_t k = whole > unroll ? whole : 0; k < steps; ++k)
      emitStep(at, reads, sums, at.constant(k));
    if (reads.integer && *known % kGroup)
      emitGroup(at, reads, sums, at.constant(steps), *known % kGroup);
    return sums;
  }
  if (unroll == 1)
    return emitSteps(at, reads, sums, zero, count, 1);
  Value whole = at.sub(count, at.rem(count, at.constant(unroll)));
  sums = emitSteps(at, reads, sums, zero, whole, unroll);
  return emitSteps(at, reads, sums, whole, count, 1);
}

Sums emitZeroSums(OpBuilder &b, Location loc, unsigned count, VectorType type) {
  return Sums(count, arith::ConstantOp::create(b, loc, type, b.getZeroAttr(type)));
}

Sums emitLoadSums(OpBuilder &b, Location loc, TileScratch scratch, unsigned count,
                  VectorType type) {
  Index at{b, loc};
  Sums sums;
  for (unsigned i = 0; i < count; ++i)
    sums.push_back(vector::LoadOp::create(b, loc, type, scratch.buffer,
                                          at.add(scratch.offset, i * type.getNumElements())));
  return sums;
}

void emitStoreSums(OpBuilder &b, Location loc, TileScratch scratch, ValueRange sums) {
  Index at{b, loc};
  for (auto [i, sum] : llvm::enumerate(sums)) {
    int64_t lanes = cast<VectorType>(sum.getType()).getNumElements();
    vector::StoreOp::create(b, loc, sum, scratch.buffer, at.add(scratch.offset, i * lanes));
  }
}

namespace {

/// One vector, which may lie partly or wholly outside C.
void emitPartialVector(Index at, OutputVector out, Value columns, unsigned v, int64_t known,
                       const Epilogue &epilogue) {
  OpBuilder &b = at.b;
  auto maskType = VectorType::get(out.lanes, b.getI1Type());
  if (known != kUnknown) {
    int64_t left = known - int64_t(v) * out.lanes;
    if (left <= 0)
      return;
    if (left < out.lanes) {
      out.count = at.constant(left);
      out.mask = vector::ConstantMaskOp::create(b, at.loc, maskType, ArrayRef<int64_t>{left});
    }
    return epilogue(b, at.loc, out);
  }
  Value first = at.constant(v * out.lanes);
  at.branch(
      at.compare(arith::CmpIPredicate::slt, first, columns),
      [&] {
        out.count = at.min(at.sub(columns, first), at.constant(out.lanes));
        out.mask = vector::CreateMaskOp::create(b, at.loc, maskType, out.count);
        epilogue(b, at.loc, out);
      },
      [] {});
}

/// The tile's rows in a loop, its sums in scratch.
void emitEpilogueLoop(Index at, const TilePlace &place, VectorType type, TileScratch scratch,
                      bool partial, const Epilogue &epilogue) {
  OpBuilder &b = at.b;
  at.loop(at.constant(0), at.constant(place.rows), 1, [&](Value row) {
    for (unsigned v = 0; v < place.vectors; ++v) {
      OutputVector out{{}, place.batch, at.add(place.row, row),
                       at.add(place.column, v * place.lanes), place.lanes, {}, {}};
      Value offset = at.add(at.add(scratch.offset, at.mul(row, place.vectors * place.lanes)),
                            v * place.lanes);
      out.sums = vector::LoadOp::create(b, at.loc, type, scratch.buffer, offset);
      if (partial)
        emitPartialVector(at, out, place.columns, v, place.tailColumns, epilogue);
      else
        epilogue(b, at.loc, out);
    }
  });
}

} // namespace

void emitEpilogue(OpBuilder &b, Location loc, const TilePlace &place, ValueRange sums,
                  TileScratch scratch, bool looped, const Epilogue &epilogue) {
  Index at{b, loc};
  auto type = cast<VectorType>(sums.front().getType());
  auto whole = [&] {
    if (looped) {
      emitStoreSums(b, loc, scratch, sums);
      return emitEpilogueLoop(at, place, type, scratch, /*partial=*/false, epilogue);
    }
    // Down the columns first: what the epilogue loads per channel is then loaded once.
    for (unsigned v = 0; v < place.vectors; ++v)
      for (unsigned r = 0; r < place.rows; ++r)
        epilogue(b, loc,
                 {sums[r * place.vectors + v], place.batch, at.add(place.row, r),
                  at.add(place.column, v * place.lanes), place.lanes, {}, {}});
  };
  if (!place.columns)
    return whole();
  Value width = at.constant(place.vectors * place.lanes);
  at.branch(at.compare(arith::CmpIPredicate::sge, place.columns, width), whole, [&] {
    emitStoreSums(b, loc, scratch, sums);
    emitEpilogueLoop(at, place, type, scratch, /*partial=*/true, epilogue);
  });
}

} // namespace ingot::cpu
