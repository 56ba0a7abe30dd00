//===- Pad.cpp - borders, repetition and order within rows ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Pad.h"
#include "ir/analysis/Axes.h"
#include "ir/ops/Scalar.h"
#include "ir/ops/Sizes.h"

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Pad.cpp.inc"

void IngotDialect::registerPadOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Pad.cpp.inc"
      >();
}

//===- pad --------------------------------------------------------------------------===//

std::optional<SmallVector<std::pair<Dim, Dim>>> PadOp::counts(DimAnalysis &dims) {
  int64_t rank = dims.rank(getInput());
  auto pads = dims.elements(getPads());
  if (!pads || pads->size() % 2) {
    emitError("expected pads whose number is known and even");
    return std::nullopt;
  }
  int64_t count = pads->size() / 2;
  if (isa<NoneType>(getAxes().getType()) && count != rank) {
    emitError("expected ") << 2 * rank << " pads, but got " << pads->size();
    return std::nullopt;
  }
  auto axes = axisElements(*this, dims, getAxes(), count, rank);
  if (failed(axes))
    return std::nullopt;
  DimSpace &s = dims.space;
  SmallVector<std::pair<Dim, Dim>> result(rank, {Dim(0), Dim(0)});
  for (int64_t j = 0; j < count; ++j)
    for (int64_t d = 0; d < rank; ++d) {
      Dim here = axisIndicator(s, (*axes)[j], d, rank);
      result[d].first = s.add(result[d].first, s.mul(here, (*pads)[j]));
      result[d].second = s.add(result[d].second, s.mul(here, (*pads)[count + j]));
    }
  return result;
}

LogicalResult PadOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo in = dims.info(getInput()), r;
  static constexpr llvm::StringLiteral modes[] = {"constant", "edge", "reflect", "wrap"};
  if (!llvm::is_contained(modes, getMode()))
    return emitError("expected mode constant, edge, reflect or wrap, but got ") << getMode();
  if (!isa<NoneType>(getValue().getType()) &&
      dims.elementType(getValue()) != in.elementType)
    return emitError("expected a value of type ")
           << elementTypeName(in.elementType) << ", but got "
           << elementTypeName(dims.elementType(getValue()));
  auto counts = this->counts(dims);
  if (!counts)
    return failure();
  DimSpace &s = dims.space;
  r.elementType = in.elementType;
  for (auto [size, count] : llvm::zip(in.dims, *counts)) {
    Dim padded = s.add(size, s.add(count.first, count.second));
    if (padded.constant() && *padded.constant() < 0)
      return emitError("expected pads that leave a size of 0 or more, but got ") << s.str(padded);
    if (getMode() != "constant" && size.is(0) && !padded.is(0))
      return emitError("expected a dimension that is not empty to pad from, but got 0");
    r.dims.push_back(padded);
  }
  std::optional<Dim> value = Dim(0);
  if (!isa<NoneType>(getValue().getType()))
    if (auto known = dims.info(getValue()).elements)
      value = known->size() == 1 ? std::optional<Dim>((*known)[0]) : std::nullopt;
  if (in.elements && value && getMode() == "constant")
    r.elements = DimAnalysis::tabulate(r.dims, [&](ArrayRef<int64_t> at) -> std::optional<Dim> {
      SmallVector<int64_t> inner;
      bool inside = true;
      for (size_t d = 0; d < at.size(); ++d) {
        auto before = (*counts)[d].first.constant(), size = in.dims[d].constant();
        if (!before || !size)
          return std::nullopt;
        inner.push_back(at[d] - *before);
        inside &= inner.back() >= 0 && inner.back() < *size;
      }
      return inside ? DimAnalysis::elementAt(in, inner) : value;
    });
  results.push_back(std::move(r));
  return success();
}

LogicalResult PadOp::constrainSizes(DimAnalysis &dims) {
  return agreeOnOne(*this, dims, getValue(), "a value with a dimension");
}

FailureOr<Value> PadOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  auto counts = this->counts(b.dims);
  if (!counts)
    return failure();
  SmallVector<Index> inner;
  Value inside;
  for (size_t d = 0; d < at.size(); ++d) {
    auto [before, after] = (*counts)[d];
    Index position = before.is(0) ? at[d] : b.sub(at[d], b.emit(before));
    inner.push_back(position);
    if (before.is(0) && after.is(0))
      continue;
    Index size = b.dim(getInput(), d), zero = b.constant(0), one = b.constant(1);
    if (getMode() == "constant") {
      if (!position.isUniform())
        return failure();
      // One unsigned comparison checks both ends.
      Value in = arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::ult, position.value,
                                       size.value);
      inside = inside ? arith::AndIOp::create(b.b, b.loc, inside, in).getResult() : in;
    } else if (getMode() == "edge") {
      inner[d] = b.max(zero, b.min(position, b.sub(size, one)));
    } else if (getMode() == "wrap") {
      inner[d] = b.floorMod(position, b.max(size, one));
    } else {
      // A mirror at both edge elements repeats after twice the size less two.
      Index period = b.max(one, b.sub(b.mul(size, b.constant(2)), b.constant(2)));
      Index phase = b.floorMod(position, period);
      inner[d] = b.min(phase, b.sub(period, phase));
      inner[d] = b.choose(arith::CmpIPredicate::slt, size, b.constant(2), zero, inner[d]);
    }
  }
  if (getMode() != "constant")
    return b.readUnlessEmpty(getInput(), inner);
  if (!inside)
    return b.read(getInput(), inner);
  Value fill;
  if (!isa<NoneType>(getValue().getType())) {
    SmallVector<Index> first(b.dims.rank(getValue()), b.constant(0));
    FailureOr<Value> value = b.read(getValue(), first);
    if (failed(value))
      return failure();
    fill = *value;
  }
  return b.readIf(inside, getInput(), inner, fill);
}

bool PadOp::isMovement() { return true; }

//===- tile -------------------------------------------------------------------------===//

LogicalResult TileOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo in = dims.info(getInput()), r;
  auto repeats = dims.elements(getRepeats());
  if (!repeats || repeats->size() != in.dims.size())
    return emitError("expected ") << in.dims.size() << " repeats, but got "
                                  << (repeats ? std::to_string(repeats->size()) : "unknown");
  r.elementType = in.elementType;
  for (auto [i, size] : llvm::enumerate(in.dims)) {
    auto repeat = dims.sizeElement(getRepeats(), i);
    if (repeat->constant() && *repeat->constant() < 0)
      return emitError("expected repeats of 0 or more, but got ") << *repeat->constant();
    r.dims.push_back(dims.space.mul(size, *repeat));
  }
  if (in.elements)
    r.elements = DimAnalysis::tabulate(r.dims, [&](ArrayRef<int64_t> at) -> std::optional<Dim> {
      SmallVector<int64_t> inner;
      for (auto [i, size] : llvm::zip(at, in.dims)) {
        if (!size.constant())
          return std::nullopt;
        inner.push_back(i % *size.constant());
      }
      return DimAnalysis::elementAt(in, inner);
    });
  results.push_back(std::move(r));
  return success();
}

FailureOr<Value> TileOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  SmallVector<Dim> from(b.dims.dims(getInput())), to(b.dims.dims(getResult()));
  SmallVector<Index> inner;
  for (size_t d = 0; d < at.size(); ++d)
    inner.push_back(from[d] == to[d] ? at[d]
                    : from[d].is(1)  ? b.constant(0)
                                     : b.rem(at[d], b.emit(from[d])));
  return b.read(getInput(), inner);
}

bool TileOp::isMovement() { return true; }

//===- reverse_sequence -------------------------------------------------------------===//

LogicalResult ReverseSequenceOp::inferResults(DimAnalysis &dims,
                                              SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r = dims.info(getInput());
  int64_t rank = r.dims.size(), batch = getBatchAxis(), time = getTimeAxis();
  if (batch < 0 || time < 0 || batch >= rank || time >= rank || batch == time)
    return emitError("expected two different axes below the rank ")
           << rank << ", but got " << batch << " and " << time;
  TensorInfo lengths = dims.info(getLengths());
  if (lengths.dims.size() != 1 || !isInteger(lengths.elementType))
    return emitError("expected a vector of integers as lengths");
  r.elements.reset();
  results.push_back(std::move(r));
  return success();
}

LogicalResult ReverseSequenceOp::constrainSizes(DimAnalysis &dims) {
  return dims.agree(*this, dims.dim(getLengths(), 0), dims.dim(getInput(), getBatchAxis()),
                    "lengths for a batch");
}

FailureOr<Value> ReverseSequenceOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  FailureOr<Index> length = b.readIndex(getLengths(), at[getBatchAxis()]);
  if (failed(length))
    return failure();
  Index time = at[getTimeAxis()];
  Index end = b.max(b.constant(0), b.min(*length, b.dim(getInput(), getTimeAxis())));
  Index reversed = b.sub(b.sub(end, b.constant(1)), time);
  SmallVector<Index> inner(at);
  inner[getTimeAxis()] = b.choose(arith::CmpIPredicate::slt, time, end, reversed, time);
  return b.read(getInput(), inner);
}

bool ReverseSequenceOp::isMovement() { return true; }

void ReverseSequenceOp::positions(DimAnalysis &dims, SmallVectorImpl<Positions> &list) {
  Dim size = dims.dim(getInput(), getTimeAxis());
  list.push_back({getLengths(), 0, dims.space.add(size, 1)});
}

//===- triangle ---------------------------------------------------------------------===//

LogicalResult TriangleOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r = dims.info(getInput());
  if (r.dims.size() < 2)
    return emitError("expected an input of rank 2 or more, but got ") << r.dims.size();
  r.elements.reset();
  results.push_back(std::move(r));
  return success();
}

LogicalResult TriangleOp::constrainSizes(DimAnalysis &dims) {
  return agreeOnOne(*this, dims, getOffset(), "an offset with a dimension");
}

FailureOr<Value> TriangleOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  FailureOr<Value> x = b.read(getInput(), at);
  if (failed(x))
    return failure();
  Index offset = b.constant(0);
  if (!isa<NoneType>(getOffset().getType())) {
    SmallVector<Index> first(b.dims.rank(getOffset()), b.constant(0));
    FailureOr<Index> value = b.readIndex(getOffset(), first);
    if (failed(value))
      return failure();
    offset = *value;
  }
  Index distance = b.sub(at.back(), at[at.size() - 2]);
  Value keep = b.compare(getUpper() ? arith::CmpIPredicate::sge : arith::CmpIPredicate::sle,
                         distance, offset);
  Scalar s{b.b, b.loc};
  return s.select(keep, *x, s.constant(*x, 0));
}

bool TriangleOp::isMovement() { return true; }
