//===- Positions.cpp - positions in data, checked before they are followed ------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/plan/ProgramBuilder.h"
#include "ir/NodeName.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace ingot {

/// Sorts the checks: of inputs before the run, all others right before their kernel. Constants turn
/// into relations between sizes.
void ProgramBuilder::collectPositionChecks() {
  source.walk([&](IndexingOp indexing) {
    Operation *op = indexing, *owner = op;
    if (auto kernel = op->getParentOfType<KernelOp>())
      owner = kernel;
    if (!isStep(owner))
      return;
    SmallVector<Positions> list;
    indexing.positions(dims, list);
    for (Positions &positions : list) {
      if (areInside(dims.space, positions))
        continue;
      positions.tensor = sourceOfPositions(positions.tensor);
      if (positions.tensor.getDefiningOp<ConstantOp>()) {
        if (auto found = extremesOf(positions)) {
          DimSpace &s = dims.space;
          dims.require(op, positions.high, s.max(positions.high, found->second + 1));
          dims.require(op, positions.low, s.min(positions.low, found->first));
        }
        continue;
      }
      auto kernel = dyn_cast<KernelOp>(owner);
      if (!kernel || !llvm::is_contained(kernel.getInputs(), positions.tensor) ||
          liesOnGpu(positions.tensor))
        continue; // only computed inside the kernel, which keeps it in range
      auto argument = dyn_cast<BlockArgument>(positions.tensor);
      bool isInput = argument && argument.getOwner() == &source.getBody().front() &&
                     owner->getBlock() == argument.getOwner() &&
                     classify({positions.low, positions.high}) != DimClass::Born;
      auto &checks = isInput ? entryChecks : launchChecks[owner];
      if (llvm::none_of(checks, [&](const PositionCheck &other) {
            const Positions &known = other.positions;
            return known.tensor == positions.tensor && known.low == positions.low &&
                   known.high == positions.high && known.first == positions.first &&
                   known.step == positions.step;
          }))
        checks.push_back({op, positions});
    }
  });
}

void ProgramBuilder::emitPositionChecks(ArrayRef<PositionCheck> checks) {
  for (const PositionCheck &check : checks) {
    const Positions &positions = check.positions;
    Type element = dims.elementType(positions.tensor);
    bool isU = isUnsigned(element);
    Type storage = b.getIntegerType(storageBits(element));
    Value data = pointer(positions.tensor);
    Value count = emit(dims.space.product(dims.dims(positions.tensor)));
    Value low = emit(positions.low), high = emit(positions.high);
    Value none = arith::ConstantIntOp::create(b, loc, 0, 1);
    auto loop = scf::ForOp::create(
        b, loc, i64(positions.first), count, i64(positions.step), ValueRange{none},
        [&](OpBuilder &at, Location, Value i, ValueRange carried) {
          Value address = LLVM::GEPOp::create(at, loc, ptr, storage, data, ArrayRef<LLVM::GEPArg>{i});
          Value v = LLVM::LoadOp::create(at, loc, storage, address);
          if (storage != b.getI64Type())
            v = isU ? (Value)arith::ExtUIOp::create(at, loc, b.getI64Type(), v)
                    : (Value)arith::ExtSIOp::create(at, loc, b.getI64Type(), v);
          Value below = arith::CmpIOp::create(at, loc, arith::CmpIPredicate::slt, v, low);
          Value beyond = arith::CmpIOp::create(at, loc, arith::CmpIPredicate::sge, v, high);
          Value wrong = arith::OrIOp::create(at, loc, below, beyond);
          wrong = arith::OrIOp::create(at, loc, carried[0], wrong);
          scf::YieldOp::create(at, loc, wrong);
        });
    std::string where = nodeName(check.op->getLoc(), "").str();
    if (!where.empty())
      where += ": ";
    fail(loop.getResult(0), INGOT_RUN_INVALID_DATA,
         where + "an index lies outside of [" + dims.space.str(positions.low) + ", " +
             dims.space.str(positions.high) + ")");
  }
}

} // namespace ingot
