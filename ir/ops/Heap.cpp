//===- Heap.cpp - sorting in place, as emitted code -------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Heap.h"

using namespace mlir;

namespace ingot {

void Heap::siftDown(ValueRange entry, Index hole, Index count) {
  SmallVector<Value> moved(entry);
  auto index = [](Value v) { return Index{v, Index::Uniform}; };
  Index one = b.constant(1), two = b.constant(2);
  Value yes = arith::ConstantIntOp::create(b.b, b.loc, 1, 1);
  Value no = arith::ConstantIntOp::create(b.b, b.loc, 0, 1);
  auto child = [&](Value at) { return b.add(b.mul(index(at), two), one); };
  auto less = [&](Index x, Index y) -> Value {
    return arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::slt, x.value, y.value);
  };
  SmallVector<Value> end = b.whileLoop(
      ValueRange{hole.value, yes},
      [&](ValueRange state) -> Value {
        return arith::AndIOp::create(b.b, b.loc, state[1], less(child(state[0]), count));
      },
      [&](ValueRange state) {
        Index left = child(state[0]), right = b.add(left, one);
        Value hasRight = less(right, count);
        // The later of the two children; without a right one the left compares with itself.
        Index other = b.choose(arith::CmpIPredicate::slt, right, count, right, left);
        Entry l = load(left), r = load(other);
        Value takeRight = arith::AndIOp::create(b.b, b.loc, hasRight, before(l, r));
        SmallVector<Value> last;
        for (auto [x, y] : llvm::zip(l, r))
          last.push_back(arith::SelectOp::create(b.b, b.loc, takeRight, y, x));
        Value at = arith::SelectOp::create(b.b, b.loc, takeRight, right.value, left.value);
        Value down = before(moved, last);
        SmallVector<Value> next = b.ifElse(
            down, state.getTypes(),
            [&] {
              store(index(state[0]), last);
              return SmallVector<Value>{at, yes};
            },
            [&] {
              return SmallVector<Value>{state[0], no};
            });
        return next;
      });
  store(index(end[0]), moved);
}

void Heap::build(Index count) {
  Index half = b.div(count, b.constant(2));
  b.loop(b.constant(0), half, [&](Index i) {
    Index at = b.sub(b.sub(half, b.constant(1)), i);
    siftDown(load(at), at, count);
  });
}

void Heap::replaceTop(ValueRange entry, Index count) { siftDown(entry, b.constant(0), count); }

void Heap::unwind(Index count) {
  b.loop(b.constant(1), count, [&](Index i) {
    Index end = b.sub(count, i);
    Entry last = load(end);
    store(end, load(b.constant(0)));
    siftDown(last, b.constant(0), end);
  });
}

} // namespace ingot
