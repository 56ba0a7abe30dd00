//===- Detection.cpp - boxes and regions of images --------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Detection.h"
#include "ir/ops/Heap.h"
#include "ir/ops/Scalar.h"
#include "ir/ops/Sizes.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Detection.cpp.inc"

void IngotDialect::registerDetectionOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Detection.cpp.inc"
      >();
}

/// Reads where it cannot fail: one element at a time.
static Value element(ElementBuilder &b, Value tensor, ArrayRef<Index> at) {
  FailureOr<Value> x = b.read(tensor, at);
  if (succeeded(x))
    return *x;
  b.failed = true;
  return arith::ConstantOp::create(b.b, b.loc,
                                   b.b.getZeroAttr(b.laneType(b.dims.elementType(tensor))));
}
static Value scalarOf(ElementBuilder &b, Value tensor) {
  return element(b, tensor, SmallVector<Index>(b.dims.rank(tensor), b.constant(0)));
}
static Index indexOf(ElementBuilder &b, Value i64) {
  return {arith::IndexCastOp::create(b.b, b.loc, b.b.getIndexType(), i64), Index::Uniform};
}
static Value valueOf(ElementBuilder &b, Index i) {
  return arith::IndexCastOp::create(b.b, b.loc, b.b.getI64Type(), i.value);
}

//===- non_max_suppression ----------------------------------------------------------===//

LogicalResult NonMaxSuppressionOp::inferResults(DimAnalysis &dims,
                                                SmallVectorImpl<TensorInfo> &results) {
  TensorInfo boxes = dims.info(getBoxes()), scores = dims.info(getScores()), selected, count;
  if (boxes.dims.size() != 3 || scores.dims.size() != 3 ||
      (boxes.dims[2].constant() && !boxes.dims[2].is(4)))
    return emitError("expected boxes [batch, n, 4] and scores [batch, classes, n]");
  if (!isa<FloatType>(boxes.elementType) || boxes.elementType != scores.elementType)
    return emitError("expected boxes and scores of one float type");
  if (!isInteger(dims.elementType(getLimit())))
    return emitError("expected an integer limit");
  selected.elementType = count.elementType = IntegerType::get(getContext(), 64, IntegerType::Signed);
  DimSpace &s = dims.space;
  Dim each = boxes.dims[1];
  if (auto limit = dims.constants(getLimit()); limit && limit->size() == 1)
    each = s.max(Dim(0), s.min(Dim((*limit)[0]), each));
  selected.dims = {s.mul(s.mul(scores.dims[0], scores.dims[1]), each), Dim(3)};
  count.dims = {Dim(1)};
  results.push_back(std::move(selected));
  results.push_back(std::move(count));
  return success();
}

LogicalResult NonMaxSuppressionOp::constrainSizes(DimAnalysis &dims) {
  auto boxes = llvm::to_vector(dims.dims(getBoxes())), scores = llvm::to_vector(dims.dims(getScores()));
  return success(succeeded(dims.agree(*this, scores[0], boxes[0], "scores of a batch")) &&
                 succeeded(dims.agree(*this, scores[2], boxes[1], "scores of a number of boxes")) &&
                 succeeded(dims.agree(*this, boxes[2], Dim(4), "boxes with a last dimension")) &&
                 succeeded(agreeOnOne(*this, dims, getLimit(), "a limit with a dimension")) &&
                 succeeded(agreeOnOne(*this, dims, getOverlap(), "an overlap with a dimension")) &&
                 succeeded(agreeOnOne(*this, dims, getThreshold(), "a threshold with a dimension")));
}

/// The candidates of one class: box numbers.
SmallVector<std::pair<Type, Dim>> NonMaxSuppressionOp::scratch(DimAnalysis &dims) {
  return {{IntegerType::get(getContext(), 64), dims.dim(getBoxes(), 1)}};
}

namespace {
struct Box {
  Value top, left, bottom, right;
};
} // namespace

static Box boxAt(ElementBuilder &b, NonMaxSuppressionOp op, Index batch, Index i) {
  Scalar s{b.b, b.loc};
  auto part = [&](int64_t k) { return element(b, op.getBoxes(), {batch, i, b.constant(k)}); };
  Value p = part(0), q = part(1), r = part(2), t = part(3);
  if (op.getCenter()) {
    Value half = s.constant(p, 0.5), w = s.mul(r, half), h = s.mul(t, half);
    return {s.sub(q, h), s.sub(p, w), s.add(q, h), s.add(p, w)};
  }
  return {s.min(p, r), s.min(q, t), s.max(p, r), s.max(q, t)};
}

static Value overlaps(ElementBuilder &b, const Box &x, const Box &y, Value limit) {
  Scalar s{b.b, b.loc};
  Value zero = s.constant(limit, 0);
  auto area = [&](const Box &v) {
    return s.mul(s.sub(v.bottom, v.top), s.sub(v.right, v.left));
  };
  Value height = s.max(zero, s.sub(s.min(x.bottom, y.bottom), s.max(x.top, y.top)));
  Value width = s.max(zero, s.sub(s.min(x.right, y.right), s.max(x.left, y.left)));
  Value shared = s.mul(height, width);
  Value joined = s.sub(s.add(area(x), area(y)), shared);
  Value some = s.both(s.less(zero, shared), s.less(zero, joined));
  Value share = s.div(shared, s.select(some, joined, s.constant(limit, 1)));
  return s.both(some, s.less(limit, share));
}

LogicalResult NonMaxSuppressionOp::emitBody(ElementBuilder &b, Value) {
  Scalar s{b.b, b.loc};
  Index zero = b.constant(0), one = b.constant(1), two = b.constant(2);
  Index boxes = b.dim(getBoxes(), 1), room = b.dim(getSelected(), 0);
  Type type = computeType(b.dims.elementType(getBoxes()));
  Value limit = s.resizeInteger(scalarOf(b, getLimit()), b.b.getI64Type(), false);
  Value overlap = s.resizeFloat(scalarOf(b, getOverlap()), type);
  Value threshold;
  if (!isa<NoneType>(getThreshold().getType()))
    threshold = s.resizeFloat(scalarOf(b, getThreshold()), type);
  auto load = [&](Index i) -> Value {
    return memref::LoadOp::create(b.b, b.loc, b.scratch(0), i.value);
  };
  auto store = [&](Index i, Value v) {
    memref::StoreOp::create(b.b, b.loc, v, b.scratch(0), i.value);
  };
  auto less = [&](Value x, Value y) -> Value {
    return arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::slt, x, y);
  };
  SmallVector<Dim> outer{b.dims.dim(getScores(), 0), b.dims.dim(getScores(), 1)};
  Value total = b.loopNest(outer, ValueRange{zero.value}, [&](ArrayRef<Index> at,
                                                              ValueRange taken) {
    Index batch = at[0], category = at[1];
    auto score = [&](Index i) { return element(b, getScores(), {batch, category, i}); };
    // Those above the threshold, best first.
    Value candidates = b.loop(zero, boxes, ValueRange{zero.value}, [&](Index i, ValueRange n) {
      if (!threshold) {
        store(i, valueOf(b, i));
        return SmallVector<Value>{b.add(i, one).value};
      }
      return b.ifElse(
          s.less(threshold, score(i)), n.getTypes(),
          [&] {
            store({n[0], Index::Uniform}, valueOf(b, i));
            return SmallVector<Value>{b.add({n[0], Index::Uniform}, one).value};
          },
          [&] { return SmallVector<Value>{n[0]}; });
    })[0];
    Heap heap{b, [&](Index i) { return Heap::Entry{load(i)}; },
              [&](Index i, ValueRange entry) { store(i, entry[0]); },
              [&](ValueRange x, ValueRange y) -> Value {
                Value p = score(indexOf(b, x[0])), q = score(indexOf(b, y[0]));
                Value tied = s.both(s.negate(s.less(p, q)), s.less(x[0], y[0]));
                return s.either(s.less(q, p), tied);
              }};
    heap.sort({candidates, Index::Uniform});
    Value start = taken[0];
    Value end = b.loop(zero, {candidates, Index::Uniform}, taken, [&](Index i, ValueRange now) {
      Value mine = load(i);
      Index next{now[0], Index::Uniform};
      Value chosen = valueOf(b, b.sub(next, {start, Index::Uniform}));
      Value fits = s.both(less(chosen, limit), less(next.value, room.value));
      return b.ifElse(
          fits, now.getTypes(),
          [&] {
            Box box = boxAt(b, *this, batch, indexOf(b, mine));
            Value no = arith::ConstantIntOp::create(b.b, b.loc, 0, 1);
            Value hidden = b.loop({start, Index::Uniform}, next, ValueRange{no},
                                  [&](Index k, ValueRange any) {
                                    Value other = b.readBack(getSelected(), {k, two});
                                    Box theirs = boxAt(b, *this, batch, indexOf(b, other));
                                    return SmallVector<Value>{
                                        s.either(any[0], overlaps(b, box, theirs, overlap))};
                                  })[0];
            return b.ifElse(
                hidden, now.getTypes(), [&] { return SmallVector<Value>{next.value}; },
                [&] {
                  b.write(getSelected(), {next, zero}, valueOf(b, batch));
                  b.write(getSelected(), {next, one}, valueOf(b, category));
                  b.write(getSelected(), {next, two}, mine);
                  return SmallVector<Value>{b.add(next, one).value};
                });
          },
          [&] { return SmallVector<Value>{next.value}; });
    })[0];
    return SmallVector<Value>{end};
  })[0];
  b.write(getCount(), zero, valueOf(b, {total, Index::Uniform}));
  return success(!b.failed);
}

//===- roi_align --------------------------------------------------------------------===//

LogicalResult RoiAlignOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo in = dims.info(getInput()), regions = dims.info(getRois()), r;
  if (in.dims.size() != 4 || regions.dims.size() != 2 || dims.rank(getBatch()) != 1)
    return emitError("expected an input of rank 4, regions of rank 2 and a batch vector");
  if (!isa<FloatType>(in.elementType) || in.elementType != regions.elementType)
    return emitError("expected input and regions of one float type");
  if ((int64_t)getHeight() < 1 || (int64_t)getWidth() < 1 || (int64_t)getSamples() < 0)
    return emitError("expected a positive size and a sampling ratio of 0 or more");
  r.elementType = in.elementType;
  r.dims = {regions.dims[0], in.dims[1], Dim((int64_t)getHeight()), Dim((int64_t)getWidth())};
  results.push_back(std::move(r));
  return success();
}

LogicalResult RoiAlignOp::constrainSizes(DimAnalysis &dims) {
  return success(succeeded(dims.agree(*this, dims.dim(getBatch(), 0), dims.dim(getRois(), 0),
                                      "a batch vector for a number of regions")) &&
                 succeeded(dims.agree(*this, dims.dim(getRois(), 1), Dim(4),
                                      "regions with a last dimension")));
}

void RoiAlignOp::positions(DimAnalysis &dims, SmallVectorImpl<Positions> &list) {
  list.push_back({getBatch(), 0, dims.dim(getInput(), 0)});
}

namespace {
/// One axis of a region: where its samples lie, and the two pixels around one.
struct RoiAxis {
  Value start, step, count; // reals; the number of samples of the bin
  Index samples;
  Value size; // of the image
};
struct RoiPoint {
  Index low, high;
  Value fraction, inside;
};
} // namespace

FailureOr<Value> RoiAlignOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  if (b.lanes() > 1)
    return failure();
  Scalar s{b.b, b.loc};
  Type type = computeType(b.dims.elementType(getInput()));
  auto real = [&](double v) { return s.constant(type, v); };
  auto toReal = [&](Index i) { return s.toFloat(valueOf(b, i), type, false); };
  FailureOr<Index> image = b.readIndex(getBatch(), at[0]);
  if (failed(image))
    return failure();
  Index batch = b.wrap(*image, b.dim(getInput(), 0));
  double offset = getHalfPixel() ? 0.5 : 0;
  auto axis = [&](int64_t first, Index bin, int64_t bins, int64_t d) {
    auto corner = [&](int64_t k) {
      Value v = element(b, getRois(), {at[0], b.constant(k)});
      return s.sub(s.mul(v, real(getScale().convertToDouble())), real(offset));
    };
    Value from = corner(first), extent = s.sub(corner(first + 2), from);
    if (!getHalfPixel())
      extent = s.max(extent, real(1));
    RoiAxis a;
    a.step = s.div(extent, real((double)bins));
    a.start = s.add(from, s.mul(toReal(bin), a.step));
    a.samples = getSamples() ? b.constant(getSamples())
                             : indexOf(b, s.toInteger(s.ceil(a.step), b.b.getI64Type(), 64, false));
    a.samples = b.max(a.samples, b.constant(0));
    a.count = toReal(a.samples);
    a.size = toReal(b.dim(getInput(), d));
    return a;
  };
  auto point = [&](const RoiAxis &a, Index i, int64_t d) {
    Value place = s.div(s.mul(s.add(toReal(i), real(0.5)), a.step), a.count);
    Value x = s.add(a.start, place);
    RoiPoint p;
    p.inside = s.both(s.lessOrEqual(real(-1), x), s.lessOrEqual(x, a.size));
    Value last = s.sub(a.size, real(1));
    x = s.max(real(0), s.min(x, last)); // beyond the last pixel it is that pixel
    Index edge = b.max(b.constant(0), b.sub(b.dim(getInput(), d), b.constant(1)));
    p.low = b.max(b.constant(0),
                  b.min(edge, indexOf(b, s.toInteger(x, b.b.getI64Type(), 64, false))));
    p.high = b.min(edge, b.add(p.low, b.constant(1)));
    p.fraction = s.sub(x, toReal(p.low));
    return p;
  };
  RoiAxis rows = axis(1, at[2], getHeight(), 2), columns = axis(0, at[3], getWidth(), 3);
  Value none = arith::ConstantIntOp::create(b.b, b.loc, 0, 1);
  SmallVector<Value> sum =
      b.loop(b.constant(0), rows.samples, ValueRange{real(0), none}, [&](Index i, ValueRange outer) {
        RoiPoint y = point(rows, i, 2);
        return b.loop(b.constant(0), columns.samples, outer, [&](Index j, ValueRange sums) {
          RoiPoint x = point(columns, j, 3);
          Value inside = s.both(y.inside, x.inside);
          auto corner = [&](Index row, Index column, Value wy, Value wx) -> Value {
            FailureOr<Value> v = b.readUnlessEmpty(getInput(), {batch, at[1], row, column});
            if (failed(v)) {
              b.failed = true;
              return real(0);
            }
            return s.select(inside, s.mul(s.mul(wy, wx), *v), real(0));
          };
          Value ny = s.sub(real(1), y.fraction), nx = s.sub(real(1), x.fraction);
          Value p = corner(y.low, x.low, ny, nx), q = corner(y.low, x.high, ny, x.fraction),
                r = corner(y.high, x.low, y.fraction, nx),
                t = corner(y.high, x.high, y.fraction, x.fraction);
          Value yes = arith::ConstantIntOp::create(b.b, b.loc, 1, 1);
          if (!getLargest())
            return SmallVector<Value>{s.add(sums[0], s.add(s.add(p, q), s.add(r, t))), yes};
          Value most = s.max(s.max(p, q), s.max(r, t));
          return SmallVector<Value>{s.select(sums[1], s.max(sums[0], most), most), yes};
        });
      });
  if (getLargest())
    return sum[0];
  return s.div(sum[0], s.max(real(1), s.mul(rows.count, columns.count)));
}
