//===- Attention.cpp - attention through the generator over blocks of keys --------------===//
//
// Factors of the keys are applied to the queries: (s · q) · k for q · (s · k), which saves a pass
// over the keys and differs in the last bits alone.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/cpu/Attention.h"
#include "ir/analysis/Attention.h"
#include "codegen/lower/LowerKernel.h"
#include "codegen/lower/Views.h"
#include "ir/analysis/Broadcast.h"
#include "ir/ops/Movement.h"

using namespace mlir;

namespace ingot {

namespace {

class AttentionLowering {
public:
  AttentionLowering(KernelFunction &f, OpBuilder &b, Attention attention,
                    const CpuTarget &target)
      : f(f), b(b), found(std::move(attention)), target(target), space(f.dims.space) {}

  LogicalResult lower() {
    scoreDims = llvm::to_vector(f.dims.dims(found.softmax.getInput()));
    Value result = found.product.getResult();
    SmallVector<Dim> resultDims(f.dims.dims(result));
    cpu::AttentionOperands operands;
    if (!place(found.queries, batchOf(found.scores), operands.q) ||
        !place(found.keys, batchOf(found.scores), operands.k, true) ||
        !place(found.values, batchOf(found.product), operands.v) ||
        !placeResult(result))
      return failure();
    Dim queries = resultDims[resultDims.size() - 2], keys = scoreDims.back();

    cpu::AttentionShape shape;
    shape.queries = knownOr(queries);
    shape.keys = knownOr(keys);
    if (shape.queries == 0 || shape.keys == 0)
      return failure();
    shape.headSize = *f.dims.dims(found.queries.operand).back().constant();
    shape.valueSize = *resultDims.back().constant();
    shape.valueUnit = getConstantIntValue(operands.v.columnStride) == 1;
    shape.copyQueries = hasFactors() || getConstantIntValue(operands.q.columnStride) != 1;
    shape.longScore = isLongScore();
    cpu::AttentionPlan plan = cpu::planAttention(target, shape);

    operands.queries = foldResult(f, queries);
    operands.keys = foldResult(f, keys);
    operands.scratch = f.workerScratch(b.getF32Type(), plan.scratchElements);
    if (hasFactors())
      operands.scale = scaling();
    operands.score = [&](OpBuilder &at, Location, const cpu::OutputVector &out) {
      return emitScore(at, out);
    };
    if (found.empty)
      operands.isEmpty = [&](OpBuilder &at, Location, Value batch, Value row) {
        return emitEmpty(at, batch, row);
      };
    operands.nanIsZero = found.nanIsZero;
    operands.store = [&](OpBuilder &at, Location, const cpu::OutputVector &out) {
      emitStore(at, out);
    };
    SmallVector<Dim> batch(ArrayRef(resultDims).drop_back(2));
    f.result.tiles =
        space.mul(space.product(batch), space.ceilDiv(queries, Dim(plan.queryBlock)));
    f.result.tileCost = std::max<int64_t>(1, plan.queryBlock * keys.constant().value_or(128) *
                                                 (shape.headSize + shape.valueSize) / 8);
    // What loops read of dimensions stands before them.
    for (const Dim &d : scoreDims)
      f.emit(d);
    cpu::emitAttention(b, f.op.getLoc(), target, plan, operands, f.begin, f.end);
    return success(ok);
  }

private:
  SmallVector<Dim> batchOf(MatMulOp op) {
    return llvm::to_vector(f.dims.dims(op.getResult()).drop_back(2));
  }

  bool hasFactors() const { return !found.queries.factors.empty() || !found.keys.factors.empty(); }

  bool isLongScore() {
    static constexpr llvm::StringLiteral costly[] = {"exp", "tanh", "erf",    "log",
                                                     "pow", "sin",  "sigmoid"};
    int64_t count = 0;
    for (Operation *op : found.ops) {
      if (llvm::is_contained(costly, op->getName().stripDialect()))
        return true;
      count += isa<ElementwiseOp>(op);
    }
    return count > 6;
  }

  /// Where the matrices of an operand lie, by the number of a matrix of the product, whose batch
  /// dimensions are `batch`. `columns`: the rows wanted are the operand's columns.
  bool place(const MatrixOperand &m, SmallVector<Dim> batch, cpu::BatchedMatrix &result,
             bool columns = false) {
    auto view = resolveView(f, m.source);
    if (!view)
      return false;
    size_t rank = view->dims.size();
    Dim row = view->strides[rank - 2], column = view->strides[rank - 1];
    if (m.swapped != columns)
      std::swap(row, column);
    result.buffer = f.buffer(view->base);
    result.rowStride = foldResult(f, row);
    result.columnStride = foldResult(f, column);
    SmallVector<Dim> mine(f.dims.dims(m.operand).drop_back(2));
    SmallVector<Value> own;
    for (size_t i = 0; i < mine.size(); ++i)
      own.push_back(f.emit(broadcastStride(
          space, mine[i], batch[batch.size() - mine.size() + i], Dim(1))));
    SmallVector<Dim> inner(ArrayRef(view->dims).drop_back(2));
    SmallVector<Value> steps;
    for (size_t i = 0; i < inner.size(); ++i)
      steps.push_back(f.emit(view->strides[i]));
    Value first = f.emit(view->offset);
    for (ArrayRef<Dim> list : {ArrayRef(batch), ArrayRef(mine), ArrayRef(inner)})
      for (const Dim &d : list)
        f.emit(d);
    result.offset = [=](OpBuilder &at, Location, Value number) -> Value {
      KernelEmitter e(f, at, 1);
      SmallVector<Index> all = e.delinearize({number, Index::Uniform}, batch);
      SmallVector<Index> index(ArrayRef(all).take_back(mine.size()));
      for (auto [i, step] : llvm::zip(index, own))
        i = e.mul(i, {step, Index::Uniform});
      if (mine != inner)
        index = e.delinearize(e.linearize(index, mine), inner);
      Index sum{first, Index::Uniform};
      for (auto [i, step] : llvm::zip(index, steps))
        sum = e.add(sum, e.mul(i, {step, Index::Uniform}));
      return sum.value;
    };
    return true;
  }

  /// Goes from the kernel's result back to the product: rearrangements that keep the order of the
  /// elements, one transposition, and others that keep the matrices.
  bool placeResult(Value product) {
    Value v = f.op.yield()->getOperand(0);
    SmallVector<int64_t> order = f.op.resultOrder(0);
    if (f.op.getNumResults() != 1 || !llvm::is_sorted(order))
      return false;
    while (auto reshape = v.getDefiningOp<ReshapeOp>())
      v = reshape.getInput();
    SmallVector<Dim> strides;
    Dim stride(1);
    for (const Dim &d : llvm::reverse(f.dims.dims(v))) {
      strides.insert(strides.begin(), stride);
      stride = space.mul(stride, d);
    }
    if (auto transpose = v.getDefiningOp<TransposeOp>()) {
      SmallVector<Dim> outer(strides);
      for (auto [i, p] : llvm::enumerate(transpose.getPermutation()))
        strides[p] = outer[i];
      v = transpose.getInput();
    }
    storeDims = llvm::to_vector(f.dims.dims(v).drop_back(2));
    while (v != product) {
      auto reshape = v.getDefiningOp<ReshapeOp>();
      if (!reshape || !sameMatrices(f.dims, reshape.getInput(), v))
        return false;
      v = reshape.getInput();
    }
    if (!strides.back().is(1))
      return false;
    for (const Dim &d : strides)
      storeSteps.push_back(f.emit(d));
    for (const Dim &d : storeDims)
      f.emit(d);
    return true;
  }

  /// Multiplies or divides as the factors say, those next to the query first.
  std::function<Value(OpBuilder &, Location, Value)> scaling() {
    SmallVector<MatrixOperand::Factor> factors;
    for (const MatrixOperand *m : {&found.queries, &found.keys})
      for (const MatrixOperand::Factor &factor : llvm::reverse(m->factors))
        factors.push_back(factor);
    SmallVector<Value> values;
    KernelEmitter e(f, b, 1);
    for (const MatrixOperand::Factor &factor : factors) {
      SmallVector<Index> at(f.dims.rank(factor.value), e.constant(0));
      FailureOr<Value> v = e.read(factor.value, at);
      ok &= succeeded(v) && !e.failed;
      values.push_back(ok ? *v : e.real(b.getF32Type(), 1));
    }
    return [=](OpBuilder &at, Location loc, Value x) {
      for (auto [factor, value] : llvm::zip(factors, values)) {
        Value y = value;
        if (isa<VectorType>(x.getType()))
          y = vector::BroadcastOp::create(at, loc, x.getType(), y);
        x = factor.divides ? (Value)arith::DivFOp::create(at, loc, x, y)
                           : (Value)arith::MulFOp::create(at, loc, x, y);
      }
      return x;
    };
  }

  Value emitScore(OpBuilder &at, const cpu::OutputVector &out) {
    KernelEmitter e(f, at, out.lanes);
    e.known[found.scores.getResult()] = out.sums;
    e.mask = out.mask;
    SmallVector<Index> index =
        e.delinearize({out.batch, Index::Uniform}, ArrayRef(scoreDims).drop_back(2));
    index.push_back({out.row, Index::Uniform});
    index.push_back({out.column, Index::Consecutive});
    FailureOr<Value> score = e.read(found.softmax.getInput(), index);
    ok &= succeeded(score) && !e.failed;
    return succeeded(score) ? *score : out.sums;
  }

  Value emitEmpty(OpBuilder &at, Value batch, Value row) {
    KernelEmitter e(f, at, 1);
    SmallVector<Index> index =
        e.delinearize({batch, Index::Uniform}, ArrayRef(scoreDims).drop_back(2));
    index.push_back({row, Index::Uniform});
    index.push_back(e.constant(0));
    FailureOr<Value> v = e.read(found.empty, e.broadcast(found.empty, index, scoreDims));
    ok &= succeeded(v) && !e.failed;
    return succeeded(v) ? *v : e.integer(at.getI1Type(), 0);
  }

  void emitStore(OpBuilder &at, const cpu::OutputVector &out) {
    KernelEmitter e(f, at, 1);
    SmallVector<Index> index = e.delinearize({out.batch, Index::Uniform}, storeDims);
    index.push_back({out.row, Index::Uniform});
    Index sum{out.column, Index::Uniform};
    for (auto [i, step] : llvm::zip(index, storeSteps))
      sum = e.add(sum, e.mul(i, {step, Index::Uniform}));
    cpu::storeVector(at, f.op.getLoc(), out, out.sums, f.resultBuffer(0), sum.value);
  }

  KernelFunction &f;
  OpBuilder &b;
  Attention found;
  const CpuTarget &target;
  DimSpace &space;
  SmallVector<Dim> scoreDims, storeDims;
  SmallVector<Value> storeSteps;
  bool ok = true;
};

} // namespace

LogicalResult lowerAttention(KernelFunction &f, OpBuilder &b, const CpuTarget &target) {
  SmallVector<MatMulOp> products(f.op.block().getOps<MatMulOp>());
  for (MatMulOp product : llvm::reverse(products))
    if (std::optional<Attention> found = matchAttention(product, f.dims))
      return AttentionLowering(f, b, std::move(*found), target).lower();
  return failure();
}

} // namespace ingot
