// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/Recurrence.h"
#include "codegen/cpu/MicroTile.h"
#include "codegen/cpu/Packing.h"
#include "codegen/cpu/RowTiles.h"
#include "codegen/cpu/SmallTiles.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace ingot::cpu {

namespace {

using arith::CmpIPredicate;

/// One tile while its code is built.
struct Tile {
  Value direction, firstRow;
  OpFoldResult rows;
  Value weights, weightsOffset; ///< packed, of this direction
  int64_t knownDirection = 0;
  Value state; ///< where its states begin
  Value group; ///< per step: of units; null: all, one after the other
  Value step;  ///< per step: which one of its direction
};

/// Where h(t-1) is read and h(t) written, as offsets in states.
struct Step {
  Value number, from, to;
};

class Emitter {
public:
  Emitter(Index at, const CpuTarget &target, const RecurrencePlan &plan,
          const RecurrenceOperands &ops)
      : at(at), target(target), plan(plan), ops(ops), lanes(target.f32Lanes()),
        type(VectorType::get(lanes, at.b.getF32Type())) {
    int64_t state = plan.rowBlock * plan.padded;
    kept = 2 * state;
    input = 3 * state;
    sums = plan.perStep ? 0 : 4 * state;
    states = plan.perStep ? ops.states : ops.scratch;
  }

  void emitTiles(Value begin, Value end) {
    at.loop(begin, end, 1, [&](Value tile) {
      Value blocks = at.ceilDiv(at.value(ops.batch), plan.rowBlock);
      Tile t;
      t.state = at.constant(0);
      bool single = plan.shape.directions == 1;
      Value block = tile;
      if (plan.perStep) {
        Value groups = at.constant(plan.phases[0].groups), steps = at.add(at.value(ops.time), 1);
        t.group = at.rem(tile, groups);
        block = at.div(tile, groups);
        t.state = at.mul(block, plan.stateElements);
        t.direction = single ? at.constant(0) : at.div(ops.step, steps);
        t.step = single ? ops.step : at.rem(ops.step, steps);
      } else {
        t.direction = single ? at.constant(0) : at.div(tile, blocks);
        block = single ? tile : at.rem(tile, blocks);
      }
      t.firstRow = at.mul(block, plan.rowBlock);
      int64_t batch = plan.shape.batch;
      t.rows = at.min(at.sub(at.value(ops.batch), t.firstRow), at.constant(plan.rowBlock));
      if (batch != kUnknown && batch % plan.rowBlock == 0)
        t.rows = at.b.getIndexAttr(plan.rowBlock);
      placeWeights(t);
      if (ops.sameFunctions || plan.shape.directions == 1)
        return emitForRows(t);
      at.branch(
          at.compare(CmpIPredicate::eq, t.direction, at.constant(0)), [&] { emitForRows(t); },
          [&] {
            Tile second = t;
            second.knownDirection = 1;
            emitForRows(second);
          });
    });
  }

private:
  //===- weights --------------------------------------------------------------------===//

  void placeWeights(Tile &t) {
    t.weights = ops.weights;
    t.weightsOffset = at.mul(t.direction, plan.packedElements);
    if (ops.strides.empty())
      return;
    t.weights = ops.scratch;
    t.weightsOffset = at.constant(plan.scratchElements);
    int64_t firstGate = 0;
    for (const RecurrencePhase &phase : plan.phases) {
      emitPack(t, phase, firstGate);
      firstGate += phase.gates;
    }
  }

  /// The order of packRecurrent. Units beyond the last repeat it; their sums are not used.
  void emitPack(const Tile &t, const RecurrencePhase &phase, int64_t firstGate) {
    Value zero = at.constant(0), hidden = at.constant(plan.shape.hidden);
    Value stride0 = at.value(ops.strides[0]), stride1 = at.value(ops.strides[1]),
          stride2 = at.value(ops.strides[2]);
    Value first = at.add(at.value(ops.offset), at.mul(t.direction, stride0));
    at.loop(zero, at.constant(phase.groups), 1, [&](Value g) {
      at.loop(zero, at.constant(phase.panels() * kPanelWidth), 1, [&](Value column) {
        Value panel = at.div(column, at.constant(kPanelWidth));
        Value gate = at.add(at.div(panel, at.constant(phase.group)), firstGate);
        Value block = at.add(at.mul(g, phase.group), at.rem(panel, at.constant(phase.group)));
        Value unit = at.add(at.mul(block, kPanelWidth), at.rem(column, at.constant(kPanelWidth)));
        unit = at.min(unit, at.sub(hidden, at.constant(1)));
        Value from = at.add(first, at.mul(at.add(at.mul(gate, hidden), unit), stride1));
        Value to = at.add(groupOffset(t, phase, g), column);
        at.loop(zero, hidden, 1, [&](Value k) {
          Value x = memref::LoadOp::create(at.b, at.loc, ops.weights,
                                           at.add(from, at.mul(k, stride2)));
          memref::StoreOp::create(at.b, at.loc, x, ops.scratch,
                                  at.add(to, at.mul(k, phase.panels() * kPanelWidth)));
        });
      });
    });
  }

  Value groupOffset(const Tile &t, const RecurrencePhase &phase, Value group) {
    int64_t size = plan.shape.hidden * phase.panels() * kPanelWidth;
    return at.add(at.add(t.weightsOffset, at.mul(group, size)), phase.offset);
  }

  //===- time -----------------------------------------------------------------------===//

  /// A batch known only at run time may turn out to be one sequence, as in streaming.
  void emitForRows(const Tile &t) {
    if (plan.shape.batch != kUnknown)
      return emitSequences(t);
    at.branch(
        at.compare(CmpIPredicate::eq, at.value(t.rows), at.constant(1)),
        [&] {
          Tile single = t;
          single.rows = at.b.getIndexAttr(1);
          emitSequences(single);
        },
        [&] { emitSequences(t); });
  }

  void emitSequences(const Tile &t) {
    if (plan.perStep)
      return emitOneStep(t);
    Value zero = at.constant(0), time = at.value(ops.time), steps = time;
    int64_t state = plan.rowBlock * plan.padded;
    if (ops.hooks.length)
      steps = emitLongest(t);
    forEachRow(t, [&](Value row) {
      forEachVector(t, row, [&](const CellPlace &place, Value at0) {
        auto [h, c] = ops.hooks.begin(at.b, place);
        store(h, at0);
        if (c)
          store(c, at.add(at0, kept));
      });
      if (ops.hooks.length)
        at.loop(ops.hooks.length(at.b, at.add(t.firstRow, row)), time, 1, [&](Value step) {
          forEachVector(t, row, [&](CellPlace place, Value) {
            place.time = step;
            ops.hooks.skip(at.b, place);
          });
        });
    });
    at.loop(zero, steps, 1, [&](Value number) {
      Value odd = at.rem(number, at.constant(2));
      emitStep(t, {number, at.mul(odd, state),
                   at.mul(at.sub(at.constant(1), odd), state)});
    });
    Value last = at.mul(at.rem(steps, at.constant(2)), state);
    forEachRow(t, [&](Value row) {
      forEachVector(t, row, [&](const CellPlace &place, Value at0) {
        Value c = ops.hasKept ? load(at.add(at0, kept)) : Value();
        ops.hooks.end(at.b, place, load(at.add(at0, last)), c);
      });
    });
  }

  /// Step 0 begins, step n is that of time n - 1; each works on its own units.
  void emitOneStep(const Tile &t) {
    Value one = at.constant(1), time = at.value(ops.time);
    int64_t state = plan.rowBlock * plan.padded;
    Value odd = at.rem(t.step, at.constant(2));
    Value to = at.mul(odd, state), from = at.mul(at.sub(one, odd), state);
    at.branch(
        at.compare(CmpIPredicate::eq, t.step, at.constant(0)),
        [&] {
          forEachRow(t, [&](Value row) {
            forEachVector(t, 0, t.group, row, [&](const CellPlace &place, Value at0) {
              auto [h, c] = ops.hooks.begin(at.b, place);
              store(h, at.add(at0, to));
              if (c)
                store(c, at.add(at0, kept));
            });
          });
        },
        [&] {
          emitProducts(t, plan.phases[0], t.group, at.add(t.state, from));
          Step step{at.sub(t.step, one), from, to};
          forEachRow(t, [&](Value row) { emitCells(t, step, 0, t.group, row); });
        });
    at.branch(
        at.compare(CmpIPredicate::eq, t.step, time),
        [&] {
          forEachRow(t, [&](Value row) {
            forEachVector(t, 0, t.group, row, [&](const CellPlace &place, Value at0) {
              Value c = ops.hasKept ? load(at.add(at0, kept)) : Value();
              ops.hooks.end(at.b, place, load(at.add(at0, to)), c);
            });
          });
        },
        [] {});
  }

  /// Steps of the tile's longest sequence.
  Value emitLongest(const Tile &t) {
    auto loop = scf::ForOp::create(
        at.b, at.loc, at.constant(0), at.value(t.rows), at.constant(1), at.constant(0),
        [&](OpBuilder &b, Location loc, Value row, ValueRange carried) {
          Value length = ops.hooks.length(b, arith::AddIOp::create(b, loc, t.firstRow, row));
          scf::YieldOp::create(b, loc,
                               ValueRange{arith::MaxSIOp::create(b, loc, carried[0], length)});
        });
    return loop.getResult(0);
  }

  void emitStep(const Tile &t, const Step &step) {
    for (auto [i, phase] : llvm::enumerate(plan.phases)) {
      Value from = i == 0 ? step.from : at.constant(input);
      at.loop(at.constant(0), at.constant(phase.groups), 1,
              [&, i = i, &phase = phase](Value group) {
                emitProducts(t, phase, group, from);
                forEachRow(t, [&](Value row) { emitCells(t, step, i, group, row); });
              });
    }
  }

  //===- products -------------------------------------------------------------------===//

  void emitProducts(const Tile &t, const RecurrencePhase &phase, Value group, Value from) {
    RegisterTile tile = target.tile(TileKind::F32);
    if (auto rows = Index::known(t.rows); rows && *rows <= kFewRows)
      tile = {unsigned(*rows), panelsForRows(target, *rows)};
    int64_t panels = phase.panels(), whole = panels / tile.panels * tile.panels;
    Value weights = groupOffset(t, phase, group);
    auto chunk = [&](Value panel, unsigned count) {
      emitRowTiles(at.b, at.loc, t.rows, tile.rows, kUnknown, [&](unsigned rows, Value first) {
        emitRegisterTile(t, phase, weights, from, panel, count, rows, first);
      });
    };
    at.loop(at.constant(0), at.constant(whole), tile.panels,
            [&](Value panel) { chunk(panel, tile.panels); });
    if (panels > whole)
      chunk(at.constant(whole), panels - whole);
  }

  void emitRegisterTile(const Tile &t, const RecurrencePhase &phase, Value weights, Value from,
                        Value panel, unsigned count, unsigned rows, Value first) {
    TileReads reads;
    reads.aStride = at.b.getIndexAttr(1);
    for (unsigned r = 0; r < rows; ++r)
      reads.a.push_back({states, at.add(from, at.mul(at.add(first, r), plan.padded))});
    reads.bBuffer = t.weights;
    reads.bStride = at.b.getIndexAttr(phase.panels() * kPanelWidth);
    unsigned vectors = count * kPanelWidth / lanes;
    for (unsigned v = 0; v < vectors; ++v)
      reads.bOffsets.push_back(
          at.add(at.add(weights, at.mul(panel, kPanelWidth)), v * lanes));
    Sums result = emitTileLoop(at.b, at.loc, reads,
                               emitZeroSums(at.b, at.loc, rows * vectors, type),
                               at.b.getIndexAttr(plan.shape.hidden), kUnroll);
    for (unsigned r = 0; r < rows; ++r)
      for (unsigned p = 0; p < count; ++p) {
        Value to = sumOffset(phase, at.add(panel, p), at.add(first, r));
        for (unsigned v = 0; v < kPanelWidth / lanes; ++v)
          vector::StoreOp::create(at.b, at.loc,
                                  result[r * vectors + p * kPanelWidth / lanes + v], ops.scratch,
                                  at.add(to, v * lanes));
      }
  }

  /// Sums lie as [gate][row][group · 16].
  Value sumOffset(const RecurrencePhase &phase, Value panel, Value row) {
    Value gate = at.div(panel, at.constant(phase.group));
    Value block = at.rem(panel, at.constant(phase.group));
    Value line = at.add(at.mul(gate, plan.rowBlock), row);
    return at.add(at.add(at.mul(line, phase.group * kPanelWidth), at.mul(block, kPanelWidth)),
                  sums);
  }

  //===- cells ----------------------------------------------------------------------===//

  void emitCells(const Tile &t, const Step &step, unsigned phase, Value group, Value row) {
    if (!ops.hooks.length)
      return emitRunning(t, step, phase, group, row, at.value(ops.time));
    Value length = ops.hooks.length(at.b, at.add(t.firstRow, row));
    at.branch(
        at.compare(CmpIPredicate::slt, step.number, length),
        [&] { emitRunning(t, step, phase, group, row, length); },
        [&] {
          if (phase + 1 == plan.phases.size())
            forEachVector(t, phase, group, row, [&](CellPlace place, Value at0) {
              store(load(at.add(at0, step.from)), at.add(at0, step.to));
              place.time = step.number;
              if (plan.perStep)
                ops.hooks.skip(at.b, place);
            });
        });
  }

  void emitRunning(const Tile &t, const Step &step, unsigned number, Value group, Value row,
                   Value length) {
    const RecurrencePhase &phase = plan.phases[number];
    Value time = step.number;
    Value backward = at.sub(at.sub(length, at.constant(1)), step.number);
    if (plan.shape.directions == 2)
      time = at.select(at.compare(CmpIPredicate::eq, t.direction, at.constant(1)), backward, time);
    else if (ops.reversed[0])
      time = backward;
    Value first = at.mul(group, phase.group * kPanelWidth);
    forEachVector(t, number, group, row, [&](CellPlace place, Value at0) {
      place.time = time;
      SmallVector<Value> gates;
      Value within = at.sub(place.column, first);
      for (int64_t g = 0; g < phase.gates; ++g)
        gates.push_back(vector::LoadOp::create(
            at.b, at.loc, type, ops.scratch,
            at.add(sumOffset(phase, at.constant(g * phase.group), row), within)));
      Value c = ops.hasKept || number > 0 ? load(at.add(at0, kept)) : Value();
      CellResult r = ops.hooks.cell(at.b, number, place, gates, load(at.add(at0, step.from)), c);
      if (r.h)
        store(r.h, at.add(at0, step.to));
      if (r.kept)
        store(r.kept, at.add(at0, kept));
      if (r.input)
        store(r.input, at.add(at0, input));
    });
  }

  //===- walking --------------------------------------------------------------------===//

  using VectorBody = llvm::function_ref<void(CellPlace, Value at0)>;

  void forEachRow(const Tile &t, llvm::function_ref<void(Value)> body) {
    at.loop(at.constant(0), at.value(t.rows), 1, body);
  }

  /// `at0`: where the vector lies in the tile's first state.
  void vectors(const Tile &t, Value row, Value from, Value to, VectorBody body) {
    at.loop(from, to, lanes, [&](Value column) {
      CellPlace place{t.direction, at.add(t.firstRow, row), column, {}, t.knownDirection, lanes, {}};
      if (plan.shape.hidden % lanes) {
        auto maskType = VectorType::get(lanes, at.b.getI1Type());
        Value left = at.sub(at.constant(plan.shape.hidden), column);
        place.mask = vector::CreateMaskOp::create(at.b, at.loc, maskType, left);
      }
      body(place, at.add(at.add(t.state, at.mul(row, plan.padded)), column));
    });
  }
  void forEachVector(const Tile &t, Value row, VectorBody body) {
    int64_t end = llvm::alignTo(plan.shape.hidden, lanes);
    vectors(t, row, at.constant(0), at.constant(end), body);
  }
  void forEachVector(const Tile &t, unsigned phase, Value group, Value row, VectorBody body) {
    int64_t width = plan.phases[phase].group * kPanelWidth;
    Value from = at.mul(group, width);
    Value to = at.add(from, width);
    // Vectors that hold no unit at all exist in the last panel only.
    int64_t end = llvm::alignTo(plan.shape.hidden, lanes);
    if (end != plan.padded)
      to = at.min(to, at.constant(end));
    vectors(t, row, from, to, body);
  }

  Value load(Value offset) {
    return vector::LoadOp::create(at.b, at.loc, type, states, offset);
  }
  void store(Value value, Value offset) {
    vector::StoreOp::create(at.b, at.loc, value, states, offset);
  }

  Index at;
  const CpuTarget &target;
  const RecurrencePlan &plan;
  const RecurrenceOperands &ops;
  unsigned lanes;
  VectorType type;
  int64_t kept, input, sums; ///< offsets, of sums in scratch, else in states
  Value states;
};

} // namespace

void emitRecurrence(OpBuilder &b, Location loc, const CpuTarget &target, const RecurrencePlan &plan,
                    const RecurrenceOperands &operands, Value begin, Value end) {
  Emitter(Index{b, loc}, target, plan, operands).emitTiles(begin, end);
}

} // namespace ingot::cpu
