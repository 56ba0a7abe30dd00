//===- Elements.cpp - a thread for an element -----------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/gpu/Gpu.h"
#include "codegen/lower/LowerKernel.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace ingot::gpu {

LogicalResult lowerElements(KernelFunction &f, OpBuilder &b, int64_t lanes) {
  Location loc = f.op.getLoc();
  Value first = f.op.yield()->getOperand(0);
  SmallVector<Dim> shape(f.dims.dims(first));
  SmallVector<int64_t> order(f.op.resultOrder(0));
  DimSpace &space = f.dims.space;
  Dim total = space.product(shape);
  bool flat = isFlat(f);
  // No thread may reach beyond the end.
  if (lanes > 1 && !(flat && total.constant() && *total.constant() % lanes == 0))
    return failure();
  f.result.tiles = space.ceilDiv(total, Dim(blockThreads * lanes));

  Value size = arith::ConstantIndexOp::create(b, loc, blockThreads);
  Value thread = arith::AddIOp::create(
      b, loc, arith::MulIOp::create(b, loc, blockNumber(b, loc), size), threadNumber(b, loc));
  Value position =
      arith::MulIOp::create(b, loc, thread, arith::ConstantIndexOp::create(b, loc, lanes));
  Value inside = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, position, f.emit(total));
  auto guarded = scf::IfOp::create(b, loc, inside);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(guarded.thenBlock());
  KernelEmitter e(f, b, lanes);
  Index at{position, lanes == 1 ? Index::Uniform : Index::Consecutive};
  if (flat) {
    e.flat = at;
    return success(emitResults(e, f, SmallVector<Index>(shape.size(), at)));
  }
  // Neighbouring threads write neighbouring places.
  SmallVector<Dim> physical;
  for (int64_t d : order)
    physical.push_back(shape[d]);
  SmallVector<Index> places = e.delinearize(at, physical), index(shape.size());
  for (auto [k, d] : llvm::enumerate(order))
    index[d] = places[k];
  return success(emitResults(e, f, index));
}

} // namespace ingot::gpu
