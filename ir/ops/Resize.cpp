//===- Resize.cpp - images at other sizes and positions ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Resize.h"
#include "ir/ops/Scalar.h"

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Resize.cpp.inc"

void IngotDialect::registerResizeOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Resize.cpp.inc"
      >();
}

LogicalResult ResizeOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo in = dims.info(getInput()), r;
  static constexpr llvm::StringLiteral modes[] = {"nearest", "linear", "cubic"},
                                       coordinates[] = {"half_pixel",
                                                        "half_pixel_symmetric",
                                                        "pytorch_half_pixel",
                                                        "align_corners",
                                                        "asymmetric",
                                                        "tf_crop_and_resize",
                                                        "tf_half_pixel_for_nn"},
                                       roundings[] = {"round_prefer_floor", "round_prefer_ceil",
                                                      "floor", "ceil"};
  if (!llvm::is_contained(modes, getMode()))
    return emitError("expected mode nearest, linear or cubic, but got ") << getMode();
  if (!llvm::is_contained(coordinates, getCoordinates()))
    return emitError("expected a coordinate transformation mode of the standard, but got ")
           << getCoordinates();
  if (!llvm::is_contained(roundings, getNearest()))
    return emitError("expected a nearest mode of the standard, but got ") << getNearest();
  if (!isa<FloatType>(in.elementType) && !isInteger(in.elementType))
    return emitError("expected numbers, but got ") << elementTypeName(in.elementType);
  auto sizes = dims.elements(getSizes());
  if (!sizes || sizes->size() != in.dims.size())
    return emitError("expected ") << in.dims.size() << " sizes";
  r.elementType = in.elementType;
  for (size_t d = 0; d < in.dims.size(); ++d) {
    r.dims.push_back(*dims.sizeElement(getSizes(), d));
    if (in.dims[d].is(0) && !r.dims[d].is(0))
      return emitError("expected a dimension that is not empty to sample from, but got 0");
  }
  results.push_back(std::move(r));
  return success();
}

LogicalResult ResizeOp::constrainSizes(DimAnalysis &dims) {
  int64_t rank = dims.rank(getInput());
  auto counts = [&](Value v, int64_t count, StringRef what) {
    return isa<NoneType>(v.getType()) || dims.rank(v) != 1
               ? success()
               : dims.agree(*this, dims.dim(v, 0), Dim(count), what);
  };
  return success(succeeded(counts(getScales(), rank, "scales with a dimension")) &&
                 succeeded(counts(getRoi(), 2 * rank, "a region with a dimension")));
}

bool ResizeOp::keeps(int64_t d) {
  return getCoordinates() != "tf_crop_and_resize" && getKnownScales() &&
         (*getKnownScales())[d] == 1;
}

namespace {
/// One dimension's sampling; reals are f64 scalars.
struct Sampler {
  ResizeOp op;
  ElementBuilder &b;
  Scalar s;
  int64_t d;
  Index at;
  Value scale, size, coordinate, outside;

  Sampler(ResizeOp op, ElementBuilder &b, int64_t d, Index at)
      : op(op), b(b), s{b.b, b.loc}, d(d), at(at) {}

  Value real(double v) { return s.constant(b.b.getF64Type(), v); }
  Value real(Index i) {
    Value wide = arith::IndexCastOp::create(b.b, b.loc, b.b.getI64Type(), i.value);
    return arith::SIToFPOp::create(b.b, b.loc, b.b.getF64Type(), wide);
  }
  Index index(Value integral) {
    Value i = s.toInteger(integral, b.b.getI64Type(), 64, false);
    return {arith::IndexCastOp::create(b.b, b.loc, b.b.getIndexType(), i), Index::Uniform};
  }
  Index clamp(Index i) {
    Index last = b.sub(b.dim(op.getInput(), d), b.constant(1));
    return b.max(b.constant(0), b.min(i, last));
  }
  FailureOr<Value> element(Value tensor, int64_t i) { return b.read(tensor, {b.constant(i)}); }

  LogicalResult locate() {
    if (op.getKnownScales()) {
      scale = real((*op.getKnownScales())[d]);
    } else {
      FailureOr<Value> x = element(op.getScales(), d);
      if (failed(x))
        return failure();
      scale = *x;
    }
    size = real(b.dim(op.getInput(), d));
    StringRef mode = op.getCoordinates();
    Value x = real(at), half = real(0.5), one = real(1), zero = real(0.0);
    Value resized = s.mul(scale, size); // as ONNX has it, not rounded
    Value isOne = s.equal(resized, one);
    Value halfPixel = s.sub(s.div(s.add(x, half), scale), half);
    Value between = s.sub(size, one), steps = s.sub(resized, one);
    if (mode == "align_corners") {
      coordinate = s.select(isOne, zero, s.div(s.mul(x, between), s.select(isOne, one, steps)));
    } else if (mode == "asymmetric") {
      coordinate = s.div(x, scale);
    } else if (mode == "tf_half_pixel_for_nn") {
      coordinate = s.div(s.add(x, half), scale);
    } else if (mode == "pytorch_half_pixel") {
      coordinate = s.select(isOne, real(-0.5), halfPixel);
    } else if (mode == "half_pixel_symmetric") {
      Value adjustment = s.div(real(b.dim(op.getResult(), d)), resized);
      Value offset = s.mul(s.mul(size, half), s.sub(one, adjustment));
      coordinate = s.add(offset, halfPixel);
    } else if (mode == "tf_crop_and_resize") {
      FailureOr<Value> start = element(op.getRoi(), d),
                       end = element(op.getRoi(), b.dims.rank(op.getInput()) + d);
      if (failed(start) || failed(end))
        return failure();
      Value span = s.mul(s.sub(*end, *start), between);
      Value moved = s.select(isOne, s.mul(span, half),
                             s.div(s.mul(x, span), s.select(isOne, one, steps)));
      coordinate = s.add(moved, s.mul(*start, between));
      outside = s.either(s.less(coordinate, zero), s.less(between, coordinate));
    } else {
      coordinate = halfPixel;
    }
    return success();
  }

  Index nearest() {
    StringRef mode = op.getNearest();
    Value half = real(0.5);
    return clamp(index(mode == "floor"  ? s.floor(coordinate)
                       : mode == "ceil" ? s.ceil(coordinate)
                       : mode == "round_prefer_ceil"
                           ? s.floor(s.add(coordinate, half))
                           : s.ceil(s.sub(coordinate, half))));
  }

  bool isCubic() { return op.getMode() == "cubic"; }
  /// The kernel's argument is shrunk by this.
  Value shrink() { return op.getAntialias() ? s.min(scale, real(1)) : real(1); }

  /// First position with weight, and how many.
  std::pair<Index, Index> taps() {
    Value before = s.sub(s.ceil(coordinate), real(1));
    Value reach = s.floor(s.div(real(isCubic() ? -2 : -1), shrink()));
    Value start = s.add(reach, real(1));
    Index count = b.sub(b.constant(2), b.mul(b.constant(2), index(start)));
    if (!op.getAntialias())
      count = b.constant(isCubic() ? 4 : 2);
    return {index(s.add(before, start)), count};
  }

  Value weight(Index position) {
    Value x = s.abs(s.mul(s.sub(real(position), coordinate), shrink()));
    Value one = real(1), zero = real(0.0), result;
    if (isCubic()) {
      double a = op.getCubicA().convertToDouble();
      Value square = s.mul(x, x), cube = s.mul(square, x);
      Value near = s.add(s.sub(s.mul(real(a + 2), cube), s.mul(real(a + 3), square)), one);
      Value far = s.sub(s.add(s.sub(s.mul(real(a), cube), s.mul(real(5 * a), square)),
                              s.mul(real(8 * a), x)),
                        real(4 * a));
      result = s.select(s.lessOrEqual(x, one), near,
                        s.select(s.less(x, real(2)), far, zero));
    } else {
      result = s.max(zero, s.sub(one, x));
    }
    if (op.getExcludeOutside()) {
      Value inside = arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::ult, position.value,
                                           b.dim(op.getInput(), d).value);
      result = s.select(inside, result, zero);
    }
    return result;
  }
};
} // namespace

/// Nearest by a whole factor is a division of the index, in the two usual conventions.
static std::optional<int64_t> wholeFactor(ResizeOp op, int64_t d) {
  if (op.getMode() != "nearest" || !op.getKnownScales())
    return std::nullopt;
  double scale = (*op.getKnownScales())[d];
  int64_t factor = (int64_t)scale;
  bool agrees = (op.getCoordinates() == "asymmetric" && op.getNearest() == "floor") ||
                (op.getCoordinates() == "half_pixel" && op.getNearest().starts_with("round"));
  if (!agrees || factor < 1 || factor != scale)
    return std::nullopt;
  return factor;
}

FailureOr<Value> ResizeOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  SmallVector<Index> inner(at);
  SmallVector<Sampler> samplers;
  Value outside;
  for (int64_t d = 0; d < (int64_t)at.size(); ++d) {
    if (keeps(d))
      continue;
    if (auto factor = wholeFactor(*this, d)) {
      Index last = b.sub(b.dim(getInput(), d), b.constant(1));
      inner[d] = b.min(b.div(at[d], b.constant(*factor)), last);
      continue;
    }
    if (!at[d].isUniform())
      return failure();
    Sampler sampler(*this, b, d, at[d]);
    if (failed(sampler.locate()))
      return failure();
    if (sampler.outside)
      outside = outside ? arith::OrIOp::create(b.b, b.loc, outside, sampler.outside).getResult()
                        : sampler.outside;
    if (getMode() == "nearest")
      inner[d] = sampler.nearest();
    else
      samplers.push_back(sampler);
  }
  Type element = b.dims.elementType(getInput());
  bool isU = isUnsigned(element);
  Scalar s{b.b, b.loc};
  Value result;
  if (samplers.empty()) {
    FailureOr<Value> x = b.readUnlessEmpty(getInput(), inner);
    if (failed(x))
      return failure();
    result = *x;
  } else {
    // Sums in f64 for it and in f32 for all else.
    Type sumType = element.isF64() ? b.b.getF64Type() : (Type)b.b.getF32Type();
    bool normalize = getAntialias() || getExcludeOutside();
    // Positions and weights are the same for all lanes.
    Value zero = s.constant(sumType, 0), one = s.constant(sumType, 1), none = b.splat(zero);
    std::function<SmallVector<Value>(size_t, Value, ValueRange)> nest =
        [&](size_t k, Value weight, ValueRange sums) -> SmallVector<Value> {
      if (k == samplers.size()) {
        FailureOr<Value> x = b.readUnlessEmpty(getInput(), inner);
        if (failed(x)) {
          b.failed = true;
          return SmallVector<Value>(sums);
        }
        Value v = Scalar::isFloat(*x) ? s.resizeFloat(*x, sumType) : s.toFloat(*x, sumType, isU);
        // A weight of 0 takes nothing, not even from an infinity.
        Value part = s.select(s.equal(weight, zero), none, s.mul(b.splat(weight), v));
        return SmallVector<Value>{s.add(sums[0], part), s.add(sums[1], weight)};
      }
      Sampler &sampler = samplers[k];
      auto [first, count] = sampler.taps();
      Index from = first;
      return b.loop(b.constant(0), count, sums, [&](Index i, ValueRange inside) {
        Index position = b.add(from, i);
        inner[sampler.d] = sampler.clamp(position);
        Value w = s.resizeFloat(sampler.weight(position), sumType);
        return nest(k + 1, s.mul(weight, w), inside);
      });
    };
    SmallVector<Value> sums = nest(0, one, ValueRange{none, zero});
    result = sums[0];
    if (normalize)
      result = s.select(s.equal(sums[1], zero), none, s.div(result, b.splat(sums[1])));
    Type compute = computeType(element);
    result = isa<FloatType>(compute)
                 ? s.resizeFloat(result, compute)
                 : s.toInteger(result, compute, storageBits(element), isU);
  }
  if (!outside)
    return result;
  return s.select(outside, s.constant(result, getExtrapolation().convertToDouble()), result);
}

//===- grid_sample ------------------------------------------------------------------===//

LogicalResult GridSampleOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r = dims.info(getInput()), grid = dims.info(getGrid());
  r.elements.reset();
  size_t spatial = r.dims.size() - 2;
  static constexpr llvm::StringLiteral modes[] = {"nearest", "linear", "cubic"},
                                       paddings[] = {"zeros", "border", "reflection"};
  if (!llvm::is_contained(modes, getMode()) || !llvm::is_contained(paddings, getPadding()))
    return emitError("expected a mode and padding of the standard, but got ")
           << getMode() << " and " << getPadding();
  if (r.dims.size() < 3 || grid.dims.size() != r.dims.size())
    return emitError("expected input and grid of one rank, 3 or more, but got ")
           << r.dims.size() << " and " << grid.dims.size();
  if (grid.dims.back().constant() && !grid.dims.back().is(spatial))
    return emitError("expected ") << spatial << " coordinates of a position, but got "
                                  << dims.space.str(grid.dims.back());
  if (!isa<FloatType>(r.elementType) || !isa<FloatType>(grid.elementType))
    return emitError("expected floats, but got ") << elementTypeName(r.elementType) << " and "
                                                  << elementTypeName(grid.elementType);
  for (size_t i = 0; i < spatial; ++i)
    r.dims[2 + i] = grid.dims[1 + i];
  results.push_back(std::move(r));
  return success();
}

LogicalResult GridSampleOp::constrainSizes(DimAnalysis &dims) {
  Dim spatial(dims.rank(getInput()) - 2), coordinates = dims.dims(getGrid()).back();
  return success(succeeded(dims.agree(*this, dims.dim(getGrid(), 0), dims.dim(getInput(), 0),
                                      "a grid for a batch")) &&
                 succeeded(dims.agree(*this, coordinates, spatial, "positions with a dimension")));
}

namespace {
/// One dimension of the position to sample at: which elements, with which weights.
struct GridAxis {
  GridSampleOp op;
  ElementBuilder &b;
  Scalar s;
  Type type;
  Value size, low, high, x; ///< `low` and `high` are where elements are mirrored

  GridAxis(GridSampleOp op, ElementBuilder &b, int64_t d, Value coordinate)
      : op(op), b(b), s{b.b, b.loc}, type(coordinate.getType()) {
    Value wide = arith::IndexCastOp::create(b.b, b.loc, b.b.getI64Type(),
                                            b.dim(op.getInput(), d).value);
    size = arith::SIToFPOp::create(b.b, b.loc, type, wide);
    bool corners = op.getAlignCorners();
    low = real(corners ? 0 : -0.5);
    high = s.sub(size, real(corners ? 1 : 0.5));
    Value fromEdge = s.add(coordinate, real(1)), half = real(0.5);
    x = corners ? s.mul(s.mul(fromEdge, half), s.sub(size, real(1)))
                : s.mul(s.sub(s.mul(fromEdge, size), real(1)), half);
    if (op.getMode() == "nearest")
      x = s.round(x);
    // A cubic position beyond the edge keeps its weights; only the elements are the edge's.
    if (op.getPadding() == "border" && op.getMode() != "cubic")
      x = clamp(x);
    else if (op.getPadding() == "reflection")
      x = reflect(x);
  }

  Value real(double v) { return s.constant(type, v); }
  Value clamp(Value v) { return s.max(real(0), s.min(v, s.sub(size, real(1)))); }
  Value reflect(Value v) {
    Value range = s.sub(high, low), zero = real(0);
    Value isBelow = s.less(v, low), isAbove = s.less(high, v);
    Value beyond = s.select(isBelow, s.sub(low, v), s.sub(v, high));
    // One element has nowhere to go.
    Value isPoint = s.equal(range, zero);
    Value turns = s.floor(s.div(beyond, s.select(isPoint, real(1), range)));
    Value rest = s.sub(beyond, s.mul(turns, range));
    Value isEven = s.equal(turns, s.mul(s.floor(s.mul(turns, real(0.5))), real(2)));
    Value up = s.add(low, rest), down = s.sub(high, rest);
    Value mirrored = s.select(isBelow, s.select(isEven, up, down), s.select(isEven, down, up));
    return s.select(isPoint, low, s.select(s.either(isBelow, isAbove), mirrored, v));
  }

  /// The element at the integral position p, whose index is safe, and whether it counts.
  std::pair<Index, Value> element(Value p) {
    Value counts;
    if (op.getPadding() == "zeros")
      counts = s.both(s.lessOrEqual(real(0), p), s.less(p, size));
    else if (op.getPadding() == "reflection")
      p = s.trunc(reflect(p));
    Value whole = s.toInteger(clamp(p), b.b.getI64Type(), 64, false);
    return {{arith::IndexCastOp::create(b.b, b.loc, b.b.getIndexType(), whole), Index::Uniform},
            counts};
  }

  /// Positions and weights.
  SmallVector<std::pair<Value, Value>> taps() {
    Value one = real(1), first = s.floor(x), t = s.sub(x, first);
    if (op.getMode() == "nearest")
      return {{x, Value()}};
    if (op.getMode() == "linear")
      return {{first, s.sub(one, t)}, {s.add(first, one), t}};
    // w(d) = (a + 2)d³ - (a + 3)d² + 1 up to 1, ad³ - 5ad² + 8ad - 4a up to 2, a = -0.75.
    auto near = [&](Value d) {
      return s.add(s.mul(s.mul(s.sub(s.mul(real(1.25), d), real(2.25)), d), d), one);
    };
    auto far = [&](Value d) {
      Value inner = s.mul(s.add(s.mul(s.sub(d, real(5)), d), real(8)), d);
      return s.mul(s.sub(inner, real(4)), real(-0.75));
    };
    return {{s.sub(first, one), far(s.add(t, one))},
            {first, near(t)},
            {s.add(first, one), near(s.sub(one, t))},
            {s.add(first, real(2)), far(s.sub(real(2), t))}};
  }
};
} // namespace

FailureOr<Value> GridSampleOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  if (b.lanes() > 1)
    return failure();
  Scalar s{b.b, b.loc};
  int64_t spatial = at.size() - 2;
  Type element = computeType(b.dims.elementType(getInput()));
  Type type = element.isF64() ? element : (Type)b.b.getF32Type();
  SmallVector<GridAxis> axes;
  SmallVector<Index> place{at[0]};
  place.append(at.begin() + 2, at.end());
  place.emplace_back();
  for (int64_t i = 0; i < spatial; ++i) {
    place.back() = b.constant(spatial - 1 - i);
    FailureOr<Value> coordinate = b.read(getGrid(), place);
    if (failed(coordinate))
      return failure();
    axes.emplace_back(*this, b, 2 + i, s.resizeFloat(*coordinate, type));
  }
  SmallVector<Index> inner{at[0], at[1]};
  inner.resize(at.size());
  Value sum = s.constant(type, 0);
  bool unserved = false;
  std::function<void(int64_t, Value, Value)> nest = [&](int64_t i, Value weight, Value counts) {
    if (i == spatial) {
      FailureOr<Value> x = b.readUnlessEmpty(getInput(), inner);
      unserved |= failed(x);
      if (unserved)
        return;
      Value v = s.resizeFloat(*x, type);
      if (counts)
        v = s.select(counts, v, s.constant(type, 0));
      sum = s.add(sum, weight ? s.mul(weight, v) : v);
      return;
    }
    for (auto [position, share] : axes[i].taps()) {
      auto [index, inside] = axes[i].element(position);
      inner[2 + i] = index;
      nest(i + 1, weight && share ? s.mul(weight, share) : share ? share : weight,
           counts && inside ? s.both(counts, inside) : inside ? inside : counts);
    }
  };
  nest(0, Value(), Value());
  if (unserved)
    return failure();
  return s.resizeFloat(sum, element);
}
