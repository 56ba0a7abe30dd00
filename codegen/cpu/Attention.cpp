// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/Attention.h"
#include "codegen/cpu/Index.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include <limits>

using namespace mlir;

namespace ingot::cpu {

namespace {

/// One independent tile: queries [row, row + rows) of a batch.
struct Queries {
  Value batch, row;
  OpFoldResult rows;
  Value qOffset, kOffset, vOffset;
};

class Emitter {
public:
  Emitter(Index at, const CpuTarget &target, const AttentionPlan &plan,
          const AttentionOperands &ops)
      : at(at), b(at.b), loc(at.loc), target(target), plan(plan), ops(ops),
        lanes(target.f32Lanes()), element(at.b.getF32Type()),
        type(VectorType::get(lanes, element)) {}

  void emitTile(Value tile) {
    Value queries = at.value(ops.queries);
    Value blocks = at.ceilDiv(queries, plan.queryBlock);
    Queries q;
    q.batch = at.div(tile, blocks);
    q.row = at.mul(at.rem(tile, blocks), plan.queryBlock);
    q.rows = at.min(at.sub(queries, q.row), at.constant(plan.queryBlock));
    if (plan.scores.shape.m != kUnknown)
      q.rows = b.getIndexAttr(plan.scores.shape.m);
    auto offset = [&](const BatchedMatrix &m) {
      return m.offset ? m.offset(b, loc, q.batch) : at.constant(0);
    };
    q.qOffset = at.add(offset(ops.q), at.mul(q.row, at.value(ops.q.rowStride)));
    q.kOffset = offset(ops.k);
    q.vOffset = offset(ops.v);
    if (plan.shape.copyQueries)
      copyQueries(q);
    if (plan.single)
      return emitKeys(q, at.constant(0), ops.keys);
    start(q);
    Value keys = at.value(ops.keys), block = at.constant(plan.keyBlock);
    OpFoldResult known;
    if (plan.scores.shape.n != kUnknown)
      known = b.getIndexAttr(plan.scores.shape.n);
    at.loop(at.constant(0), keys, plan.keyBlock, [&](Value first) {
      emitKeys(q, first, known ? known : OpFoldResult(at.min(at.sub(keys, first), block)));
    });
    finish(q);
  }

private:
  Value real(double x) { return arith::ConstantOp::create(b, loc, b.getF32FloatAttr(x)); }
  Value splat(Value x) { return vector::BroadcastOp::create(b, loc, type, x); }
  Value load(Value offset) {
    return vector::LoadOp::create(b, loc, type, ops.scratch, offset);
  }
  Value loadOne(Value offset) { return memref::LoadOp::create(b, loc, ops.scratch, offset); }
  void store(Value x, Value offset) {
    if (isa<VectorType>(x.getType()))
      vector::StoreOp::create(b, loc, x, ops.scratch, offset);
    else
      memref::StoreOp::create(b, loc, x, ops.scratch, offset);
  }
  Value stateOf(int64_t base, Value row) { return at.add(row, base); }

  void forRows(const Queries &q, llvm::function_ref<void(Value)> body) {
    at.loop(at.constant(0), at.value(q.rows), 1, [&](Value row) { body(row); });
  }

  void copyQueries(const Queries &q) {
    int64_t size = plan.shape.headSize, whole = size / lanes * lanes;
    bool unit = Index::known(ops.q.columnStride) == 1;
    if (!unit)
      whole = 0;
    forRows(q, [&](Value row) {
      Value from = at.add(q.qOffset, at.mul(row, at.value(ops.q.rowStride)));
      Value to = at.add(at.mul(row, size), plan.queryAt);
      auto scaled = [&](Value x) { return ops.scale ? ops.scale(b, loc, x) : x; };
      at.loop(at.constant(0), at.constant(whole), lanes, [&](Value i) {
        store(scaled(vector::LoadOp::create(b, loc, type, ops.q.buffer, at.add(from, i))),
              at.add(to, i));
      });
      at.loop(at.constant(whole), at.constant(size), 1, [&](Value i) {
        Value place = at.add(from, at.mul(i, at.value(ops.q.columnStride)));
        store(scaled(memref::LoadOp::create(b, loc, ops.q.buffer, place)), at.add(to, i));
      });
    });
  }

  /// Nothing seen yet.
  void start(const Queries &q) {
    Value zeros = splat(real(0));
    forRows(q, [&](Value row) {
      store(real(-std::numeric_limits<double>::infinity()), stateOf(plan.maximumAt, row));
      store(real(0), stateOf(plan.sumAt, row));
      Value base = at.add(at.mul(row, plan.valueStride), plan.resultAt);
      at.loop(at.constant(0), at.constant(plan.valueStride), lanes,
              [&](Value i) { store(zeros, at.add(base, i)); });
    });
  }

  void emitKeys(const Queries &q, Value first, OpFoldResult count) {
    emitScores(q, first, count);
    forRows(q, [&](Value row) { emitSoftmax(q, row, at.value(count)); });
    emitValues(q, first, count);
  }

  void emitScores(const Queries &q, Value first, OpFoldResult count) {
    MatmulOperands m;
    m.batch = b.getIndexAttr(1);
    m.m = q.rows;
    m.n = count;
    m.k = b.getIndexAttr(plan.shape.headSize);
    if (plan.shape.copyQueries) {
      m.a = ops.scratch;
      m.aRowStride = b.getIndexAttr(plan.shape.headSize);
      m.aOffset = fixed(at.constant(plan.queryAt));
    } else {
      m.a = ops.q.buffer;
      m.aRowStride = ops.q.rowStride;
      m.aOffset = fixed(q.qOffset);
    }
    m.aKStride = b.getIndexAttr(1);
    m.b = ops.k.buffer;
    m.bKStride = ops.k.columnStride;
    m.bNStride = ops.k.rowStride;
    m.bOffset = fixed(at.add(q.kOffset, at.mul(first, at.value(ops.k.rowStride))));
    m.scratch = ops.scratch;
    m.epilogue = [&](OpBuilder &b, Location loc, const OutputVector &out) {
      Index in{b, loc};
      OutputVector global = out;
      global.batch = q.batch;
      global.row = in.add(q.row, out.row);
      global.column = in.add(first, out.column);
      Value place = in.add(in.add(in.mul(out.row, plan.scoreStride), out.column), plan.scoreAt);
      vector::StoreOp::create(b, loc, ops.score(b, loc, global), ops.scratch, place);
    };
    emitMatmul(b, loc, target, plan.scores, m, at.constant(0), at.constant(1));
  }

  static BatchOffset fixed(Value offset) {
    return [offset](OpBuilder &, Location, Value) { return offset; };
  }

  using Join = llvm::function_ref<Value(Value, Value)>;

  Value foldLanes(Value v, Join join) {
    for (int64_t width = lanes / 2; width >= 1; width /= 2) {
      auto half = [&](int64_t from) -> Value {
        return vector::ExtractStridedSliceOp::create(b, loc, v, ArrayRef<int64_t>{from},
                                                     ArrayRef<int64_t>{width},
                                                     ArrayRef<int64_t>{1});
      };
      v = join(half(0), half(width));
    }
    return vector::ExtractOp::create(b, loc, v, ArrayRef<int64_t>{0});
  }

  /// Folds `step(scores)` over a row; the last vector, partly filled, comes with its mask.
  Value foldRow(Value base, Value count, double neutral, Join join,
                llvm::function_ref<Value(Value x, Value place, Value mask)> step) {
    Value start = splat(real(neutral));
    Value whole = at.sub(count, at.rem(count, at.constant(lanes)));
    auto visit = [&](Value i, Value acc, Value mask) {
      Value place = at.add(base, i);
      return join(acc, step(load(place), place, mask));
    };
    // Two chains hide the latency of the fold.
    Value pairs = at.sub(count, at.rem(count, at.constant(2 * lanes)));
    auto two = scf::ForOp::create(b, loc, at.constant(0), pairs, at.constant(2 * lanes),
                                  ValueRange{start, start});
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(two.getBody());
      Value i = two.getInductionVar();
      Value x = visit(i, two.getRegionIterArg(0), {});
      Value y = visit(at.add(i, lanes), two.getRegionIterArg(1), {});
      scf::YieldOp::create(b, loc, ValueRange{x, y});
    }
    auto one = scf::ForOp::create(b, loc, pairs, whole, at.constant(lanes),
                                  ValueRange{join(two.getResult(0), two.getResult(1))});
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(one.getBody());
      Value x = visit(one.getInductionVar(), one.getRegionIterArg(0), {});
      scf::YieldOp::create(b, loc, ValueRange{x});
    }
    Value acc = one.getResult(0);
    auto known = Index::known(count);
    if (!known || *known % lanes) {
      auto maskType = VectorType::get(lanes, b.getI1Type());
      Value mask = vector::CreateMaskOp::create(b, loc, maskType, at.sub(count, whole));
      acc = visit(whole, acc, mask);
    }
    return foldLanes(acc, join);
  }

  /// Scores become exponentials below the largest so far.
  void emitSoftmax(const Queries &q, Value row, Value count) {
    Value base = at.add(at.mul(row, plan.scoreStride), plan.scoreAt);
    Value lowest = real(-std::numeric_limits<double>::infinity());
    // A comparison is false for NaN, which then reaches the result through its exponential.
    auto larger = [&](Value acc, Value x) -> Value {
      Value more = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OGT, x, acc);
      return arith::SelectOp::create(b, loc, more, x, acc);
    };
    auto add = [&](Value acc, Value x) -> Value { return arith::AddFOp::create(b, loc, acc, x); };
    Value lowestLanes = splat(lowest), zeros = splat(real(0));
    Value maximum =
        foldRow(base, count, -std::numeric_limits<double>::infinity(), larger,
                [&](Value x, Value, Value mask) -> Value {
                  return mask ? (Value)arith::SelectOp::create(b, loc, mask, x, lowestLanes) : x;
                });
    Value before;
    if (!plan.single) {
      before = loadOne(stateOf(plan.maximumAt, row));
      maximum = larger(before, maximum);
      store(maximum, stateOf(plan.maximumAt, row));
    }
    // Where all is masked so far, the exponentials are 0 and what follows counts alone.
    Value none = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, maximum, lowest);
    Value shift = arith::SelectOp::create(b, loc, none, real(0), maximum);
    Value shiftLanes = splat(shift);
    Value sum = foldRow(base, count, 0, add, [&](Value x, Value place, Value mask) -> Value {
      Value y = math::ExpOp::create(b, loc, arith::SubFOp::create(b, loc, x, shiftLanes));
      if (mask)
        y = arith::SelectOp::create(b, loc, mask, y, zeros);
      store(y, place);
      return y;
    });
    if (!plan.single) {
      Value factor = math::ExpOp::create(b, loc, arith::SubFOp::create(b, loc, before, shift));
      Value old = loadOne(stateOf(plan.sumAt, row));
      sum = math::FmaOp::create(b, loc, old, factor, sum);
      store(factor, stateOf(plan.factorAt, row));
    }
    store(plan.single ? inverse(q, row, sum) : sum, stateOf(plan.sumAt, row));
  }

  /// What the sums of a row are multiplied by; NaN says that the row gives zeros.
  Value inverse(const Queries &q, Value row, Value sum) {
    Value result = arith::DivFOp::create(b, loc, real(1), sum);
    if (!ops.isEmpty && !ops.nanIsZero)
      return result;
    Value zeros = arith::ConstantIntOp::create(b, loc, 0, 1);
    if (ops.nanIsZero)
      zeros = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UEQ, sum, real(0));
    if (ops.isEmpty)
      zeros = arith::OrIOp::create(b, loc, zeros,
                                   ops.isEmpty(b, loc, q.batch, at.add(q.row, row)));
    // An infinity marks them: no sum of exponentials is below the smallest normal number.
    return arith::SelectOp::create(b, loc, zeros,
                                   real(-std::numeric_limits<double>::infinity()), result);
  }

  void emitValues(const Queries &q, Value first, OpFoldResult count) {
    MatmulOperands m;
    m.batch = b.getIndexAttr(1);
    m.m = q.rows;
    m.n = b.getIndexAttr(plan.shape.valueSize);
    m.k = count;
    m.a = ops.scratch;
    m.aRowStride = b.getIndexAttr(plan.scoreStride);
    m.aKStride = b.getIndexAttr(1);
    m.aOffset = fixed(at.constant(plan.scoreAt));
    m.b = ops.v.buffer;
    m.bKStride = ops.v.rowStride;
    m.bNStride = ops.v.columnStride;
    m.bOffset = fixed(at.add(q.vOffset, at.mul(first, at.value(ops.v.rowStride))));
    m.scratch = ops.scratch;
    m.epilogue = [&](OpBuilder &b, Location loc, const OutputVector &out) {
      Emitter in(Index{b, loc}, target, plan, ops);
      if (plan.single)
        return in.storeResult(q, out);
      in.addResult(out);
    };
    emitMatmul(b, loc, target, plan.values, m, at.constant(0), at.constant(1));
  }

  /// A vector of the result, and its row's factor, which is kept where the row's sum was.
  void storeResult(const Queries &q, OutputVector out) {
    Value factor = loadOne(stateOf(plan.sumAt, out.row));
    Value x = arith::MulFOp::create(b, loc, out.sums, splat(factor));
    if (ops.isEmpty || ops.nanIsZero) {
      Value lowest = real(-std::numeric_limits<double>::infinity());
      Value empty = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, factor, lowest);
      x = arith::SelectOp::create(b, loc, empty, splat(real(0)), x);
    }
    out.sums = x;
    out.batch = q.batch;
    out.row = at.add(q.row, out.row);
    ops.store(b, loc, out);
  }

  void addResult(const OutputVector &out) {
    Value place = at.add(at.add(at.mul(out.row, plan.valueStride), out.column), plan.resultAt);
    Value factor = splat(loadOne(stateOf(plan.factorAt, out.row)));
    store(math::FmaOp::create(b, loc, load(place), factor, out.sums), place);
  }

  void finish(const Queries &q) {
    int64_t size = plan.shape.valueSize, whole = size / lanes * lanes;
    forRows(q, [&](Value row) {
      store(inverse(q, row, loadOne(stateOf(plan.sumAt, row))), stateOf(plan.sumAt, row));
      Value base = at.add(at.mul(row, plan.valueStride), plan.resultAt);
      at.loop(at.constant(0), at.constant(whole), lanes, [&](Value column) {
        storeResult(q, {load(at.add(base, column)), q.batch, row, column, lanes, {}, {}});
      });
      if (whole == size)
        return;
      Value column = at.constant(whole);
      auto maskType = VectorType::get(lanes, b.getI1Type());
      Value mask = vector::ConstantMaskOp::create(b, loc, maskType,
                                                  ArrayRef<int64_t>{size - whole});
      storeResult(q, {load(at.add(base, column)), q.batch, row, column, lanes,
                      at.constant(size - whole), mask});
    });
  }

  Index at;
  OpBuilder &b;
  Location loc;
  const CpuTarget &target;
  const AttentionPlan &plan;
  const AttentionOperands &ops;
  unsigned lanes;
  Type element;
  VectorType type;
};

} // namespace

void emitAttention(OpBuilder &b, Location loc, const CpuTarget &target, const AttentionPlan &plan,
                   const AttentionOperands &operands, Value begin, Value end) {
  Index at{b, loc};
  at.loop(begin, end, 1,
          [&](Value tile) { Emitter(at, target, plan, operands).emitTile(tile); });
}

} // namespace ingot::cpu
