//===- Reduce.cpp - kernels anchored at a fold ---------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/lower/Rows.h"
#include "ir/ops/Reduction.h"

using namespace mlir;

namespace ingot {
namespace {

class ReduceLowering {
public:
  ReduceLowering(KernelFunction &f, OpBuilder &b, int64_t lanes, ReduceOp op)
      : f(f), b(b), loc(f.op.getLoc()), lanes(lanes), op(op), input(op.getInput()),
        element(f.dims.elementType(input)), shape(f.dims.dims(input)) {}

  LogicalResult run() {
    if (!isa<FloatType, IntegerType>(computeType(element)) || storageBits(element) < 8 || lanes < 2)
      return failure();
    axes.assign(op.getAxes().begin(), op.getAxes().end());
    llvm::sort(axes);
    axes.erase(llvm::unique(axes), axes.end());
    inner = innermostDim(f, input);
    if (axes.empty() || inner < 0)
      return failure();
    return isFolded(inner) ? along() : across();
  }

private:
  bool isFolded(int64_t d) { return llvm::is_contained(axes, d); }

  Value join(Value x, Value y) {
    return combine(b, loc, op.getKind(), isUnsigned(element), x, y);
  }

  /// The input index from its kept part (by result dimension) with the folded dimensions open.
  SmallVector<Index> inputIndex(ArrayRef<Index> kept) {
    SmallVector<Index> at(shape.size());
    size_t next = 0;
    for (size_t d = 0; d < shape.size(); ++d) {
      bool fold = isFolded(d);
      if (!fold)
        at[d] = kept[next];
      if (!fold || op.getKeepdims())
        ++next;
    }
    return at;
  }

  int64_t resultDim(int64_t d) {
    if (op.getKeepdims())
      return d;
    return d - llvm::count_if(axes, [&](int64_t a) { return a < d; });
  }

  /// Loops over the dimensions `over`, setting their indices in `at`.
  SmallVector<Value> nest(ArrayRef<int64_t> over, SmallVector<Index> &at, ValueRange init,
                          llvm::function_ref<SmallVector<Value>(ValueRange)> body) {
    if (over.empty())
      return body(init);
    Value zero = arith::ConstantIndexOp::create(b, loc, 0);
    return steps(b, loc, zero, f.emit(shape[over[0]]), 1, init, [&](Value i, ValueRange carried) {
      at[over[0]] = {i, Index::Uniform};
      return nest(over.drop_front(), at, carried, body);
    });
  }

  Value readAt(KernelEmitter &e, ArrayRef<Index> at) {
    FailureOr<Value> x = e.read(input, at);
    if (succeeded(x))
      return *x;
    ok = false;
    return e.splat(neutralScalar(e));
  }
  Value neutralScalar(KernelEmitter &) {
    KernelEmitter s(f, b, 1);
    return neutral(s, op.getKind(), element);
  }

  /// Lanes are elements of one row.
  LogicalResult along() {
    // The folded dimensions at the end count as one where everything read allows it.
    int64_t collapsed = 1, rank = shape.size();
    if (inner == rank - 1 || isFolded(rank - 1)) {
      while (collapsed < rank && isFolded(rank - 1 - collapsed))
        ++collapsed;
      if (!isCollapsible(f, input, collapsed))
        collapsed = 1;
    }
    if (collapsed > 1)
      inner = lastOfRow(shape, collapsed);
    SmallVector<Dim> row(collapsed > 1 ? ArrayRef(shape).take_back(collapsed)
                                       : ArrayRef(shape).slice(inner, 1));
    Dim length = f.dims.space.product(row);
    SmallVector<int64_t> outer;
    for (int64_t d : axes)
      if (d != inner && (collapsed == 1 || d < rank - collapsed))
        outer.push_back(d);

    SmallVector<Dim> kept(f.dims.dims(op.getResult()));
    f.result.tiles = f.dims.space.product(kept);
    f.result.tileCost = f.dims.space.product(shape).constant().value_or(64);
    if (auto n = f.result.tiles.constant(); n && *n > 0)
      f.result.tileCost = std::max<int64_t>(f.result.tileCost / *n, 1);

    int64_t chains = chainsFor(f);
    if (auto n = length.constant())
      chains = std::max<int64_t>(1, std::min(chains, *n / lanes));
    forEachTile(f, b, [&](Value tile) {
      KernelEmitter s(f, b, 1), e(f, b, lanes);
      SmallVector<Index> result = s.delinearize({tile, Index::Uniform}, kept);
      SmallVector<Index> at = inputIndex(result);
      Value zero = arith::ConstantIndexOp::create(b, loc, 0);
      if (collapsed > 1)
        for (int64_t d = rank - collapsed; d < rank; ++d)
          at[d] = {zero, Index::Uniform};
      Value n = f.emit(length), wide = roundDown(b, loc, n, lanes * chains),
            whole = roundDown(b, loc, n, lanes);
      SmallVector<Value> init(chains, neutral(e, op.getKind(), element));
      init.push_back(neutral(s, op.getKind(), element));
      SmallVector<Value> sums = nest(outer, at, init, [&](ValueRange carried) {
        Value scalar = carried.back();
        SmallVector<Value> acc = steps(
            b, loc, zero, wide, lanes * chains, carried.drop_back(), [&](Value i, ValueRange in) {
              SmallVector<Value> next;
              for (int64_t c = 0; c < chains; ++c) {
                KernelEmitter v(f, b, lanes);
                Index first{i, Index::Consecutive};
                at[inner] = v.add(first, v.constant(c * lanes));
                next.push_back(join(in[c], readAt(v, at)));
              }
              return next;
            });
        if (chains > 1)
          acc[0] = steps(b, loc, wide, whole, lanes, acc[0], [&](Value i, ValueRange in) {
            KernelEmitter v(f, b, lanes);
            at[inner] = {i, Index::Consecutive};
            return SmallVector<Value>{join(in[0], readAt(v, at))};
          })[0];
        scalar = steps(b, loc, whole, n, 1, scalar, [&](Value i, ValueRange in) {
          KernelEmitter v(f, b, 1);
          at[inner] = {i, Index::Uniform};
          return SmallVector<Value>{join(in[0], readAt(v, at))};
        })[0];
        acc.push_back(scalar);
        return acc;
      });
      Value scalar = sums.pop_back_val(), vector = sums[0];
      for (Value v : ArrayRef(sums).drop_front())
        vector = join(vector, v);
      Value folded = foldLanes(b, loc, vector, [&](Value x, Value y) { return join(x, y); });
      KernelEmitter last(f, b, 1);
      last.known[op.getResult()] = join(folded, scalar);
      ok &= emitResults(last, f, result);
    });
    return success(ok);
  }

  /// Folds `count` neighbouring vectors (or scalars) of results that start at `from`.
  void foldColumns(int64_t width, int64_t count, SmallVector<Index> result, Value from) {
    int64_t lane = resultDim(inner);
    SmallVector<Index> columns;
    SmallVector<Value> init;
    Index first{from, width > 1 ? Index::Consecutive : Index::Uniform};
    for (int64_t c = 0; c < count; ++c) {
      KernelEmitter e(f, b, width);
      columns.push_back(e.add(first, e.constant(c * width)));
      init.push_back(neutral(e, op.getKind(), element));
    }
    // Folded dimensions from the outermost in memory to the innermost.
    SmallVector<int64_t> over(axes);
    if (isa<BlockArgument>(input)) {
      over.clear();
      for (int64_t d : f.order(input))
        if (isFolded(d))
          over.push_back(d);
    }
    SmallVector<Index> at = inputIndex(result);
    SmallVector<Value> sums = nest(over, at, init, [&](ValueRange carried) {
      SmallVector<Value> next;
      for (int64_t c = 0; c < count; ++c) {
        KernelEmitter e(f, b, width);
        at[inner] = columns[c];
        next.push_back(join(carried[c], readAt(e, at)));
      }
      return next;
    });
    for (int64_t c = 0; c < count; ++c) {
      KernelEmitter e(f, b, width);
      e.known[op.getResult()] = sums[c];
      result[lane] = columns[c];
      ok &= emitResults(e, f, result);
    }
  }

  /// Lanes are neighbouring results.
  LogicalResult across() {
    int64_t lane = resultDim(inner), chains = chainsFor(f);
    Dim length = shape[inner];
    if (auto n = length.constant())
      chains = std::max<int64_t>(1, std::min(chains, *n / lanes));
    SmallVector<Dim> outer(f.dims.dims(op.getResult()));
    outer[lane] = f.dims.space.ceilDiv(length, Dim(lanes * chains));
    f.result.tiles = f.dims.space.product(outer);
    f.result.tileCost = lanes * chains;
    for (int64_t d : axes)
      f.result.tileCost *= shape[d].constant().value_or(16);
    forEachTile(f, b, [&](Value tile) {
      KernelEmitter s(f, b, 1);
      SmallVector<Index> result = s.delinearize({tile, Index::Uniform}, outer);
      Index block = s.constant(lanes * chains), n{f.emit(length), Index::Uniform};
      Index from = s.mul(result[lane], block), to = s.min(s.add(from, block), n);
      Index size = s.sub(to, from);
      Value full = s.compare(arith::CmpIPredicate::eq, size, block);
      s.ifElse(
          full, {},
          [&] {
            foldColumns(lanes, chains, result, from.value);
            return SmallVector<Value>();
          },
          [&] {
            Value whole = s.add(from, {roundDown(b, loc, size.value, lanes), Index::Uniform}).value;
            if (chains > 1)
              steps(b, loc, from.value, whole, lanes, {}, [&](Value i, ValueRange) {
                foldColumns(lanes, 1, result, i);
                return SmallVector<Value>();
              });
            steps(b, loc, whole, to.value, 1, {}, [&](Value i, ValueRange) {
              foldColumns(1, 1, result, i);
              return SmallVector<Value>();
            });
            return SmallVector<Value>();
          });
    });
    return success(ok);
  }

  KernelFunction &f;
  OpBuilder &b;
  Location loc;
  int64_t lanes;
  ReduceOp op;
  Value input;
  Type element;
  SmallVector<Dim> shape;
  SmallVector<int64_t> axes;
  int64_t inner = -1;
  bool ok = true;
};

} // namespace

LogicalResult lowerReduce(KernelFunction &f, OpBuilder &b, int64_t lanes) {
  for (Operation &op : f.op.block())
    if (auto reduce = dyn_cast<ReduceOp>(op))
      return ReduceLowering(f, b, lanes, reduce).run();
  return failure();
}

} // namespace ingot
