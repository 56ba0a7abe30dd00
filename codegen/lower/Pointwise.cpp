//===- Pointwise.cpp - kernels computed element by element --------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/lower/Rows.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Movement.h"
#include "ir/ops/Pool.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace ingot {

/// Elements of one independent tile of a flat loop: enough that starting it costs nothing.
static constexpr int64_t flatTile = 4096;

bool isFlat(KernelFunction &f) {
  Value first = f.op.yield()->getOperand(0);
  ArrayRef<Dim> shape = f.dims.dims(first);
  SmallVector<int64_t> order(f.op.resultOrder(0));
  auto fits = [&](Value v, ArrayRef<int64_t> o) {
    if (!isa<RankedTensorType>(v.getType()))
      return true;
    if (f.dims.space.product(f.dims.dims(v)).is(1))
      return true;
    return f.dims.dims(v) == shape && o == ArrayRef(order);
  };
  for (auto [i, arg] : llvm::enumerate(f.op.block().getArguments()))
    if (!fits(arg, f.op.operandOrder(i)))
      return false;
  for (unsigned i = 0; i < f.op.getNumResults(); ++i)
    if (!fits(f.op.yield()->getOperand(i), f.op.resultOrder(i)))
      return false;
  for (Operation &op : f.op.block().without_terminator())
    if (!isa<ElementwiseOp, ConstantOp>(op))
      return false;
  return true;
}

static bool isPacked(KernelFunction &f) {
  return llvm::any_of(f.op.yield()->getOperands(),
                      [&](Value v) { return packing(f.dims.elementType(v)) > 1; });
}

bool emitResults(KernelEmitter &e, KernelFunction &f, ArrayRef<Index> at) {
  SmallVector<FailureOr<Value>> values;
  for (Value v : f.op.yield()->getOperands()) {
    values.push_back(e.read(v, at));
    if (failed(values.back()) || e.failed)
      return false;
  }
  for (unsigned i = 0; i < values.size(); ++i)
    e.storeResult(i, at, *values[i]);
  return !e.failed;
}

/// for i in [from, to): vectors, then what is left one by one.
static bool emitRange(KernelFunction &f, OpBuilder &b, Value from, Value to, int64_t lanes,
                      llvm::function_ref<bool(KernelEmitter &, Value)> body) {
  Location loc = f.op.getLoc();
  Value middle = from;
  bool ok = true;
  if (lanes > 1) {
    Value width = arith::ConstantIndexOp::create(b, loc, lanes);
    Value count = arith::SubIOp::create(b, loc, to, from);
    Value rest = arith::RemUIOp::create(b, loc, count, width);
    middle = arith::SubIOp::create(b, loc, to, rest);
    auto loop = scf::ForOp::create(b, loc, from, middle, width);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    KernelEmitter e(f, b, lanes);
    ok = body(e, loop.getInductionVar());
  }
  if (!ok)
    return false;
  Value one = arith::ConstantIndexOp::create(b, loc, 1);
  auto loop = scf::ForOp::create(b, loc, middle, to, one);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  KernelEmitter e(f, b, 1);
  return body(e, loop.getInductionVar());
}

/// The dimension whose neighbours the lanes are. The result's innermost, so that vectors are stored
/// whole; but windows slide over space: there lanes are channels wherever those lie together in the
/// input, for each element is read for several windows and stored once.
static int64_t laneDim(KernelFunction &f, ArrayRef<int64_t> order) {
  Value first = f.op.yield()->getOperand(0);
  for (Operation &op : f.op.block())
    if (auto pool = dyn_cast<PoolOp>(op)) {
      int64_t inner = innermostDim(f, pool.getInput());
      if ((inner == 0 || inner == 1) && f.dims.dims(first) == f.dims.dims(pool.getResult()))
        return inner;
    }
  return order.back();
}

/// Ends of the stretches of a dimension of this size within which every concatenation along it reads
/// one operand: a vector that reached into the next one could not be loaded whole.
static SmallVector<int64_t> stretches(KernelFunction &f, const Dim &size) {
  constexpr size_t most = 16; // each is a loop of its own
  SmallVector<int64_t> ends;
  std::optional<int64_t> whole = size.constant();
  for (Operation &op : f.op.block())
    if (auto concat = dyn_cast<ConcatOp>(op);
        concat && whole && f.dims.dim(concat.getResult(), concat.getAxis()) == size) {
      int64_t end = 0;
      for (Value operand : concat.getInputs())
        ends.push_back(end += f.dims.dim(operand, concat.getAxis()).constant().value_or(0));
      if (end != *whole) // a part whose size only the run knows
        return {};
    }
  llvm::sort(ends);
  ends.erase(llvm::unique(ends), ends.end());
  return ends.size() > most ? SmallVector<int64_t>() : ends;
}

LogicalResult lowerPointwise(KernelFunction &f, OpBuilder &b, int64_t lanes) {
  Location loc = f.op.getLoc();
  Value first = f.op.yield()->getOperand(0);
  SmallVector<Dim> shape(f.dims.dims(first));
  SmallVector<int64_t> order(f.op.resultOrder(0));
  DimSpace &space = f.dims.space;
  Value one = arith::ConstantIndexOp::create(b, loc, 1);
  int64_t opCount = f.op.block().getOperations().size();
  // Of a single element there is no vector to miss.
  f.result.isScalar = (lanes < 2 || isPacked(f)) &&
                      (f.op.getAnchor() != "none" || !space.product(shape).is(1));

  if (isPacked(f)) {
    // Elements share bytes: one tile, in ascending order.
    f.result.tiles = Dim(1);
    Value zero = arith::ConstantIndexOp::create(b, loc, 0);
    bool ok = emitRange(f, b, zero, f.emit(space.product(shape)), 1, [&](KernelEmitter &e, Value i) {
      return emitResults(e, f, e.delinearize({i, Index::Uniform}, shape));
    });
    return success(ok);
  }

  if (isFlat(f)) {
    Dim total = space.product(shape);
    f.result.tiles = space.ceilDiv(total, Dim(flatTile));
    f.result.tileCost = flatTile * opCount;
    Value totalValue = f.emit(total);
    auto tiles = scf::ForOp::create(b, loc, f.begin, f.end, one);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(tiles.getBody());
    Value size = arith::ConstantIndexOp::create(b, loc, flatTile);
    Value from = arith::MulIOp::create(b, loc, tiles.getInductionVar(), size);
    Value to = arith::MinSIOp::create(b, loc, arith::AddIOp::create(b, loc, from, size), totalValue);
    bool ok = emitRange(f, b, from, to, lanes, [&](KernelEmitter &e, Value i) {
      e.flat = Index{i, e.lanes() == 1 ? Index::Uniform : Index::Consecutive};
      SmallVector<Index> at(shape.size(), *e.flat);
      return emitResults(e, f, at);
    });
    return success(ok);
  }

  if (!order.empty()) {
    int64_t lane = laneDim(f, order);
    llvm::erase(order, lane);
    order.push_back(lane);
  }
  SmallVector<Dim> outer;
  for (size_t i = 0; i + 1 < order.size(); ++i)
    outer.push_back(shape[order[i]]);
  Dim inner = shape.empty() ? Dim(1) : shape[order.back()];
  f.result.tiles = space.product(outer);
  f.result.tileCost = inner.constant().value_or(64) * opCount;
  auto rows = scf::ForOp::create(b, loc, f.begin, f.end, one);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(rows.getBody());
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  KernelEmitter uniform(f, b, 1);
  SmallVector<Index> outerAt =
      uniform.delinearize({rows.getInductionVar(), Index::Uniform}, outer);
  std::optional<std::pair<int64_t, int64_t>> stretch;
  auto body = [&](KernelEmitter &e, Value i) {
    if (stretch)
      e.interval = KernelEmitter::Interval{i, stretch->first, stretch->second};
    SmallVector<Index> at(shape.size());
    for (size_t k = 0; k + 1 < order.size(); ++k)
      at[order[k]] = outerAt[k];
    if (!order.empty())
      at[order.back()] = Index{i, e.lanes() == 1 ? Index::Uniform : Index::Consecutive};
    return emitResults(e, f, at);
  };
  SmallVector<int64_t> ends = stretches(f, inner);
  if (ends.empty())
    return success(emitRange(f, b, zero, f.emit(inner), lanes, body));
  bool ok = true;
  int64_t from = 0;
  for (int64_t to : ends) {
    stretch = {from, to};
    if (from < to)
      ok = ok && emitRange(f, b, arith::ConstantIndexOp::create(b, loc, from),
                           arith::ConstantIndexOp::create(b, loc, to), lanes, body);
    from = to;
  }
  return success(ok);
}

LogicalResult lowerBody(KernelFunction &f, OpBuilder &b) {
  Location loc = f.op.getLoc();
  BodyOp body;
  for (Operation &op : f.op.block())
    if (auto found = dyn_cast<BodyOp>(op))
      body = found;
  f.result.tiles = body.tiles(f.dims);
  f.result.tileCost = f.result.tiles.is(1) ? 0 : 1 << 14;
  Value one = arith::ConstantIndexOp::create(b, loc, 1);
  auto tiles = scf::ForOp::create(b, loc, f.begin, f.end, one);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(tiles.getBody());
  KernelEmitter e(f, b, 1);
  if (failed(body.emitBody(e, tiles.getInductionVar())) || e.failed)
    return failure();
  return success();
}

} // namespace ingot
