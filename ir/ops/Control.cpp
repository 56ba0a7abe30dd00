//===- Control.cpp - branches and loops --------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Control.h"
#include "ir/ops/Structure.h"
#include "mlir/IR/OpImplementation.h"

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Control.cpp.inc"

void IngotDialect::registerControlOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Control.cpp.inc"
      >();
}

/// Whether an expression means something outside of `op`: no symbol of it is a value inside.
static bool visibleOutside(DimAnalysis &dims, const Dim &d, Operation *op) {
  SmallVector<AtomId> ids;
  dims.space.collectSymbols(d, ids);
  return llvm::none_of(ids, [&](AtomId id) {
    for (Region *r = dims.space.info(id).value.getParentRegion(); r; r = r->getParentRegion())
      if (r->getParentOp() == op)
        return true;
    return false;
  });
}

/// A result whose dimensions are symbols of its own.
static TensorInfo bornLike(const TensorInfo &like) {
  TensorInfo r;
  r.elementType = like.elementType;
  r.otherType = like.otherType;
  return r;
}

static LogicalResult checkAlike(Operation *op, const TensorInfo &a, const TensorInfo &b,
                                unsigned i) {
  if (!a.otherType != !b.otherType || a.elementType != b.elementType ||
      a.dims.size() != b.dims.size())
    return op->emitError("expected value ")
           << i << " to keep its rank and element type, but got " << a.type() << " and "
           << b.type();
  return success();
}

static bool isNone(Value v) { return isa<NoneType>(v.getType()); }

//===- if -------------------------------------------------------------------------===//

LogicalResult IfOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  if (!isBool(dims.elementType(getCondition())))
    return emitError("expected a condition of type bool");
  if (failed(dims.visitBlock(getThenBranch().front())) ||
      failed(dims.visitBlock(getElseBranch().front())))
    return failure();
  if (thenValues().size() != getNumResults() || elseValues().size() != getNumResults())
    return emitError("expected branches of ") << getNumResults() << " values";
  for (unsigned i = 0; i < getNumResults(); ++i) {
    TensorInfo a = dims.info(thenValues()[i]), b = dims.info(elseValues()[i]);
    if (failed(checkAlike(*this, a, b, i)))
      return failure();
    TensorInfo r = bornLike(a);
    for (auto [d, pair] : llvm::enumerate(llvm::zip(a.dims, b.dims))) {
      auto &[x, y] = pair;
      r.dims.push_back(x == y && visibleOutside(dims, x, *this)
                           ? x
                           : dims.space.symbolDim(getResult(i), d));
    }
    if (a.elements && b.elements && *a.elements == *b.elements &&
        llvm::all_of(*a.elements, [&](const Dim &d) { return visibleOutside(dims, d, *this); }))
      r.elements = a.elements;
    results.push_back(std::move(r));
  }
  return success();
}

//===- loop -----------------------------------------------------------------------===//

std::optional<Dim> LoopOp::trips(DimAnalysis &dims) {
  if (isNone(getTripCount()) || !isNone(getCondition()) || !isNone(next()))
    return std::nullopt;
  auto count = dims.elements(getTripCount());
  if (!count || count->size() != 1)
    return std::nullopt;
  return dims.space.max(Dim(0), (*count)[0]);
}

LogicalResult LoopOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  Operation *end = block().getTerminator();
  if (block().getNumArguments() != carried() + 1 || end->getNumOperands() != getNumResults() + 1)
    return emitError("expected a body of ") << carried() + 1 << " arguments and "
                                            << getNumResults() + 1 << " yielded values";
  TensorInfo number;
  number.elementType = IntegerType::get(getContext(), 64, IntegerType::Signed);
  number.elements = {dims.space.symbolElement(iteration(), 0)};
  dims.set(iteration(), number);
  // As if no dimension changed, until the body says otherwise: every round frees at least one.
  SmallVector<TensorInfo> state;
  for (Value v : getInitial()) {
    state.push_back(dims.info(v));
    state.back().elements.reset();
  }
  // What is required of sizes holds under the last round's alone.
  size_t known = dims.relations.size();
  for (bool stable = false; !stable;) {
    stable = true;
    dims.relations.erase(dims.relations.begin() + known, dims.relations.end());
    for (unsigned i = 0; i < carried(); ++i)
      dims.set(argument(i), state[i]);
    if (failed(dims.visitBlock(block())))
      return failure();
    for (unsigned i = 0; i < carried(); ++i) {
      const TensorInfo &after = dims.info(yielded(i));
      if (failed(checkAlike(*this, state[i], after, i)))
        return failure();
      for (size_t d = 0; d < state[i].dims.size(); ++d) {
        Dim fresh = dims.space.symbolDim(argument(i), d);
        if (state[i].dims[d] == after.dims[d] || state[i].dims[d] == fresh)
          continue;
        state[i].dims[d] = fresh;
        stable = false;
      }
    }
  }
  for (unsigned i = 0; i < carried(); ++i) {
    TensorInfo r = bornLike(state[i]);
    for (auto [d, size] : llvm::enumerate(state[i].dims))
      r.dims.push_back(visibleOutside(dims, size, *this) ? size
                                                         : dims.space.symbolDim(getResult(i), d));
    results.push_back(std::move(r));
  }
  std::optional<Dim> count = trips(dims);
  for (unsigned i = carried(); i < getNumResults(); ++i) {
    TensorInfo each = dims.info(yielded(i));
    if (each.otherType)
      return emitError("expected to scan tensors, but got ") << each.otherType;
    TensorInfo r = bornLike(each);
    r.dims.push_back(count ? *count : dims.space.symbolDim(getResult(i), 0));
    for (auto [d, size] : llvm::enumerate(each.dims))
      r.dims.push_back(visibleOutside(dims, size, *this)
                           ? size
                           : dims.space.symbolDim(getResult(i), d + 1));
    results.push_back(std::move(r));
  }
  return success();
}
