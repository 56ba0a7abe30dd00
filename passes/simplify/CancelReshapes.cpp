//===- CancelReshapes.cpp - products on tensors instead of flattened ones -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Contraction.h"
#include "ir/ops/Movement.h"
#include "passes/simplify/Simplify.h"

using namespace mlir;

namespace ingot {
#define GEN_PASS_DEF_CANCELRESHAPES
#include "passes/simplify/Simplify.h.inc"

namespace {

/// What lies between the two reshapes, from the second one up.
class Flattened {
public:
  Flattened(ReshapeOp last, DimAnalysis &dims) : last(last), dims(dims) {}

  /// Whether `last` gives rows back the dimensions that they had before a product.
  bool match() {
    ArrayRef<Dim> wanted = dims.dims(last.getResult());
    Value v = last.getInput();
    ArrayRef<Dim> flat = dims.dims(v);
    if (flat.size() != 2 || wanted.size() < 2 || flat.back() != wanted.back())
      return false;
    for (; v.hasOneUse(); v = full) {
      Operation *op = v.getDefiningOp();
      if (!op || op->getBlock() != last->getBlock())
        return false;
      if ((product = dyn_cast<MatMulOp>(op)))
        return startsFlattened();
      if (!isa<ElementwiseOp>(op) || !findFull(op, flat))
        return false;
      between.push_back(op);
    }
    return false;
  }

  LogicalResult rewrite() {
    OpBuilder b(last);
    IRMapping mapping;
    mapping.map(product.getA(), first.getInput());
    if (failed(clone(b, product, mapping)))
      return failure();
    for (Operation *op : llvm::reverse(between))
      if (failed(clone(b, op, mapping)))
        return failure();
    last.getResult().replaceAllUsesWith(mapping.lookup(last.getInput()));
    return success();
  }

private:
  /// The one operand that has all rows; the others are the same for every row.
  bool findFull(Operation *op, ArrayRef<Dim> flat) {
    full = nullptr;
    for (Value operand : op->getOperands()) {
      ArrayRef<Dim> shape = dims.dims(operand);
      if (shape == flat && !full)
        full = operand;
      else if (shape.size() > 2 || (shape.size() == 2 && !shape[0].is(1)))
        return false;
    }
    return (bool)full;
  }

  bool startsFlattened() {
    first = product.getA().getDefiningOp<ReshapeOp>();
    if (!first || dims.rank(product.getA()) != 2 || dims.rank(product.getB()) != 2)
      return false;
    ArrayRef<Dim> before = dims.dims(first.getInput()), after = dims.dims(last.getResult());
    return !before.empty() && before.drop_back() == after.drop_back() &&
           before.back() == dims.dims(product.getA()).back();
  }

  LogicalResult clone(OpBuilder &b, Operation *op, IRMapping &mapping) {
    Operation *copy = b.clone(*op, mapping);
    if (failed(dims.visit(copy)))
      return failure();
    copy->getResult(0).setType(dims.info(copy->getResult(0)).type());
    return success();
  }

  ReshapeOp last, first;
  MatMulOp product;
  DimAnalysis &dims;
  Value full;
  SmallVector<Operation *> between;
};

struct CancelReshapesPass : impl::CancelReshapesBase<CancelReshapesPass> {
  void runOnOperation() override {
    DimAnalysis dims;
    if (failed(dims.run(getOperation())))
      return signalPassFailure();
    SmallVector<ReshapeOp> reshapes;
    getOperation().walk([&](ReshapeOp op) { reshapes.push_back(op); });
    for (ReshapeOp op : reshapes) {
      Flattened flattened(op, dims);
      if (flattened.match() && failed(flattened.rewrite()))
        return signalPassFailure();
    }
  }
};

} // namespace
} // namespace ingot
