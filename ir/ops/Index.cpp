//===- Index.cpp - reading and writing where data says ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Index.h"
#include "ir/ops/Scalar.h"
#include "ir/ops/Sizes.h"

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Index.cpp.inc"

void IngotDialect::registerIndexOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Index.cpp.inc"
      >();
}

static LogicalResult checkAxis(Operation *op, int64_t axis, size_t rank) {
  if (axis >= 0 && axis < (int64_t)rank)
    return success();
  return op->emitError("expected an axis below the rank ") << rank << ", but got " << axis;
}
static LogicalResult checkIndices(Operation *op, const TensorInfo &indices) {
  if (isInteger(indices.elementType))
    return success();
  return op->emitError("expected integer indices, but got ")
         << elementTypeName(indices.elementType);
}
/// Constant indices outside [-size, size) are an error of the model.
static LogicalResult checkRange(Operation *op, ArrayRef<int64_t> indices, const Dim &size) {
  auto limit = size.constant();
  for (int64_t i : indices)
    if (limit && (i < -*limit || i >= *limit))
      return op->emitError("expected indices in [")
             << -*limit << ", " << *limit << "), but got " << i;
  return success();
}

//===- gather_elements --------------------------------------------------------------===//

LogicalResult GatherElementsOp::inferResults(DimAnalysis &dims,
                                             SmallVectorImpl<TensorInfo> &results) {
  TensorInfo in = dims.info(getInput()), indices = dims.info(getIndices()), r;
  if (failed(checkAxis(*this, getAxis(), in.dims.size())) || failed(checkIndices(*this, indices)))
    return failure();
  if (indices.dims.size() != in.dims.size())
    return emitError("expected indices of rank ") << in.dims.size() << ", but got "
                                                  << indices.dims.size();
  for (size_t d = 0; d < in.dims.size(); ++d) {
    auto size = in.dims[d].constant(), count = indices.dims[d].constant();
    if (d != getAxis() && size && count && *count > *size)
      return emitError("expected indices of at most ")
             << *size << " in dimension " << d << ", but got " << *count;
  }
  if (auto at = dims.constants(getIndices()))
    if (failed(checkRange(*this, *at, in.dims[getAxis()])))
      return failure();
  r.elementType = in.elementType;
  r.dims = indices.dims;
  results.push_back(std::move(r));
  return success();
}

/// The indices may be fewer than the input's elements, but for the axis never more.
static void requireWithin(Operation *op, DimAnalysis &dims, Value part, Value whole, int64_t axis) {
  for (int64_t d = 0, rank = dims.rank(part); d < rank; ++d)
    if (d != axis)
      requireAtMost(op, dims, dims.dim(part, d), dims.dim(whole, d));
}

LogicalResult GatherElementsOp::constrainSizes(DimAnalysis &dims) {
  requireWithin(*this, dims, getIndices(), getInput(), getAxis());
  return success();
}

FailureOr<Value> GatherElementsOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  FailureOr<Index> index = b.readIndex(getIndices(), at);
  if (failed(index))
    return failure();
  SmallVector<Index> inner(at);
  inner[getAxis()] = b.wrap(*index, b.dim(getInput(), getAxis()));
  return b.readUnlessEmpty(getInput(), inner);
}

bool GatherElementsOp::isMovement() { return true; }

void GatherElementsOp::positions(DimAnalysis &dims, SmallVectorImpl<Positions> &list) {
  if (getChecked())
    list.push_back(
        Positions::fromEitherEnd(dims, getIndices(), dims.dim(getInput(), getAxis())));
}

//===- gather_nd --------------------------------------------------------------------===//

LogicalResult GatherNDOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo in = dims.info(getInput()), indices = dims.info(getIndices()), r;
  int64_t batch = getBatchDims();
  if (failed(checkIndices(*this, indices)))
    return failure();
  if (indices.dims.empty() || in.dims.empty())
    return emitError("expected operands of rank 1 or more");
  auto k = indices.dims.back().constant();
  if (!k)
    return emitError("expected index vectors of known length");
  if (batch < 0 || batch >= (int64_t)indices.dims.size() || *k < 1 ||
      batch + *k > (int64_t)in.dims.size())
    return emitError("expected index vectors of length 1 to ")
           << (int64_t)in.dims.size() - batch << ", but got " << *k;
  r.elementType = in.elementType;
  for (int64_t d = 0; d < batch; ++d)
    r.dims.push_back(in.dims[d].constant() ? in.dims[d] : indices.dims[d]);
  r.dims.append(indices.dims.begin() + batch, indices.dims.end() - 1);
  r.dims.append(in.dims.begin() + batch + *k, in.dims.end());
  results.push_back(std::move(r));
  return success();
}

LogicalResult GatherNDOp::constrainSizes(DimAnalysis &dims) {
  for (int64_t d = 0; d < (int64_t)getBatchDims(); ++d)
    if (failed(dims.agree(*this, dims.dim(getIndices(), d), dims.dim(getInput(), d),
                          "indices with a batch dimension")))
      return failure();
  return success();
}

FailureOr<Value> GatherNDOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  int64_t batch = getBatchDims(), q = b.dims.rank(getIndices()) - 1;
  int64_t k = *b.dims.dim(getIndices(), q).constant();
  SmallVector<Index> inner(at.take_front(batch));
  for (int64_t j = 0; j < k; ++j) {
    SmallVector<Index> where(at.take_front(q));
    where.push_back(b.constant(j));
    FailureOr<Index> index = b.readIndex(getIndices(), where);
    if (failed(index))
      return failure();
    inner.push_back(b.wrap(*index, b.dim(getInput(), batch + j)));
  }
  inner.append(at.begin() + q, at.end());
  return b.readUnlessEmpty(getInput(), inner);
}

bool GatherNDOp::isMovement() { return true; }

/// Entry j of every vector of `indices` counts along dimension first + j of `into`.
static void vectorPositions(DimAnalysis &dims, Value indices, Value into, int64_t first,
                            SmallVectorImpl<Positions> &list) {
  int64_t length = *dims.dims(indices).back().constant();
  for (int64_t j = 0; j < length; ++j) {
    list.push_back(Positions::fromEitherEnd(dims, indices, dims.dim(into, first + j)));
    list.back().first = j;
    list.back().step = length;
  }
}

void GatherNDOp::positions(DimAnalysis &dims, SmallVectorImpl<Positions> &list) {
  vectorPositions(dims, getIndices(), getInput(), getBatchDims(), list);
}

//===- scatter ----------------------------------------------------------------------===//

static LogicalResult checkScatter(Operation *op, llvm::StringRef reduction, const TensorInfo &in,
                                  const TensorInfo &indices, const TensorInfo &updates) {
  static constexpr llvm::StringLiteral kinds[] = {"none", "add", "mul", "max", "min"};
  if (!llvm::is_contained(kinds, reduction))
    return op->emitError("expected reduction none, add, mul, max or min, but got ") << reduction;
  if (in.elementType != updates.elementType)
    return op->emitError("expected updates of type ") << elementTypeName(in.elementType)
                                                      << ", but got "
                                                      << elementTypeName(updates.elementType);
  return checkIndices(op, indices);
}

static void copyAll(ElementBuilder &b, Value from, Value to) {
  SmallVector<Dim> shape(b.dims.dims(to));
  b.loopNest(shape, {}, [&](ArrayRef<Index> at, ValueRange) {
    FailureOr<Value> x = b.read(from, at);
    if (failed(x))
      b.failed = true;
    else
      b.write(to, at, *x);
    return SmallVector<Value>();
  });
}

static void update(ElementBuilder &b, Value result, ArrayRef<Index> at, Value x,
                   llvm::StringRef reduction) {
  if (reduction != "none") {
    Scalar s{b.b, b.loc};
    Value old = b.readBack(result, at);
    Type element = b.dims.elementType(result);
    bool isU = isUnsigned(element);
    if (isBool(element)) // as 0 and 1 under or and and
      x = reduction == "add" || reduction == "max" ? s.either(old, x) : s.both(old, x);
    else
      x = reduction == "add"   ? s.add(old, x)
          : reduction == "mul" ? s.mul(old, x)
          : reduction == "max" ? s.max(old, x, isU)
                               : s.min(old, x, isU);
  }
  b.write(result, at, x);
}

/// True (one bit) where no dimension of `tensor` is empty: what is clamped into an empty dimension
/// must not be written.
static Value notEmpty(ElementBuilder &b, Value tensor) {
  Index total = b.constant(1);
  for (const Dim &d : b.dims.dims(tensor))
    total = b.mul(total, b.emit(d));
  return arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::sgt, total.value,
                               b.constant(0).value);
}

LogicalResult ScatterElementsOp::inferResults(DimAnalysis &dims,
                                              SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r = dims.info(getInput()), indices = dims.info(getIndices()),
             updates = dims.info(getUpdates());
  if (failed(checkScatter(*this, getReduction(), r, indices, updates)) ||
      failed(checkAxis(*this, getAxis(), r.dims.size())))
    return failure();
  if (indices.dims.size() != r.dims.size() || updates.dims.size() != r.dims.size())
    return emitError("expected indices and updates of rank ")
           << r.dims.size() << ", but got " << indices.dims.size() << " and "
           << updates.dims.size();
  for (size_t d = 0; d < r.dims.size(); ++d) {
    auto size = r.dims[d].constant(), count = indices.dims[d].constant(),
         given = updates.dims[d].constant();
    if (count && given && *count != *given)
      return emitError("expected as many updates as indices, but got ")
             << *given << " and " << *count << " in dimension " << d;
    if (d != getAxis() && size && count && *count > *size)
      return emitError("expected indices of at most ")
             << *size << " in dimension " << d << ", but got " << *count;
  }
  if (auto at = dims.constants(getIndices()))
    if (failed(checkRange(*this, *at, r.dims[getAxis()])))
      return failure();
  r.elements.reset();
  results.push_back(std::move(r));
  return success();
}

LogicalResult ScatterElementsOp::constrainSizes(DimAnalysis &dims) {
  for (int64_t d = 0, rank = dims.rank(getIndices()); d < rank; ++d)
    dims.require(*this, dims.dim(getUpdates(), d), dims.dim(getIndices(), d));
  requireWithin(*this, dims, getIndices(), getInput(), getAxis());
  return success();
}

void ScatterElementsOp::positions(DimAnalysis &dims, SmallVectorImpl<Positions> &list) {
  if (getChecked())
    list.push_back(
        Positions::fromEitherEnd(dims, getIndices(), dims.dim(getInput(), getAxis())));
}

LogicalResult ScatterElementsOp::emitBody(ElementBuilder &b, Value) {
  copyAll(b, getInput(), getResult());
  SmallVector<Dim> shape(b.dims.dims(getIndices()));
  b.ifThen(notEmpty(b, getInput()), [&] {
    b.loopNest(shape, {}, [&](ArrayRef<Index> at, ValueRange) {
      FailureOr<Index> index = b.readIndex(getIndices(), at);
      FailureOr<Value> x = b.read(getUpdates(), at);
      if (failed(index) || failed(x)) {
        b.failed = true;
        return SmallVector<Value>();
      }
      SmallVector<Index> where;
      for (size_t d = 0; d < at.size(); ++d) {
        Index size = b.dim(getInput(), d);
        where.push_back(d == getAxis() ? b.wrap(*index, size)
                                                : b.min(at[d], b.sub(size, b.constant(1))));
      }
      update(b, getResult(), where, *x, getReduction());
      return SmallVector<Value>();
    });
  });
  return success(!b.failed);
}

LogicalResult ScatterNDOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r = dims.info(getInput()), indices = dims.info(getIndices()),
             updates = dims.info(getUpdates());
  if (failed(checkScatter(*this, getReduction(), r, indices, updates)))
    return failure();
  auto k = indices.dims.empty() ? std::nullopt : indices.dims.back().constant();
  if (!k || *k < 0 || *k > (int64_t)r.dims.size())
    return emitError("expected index vectors of length 0 to ") << r.dims.size();
  size_t q = indices.dims.size() - 1;
  if (updates.dims.size() != q + r.dims.size() - *k)
    return emitError("expected updates of rank ") << q + r.dims.size() - *k << ", but got "
                                                  << updates.dims.size();
  for (size_t d = 0; d < updates.dims.size(); ++d) {
    Dim want = d < q ? indices.dims[d] : r.dims[d - q + *k];
    if (want.constant() && updates.dims[d].constant() && want != updates.dims[d])
      return emitError("expected updates of size ")
             << *want.constant() << " in dimension " << d << ", but got "
             << *updates.dims[d].constant();
  }
  r.elements.reset();
  results.push_back(std::move(r));
  return success();
}

LogicalResult ScatterNDOp::constrainSizes(DimAnalysis &dims) {
  int64_t q = dims.rank(getIndices()) - 1, k = *dims.dim(getIndices(), q).constant();
  for (int64_t d = 0, rank = dims.rank(getUpdates()); d < rank; ++d)
    dims.require(*this, dims.dim(getUpdates(), d),
                 d < q ? dims.dim(getIndices(), d) : dims.dim(getInput(), d - q + k));
  return success();
}

void ScatterNDOp::positions(DimAnalysis &dims, SmallVectorImpl<Positions> &list) {
  vectorPositions(dims, getIndices(), getInput(), 0, list);
}

LogicalResult ScatterNDOp::emitBody(ElementBuilder &b, Value) {
  copyAll(b, getInput(), getResult());
  int64_t q = b.dims.rank(getIndices()) - 1, k = *b.dims.dim(getIndices(), q).constant();
  SmallVector<Dim> outer(b.dims.dims(getIndices()).take_front(q)),
      inner(b.dims.dims(getInput()).drop_front(k));
  b.ifThen(notEmpty(b, getInput()), [&] {
    b.loopNest(outer, {}, [&](ArrayRef<Index> at, ValueRange) {
      SmallVector<Index> where;
      for (int64_t j = 0; j < k; ++j) {
        SmallVector<Index> place(at);
        place.push_back(b.constant(j));
        FailureOr<Index> index = b.readIndex(getIndices(), place);
        if (failed(index)) {
          b.failed = true;
          return SmallVector<Value>();
        }
        where.push_back(b.wrap(*index, b.dim(getInput(), j)));
      }
      SmallVector<Index> outerAt(at);
      b.loopNest(inner, {}, [&](ArrayRef<Index> rest, ValueRange) {
        SmallVector<Index> from(outerAt), to(where);
        from.append(rest.begin(), rest.end());
        to.append(rest.begin(), rest.end());
        FailureOr<Value> x = b.read(getUpdates(), from);
        if (failed(x))
          b.failed = true;
        else
          update(b, getResult(), to, *x, getReduction());
        return SmallVector<Value>();
      });
      return SmallVector<Value>();
    });
  });
  return success(!b.failed);
}

//===- tensor_scatter ---------------------------------------------------------------===//

LogicalResult TensorScatterOp::inferResults(DimAnalysis &dims,
                                            SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r = dims.info(getCache()), update = dims.info(getUpdate());
  if (failed(checkAxis(*this, getAxis(), r.dims.size())))
    return failure();
  if (getAxis() == 0)
    return emitError("expected an axis other than the batch, but got 0");
  if (update.dims.size() != r.dims.size() || update.elementType != r.elementType)
    return emitError("expected an update of the cache's rank and type");
  r.elements.reset();
  results.push_back(std::move(r));
  return success();
}

LogicalResult TensorScatterOp::constrainSizes(DimAnalysis &dims) {
  for (int64_t d = 0, rank = dims.rank(getCache()); d < rank; ++d)
    if (d != (int64_t)getAxis() && failed(dims.agree(*this, dims.dim(getUpdate(), d),
                                                     dims.dim(getCache(), d),
                                                     "an update with a dimension")))
      return failure();
  Dim length = dims.dim(getUpdate(), getAxis()), room = dims.dim(getCache(), getAxis());
  if (length.constant() && room.constant() && *length.constant() > *room.constant())
    return emitError("expected an update of at most ")
           << dims.space.str(room) << " along the axis, but got " << dims.space.str(length);
  requireAtMost(*this, dims, length, room);
  if (isa<NoneType>(getPositions().getType()))
    return success();
  if (dims.rank(getPositions()) != 1)
    return emitError("expected positions of rank 1, but got ") << dims.rank(getPositions());
  return dims.agree(*this, dims.dim(getPositions(), 0), dims.dim(getCache(), 0),
                    "positions for a batch");
}

FailureOr<Value> TensorScatterOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  int64_t axis = getAxis();
  if (!at[axis].isUniform() || !at[0].isUniform())
    return failure();
  Index start = b.constant(0), size = b.dim(getCache(), axis);
  if (!isa<NoneType>(getPositions().getType())) {
    FailureOr<Index> position = b.readIndex(getPositions(), at[0]);
    if (failed(position))
      return failure();
    start = *position;
  }
  Index offset = b.sub(at[axis], start);
  if (getCircular())
    offset = b.floorMod(offset, size);
  FailureOr<Value> old = b.read(getCache(), at);
  if (failed(old))
    return failure();
  SmallVector<Index> inner(at);
  inner[axis] = offset;
  Value inside = arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::ult, offset.value,
                                       b.dim(getUpdate(), axis).value);
  return b.readIf(inside, getUpdate(), inner, *old);
}

bool TensorScatterOp::isMovement() { return true; }

//===- sized -----------------------------------------------------------------------===//

LogicalResult SizedOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r = dims.info(getInput());
  auto shape = dims.elements(getShape());
  if (!shape || shape->size() != r.dims.size())
    return emitError("expected a shape of ") << r.dims.size() << " dimensions";
  for (auto [have, want] : llvm::zip(r.dims, *shape))
    if (!have.constant())
      have = want;
  results.push_back(std::move(r));
  return success();
}

LogicalResult SizedOp::constrainSizes(DimAnalysis &dims) {
  auto shape = dims.elements(getShape());
  for (auto [have, want] : llvm::zip(llvm::to_vector(dims.dims(getInput())), *shape))
    if (failed(dims.agree(*this, have, want, "a dimension")))
      return failure();
  return success();
}

FailureOr<Value> SizedOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  return b.read(getInput(), at);
}

bool SizedOp::isMovement() { return true; }

LogicalResult SizedOp::mapStrides(DimAnalysis &dims, StridedView &view) {
  view.dims = llvm::to_vector(dims.dims(getResult()));
  return success();
}

void TensorScatterOp::positions(DimAnalysis &dims, SmallVectorImpl<Positions> &list) {
  if (isa<NoneType>(getPositions().getType()))
    return;
  Dim size = dims.dim(getCache(), getAxis()), count = dims.dim(getUpdate(), getAxis());
  Dim end = getCircular() ? size : dims.space.add(dims.space.sub(size, count), 1);
  list.push_back({getPositions(), 0, end});
}
