//===- Facts.cpp - what follows from the interfaces of an operator ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/Facts.h"
#include "ir/Dialect.h"
#include "ir/ops/Structure.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace ingot {

FusionRole fusionRole(Operation *op) {
  if (op->getNumRegions() || op->hasTrait<OpTrait::IsTerminator>())
    return FusionRole::None;
  if (isa<BodyOp>(op))
    return FusionRole::Body;
  if (isa<ElementwiseOp>(op))
    return FusionRole::Elementwise;
  auto indexed = dyn_cast<ElementOp>(op);
  if (!indexed)
    return FusionRole::None;
  if (indexed.isMovement())
    return FusionRole::Movement;
  return isa<ContractionOp>(op) ? FusionRole::Contraction : FusionRole::Reader;
}

StringRef roleName(FusionRole role) {
  switch (role) {
  case FusionRole::None:
    return "none";
  case FusionRole::Shape:
    return "shape";
  case FusionRole::Elementwise:
    return "elementwise";
  case FusionRole::Movement:
    return "movement";
  case FusionRole::Contraction:
    return "contraction";
  case FusionRole::Reader:
    return "reader";
  case FusionRole::Body:
    return "body";
  }
  return {};
}

//===- cost -------------------------------------------------------------------------===//

static Dim bytesOf(Value v, DimAnalysis &dims) {
  if (!isa<RankedTensorType>(v.getType()))
    return Dim(0);
  Dim bits = dims.space.mul(dims.space.product(dims.dims(v)),
                            Dim((int64_t)storageBits(dims.elementType(v))));
  return dims.space.ceilDiv(bits, Dim(8));
}

/// What readers of `v` take from it: all, or, if they only move elements, no more than they keep.
static Dim bytesRead(Value v, DimAnalysis &dims) {
  Dim all = bytesOf(v, dims), kept(0);
  for (Operation *user : v.getUsers()) {
    if (fusionRole(user) != FusionRole::Movement)
      return all;
    for (Value result : user->getResults())
      kept = dims.space.add(kept, bytesOf(result, dims));
  }
  return dims.space.min(all, kept);
}

static Dim operationsOf(Operation *op, DimAnalysis &dims) {
  FusionRole role = fusionRole(op);
  if (role == FusionRole::None || role == FusionRole::Movement)
    return Dim(0);
  if (auto stated = dyn_cast<CostOp>(op))
    return stated.operations(dims);
  Dim sum(0);
  for (Value v : op->getResults())
    sum = dims.space.add(sum, dims.space.product(dims.dims(v)));
  return sum;
}

Cost costOf(Operation *op, DimAnalysis &dims) {
  Cost cost;
  auto add = [&](Dim &to, const Dim &d) { to = dims.space.add(to, d); };
  auto kernel = dyn_cast<KernelOp>(op);
  if (kernel) {
    for (Operation &inner : kernel.block())
      add(cost.operations, operationsOf(&inner, dims));
    for (Value argument : kernel.block().getArguments())
      add(cost.bytes, bytesRead(argument, dims));
  } else {
    FusionRole role = fusionRole(op);
    if (role == FusionRole::None)
      return cost;
    cost.operations = operationsOf(op, dims);
    Dim kept(0);
    for (Value v : op->getResults())
      add(kept, bytesOf(v, dims));
    for (Value v : llvm::SetVector<Value>(op->operand_begin(), op->operand_end()))
      add(cost.bytes,
          role == FusionRole::Movement ? dims.space.min(bytesOf(v, dims), kept) : bytesOf(v, dims));
  }
  for (Value v : op->getResults())
    add(cost.bytes, bytesOf(v, dims));
  return cost;
}

} // namespace ingot
