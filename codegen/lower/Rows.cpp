//===- Rows.cpp - walking the rows that an anchor folds ------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/lower/Rows.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace ingot {

int64_t innermostDim(KernelFunction &f, Value v) {
  ArrayRef<Dim> shape = f.dims.dims(v);
  if (shape.empty())
    return -1;
  if (isa<BlockArgument>(v)) {
    for (int64_t d : llvm::reverse(f.order(v)))
      if (!shape[d].is(1))
        return d;
    return f.order(v).back();
  }
  Operation *op = v.getDefiningOp();
  SmallVector<Dim> mine(shape);
  if (isa<ElementwiseOp>(op))
    for (Value operand : op->getOperands())
      if (isa<RankedTensorType>(operand.getType()) && f.dims.dims(operand) == ArrayRef<Dim>(mine))
        return innermostDim(f, operand);
  if (auto view = dyn_cast<ViewOp>(op)) {
    // Follow the one dimension whose stride is 1.
    Value source = op->getOperand(0);
    SmallVector<Dim> from(f.dims.dims(source)), strides(from.size());
    int64_t inner = innermostDim(f, source);
    if (inner >= 0) {
      for (size_t d = 0; d < from.size(); ++d)
        strides[d] = Dim((int64_t)d == inner ? 1 : 1 << 20);
      StridedView strided{source, Dim(0), from, strides};
      if (succeeded(view.mapStrides(f.dims, strided)))
        for (size_t d = 0; d < strided.strides.size(); ++d)
          if (strided.strides[d].is(1) && !mine[d].is(1))
            return d;
    }
  }
  for (int64_t d = mine.size() - 1; d >= 0; --d)
    if (!mine[d].is(1))
      return d;
  return mine.size() - 1;
}

static bool collapses(KernelFunction &f, Value v, ArrayRef<Dim> suffix,
                      llvm::DenseSet<Value> &seen) {
  if (!isa<RankedTensorType>(v.getType()))
    return false;
  if (!seen.insert(v).second)
    return true;
  ArrayRef<Dim> shape = f.dims.dims(v);
  // One value for all of them, however it comes about.
  if (llvm::all_of(shape.take_back(std::min(shape.size(), suffix.size())),
                   [](const Dim &d) { return d.is(1); }))
    return true;
  if (shape.size() < suffix.size() || shape.take_back(suffix.size()) != suffix)
    return false;
  Operation *op = v.getDefiningOp();
  if (!op)
    return llvm::is_sorted(f.order(v));
  if (!isa<ElementwiseOp>(op))
    return false;
  return llvm::all_of(op->getOperands(),
                      [&](Value operand) { return collapses(f, operand, suffix, seen); });
}

bool isCollapsible(KernelFunction &f, Value v, int64_t count) {
  SmallVector<Dim> suffix(f.dims.dims(v).take_back(count));
  llvm::DenseSet<Value> seen;
  return collapses(f, v, suffix, seen);
}

int64_t lastOfRow(ArrayRef<Dim> shape, int64_t count) {
  int64_t rank = shape.size(), last = rank - 1;
  while (last > rank - count && shape[last].is(1))
    --last;
  return last;
}

Value foldLanes(OpBuilder &b, Location loc, Value vector,
                llvm::function_ref<Value(Value, Value)> join) {
  int64_t lanes = cast<VectorType>(vector.getType()).getNumElements();
  while (lanes > 1) {
    lanes /= 2;
    auto half = [&](int64_t at) -> Value {
      return vector::ExtractStridedSliceOp::create(b, loc, vector, ArrayRef<int64_t>{at},
                                                   ArrayRef<int64_t>{lanes}, ArrayRef<int64_t>{1});
    };
    vector = join(half(0), half(lanes));
  }
  return vector::ExtractOp::create(b, loc, vector, ArrayRef<int64_t>{0});
}

Value roundDown(OpBuilder &b, Location loc, Value value, int64_t step) {
  Value s = arith::ConstantIndexOp::create(b, loc, step);
  return b.createOrFold<arith::SubIOp>(loc, value, b.createOrFold<arith::RemUIOp>(loc, value, s));
}

SmallVector<Value> steps(OpBuilder &b, Location loc, Value from, Value to, int64_t step,
                         ValueRange init, CarriedBody body) {
  Value width = arith::ConstantIndexOp::create(b, loc, step);
  auto loop = scf::ForOp::create(b, loc, from, to, width, init);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  SmallVector<Value> next = body(loop.getInductionVar(), loop.getRegionIterArgs());
  if (!init.empty())
    scf::YieldOp::create(b, loc, next);
  return SmallVector<Value>(loop.getResults());
}

void forEachTile(KernelFunction &f, OpBuilder &b, llvm::function_ref<void(Value)> body) {
  steps(b, f.op.getLoc(), f.begin, f.end, 1, {}, [&](Value tile, ValueRange) {
    body(tile);
    return SmallVector<Value>();
  });
}

int64_t chainsFor(KernelFunction &f) {
  // A vector addition takes 4 cycles and two start in each; long bodies overlap by themselves.
  return f.op.block().getOperations().size() <= 10 ? 4 : 2;
}

} // namespace ingot
