//===- Recurrence.cpp - recurrent layers through the tiled generator ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/cpu/Recurrence.h"
#include "codegen/lower/LowerKernel.h"
#include "codegen/lower/Views.h"
#include "ir/ops/Constant.h"
#include "ir/ops/RecurrentCell.h"

using namespace mlir;

namespace ingot {

namespace {

bool isGiven(Value v) { return !isa<NoneType>(v.getType()); }

class RecurrenceLowering {
public:
  RecurrenceLowering(KernelFunction &f, OpBuilder &b, RecurrenceOp op, const CpuTarget &target)
      : f(f), b(b), op(op), target(target), space(f.dims.space) {}

  LogicalResult lower() {
    auto hidden = f.dims.dim(op.getRecurrent(), 2).constant();
    auto weights = resolveView(f, op.getRecurrent());
    if (!f.dims.elementType(op.getGates()).isF32() || !hidden || *hidden == 0 || !weights)
      return failure();
    Dim batch = f.dims.dim(op.getGates(), 1), time = f.dims.dim(op.getGates(), 0);
    cpu::RecurrenceShape shape;
    shape.directions = op.directions();
    shape.hidden = units = *hidden;
    shape.batch = knownOr(batch);
    shape.time = knownOr(time);
    shape.constantWeights = hasConstantWeights(*weights);
    shape.gates = {op.gateCount()};
    if (op.isGru() && !op.getResetAfter())
      shape.gates = {2, 1};
    cpu::RecurrencePlan plan = cpu::planRecurrence(target, shape);

    cpu::RecurrenceOperands operands;
    operands.batch = foldResult(f, batch);
    operands.time = foldResult(f, time);
    placeWeights(*weights, plan, operands);
    int64_t packed = operands.strides.empty() ? 0 : plan.packedElements;
    operands.scratch = f.workerScratch(b.getF32Type(), plan.scratchElements + packed);
    operands.reversed[0] = op.isReversed(0);
    operands.sameFunctions = hasSameFunctions();
    operands.hasKept = op.isLstm();
    setHooks(operands.hooks);

    Dim blocks = space.ceilDiv(batch, Dim(plan.rowBlock));
    f.result.tiles = space.mul(Dim(shape.directions), blocks);
    int64_t stepCost = op.gateCount() * units * units * plan.rowBlock / 8;
    if (plan.perStep) {
      operands.step = f.step();
      operands.states =
          f.scratch(0, b.getF32Type(), space.mul(blocks, Dim(plan.stateElements)));
      f.result.steps = space.mul(Dim(shape.directions), space.add(time, Dim(1)));
      f.result.tiles = space.mul(blocks, Dim(plan.phases[0].groups));
      // A batch not known is more often a single sequence.
      int64_t rows = shape.batch == cpu::kUnknown ? 1 : plan.rowBlock;
      f.result.tileCost =
          std::max<int64_t>(1, stepCost / plan.rowBlock * rows / plan.phases[0].groups);
    } else {
      f.result.tileCost = std::max<int64_t>(1, time.constant().value_or(16) * stepCost);
    }
    cpu::emitRecurrence(b, f.op.getLoc(), target, plan, operands, f.begin, f.end);
    return success(ok);
  }

private:
  bool hasConstantWeights(const StridedView &view) {
    auto argument = cast<BlockArgument>(view.base);
    return f.op.getInputs()[argument.getArgNumber()].getDefiningOp<ConstantOp>() &&
           view.offset.constant() &&
           llvm::all_of(view.strides, [](const Dim &stride) { return stride.constant().has_value(); });
  }

  /// Constant weights are packed when the model is compiled, others by each tile.
  void placeWeights(const StridedView &view, const cpu::RecurrencePlan &plan,
                    cpu::RecurrenceOperands &operands) {
    auto argument = cast<BlockArgument>(view.base);
    auto constant = f.op.getInputs()[argument.getArgNumber()].getDefiningOp<ConstantOp>();
    SmallVector<int64_t, 3> strides;
    for (const Dim &stride : view.strides)
      if (auto known = stride.constant())
        strides.push_back(*known);
    auto offset = view.offset.constant();
    if (!constant || strides.size() != 3 || !offset) {
      operands.weights = f.buffer(view.base);
      operands.offset = foldResult(f, view.offset);
      for (const Dim &stride : view.strides)
        operands.strides.push_back(foldResult(f, stride));
      return;
    }
    PackedConstant form;
    llvm::raw_string_ostream key(form.key);
    key << "recurrent " << units << " at " << *offset;
    for (int64_t stride : strides)
      key << " " << stride;
    for (const cpu::RecurrencePhase &phase : plan.phases)
      key << " " << phase.gates << "x" << phase.group;
    form.bytes = plan.shape.directions * plan.packedElements * 4;
    int64_t at = *offset;
    form.pack = [=](const ConstantView &bytes, char *out) {
      cpu::packRecurrent(reinterpret_cast<const float *>(bytes.bytes().data()) + at, plan, strides,
                         reinterpret_cast<float *>(out));
    };
    operands.weights = f.packed(view.base, std::move(form));
  }

  bool hasSameFunctions() {
    int64_t n = op.functionCount();
    for (int64_t i = 0; i < n && op.directions() == 2; ++i)
      if (op.getFunctions()[i] != op.getFunctions()[n + i] ||
          op.getAlphas()[i] != op.getAlphas()[n + i] || op.getBetas()[i] != op.getBetas()[n + i])
        return false;
    return true;
  }

  //===- what the kernel calls back for ---------------------------------------------===//

  /// Reads and writes at one place.
  struct Access {
    Access(RecurrenceLowering &lowering, OpBuilder &b, const cpu::CellPlace &place)
        : lowering(lowering), place(place), e(lowering.f, b, place.lanes) {
      e.mask = place.mask;
    }
    Index uniform(Value v) { return {v, Index::Uniform}; }
    Index column() {
      return {place.column, place.lanes > 1 ? Index::Consecutive : Index::Uniform};
    }
    /// Unit of `gate` where gates lie one after the other.
    Index column(int64_t gate) { return e.add(column(), e.constant(gate * lowering.units)); }
    SmallVector<Index> state() {
      return {uniform(place.direction), uniform(place.row), column()};
    }
    Value zero() { return e.real(e.b.getF32Type(), 0); }
    Value read(Value tensor, ArrayRef<Index> at) {
      FailureOr<Value> v = e.read(tensor, at);
      lowering.ok &= succeeded(v);
      return succeeded(v) ? *v : zero();
    }
    Value gate(int64_t gate) {
      int64_t count = lowering.op.gateCount() * lowering.units;
      Index first = e.mul(uniform(place.direction), e.constant(count));
      return read(lowering.op.getGates(),
                  {uniform(place.time), uniform(place.row), e.add(column(gate), first)});
    }
    void write(Value result, ArrayRef<Index> at, Value v) {
      e.write(result, at, v);
      lowering.ok &= !e.failed;
    }
    void writeSequence(Value h) {
      write(lowering.op.getSequence(),
            {uniform(place.time), uniform(place.row), uniform(place.direction), column()}, h);
    }

    RecurrenceLowering &lowering;
    const cpu::CellPlace &place;
    KernelEmitter e;
  };

  void setHooks(cpu::RecurrenceHooks &hooks) {
    hooks.begin = [this](OpBuilder &at, const cpu::CellPlace &place) {
      Access a(*this, at, place);
      auto initial = [&](Value v) { return isGiven(v) ? a.read(v, a.state()) : a.zero(); };
      Value h = initial(op.getInitialH());
      return std::make_pair(h, op.isLstm() ? initial(op.getInitialC()) : Value());
    };
    hooks.cell = [this](OpBuilder &at, unsigned phase, const cpu::CellPlace &place, ValueRange sums,
                        Value h, Value kept) { return emitCell(at, phase, place, sums, h, kept); };
    hooks.skip = [this](OpBuilder &at, const cpu::CellPlace &place) {
      Access a(*this, at, place);
      a.writeSequence(a.zero());
    };
    hooks.end = [this](OpBuilder &at, const cpu::CellPlace &place, Value h, Value kept) {
      Access a(*this, at, place);
      a.write(op.getLastH(), a.state(), h);
      if (op.isLstm())
        a.write(op.getLastC(), a.state(), kept);
    };
    if (isGiven(op.getLengths()))
      hooks.length = [this](OpBuilder &at, Value row) -> Value {
        KernelEmitter e(f, at, 1);
        FailureOr<Index> given = e.readIndex(op.getLengths(), Index{row, Index::Uniform});
        Index time = e.dim(op.getGates(), 0);
        ok &= succeeded(given);
        return succeeded(given) ? e.max(e.constant(0), e.min(*given, time)).value : time.value;
      };
  }

  cpu::CellResult emitCell(OpBuilder &at, unsigned phase, const cpu::CellPlace &place,
                           ValueRange products, Value h, Value kept) {
    Access a(*this, at, place);
    RecurrentCell cell(at, f.op.getLoc(), op, place.knownDirection);
    auto sum = [&](int64_t gate, Value product) -> Value {
      return arith::AddFOp::create(at, f.op.getLoc(), a.gate(gate), product);
    };
    cpu::CellResult r;
    if (op.isLstm()) {
      SmallVector<Value> gates, peepholes;
      for (int64_t g = 0; g < 4; ++g)
        gates.push_back(sum(g, products[g]));
      for (int64_t g = 0; g < 3 && isGiven(op.getPeepholes()); ++g)
        peepholes.push_back(a.read(op.getPeepholes(), {a.uniform(place.direction), a.column(g)}));
      auto next = cell.lstm(gates, kept, peepholes);
      r.h = next.h;
      r.kept = next.c;
    } else if (!op.isGru()) {
      r.h = cell.rnn(sum(0, products[0]));
    } else if (op.getResetAfter()) {
      Value update = cell.gruGate(sum(0, products[0])), reset = cell.gruGate(sum(1, products[1]));
      Value bias = isGiven(op.getHiddenBias())
                       ? a.read(op.getHiddenBias(), {a.uniform(place.direction), a.column()})
                       : Value();
      r.h = cell.gru(update, cell.gruHiddenSum(a.gate(2), products[2], bias, reset), h);
    } else if (phase == 0) {
      r.kept = cell.gruGate(sum(0, products[0]));
      Value reset = cell.gruGate(sum(1, products[1]));
      r.input = arith::MulFOp::create(at, f.op.getLoc(), reset, h);
    } else {
      r.h = cell.gru(kept, sum(2, products[0]), h);
    }
    if (r.h)
      a.writeSequence(r.h);
    return r;
  }

  KernelFunction &f;
  OpBuilder &b;
  RecurrenceOp op;
  const CpuTarget &target;
  DimSpace &space;
  int64_t units = 0;
  bool ok = true;
};

} // namespace

LogicalResult lowerRecurrence(KernelFunction &f, OpBuilder &b, const CpuTarget &target) {
  for (Operation &op : f.op.block())
    if (auto recurrence = dyn_cast<RecurrenceOp>(op))
      return RecurrenceLowering(f, b, recurrence, target).lower();
  return failure();
}

} // namespace ingot
