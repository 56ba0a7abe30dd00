//===- Normalization.cpp - kernels anchored at softmax or normalize ------------------===//
//
// Each row is read once: its producers' values go to the worker's scratch, where the following
// passes find them, and the consumers are applied as the last pass stores. Where vectors do not fit
// the same is done element by element.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/lower/Rows.h"
#include "ir/ops/Normalization.h"
#include "ir/ops/Reduction.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace ingot {
namespace {

/// Rows longer than this have their scratch in the launch's buffers, not the worker's.
constexpr int64_t workerRow = 1 << 18;

/// What a fold carries and how two of them join.
struct Fold {
  double start;
  llvm::function_ref<Value(Value, Value)> join;
};

class RowLowering {
public:
  RowLowering(KernelFunction &f, OpBuilder &b, int64_t lanes, Operation *anchor)
      : f(f), b(b), loc(f.op.getLoc()), lanes(lanes), result(anchor->getResult(0)),
        input(anchor->getOperand(0)), type(computeType(f.dims.elementType(input))),
        shape(f.dims.dims(input)) {
    if (auto softmax = dyn_cast<SoftmaxOp>(anchor))
      axes.push_back(softmax.getAxis());
    else
      llvm::append_range(axes, cast<NormalizeOp>(anchor).getAxes());
    llvm::sort(axes);
  }

  LogicalResult run(llvm::function_ref<void(RowLowering &)> passes) {
    inner = innermostDim(f, input);
    if (inner < 0 || axes.empty())
      return failure();
    isAlong = llvm::is_contained(axes, inner);
    isScalar = lanes < 2;
    int64_t rank = shape.size(), count = axes.size();
    if (isAlong && count > 1) {
      // Several axes count as one where everything in the kernel allows it.
      isScalar |= axes.front() != rank - count || !isCollapsible(f, input, count);
      for (Value v : f.op.yield()->getOperands())
        isScalar |= !isRowWise(v, count);
      inner = lastOfRow(shape, count);
    }
    isAlong &= !isScalar;
    f.result.isScalar = isScalar;
    for (int64_t axis : axes)
      length = f.dims.space.mul(length, shape[axis]);
    SmallVector<Dim> outer(shape);
    for (int64_t axis : axes)
      outer[axis] = Dim(1);
    if (!isAlong && !isScalar)
      outer[inner] = f.dims.space.ceilDiv(shape[inner], Dim(lanes));
    f.result.tiles = f.dims.space.product(outer);
    f.result.tileCost = length.constant().value_or(256) * (isAlong ? 1 : lanes) *
                        (f.op.block().getOperations().size() + 4);
    makeScratch();
    forEachTile(f, b, [&](Value t) {
      tile = t;
      KernelEmitter s(f, b, 1);
      at = s.delinearize({tile, Index::Uniform}, outer);
      if (perTile)
        base = s.mul({tile, Index::Uniform}, {f.emit(rowScratch), Index::Uniform}).value;
      else
        base = arith::ConstantIndexOp::create(b, loc, 0);
      n = f.emit(length);
      whole = roundDown(b, loc, n, lanes);
      if (isAlong) {
        width = lanes;
        passes(*this);
        return;
      }
      if (isScalar) {
        width = 1;
        passes(*this);
        return;
      }
      Index from = s.mul(at[inner], s.constant(lanes));
      Index to = s.min(s.add(from, s.constant(lanes)), {f.emit(shape[inner]), Index::Uniform});
      Value full = s.compare(arith::CmpIPredicate::eq, s.sub(to, from), s.constant(lanes));
      s.ifElse(
          full, {},
          [&] {
            width = lanes;
            at[inner] = {from.value, Index::Consecutive};
            passes(*this);
            return SmallVector<Value>();
          },
          [&] {
            width = 1;
            steps(b, loc, from.value, to.value, 1, {}, [&](Value i, ValueRange) {
              at[inner] = {i, Index::Uniform};
              passes(*this);
              return SmallVector<Value>();
            });
            return SmallVector<Value>();
          });
    });
    return success(ok);
  }

  /// First pass: evaluates the row into scratch and folds it.
  Value evaluate(Fold fold) {
    if (isAlong)
      return evaluateAlong(fold);
    KernelEmitter e(f, b, width);
    return nest(axes, {zero(), e.real(type, fold.start)}, [&](ValueRange carried) {
      KernelEmitter v(f, b, width);
      Value x = readAt(v);
      keep(x, place(carried[0]));
      return SmallVector<Value>{next(carried[0]), fold.join(carried[1], x)};
    })[1];
  }

  /// A pass over scratch: folds `step(x)`, and keeps it in x's place where `store`.
  Value revisit(Fold fold, bool store, llvm::function_ref<Value(ElementBuilder &, Value)> step) {
    KernelEmitter e(f, b, width);
    auto visit = [&](Value i, ValueRange in) {
      KernelEmitter v(f, b, width);
      Value y = step(v, kept(place(i)));
      if (store)
        keep(y, place(i));
      return SmallVector<Value>{fold.join(in[0], y)};
    };
    Value start = e.real(type, fold.start);
    if (!isAlong)
      return steps(b, loc, zero(), n, 1, start, visit)[0];
    Value acc = steps(b, loc, zero(), whole, width, start, visit)[0];
    acc = foldTail(acc, fold, [&](KernelEmitter &v, Value x) {
      Value y = step(v, x);
      if (store)
        keep(y, place(whole));
      return y;
    });
    return foldLanes(b, loc, acc, fold.join);
  }

  /// Last pass: the anchor's result is `step(x)`; stores what the kernel makes of it.
  void finish(llvm::function_ref<Value(ElementBuilder &, Value)> step) {
    if (!isAlong) {
      nest(axes, {zero()}, [&](ValueRange carried) {
        KernelEmitter v(f, b, width);
        v.known[result] = step(v, kept(place(carried[0])));
        ok &= emitResults(v, f, at);
        return SmallVector<Value>{next(carried[0])};
      });
      return;
    }
    auto visit = [&](int64_t w) {
      return [&, w](Value i, ValueRange) {
        KernelEmitter v(f, b, w);
        width = w;
        setInner(i);
        v.known[result] = step(v, kept(place(i)));
        ok &= emitResults(v, f, at);
        width = lanes;
        return SmallVector<Value>();
      };
    };
    steps(b, loc, zero(), whole, lanes, {}, visit(lanes));
    steps(b, loc, whole, n, 1, {}, visit(1));
  }

  /// A row's statistic over the lanes of `e`.
  Value spread(ElementBuilder &e, Value statistic) {
    return isAlong ? e.splat(statistic) : statistic;
  }
  /// The form of a row's statistics: one value along, `width` across.
  Value constant(double value) {
    KernelEmitter e(f, b, isAlong ? 1 : width);
    return e.real(type, value);
  }
  Value rowLength() {
    if (auto known = length.constant())
      return constant(*known);
    KernelEmitter e(f, b, isAlong ? 1 : width);
    return e.splat(arith::SIToFPOp::create(
        b, loc, type, arith::IndexCastOp::create(b, loc, b.getI64Type(), n)));
  }

  KernelFunction &f;
  OpBuilder &b;
  Location loc;

private:
  /// Everything between the anchor's result and a stored value works on the row as on one
  /// dimension.
  bool isRowWise(Value v, int64_t count) {
    if (!llvm::is_sorted(f.op.resultOrder(0)))
      return false;
    if (v == result)
      return true;
    if (!v.getDefiningOp<ElementwiseOp>())
      return isCollapsible(f, v, count);
    return llvm::all_of(v.getDefiningOp()->getOperands(), [&](Value operand) {
      if (operand == result)
        return true;
      bool usesResult = operand.getDefiningOp() && isa<ElementwiseOp>(operand.getDefiningOp()) &&
                        f.dims.dims(operand) == ArrayRef<Dim>(shape);
      return usesResult ? isRowWise(operand, count) : suffixFits(operand, count);
    });
  }
  /// As isCollapsible, where the value itself may lack the dimensions.
  bool suffixFits(Value v, int64_t count) {
    ArrayRef<Dim> mine = f.dims.dims(v), all = shape;
    bool same = mine.size() >= (size_t)count && mine.take_back(count) == all.take_back(count);
    bool single = llvm::all_of(mine.take_back(std::min<size_t>(count, mine.size())),
                               [](const Dim &d) { return d.is(1); });
    // One value for the whole row, however it comes about.
    if (single)
      return true;
    if (isa<BlockArgument>(v))
      return same && llvm::is_sorted(f.order(v));
    Operation *op = v.getDefiningOp();
    if (!same || !isa<ElementwiseOp>(op))
      return false;
    return llvm::all_of(op->getOperands(), [&](Value x) { return suffixFits(x, count); });
  }

  void makeScratch() {
    DimSpace &s = f.dims.space;
    // A vector may be read at the last whole one's end.
    rowScratch = isAlong ? s.mul(s.add(s.floorDiv(length, Dim(lanes)), Dim(1)), Dim(lanes))
                         : s.mul(length, Dim(lanes));
    int64_t most = s.upperBound(rowScratch);
    perTile = most > workerRow;
    memory = perTile ? f.scratch(0, type, s.mul(f.result.tiles, rowScratch))
                     : f.workerScratch(type, most);
  }

  Value zero() { return arith::ConstantIndexOp::create(b, loc, 0); }
  Value next(Value i) {
    return arith::AddIOp::create(b, loc, i, arith::ConstantIndexOp::create(b, loc, 1));
  }
  /// Where element `i` of the row lies in scratch.
  Value place(Value i) {
    if (!isAlong && width > 1)
      i = arith::MulIOp::create(b, loc, i, arith::ConstantIndexOp::create(b, loc, width));
    return perTile ? (Value)arith::AddIOp::create(b, loc, base, i) : i;
  }
  void keep(Value x, Value where) {
    if (isa<VectorType>(x.getType()))
      vector::StoreOp::create(b, loc, x, memory, where);
    else
      memref::StoreOp::create(b, loc, x, memory, where);
  }
  Value kept(Value where) {
    if (width == 1)
      return memref::LoadOp::create(b, loc, memory, where);
    return vector::LoadOp::create(b, loc, VectorType::get({width}, type), memory, where);
  }

  void setInner(Value i) {
    for (int64_t axis : axes)
      if (axes.size() > 1)
        at[axis] = {zero(), Index::Uniform};
    at[inner] = {i, width > 1 ? Index::Consecutive : Index::Uniform};
  }
  Value readAt(KernelEmitter &e) {
    FailureOr<Value> x = e.read(input, at);
    if (succeeded(x) && !e.failed)
      return *x;
    ok = false;
    return e.real(type, 0);
  }

  Value evaluateAlong(Fold fold) {
    KernelEmitter e(f, b, lanes);
    int64_t chains = chainsFor(f);
    if (auto known = length.constant())
      chains = std::max<int64_t>(1, std::min(chains, *known / lanes));
    Value wide = roundDown(b, loc, n, lanes * chains);
    SmallVector<Value> init(chains, e.real(type, fold.start));
    auto one = [&](Value i, Value acc) {
      KernelEmitter v(f, b, width);
      setInner(i);
      Value x = readAt(v);
      keep(x, place(i));
      return acc ? fold.join(acc, x) : Value();
    };
    SmallVector<Value> acc =
        steps(b, loc, zero(), wide, lanes * chains, init, [&](Value i, ValueRange in) {
          SmallVector<Value> out;
          for (int64_t c = 0; c < chains; ++c)
            out.push_back(one(arith::AddIOp::create(b, loc, i, arith::ConstantIndexOp::create(
                                                                   b, loc, c * lanes)),
                              in[c]));
          return out;
        });
    if (chains > 1)
      acc[0] = steps(b, loc, wide, whole, lanes, acc[0], [&](Value i, ValueRange in) {
        return SmallVector<Value>{one(i, in[0])};
      })[0];
    width = 1;
    steps(b, loc, whole, n, 1, {}, [&](Value i, ValueRange) {
      one(i, {});
      return SmallVector<Value>();
    });
    width = lanes;
    Value sum = acc[0];
    for (Value v : ArrayRef(acc).drop_front())
      sum = fold.join(sum, v);
    sum = foldTail(sum, fold, [](KernelEmitter &, Value x) { return x; });
    return foldLanes(b, loc, sum, fold.join);
  }

  /// Folds the last, partly filled vector of the row.
  Value foldTail(Value acc, Fold fold, llvm::function_ref<Value(KernelEmitter &, Value)> step) {
    if (auto known = length.constant(); known && *known % lanes == 0)
      return acc;
    KernelEmitter e(f, b, lanes);
    Value y = step(e, kept(place(whole)));
    Index lane{arith::ConstantIndexOp::create(b, loc, 0), Index::Consecutive};
    Value rest = arith::SubIOp::create(b, loc, n, whole);
    Value inside = e.compare(arith::CmpIPredicate::ult, lane, {rest, Index::Uniform});
    return arith::SelectOp::create(b, loc, inside, fold.join(acc, y), acc);
  }

  SmallVector<Value> nest(ArrayRef<int64_t> over, SmallVector<Value> init,
                          llvm::function_ref<SmallVector<Value>(ValueRange)> body) {
    if (over.empty())
      return body(init);
    return steps(b, loc, zero(), f.emit(shape[over[0]]), 1, init, [&](Value i, ValueRange carried) {
      at[over[0]] = {i, Index::Uniform};
      return nest(over.drop_front(), SmallVector<Value>(carried), body);
    });
  }

  int64_t lanes, width = 1;
  Value result, input;
  Type type;
  SmallVector<Dim> shape;
  SmallVector<int64_t> axes;
  int64_t inner = -1;
  /// Lanes along the row, across rows, or none: element by element.
  bool isAlong = false, isScalar = false;
  bool perTile = false, ok = true;
  Dim length = 1, rowScratch;
  Value memory, tile, base, n, whole;
  SmallVector<Index> at;
};

void emitSoftmax(RowLowering &row, bool log) {
  OpBuilder &b = row.b;
  Location loc = row.loc;
  // An ordered comparison is one instruction; NaN reaches the result through the sum.
  auto larger = [&](Value acc, Value x) -> Value {
    Value more = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OGT, x, acc);
    return arith::SelectOp::create(b, loc, more, x, acc);
  };
  auto add = [&](Value acc, Value x) -> Value { return arith::AddFOp::create(b, loc, acc, x); };
  Value max = row.evaluate({-std::numeric_limits<double>::infinity(), larger});
  auto shifted = [&](ElementBuilder &e, Value x) -> Value {
    return arith::SubFOp::create(b, loc, x, row.spread(e, max));
  };
  Value sum = row.revisit({0, add}, !log, [&](ElementBuilder &e, Value x) -> Value {
    return math::ExpOp::create(b, loc, shifted(e, x));
  });
  if (log) {
    Value logarithm = math::LogOp::create(b, loc, sum);
    row.finish([&](ElementBuilder &e, Value x) -> Value {
      return arith::SubFOp::create(b, loc, shifted(e, x), row.spread(e, logarithm));
    });
    return;
  }
  Value inverse = arith::DivFOp::create(b, loc, row.constant(1), sum);
  row.finish([&](ElementBuilder &e, Value x) -> Value {
    return arith::MulFOp::create(b, loc, x, row.spread(e, inverse));
  });
}

void emitNormalize(RowLowering &row, NormalizeOp op) {
  OpBuilder &b = row.b;
  Location loc = row.loc;
  auto add = [&](Value acc, Value x) -> Value { return arith::AddFOp::create(b, loc, acc, x); };
  auto second = [&](Value acc, Value) -> Value { return acc; };
  Value count = row.rowLength(), mean;
  if (op.getCenter())
    mean = arith::DivFOp::create(b, loc, row.evaluate({0, add}), count);
  else
    row.evaluate({0, second});
  auto centered = [&](ElementBuilder &e, Value x) -> Value {
    return mean ? (Value)arith::SubFOp::create(b, loc, x, row.spread(e, mean)) : x;
  };
  Value squares = row.revisit({0, add}, false, [&](ElementBuilder &e, Value x) -> Value {
    Value d = centered(e, x);
    return arith::MulFOp::create(b, loc, d, d);
  });
  Value variance = arith::DivFOp::create(b, loc, squares, count);
  Value deviation = math::SqrtOp::create(
      b, loc,
      arith::AddFOp::create(b, loc, variance,
                            row.constant(op.getEpsilon().convertToDouble())));
  Value inverse = arith::DivFOp::create(b, loc, row.constant(1), deviation);
  row.finish([&](ElementBuilder &e, Value x) -> Value {
    return arith::MulFOp::create(b, loc, centered(e, x), row.spread(e, inverse));
  });
}

} // namespace

LogicalResult lowerNormalization(KernelFunction &f, OpBuilder &b, int64_t lanes) {
  for (Operation &op : f.op.block()) {
    if (auto softmax = dyn_cast<SoftmaxOp>(op))
      return RowLowering(f, b, lanes, softmax).run([&](RowLowering &row) {
        emitSoftmax(row, softmax.getLog());
      });
    if (auto normalize = dyn_cast<NormalizeOp>(op))
      return RowLowering(f, b, lanes, normalize).run([&](RowLowering &row) {
        emitNormalize(row, normalize);
      });
  }
  return failure();
}

} // namespace ingot
