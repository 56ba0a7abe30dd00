//===- Resize.cpp - images at other sizes -----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Resize.h"
#include "frontend/onnx/import/Registry.h"
#include "ir/ops/Cast.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Elementwise.h"
#include "ir/ops/Movement.h"
#include "ir/ops/Reduction.h"
#include <cmath>

using namespace mlir;

namespace ingot {

static Value none(ImportBuilder &b) { return NoneOp::create(b.b, b.loc, b.b.getNoneType()); }
static Value castTo(ImportBuilder &b, Value x, Type type) {
  return b.elementType(x) == type ? x : b.create<CastOp>(x, type, true, "up");
}

namespace {
struct Sampling {
  ImportBuilder &b;
  Value input;
  SmallVector<int64_t> axes;
  Value sizes, scales, roi;
  std::optional<SmallVector<double>> known;

  int64_t rank() { return b.rank(input); }
  Type f64() { return b.b.getF64Type(); }
  Type i64() { return b.b.getIntegerType(64, true); }

  /// The elements of a constant float tensor.
  std::optional<SmallVector<double>> constants(Value v) {
    auto view = ConstantView::of(v);
    if (b.failed || !view)
      return std::nullopt;
    SmallVector<double> values;
    for (int64_t i = 0; i < view->size(); ++i)
      values.push_back(view->real(i));
    return values;
  }
  Value reals(ArrayRef<double> values) {
    return b.tensor(RankedTensorType::get({(int64_t)values.size()}, f64()),
                    ArrayRef((const char *)values.data(), values.size() * sizeof(double)));
  }
  /// Parameters of the chosen axes among those of all dimensions.
  Value spread(Value chosen, Value all) {
    if ((int64_t)axes.size() == rank() && llvm::is_sorted(axes))
      return chosen;
    SmallVector<int64_t> picks;
    for (int64_t d = 0; d < rank(); ++d) {
      auto it = llvm::find(axes, d);
      picks.push_back(it == axes.end() ? (int64_t)axes.size() + d : it - axes.begin());
    }
    Value both = b.create<ConcatOp>(ValueRange{chosen, all}, 0);
    return b.create<GatherOp>(both, b.integers(picks), 0);
  }
  Value shape() { return b.shapeTensor(b.shape(input)); }
  Value shapeOfAxes() { return b.create<GatherOp>(shape(), b.integers(axes), 0); }
  Value ones() { return reals(SmallVector<double>(rank(), 1.0)); }

  /// floor(size * scale) where it is an expression: a scale that is a ratio of small integers.
  std::optional<Dim> scaled(const Dim &size, double scale) {
    if (auto c = size.constant())
      return Dim((int64_t)std::floor((double)*c * scale));
    for (int64_t q = 1; q <= 64; ++q) {
      double p = scale * (double)q;
      if (p == std::floor(p) && p < 1e6)
        return b.dims.space.floorDiv(b.dims.space.mul(size, Dim((int64_t)p)), Dim(q));
    }
    return std::nullopt;
  }

  void fromScales(Value given) {
    if (auto values = constants(given)) {
      SmallVector<double> all(rank(), 1.0);
      if (values->size() != axes.size()) {
        b.error("expected " + Twine(axes.size()) + " scales, but got " + Twine(values->size()));
        return;
      }
      for (auto [axis, scale] : llvm::zip(axes, *values)) {
        if (!(scale > 0) || !std::isfinite(scale)) {
          b.error("expected positive scales, but got " + std::to_string(scale));
          return;
        }
        all[axis] = scale;
      }
      known = all;
      scales = reals(all);
      SmallVector<Dim> target;
      for (int64_t d = 0; d < rank(); ++d)
        if (auto size = scaled(b.dim(input, d), all[d]))
          target.push_back(*size);
      if ((int64_t)target.size() == rank()) {
        sizes = b.shapeTensor(target);
        return;
      }
    } else {
      scales = spread(castTo(b, given, f64()), ones());
    }
    Value real = b.mul(castTo(b, shape(), f64()), scales);
    sizes = castTo(b, b.create<FloorOp>(real), i64());
  }

  void fromSizes(Value given, StringRef policy) {
    given = castTo(b, given, i64());
    Value ratio = b.div(castTo(b, given, f64()), castTo(b, shapeOfAxes(), f64()));
    if (policy == "stretch") {
      sizes = spread(given, shape());
      scales = spread(ratio, ones());
      auto target = b.constants(sizes);
      SmallVector<double> all;
      for (int64_t d = 0; target && d < rank(); ++d)
        if (auto size = b.dim(input, d).constant(); size && *size > 0)
          all.push_back((double)(*target)[d] / (double)*size);
      if ((int64_t)all.size() == rank())
        known = all;
      return;
    }
    Value common = b.create<ReduceOp>(ratio, policy == "not_larger" ? "min" : "max",
                                      ArrayRef<int64_t>{0}, true);
    Value real = b.mul(castTo(b, shapeOfAxes(), f64()), common);
    Value rounded = castTo(b, b.create<FloorOp>(b.add(real, 0.5)), i64());
    sizes = spread(rounded, shape());
    Value perAxis = b.expand(common, {Dim((int64_t)axes.size())});
    scales = spread(perAxis, ones());
  }
};
} // namespace

static Results build(Sampling &s, StringRef mode, StringRef coordinates, StringRef nearest,
                     double cubicA, bool exclude, bool antialias, double extrapolation) {
  ImportBuilder &b = s.b;
  if (b.failed)
    return {};
  DenseF64ArrayAttr known;
  if (s.known)
    known = b.b.getDenseF64ArrayAttr(*s.known);
  return b.create<ResizeOp>(s.input, s.sizes, s.scales, s.roi ? s.roi : none(b), known,
                            b.b.getStringAttr(mode), b.b.getStringAttr(coordinates),
                            b.b.getStringAttr(nearest), b.b.getF64FloatAttr(cubicA),
                            b.b.getBoolAttr(exclude), b.b.getBoolAttr(antialias),
                            b.b.getF64FloatAttr(extrapolation));
}

/// Upsample and the first Resize: scales only, from the corner, rounded down.
static Results upsample(ImportBuilder &b, NodeReader &n) {
  Sampling s{b, n.operand(0), llvm::to_vector(llvm::seq<int64_t>(0, b.rank(n.operand(0)))),
             {}, {}, {}, std::nullopt};
  StringRef mode = n.string("mode", "nearest");
  if (auto values = n.reals("scales"))
    s.fromScales(s.reals(SmallVector<double>(values->begin(), values->end())));
  else
    s.fromScales(n.operand(1));
  return build(s, mode == "bilinear" ? "linear" : mode, "asymmetric", "floor", -0.75, false, false,
               0);
}

static Results resize(ImportBuilder &b, NodeReader &n) {
  Sampling s{b, n.operand(0), {}, {}, {}, {}, std::nullopt};
  Value roi = n.optional(1), scales = n.optional(2), sizes = n.optional(3);
  int64_t rank = b.rank(s.input);
  if (auto axes = n.integers("axes"))
    for (int64_t axis : *axes)
      s.axes.push_back(b.normalizeAxis(axis, rank, "axes"));
  else
    s.axes = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  StringRef mode = n.string("mode", "nearest");
  StringRef coordinates = n.string("coordinate_transformation_mode", "half_pixel");
  StringRef nearest = n.string("nearest_mode", "round_prefer_floor");
  StringRef policy = n.string("keep_aspect_ratio_policy", "stretch");
  double cubicA = n.real("cubic_coeff_a", -0.75);
  bool exclude = n.boolean("exclude_outside", false), antialias = n.boolean("antialias", false);
  double extrapolation = n.real("extrapolation_value", 0);
  if (policy != "stretch" && policy != "not_larger" && policy != "not_smaller")
    n.error("expected keep_aspect_ratio_policy stretch, not_larger or not_smaller, but got '" +
            policy + "'");
  if (b.failed)
    return {};
  // An empty tensor counts as left out.
  auto isEmpty = [&](Value v) { return !v || (b.rank(v) == 1 && b.dim(v, 0).is(0)); };
  if (!isEmpty(sizes) && !isEmpty(scales)) {
    n.error("expected scales or sizes, but got both");
    return {};
  }
  if (!isEmpty(sizes)) {
    s.fromSizes(sizes, policy);
  } else if (!isEmpty(scales)) {
    s.fromScales(scales);
  } else {
    n.error("expected scales or sizes, but got neither");
    return {};
  }
  if (coordinates == "tf_crop_and_resize") {
    if (isEmpty(roi)) {
      n.error("expected roi for tf_crop_and_resize, but got none");
      return {};
    }
    Value wide = castTo(b, roi, b.b.getF64Type());
    // Starts of the axes, then ends; other dimensions are taken whole.
    int64_t count = s.axes.size();
    if ((int64_t)count != rank || !llvm::is_sorted(s.axes)) {
      SmallVector<int64_t> picks;
      for (int64_t half = 0; half < 2; ++half)
        for (int64_t d = 0; d < rank; ++d) {
          auto it = llvm::find(s.axes, d);
          picks.push_back(it == s.axes.end() ? 2 * count + half
                                             : half * count + (it - s.axes.begin()));
        }
      Value whole = s.reals({0.0, 1.0});
      wide = b.create<GatherOp>(b.create<ConcatOp>(ValueRange{wide, whole}, 0), b.integers(picks),
                                0);
    }
    s.roi = wide;
  }
  return build(s, mode, coordinates, nearest, cubicA, exclude, antialias, extrapolation);
}

ArrayRef<OperatorRow> resizeOperators() {
  static const OperatorRow rows[] = {
      {"", "Resize", 10, upsample},
      {"", "Resize", 11, resize},
      {"", "Upsample", 7, upsample},
      {"", "Upsample", 10, nullptr},
  };
  return rows;
}

} // namespace ingot
