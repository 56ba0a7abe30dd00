// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/RowTiles.h"
#include "codegen/cpu/Tile.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace ingot::cpu {

namespace {

void emitEvenTiles(Index at, int64_t count, unsigned maximum, RowTile body) {
  int64_t tiles = llvm::divideCeil(count, maximum);
  int64_t low = count / tiles, taller = count % tiles, split = taller * (low + 1);
  if (taller)
    at.loop(at.constant(0), at.constant(split), low + 1, [&](Value i) { body(low + 1, i); });
  at.loop(at.constant(split), at.constant(count), low, [&](Value i) { body(low, i); });
}

} // namespace

void emitRowTiles(OpBuilder &b, Location loc, OpFoldResult count, unsigned maximum, int64_t tail,
                  RowTile body) {
  Index at{b, loc};
  if (auto known = Index::known(count)) {
    if (*known > 0)
      emitEvenTiles(at, *known, maximum, body);
    return;
  }
  Value rows = at.value(count);
  Value left = at.rem(rows, at.constant(maximum)), first = at.sub(rows, left);
  at.loop(at.constant(0), first, maximum, [&](Value i) { body(maximum, i); });
  if (tail == 0)
    return;
  auto when = [&](Value condition, unsigned height) {
    at.branch(condition, [&] { body(height, first); }, [] {});
  };
  if (tail != kUnknown)
    return when(at.compare(arith::CmpIPredicate::sgt, left, at.constant(0)), tail);
  for (unsigned height = llvm::bit_floor(maximum - 1); height; height /= 2) {
    Value enough = at.compare(arith::CmpIPredicate::sge, left, at.constant(height));
    when(enough, height);
    Value done = at.select(enough, at.constant(height), at.constant(0));
    first = at.add(first, done);
    left = at.sub(left, done);
  }
}

} // namespace ingot::cpu
