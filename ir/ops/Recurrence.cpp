//===- Recurrence.cpp - cells that carry a state over time ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Recurrence.h"
#include "ir/ops/RecurrentCell.h"
#include "ir/ops/Scalar.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Recurrence.cpp.inc"

void IngotDialect::registerRecurrenceOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Recurrence.cpp.inc"
      >();
}

static bool isNone(Value v) { return isa<NoneType>(v.getType()); }

namespace {
struct OperandShape {
  Value v; ///< may be none
  StringRef name;
  SmallVector<Dim> dims;
};
} // namespace

/// What every operand must have, by the sizes of the gates and of the recurrent weights.
static SmallVector<OperandShape> operandShapes(RecurrenceOp op, DimAnalysis &dims) {
  DimSpace &space = dims.space;
  Dim time = dims.dim(op.getGates(), 0), batch = dims.dim(op.getGates(), 1),
      hidden = dims.dim(op.getRecurrent(), 2);
  Dim all = space.mul(Dim(op.gateCount()), hidden), states(op.directions());
  return {{op.getGates(), "gates", {time, batch, space.mul(states, all)}},
          {op.getRecurrent(), "recurrent", {states, all, hidden}},
          {op.getHiddenBias(), "hidden_bias", {states, hidden}},
          {op.getLengths(), "lengths", {batch}},
          {op.getInitialH(), "initial_h", {states, batch, hidden}},
          {op.getInitialC(), "initial_c", {states, batch, hidden}},
          {op.getPeepholes(), "peepholes", {states, space.mul(Dim(3), hidden)}}};
}

/// Checks an operand against the dimensions it must have, as far as both are known.
static LogicalResult expectShape(RecurrenceOp op, DimAnalysis &dims, const OperandShape &operand) {
  if (isNone(operand.v))
    return success();
  ArrayRef<Dim> got = dims.dims(operand.v);
  if (got.size() != operand.dims.size())
    return op.emitError("expected ") << operand.name << " of rank " << operand.dims.size()
                                     << ", but got " << got.size();
  for (auto [d, pair] : llvm::enumerate(llvm::zip(got, operand.dims))) {
    auto [have, want] = pair;
    if (have.constant() && want.constant() && have != want)
      return op.emitError("expected ") << operand.name << " with dimension " << d << " of "
                                       << *want.constant() << ", but got " << *have.constant();
  }
  return success();
}

LogicalResult RecurrenceOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r = dims.info(getGates());
  if (!isa<FloatType>(r.elementType))
    return emitError("expected floats, but got ") << elementTypeName(r.elementType);
  if (r.dims.size() != 3 || dims.rank(getRecurrent()) != 3)
    return emitError("expected gates and recurrent of rank 3, but got ")
           << r.dims.size() << " and " << dims.rank(getRecurrent());
  int64_t count = directions() * functionCount();
  if ((int64_t)getFunctions().size() != count || (int64_t)getAlphas().size() != count ||
      (int64_t)getBetas().size() != count)
    return emitError("expected ") << count << " functions with their parameters, but got "
                                  << getFunctions().size();
  for (Attribute name : getFunctions())
    if (!findCellFunction(cast<StringAttr>(name).getValue()))
      return emitError("expected an activation of cells, but got ") << name;
  if (isLstm() != (bool)getLastC())
    return emitError("expected a cell state of an lstm only");

  for (const OperandShape &operand : operandShapes(*this, dims))
    if (failed(expectShape(*this, dims, operand)))
      return failure();
  Dim time = r.dims[0], batch = r.dims[1], hidden = dims.dim(getRecurrent(), 2);
  r.elements.reset();
  r.dims = {time, batch, Dim(directions()), hidden};
  results.push_back(r);
  r.dims = {Dim(directions()), batch, hidden};
  results.append(getNumResults() - 1, r);
  return success();
}

LogicalResult RecurrenceOp::constrainSizes(DimAnalysis &dims) {
  for (const OperandShape &operand : operandShapes(*this, dims))
    if (!isNone(operand.v))
      for (auto [have, want] : llvm::zip(llvm::to_vector(dims.dims(operand.v)), operand.dims))
        dims.require(*this, have, want);
  return success();
}

//===- reference --------------------------------------------------------------------===//

Dim RecurrenceOp::tiles(DimAnalysis &dims) {
  return dims.space.mul(Dim(directions()), dims.dim(getGates(), 1));
}

/// The products with the states; what cells add to them is little beside these.
Dim RecurrenceOp::operations(DimAnalysis &dims) {
  return dims.space.mul(dims.space.product(dims.dims(getGates())), dims.dim(getRecurrent(), 2));
}

/// 0: h(t) while h(t - 1) is still read, before that the update gate; 1: the reset state.
SmallVector<std::pair<Type, Dim>> RecurrenceOp::scratch(DimAnalysis &dims) {
  Type type = computeType(dims.elementType(getGates()));
  Dim count = dims.space.product(dims.dims(getLastH()));
  SmallVector<std::pair<Type, Dim>> buffers(isGru() ? 2 : 1, {type, count});
  return buffers;
}

namespace {

/// One sequence of one direction.
class Reference {
public:
  Reference(ElementBuilder &b, RecurrenceOp op, int64_t direction, Index batch, Index tile)
      : b(b), op(op), s{b.b, b.loc}, cell(b.b, b.loc, op, direction), direction(direction),
        d(b.constant(direction)), batch(batch), hidden(b.dim(op.getRecurrent(), 2)),
        first(b.mul(tile, hidden)) {}

  void run() {
    Index time = b.dim(op.getGates(), 0), zero = b.constant(0), length = time;
    if (!isNone(op.getLengths())) {
      FailureOr<Index> given = b.readIndex(op.getLengths(), batch);
      length = failed(given) ? time : b.max(zero, b.min(*given, time));
    }
    each([&](Index j) {
      b.write(op.getLastH(), state(j), initial(op.getInitialH(), j));
      if (op.getLastC())
        b.write(op.getLastC(), state(j), initial(op.getInitialC(), j));
    });
    b.loop(zero, length, [&](Index t) {
      if (op.isReversed(direction))
        t = b.sub(b.sub(length, b.constant(1)), t);
      step(t);
    });
    b.loop(length, time, [&](Index t) {
      each([&](Index j) { b.write(op.getSequence(), {t, batch, d, j}, real(0)); });
    });
  }

private:
  void each(llvm::function_ref<void(Index)> body) {
    b.loop(b.constant(0), hidden, [&](Index j) { body(j); });
  }
  SmallVector<Index> state(Index j) { return {d, batch, j}; }
  Value real(double value) { return b.real(b.laneType(b.dims.elementType(op.getGates())), value); }

  Value read(Value tensor, ArrayRef<Index> at) {
    FailureOr<Value> x = b.read(tensor, at);
    if (succeeded(x))
      return *x;
    b.failed = true;
    return real(0);
  }
  Value initial(Value tensor, Index j) { return isNone(tensor) ? real(0) : read(tensor, state(j)); }
  Value load(unsigned k, Index j) {
    return memref::LoadOp::create(b.b, b.loc, b.scratch(k), b.add(first, j).value);
  }
  void store(unsigned k, Index j, Value v) {
    memref::StoreOp::create(b.b, b.loc, v, b.scratch(k), b.add(first, j).value);
  }
  Value lastH(Index j) { return b.readBack(op.getLastH(), state(j)); }

  Index row(int64_t gate, Index j) { return b.add(b.mul(b.constant(gate), hidden), j); }
  Value gate(Index t, int64_t gate, Index j) {
    return read(op.getGates(), {t, batch, row(direction * op.gateCount() + gate, j)});
  }
  /// Σ x(k) · recurrent[gate, j, k]
  Value product(int64_t gate, Index j, llvm::function_ref<Value(Index)> x) {
    return b.loop(b.constant(0), hidden, ValueRange{real(0)}, [&](Index k, ValueRange sum) {
      Value weight = read(op.getRecurrent(), {d, row(gate, j), k});
      return SmallVector<Value>{s.fma(x(k), weight, sum[0])};
    })[0];
  }
  Value sum(Index t, int64_t g, Index j) {
    return s.add(gate(t, g, j), product(g, j, [&](Index k) { return lastH(k); }));
  }

  void step(Index t) {
    if (op.isGru())
      stepGru(t);
    else
      each([&](Index j) { store(0, j, op.isLstm() ? lstm(t, j) : cell.rnn(sum(t, 0, j))); });
    each([&](Index j) {
      Value h = load(0, j);
      b.write(op.getLastH(), state(j), h);
      b.write(op.getSequence(), {t, batch, d, j}, h);
    });
  }

  Value lstm(Index t, Index j) {
    SmallVector<Value> gates, peepholes;
    for (int64_t g = 0; g < 4; ++g)
      gates.push_back(sum(t, g, j));
    for (int64_t g = 0; g < 3 && !isNone(op.getPeepholes()); ++g)
      peepholes.push_back(read(op.getPeepholes(), {d, row(g, j)}));
    auto next = cell.lstm(gates, b.readBack(op.getLastC(), state(j)), peepholes);
    b.write(op.getLastC(), state(j), next.c);
    return next.h;
  }

  void stepGru(Index t) {
    bool after = op.getResetAfter();
    each([&](Index j) {
      store(0, j, cell.gruGate(sum(t, 0, j)));
      Value reset = cell.gruGate(sum(t, 1, j));
      store(1, j, after ? reset : s.mul(reset, lastH(j)));
    });
    each([&](Index j) {
      Value input = gate(t, 2, j), hiddenSum;
      if (after) {
        Value bias = isNone(op.getHiddenBias()) ? Value() : read(op.getHiddenBias(), {d, j});
        Value recurrent = product(2, j, [&](Index k) { return lastH(k); });
        hiddenSum = cell.gruHiddenSum(input, recurrent, bias, load(1, j));
      } else {
        hiddenSum = s.add(input, product(2, j, [&](Index k) { return load(1, k); }));
      }
      store(0, j, cell.gru(load(0, j), hiddenSum, lastH(j)));
    });
  }

  ElementBuilder &b;
  RecurrenceOp op;
  Scalar s;
  RecurrentCell cell;
  int64_t direction;
  Index d, batch, hidden, first;
};

} // namespace

LogicalResult RecurrenceOp::emitBody(ElementBuilder &b, Value tile) {
  Index at{tile, Index::Uniform}, count = b.dim(getGates(), 1);
  if (directions() == 1) {
    Reference(b, *this, 0, at, at).run();
    return success(!b.failed);
  }
  Value isFirst = b.compare(arith::CmpIPredicate::slt, at, count);
  b.ifElse(
      isFirst, {},
      [&] {
        Reference(b, *this, 0, at, at).run();
        return SmallVector<Value>();
      },
      [&] {
        Reference(b, *this, 1, b.sub(at, count), at).run();
        return SmallVector<Value>();
      });
  return success(!b.failed);
}
