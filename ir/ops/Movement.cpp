//===- Movement.cpp - rearranging elements ------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Movement.h"
#include "ir/analysis/Broadcast.h"

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Movement.cpp.inc"

void IngotDialect::registerMovementOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Movement.cpp.inc"
      >();
}

//===- reshape ---------------------------------------------------------------------===//

LogicalResult ReshapeOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo in = dims.info(getInput());
  auto shape = dims.elements(getShape());
  if (!shape)
    return emitError("expected a shape whose number of elements is known");
  DimSpace &s = dims.space;
  Dim total = s.product(in.dims), rest(1);
  std::optional<size_t> open;
  for (size_t i = 0; i < shape->size(); ++i) {
    if ((*shape)[i].is(-1)) {
      if (open)
        return emitError("expected at most one -1 in the shape");
      open = i;
    } else {
      rest = s.mul(rest, (*shape)[i]);
    }
  }
  TensorInfo r;
  r.elementType = in.elementType;
  r.dims = *shape;
  if (s.overflowed) {
    results.push_back(std::move(r)); // the analysis says so
    return success();
  }
  if (open) {
    auto quotient = s.exactDiv(total, rest);
    if (!quotient && total.constant() && rest.constant())
      return emitError("cannot reshape ") << s.str(total) << " elements to a multiple of "
                                          << s.str(rest);
    r.dims[*open] = quotient ? *quotient : s.floorDiv(total, rest);
  } else if (total.constant() && rest.constant() && total != rest) {
    return emitError("cannot reshape ") << s.str(total) << " elements to " << s.str(rest);
  }
  dims.require(*this, s.product(r.dims), total);
  r.elements = dims.shortElements(getInput());
  results.push_back(std::move(r));
  return success();
}

FailureOr<Value> ReshapeOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  SmallVector<Dim> from(b.dims.dims(getInput())), to(b.dims.dims(getResult()));
  // Where only dimensions of size 1 come or go, indices carry over and lanes stay consecutive.
  SmallVector<Dim> plainFrom, plainTo;
  for (const Dim &d : from)
    if (!d.is(1))
      plainFrom.push_back(d);
  for (const Dim &d : to)
    if (!d.is(1))
      plainTo.push_back(d);
  if (plainFrom == plainTo) {
    SmallVector<Index> inner, plain;
    for (auto [i, d] : llvm::zip(at, to))
      if (!d.is(1))
        plain.push_back(i);
    size_t next = 0;
    for (const Dim &d : from)
      inner.push_back(d.is(1) ? b.constant(0) : plain[next++]);
    return b.read(getInput(), inner);
  }
  return b.readLinear(getInput(), b.linearize(at, to));
}

bool ReshapeOp::isMovement() { return true; }

LogicalResult ReshapeOp::mapStrides(DimAnalysis &dims, StridedView &view) {
  // Walk both shapes from the inside, matching groups of dimensions of equal product; a group may
  // be split or merged when its operand side is contiguous.
  SmallVector<Dim> to(dims.dims(getResult()));
  DimSpace &s = dims.space;
  SmallVector<Dim> strides(to.size(), Dim(0));
  size_t i = view.dims.size(), j = to.size();
  while (i > 0 || j > 0) {
    size_t iEnd = i, jEnd = j;
    Dim have(1), want(1);
    bool started = false;
    while (!started || have != want) {
      started = true;
      // Grow the side that is certainly smaller: the one whose product divides the other's.
      bool growFrom = have == want ? i > 0 : (i > 0 && s.exactDiv(want, have).has_value());
      if (growFrom) {
        have = s.mul(have, view.dims[--i]);
      } else if (j > 0 && (have == want || s.exactDiv(have, want))) {
        want = s.mul(want, to[--j]);
      } else {
        return failure();
      }
      if (have == want && have.is(1))
        break;
    }
    // The operand's group [i, iEnd) must be one contiguous run of its innermost stride.
    Dim innermost(1), run(1);
    bool any = false;
    for (size_t k = iEnd; k-- > i;) {
      if (view.dims[k].is(1))
        continue;
      if (!any)
        innermost = view.strides[k];
      else if (view.strides[k] != run)
        return failure();
      any = true;
      run = s.mul(view.strides[k], view.dims[k]);
    }
    Dim stride = innermost;
    for (size_t k = jEnd; k-- > j;) {
      strides[k] = stride;
      stride = s.mul(stride, to[k]);
    }
  }
  view.dims = to;
  view.strides = strides;
  return success();
}

//===- transpose -------------------------------------------------------------------===//

LogicalResult TransposeOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo in = dims.info(getInput()), r;
  ArrayRef<int64_t> permutation = getPermutation();
  SmallVector<bool> seen(in.dims.size());
  if (permutation.size() != in.dims.size())
    return emitError("expected a permutation of ") << in.dims.size() << " dimensions";
  r.elementType = in.elementType;
  for (int64_t p : permutation) {
    if (p < 0 || p >= (int64_t)in.dims.size() || seen[p])
      return emitError("expected a permutation, but got one that repeats or exceeds the rank");
    seen[p] = true;
    r.dims.push_back(in.dims[p]);
  }
  if (in.elements)
    r.elements = DimAnalysis::tabulate(r.dims, [&](ArrayRef<int64_t> at) {
      SmallVector<int64_t> inner(at.size());
      for (auto [i, p] : llvm::enumerate(permutation))
        inner[p] = at[i];
      return DimAnalysis::elementAt(in, inner);
    });
  results.push_back(std::move(r));
  return success();
}

FailureOr<Value> TransposeOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  SmallVector<Index> inner(at.size());
  for (auto [i, p] : llvm::enumerate(getPermutation()))
    inner[p] = at[i];
  return b.read(getInput(), inner);
}

bool TransposeOp::isMovement() { return true; }

LogicalResult TransposeOp::mapStrides(DimAnalysis &, StridedView &view) {
  StridedView from = view;
  for (auto [i, p] : llvm::enumerate(getPermutation())) {
    view.dims[i] = from.dims[p];
    view.strides[i] = from.strides[p];
  }
  return success();
}

//===- expand ----------------------------------------------------------------------===//

LogicalResult ExpandOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo in = dims.info(getInput()), r;
  auto shape = dims.elements(getShape());
  if (!shape)
    return emitError("expected a shape whose number of elements is known");
  r.elementType = in.elementType;
  if (failed(dims.broadcast(*this, {in.dims, *shape}, r.dims)))
    return failure();
  if (in.elements)
    r.elements = DimAnalysis::tabulate(r.dims, [&](ArrayRef<int64_t> at) {
      SmallVector<int64_t> inner(at.take_back(in.dims.size()));
      for (auto [i, d] : llvm::zip(inner, in.dims))
        i = d.is(1) ? 0 : i;
      return DimAnalysis::elementAt(in, inner);
    });
  results.push_back(std::move(r));
  return success();
}

FailureOr<Value> ExpandOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  return b.read(getInput(), b.broadcast(getInput(), at, b.dims.dims(getResult())));
}

bool ExpandOp::isMovement() { return true; }

LogicalResult ExpandOp::mapStrides(DimAnalysis &dims, StridedView &view) {
  SmallVector<Dim> to(dims.dims(getResult()));
  SmallVector<Dim> strides(to.size(), Dim(0));
  size_t skip = to.size() - view.dims.size();
  for (size_t i = 0; i < view.dims.size(); ++i)
    strides[skip + i] = broadcastStride(dims.space, view.dims[i], to[skip + i], view.strides[i]);
  view.dims = to;
  view.strides = strides;
  return success();
}

//===- concat ----------------------------------------------------------------------===//

LogicalResult ConcatOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r = dims.info(getInputs()[0]);
  int64_t axis = getAxis();
  if (axis < 0 || axis >= (int64_t)r.dims.size())
    return emitError("expected an axis below the rank ") << r.dims.size() << ", but got " << axis;
  std::optional<SmallVector<Dim>> elements;
  if (axis == 0 && isa<IntegerType>(r.elementType))
    elements.emplace();
  Dim total(0);
  for (Value v : getInputs()) {
    TensorInfo in = dims.info(v);
    if (in.elementType != r.elementType)
      return emitError("expected operands of one element type, but got ")
             << elementTypeName(r.elementType) << " and " << elementTypeName(in.elementType);
    if (in.dims.size() != r.dims.size())
      return emitError("expected operands of rank ") << r.dims.size() << ", but got "
                                                     << in.dims.size();
    for (size_t i = 0; i < r.dims.size(); ++i) {
      if ((int64_t)i == axis || in.dims[i] == r.dims[i])
        continue;
      if (in.dims[i].constant() && r.dims[i].constant())
        return emitError("expected equal dimensions but for the axis, but got ")
               << dims.space.str(r.dims[i]) << " and " << dims.space.str(in.dims[i]);
      dims.require(*this, r.dims[i], in.dims[i]);
      if (in.dims[i].constant())
        r.dims[i] = in.dims[i];
    }
    total = dims.space.add(total, in.dims[axis]);
    if (elements) {
      auto values = dims.elements(v);
      if (values)
        elements->append(*values);
      else
        elements.reset();
    }
  }
  r.dims[axis] = total;
  r.elements = elements;
  results.push_back(std::move(r));
  return success();
}

FailureOr<Value> ConcatOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  int64_t axis = getAxis();
  if (!at[axis].isUniform())
    return failure();
  Type type = b.laneType(b.dims.elementType(getResult()));
  // A chain of branches over the operands' ranges.
  std::function<Value(unsigned, Index)> pick = [&](unsigned k, Index position) -> Value {
    Value v = getInputs()[k];
    SmallVector<Index> inner(at);
    inner[axis] = position;
    auto element = [&]() -> Value {
      FailureOr<Value> e = b.read(v, inner);
      if (succeeded(e))
        return *e;
      b.failed = true;
      return arith::ConstantOp::create(b.b, b.loc, b.b.getZeroAttr(type));
    };
    if (k + 1 == getInputs().size())
      return element();
    Index size = b.dim(v, axis);
    Value inside = arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::slt, position.value,
                                         size.value);
    return b.ifElse(
        inside, {type}, [&] { return SmallVector<Value>{element()}; },
        [&] { return SmallVector<Value>{pick(k + 1, b.sub(position, size))}; })[0];
  };
  return pick(0, at[axis]);
}

bool ConcatOp::isMovement() { return true; }

//===- gather ----------------------------------------------------------------------===//

LogicalResult GatherOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  (void)dims.shortElements(getInput());
  TensorInfo in = dims.info(getInput()), indices = dims.info(getIndices()), r;
  int64_t axis = getAxis();
  if (axis < 0 || axis >= (int64_t)in.dims.size())
    return emitError("expected an axis below the rank ") << in.dims.size() << ", but got " << axis;
  if (!isInteger(indices.elementType))
    return emitError("expected integer indices, but got ") << elementTypeName(indices.elementType);
  r.elementType = in.elementType;
  r.dims.append(in.dims.begin(), in.dims.begin() + axis);
  r.dims.append(indices.dims.begin(), indices.dims.end());
  r.dims.append(in.dims.begin() + axis + 1, in.dims.end());
  if (auto at = dims.constants(getIndices())) {
    auto size = in.dims[axis].constant();
    for (int64_t i : *at)
      if (size && (i < -*size || i >= *size))
        return emitError("expected indices in [") << -*size << ", " << *size << "), but got " << i;
    if (in.elements)
      r.elements = DimAnalysis::tabulate(r.dims, [&](ArrayRef<int64_t> result) {
        int64_t position = 0;
        for (auto [i, d] : llvm::zip(result.slice(axis, indices.dims.size()), indices.dims))
          position = position * *d.constant() + i;
        SmallVector<int64_t> inner(result.take_front(axis));
        inner.push_back((*at)[position] < 0 ? (*at)[position] + *size : (*at)[position]);
        inner.append(result.begin() + axis + indices.dims.size(), result.end());
        return DimAnalysis::elementAt(in, inner);
      });
  }
  results.push_back(std::move(r));
  return success();
}

FailureOr<Value> GatherOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  int64_t axis = getAxis(), indexRank = b.dims.rank(getIndices());
  FailureOr<Index> index = b.readIndex(getIndices(), at.slice(axis, indexRank));
  if (failed(index))
    return failure();
  SmallVector<Index> inner(at.take_front(axis));
  inner.push_back(b.wrap(*index, b.dim(getInput(), axis)));
  inner.append(at.begin() + axis + indexRank, at.end());
  return b.readUnlessEmpty(getInput(), inner);
}

bool GatherOp::isMovement() { return true; }

void GatherOp::positions(DimAnalysis &dims, SmallVectorImpl<Positions> &list) {
  if (getChecked())
    list.push_back(
        Positions::fromEitherEnd(dims, getIndices(), dims.dim(getInput(), getAxis())));
}
