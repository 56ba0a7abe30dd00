//===- Slice.cpp - parts of tensors -----------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Slice.h"
#include "ir/analysis/Axes.h"

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Slice.cpp.inc"

void IngotDialect::registerSliceOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Slice.cpp.inc"
      >();
}

/// Beyond this a constant start or end means "all of it": exporters write the 64-bit extremes, whose
/// sums would overflow.
static constexpr int64_t farAway = int64_t(1) << 48;

/// `x` from either end of a dimension, clamped to [low, high].
static Dim clampPosition(DimSpace &s, Dim x, Dim size, Dim low, Dim high) {
  if (auto c = x.constant()) {
    if (*c >= farAway)
      return high;
    if (*c <= -farAway)
      return low;
  }
  if (s.lowerBound(x) >= 0)
    return s.min(x, high);
  if (s.upperBound(x) < 0)
    return s.min(s.max(s.add(x, size), low), high);
  // Of unknown sign: after clamping to [-size-1, size] the floor by size+1 is -1 or 0.
  Dim bounded = s.max(s.min(x, size), s.sub(Dim(-1), size));
  Dim wrapped = s.sub(bounded, s.mul(s.floorDiv(bounded, s.add(size, Dim(1))), size));
  return s.min(s.max(wrapped, low), high);
}

/// A step past every dimension takes one element, however far it goes; bounded, its sums and its
/// negative stay within 64 bits.
static Dim boundStep(DimSpace &s, Dim step) {
  if (s.upperBound(step) > farAway)
    step = s.min(step, Dim(farAway));
  return s.lowerBound(step) < -farAway ? s.max(step, Dim(-farAway)) : step;
}

static SliceOp::Range forward(DimSpace &s, Dim size, Dim start, Dim end, Dim step) {
  Dim from = clampPosition(s, start, size, Dim(0), size);
  Dim to = clampPosition(s, end, size, Dim(0), size);
  return {from, step, s.max(Dim(0), s.ceilDiv(s.sub(to, from), step))};
}

static SliceOp::Range backward(DimSpace &s, Dim size, Dim start, Dim end, Dim step) {
  Dim last = s.sub(size, Dim(1));
  Dim from = clampPosition(s, start, size, Dim(-1), last);
  Dim to = clampPosition(s, end, size, Dim(-1), last);
  return {from, step, s.max(Dim(0), s.ceilDiv(s.sub(from, to), s.sub(Dim(0), step)))};
}

static SliceOp::Range rangeOf(DimSpace &s, Dim size, Dim start, Dim end, Dim step) {
  step = boundStep(s, step);
  if (s.lowerBound(step) > 0)
    return forward(s, size, start, end, step);
  if (s.upperBound(step) < 0)
    return backward(s, size, start, end, step);
  // Either direction: both are computed with a step of their sign, and one is kept. A step of 0,
  // which nobody may ask for, counts as 1.
  Dim isForward = s.min(Dim(1), s.max(Dim(0), s.add(step, Dim(1))));
  SliceOp::Range up = forward(s, size, start, end, s.max(step, Dim(1)));
  SliceOp::Range down = backward(s, size, start, end, s.min(step, Dim(-1)));
  auto blend = [&](Dim x, Dim y) { return s.add(y, s.mul(isForward, s.sub(x, y))); };
  return {blend(up.start, down.start), blend(up.step, down.step), blend(up.size, down.size)};
}

std::optional<SmallVector<SliceOp::Range>> SliceOp::ranges(DimAnalysis &dims) {
  SmallVector<Dim> in(dims.dims(getInput()));
  auto starts = dims.elements(getStarts()), ends = dims.elements(getEnds());
  if (!starts || !ends) {
    emitError("expected starts and ends whose number is known");
    return std::nullopt;
  }
  if (starts->size() != ends->size()) {
    emitError("expected as many ends as starts, but got ")
        << ends->size() << " and " << starts->size();
    return std::nullopt;
  }
  auto axes = axisElements(*this, dims, getAxes(), starts->size(), in.size());
  if (failed(axes))
    return std::nullopt;
  SmallVector<Dim> steps(starts->size(), Dim(1));
  if (!isa<NoneType>(getSteps().getType())) {
    auto elements = dims.elements(getSteps());
    if (!elements || elements->size() != starts->size()) {
      emitError("expected as many steps as starts");
      return std::nullopt;
    }
    steps = *elements;
  }
  DimSpace &s = dims.space;
  SmallVector<Range> result;
  for (const Dim &size : in)
    result.push_back({Dim(0), Dim(1), size});
  for (size_t j = 0; j < starts->size(); ++j) {
    if (steps[j].is(0)) {
      emitError("expected steps other than 0");
      return std::nullopt;
    }
    for (size_t d = 0; d < in.size(); ++d) {
      Dim here = axisIndicator(s, (*axes)[j], d, in.size());
      if (here.is(0))
        continue;
      Range range = rangeOf(s, in[d], (*starts)[j], (*ends)[j], steps[j]);
      if (here.is(1)) {
        result[d] = range;
        continue;
      }
      result[d].start = s.add(result[d].start, s.mul(here, range.start));
      result[d].step = s.add(result[d].step, s.mul(here, s.sub(range.step, Dim(1))));
      result[d].size = s.add(result[d].size, s.mul(here, s.sub(range.size, in[d])));
    }
  }
  return result;
}

LogicalResult SliceOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  auto ranges = this->ranges(dims);
  if (!ranges)
    return failure();
  (void)dims.shortElements(getInput());
  TensorInfo in = dims.info(getInput()), r;
  r.elementType = in.elementType;
  bool constant = true;
  for (const Range &range : *ranges) {
    r.dims.push_back(range.size);
    constant &= range.start.isConstant() && range.step.isConstant();
  }
  if (in.elements && constant)
    r.elements = DimAnalysis::tabulate(r.dims, [&](ArrayRef<int64_t> at) {
      SmallVector<int64_t> inner;
      for (auto [i, range] : llvm::zip(at, *ranges))
        inner.push_back(*range.start.constant() + i * *range.step.constant());
      return DimAnalysis::elementAt(in, inner);
    });
  results.push_back(std::move(r));
  return success();
}

FailureOr<Value> SliceOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  auto ranges = this->ranges(b.dims);
  if (!ranges)
    return failure();
  SmallVector<Index> inner;
  for (auto [i, range] : llvm::zip(at, *ranges)) {
    Index scaled = range.step.is(1) ? i : b.mul(i, b.emit(range.step));
    inner.push_back(range.start.is(0) ? scaled : b.add(scaled, b.emit(range.start)));
  }
  return b.read(getInput(), inner);
}

bool SliceOp::isMovement() { return true; }

LogicalResult SliceOp::mapStrides(DimAnalysis &dims, StridedView &view) {
  auto ranges = this->ranges(dims);
  if (!ranges)
    return failure();
  DimSpace &s = dims.space;
  for (auto [i, range] : llvm::enumerate(*ranges)) {
    view.offset = s.add(view.offset, s.mul(range.start, view.strides[i]));
    view.strides[i] = s.mul(view.strides[i], range.step);
    view.dims[i] = range.size;
  }
  return success();
}
