//===- Reduction.cpp - reductions, extremes, running sums -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Reduction.h"
#include "frontend/onnx/import/Registry.h"
#include "ir/ops/Cast.h"
#include "ir/ops/Cumulative.h"
#include "ir/ops/Elementwise.h"
#include "ir/ops/Generate.h"
#include "ir/ops/Logic.h"
#include "ir/ops/Math.h"
#include <cmath>

using namespace mlir;

namespace ingot {

namespace {
/// The axes of a reducing node: an attribute, or (by version) an operand that may be known only at
/// run time.
struct Fold {
  ImportBuilder &b;
  Value input;
  bool keepdims = true;
  /// Nothing is folded: noop_with_empty_axes.
  bool none = false;
  SmallVector<int64_t> axes;
  Value runtimeAxes;

  Fold(ImportBuilder &b, NodeReader &n, int64_t operandSince) : b(b), input(n.operand(0)) {
    int64_t rank = b.rank(input);
    keepdims = n.boolean("keepdims", true);
    bool noop = n.boolean("noop_with_empty_axes", false);
    auto given = n.integers("axes");
    if (n.opset() >= operandSince) {
      if (Value v = n.optional(1)) {
        given = b.constants(v);
        auto count = b.rank(v) == 1 ? b.dim(v, 0).constant() : std::optional<int64_t>(1);
        if (!given && count && *count > 0) {
          runtimeAxes = b.rank(v) == 0 ? b.reshape(v, {Dim(1)}) : v;
          return;
        }
        if (!given && !count)
          n.unsupported("axes whose number is known only at run time are not supported");
      }
    }
    if (given && !given->empty()) {
      for (int64_t axis : *given)
        axes.push_back(b.normalizeAxis(axis, rank));
    } else if (noop) {
      none = true;
    } else {
      axes = llvm::to_vector(llvm::seq<int64_t>(0, rank));
    }
  }

  Value apply(Value x, StringRef kind, bool keep) {
    if (none)
      return x;
    if (isBool(b.elementType(x)) && (kind == "max" || kind == "min"))
      kind = kind == "max" ? "or" : "and";
    if (runtimeAxes)
      return b.create<ReduceAtOp>(x, runtimeAxes, kind, keep);
    return b.create<ReduceOp>(x, kind, axes, keep);
  }
  Value apply(Value x, StringRef kind) { return apply(x, kind, keepdims); }
};

/// What sums are computed in: narrow floats would lose them between two kernels.
struct Widened {
  ImportBuilder &b;
  Type own;
  Value value;
  Widened(ImportBuilder &b, Value x) : b(b), own(b.elementType(x)), value(x) {
    if (isa<FloatType>(own) && own.getIntOrFloatBitWidth() < 32)
      value = b.create<CastOp>(x, b.b.getF32Type(), true, "up");
  }
  Value back(Value x) {
    return b.elementType(x) == own ? x : b.create<CastOp>(x, own, true, "up");
  }
};
} // namespace

static Results reduceBy(ImportBuilder &b, NodeReader &n, int64_t operandSince, StringRef kind) {
  Fold fold(b, n, operandSince);
  return fold.apply(fold.input, kind);
}
static Results reduceSum(ImportBuilder &b, NodeReader &n) { return reduceBy(b, n, 13, "sum"); }
static Results reduceMax(ImportBuilder &b, NodeReader &n) { return reduceBy(b, n, 18, "max"); }
static Results reduceMin(ImportBuilder &b, NodeReader &n) { return reduceBy(b, n, 18, "min"); }
static Results reduceProd(ImportBuilder &b, NodeReader &n) { return reduceBy(b, n, 18, "prod"); }

static Results reduceMean(ImportBuilder &b, NodeReader &n) {
  Fold fold(b, n, 18);
  Widened x(b, fold.input);
  Value sum = fold.apply(x.value, "sum");
  if (b.failed || fold.none)
    return fold.input;
  // How many elements went into one: total by total, as the axes may be known only at run time.
  DimSpace &s = b.dims.space;
  Dim count(1);
  if (fold.runtimeAxes)
    count = s.floorDiv(s.product(b.shape(x.value)), s.max(Dim(1), s.product(b.shape(sum))));
  else
    for (int64_t axis : fold.axes)
      count = s.mul(count, b.dim(x.value, axis));
  Type type = b.elementType(sum);
  Value divisor;
  if (auto c = count.constant())
    divisor = b.scalar((double)*c, type);
  else
    divisor = b.create<CastOp>(b.reshape(b.shapeTensor({count}), {}), type, true, "up");
  return x.back(b.div(sum, divisor));
}

static Results reduceL1(ImportBuilder &b, NodeReader &n) {
  Fold fold(b, n, 18);
  return fold.apply(b.create<AbsOp>(fold.input), "sum");
}
static Results reduceSumSquare(ImportBuilder &b, NodeReader &n) {
  Fold fold(b, n, 18);
  Widened x(b, fold.input);
  return x.back(fold.apply(b.mul(x.value, x.value), "sum"));
}

/// A float to take roots and logarithms in; integers go through binary64.
static Value asFloat(ImportBuilder &b, Value x) {
  if (isa<FloatType>(b.elementType(x)))
    return x;
  return b.create<CastOp>(x, b.b.getF64Type(), true, "up");
}
static Value backTo(ImportBuilder &b, Value x, Value like) {
  Type type = b.elementType(like);
  return b.elementType(x) == type ? x : b.create<CastOp>(x, type, true, "up");
}

static Results reduceL2(ImportBuilder &b, NodeReader &n) {
  Fold fold(b, n, 18);
  Widened x(b, fold.input);
  Value sum = fold.apply(b.mul(x.value, x.value), "sum");
  return x.back(backTo(b, b.create<SqrtOp>(asFloat(b, sum)), sum));
}
static Results reduceLogSum(ImportBuilder &b, NodeReader &n) {
  Fold fold(b, n, 18);
  Widened x(b, fold.input);
  Value sum = fold.apply(x.value, "sum");
  return x.back(backTo(b, b.create<LogOp>(asFloat(b, sum)), sum));
}

/// log(sum(exp(x - m))) + m with m the largest, so that exp cannot overflow.
static Results reduceLogSumExp(ImportBuilder &b, NodeReader &n) {
  Fold fold(b, n, 18);
  Widened wide(b, fold.input);
  Value x = asFloat(b, wide.value);
  Value max = fold.apply(x, "max", true);
  Value isInfinite = b.create<IsInfOp>(max, true, true);
  max = b.create<WhereOp>(isInfinite, b.scalarLike(0, max), max);
  Value sum = fold.apply(b.create<ExpOp>(b.sub(x, max)), "sum", true);
  Value result = b.add(b.create<LogOp>(sum), max);
  if (!fold.keepdims)
    result = fold.apply(result, "sum"); // over dimensions of size 1: drops them
  return wide.back(backTo(b, result, wide.value));
}

//===- extremes ---------------------------------------------------------------------===//

static Results argExtreme(ImportBuilder &b, NodeReader &n, bool largest) {
  Value x = n.operand(0);
  int64_t axis = b.normalizeAxis(n.integer("axis", 0), b.rank(x));
  return b.create<ArgExtremeOp>(x, axis, largest, n.boolean("keepdims", true),
                                n.boolean("select_last_index", false));
}
static Results argMax(ImportBuilder &b, NodeReader &n) { return argExtreme(b, n, true); }
static Results argMin(ImportBuilder &b, NodeReader &n) { return argExtreme(b, n, false); }

/// 1 at the first largest element along the axis; before version 13 along all from `axis` on.
static Results hardmax(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), flat = x;
  int64_t rank = b.rank(x);
  int64_t axis = b.normalizeAxis(n.integer("axis", n.opset() < 13 ? 1 : -1), rank);
  SmallVector<Dim> shape = b.shape(x);
  if (b.failed)
    return {};
  if (n.opset() < 13) {
    flat = b.mergeDims(b.mergeDims(x, axis, rank), 0, axis);
    axis = 1;
  }
  Value best = b.create<ArgExtremeOp>(flat, axis, true, true, false);
  Value positions =
      b.create<RangeOp>(b.integers({0}, {}, true), b.integers({1}, {}, true),
                        b.shapeTensor({b.dim(flat, axis)}));
  Value here = b.create<EqualOp>(b.alongAxis(positions, axis, b.rank(flat)), best);
  return b.reshape(b.create<CastOp>(here, b.elementType(x), true, "up"), shape);
}

//===- running sums -----------------------------------------------------------------===//

static Results cumulative(ImportBuilder &b, NodeReader &n, bool product) {
  Value x = n.operand(0), axis = n.operand(1);
  bool exclusive = n.boolean("exclusive", false), reverse = n.boolean("reverse", false);
  auto known = b.constants(axis);
  if (b.failed)
    return {};
  if (!known)
    return b.create<CumulativeAtOp>(x, axis, product, exclusive, reverse);
  if (known->size() != 1) {
    n.error("expected an axis of one element, but got " + Twine(known->size()));
    return {};
  }
  return b.create<CumulativeOp>(x, b.normalizeAxis((*known)[0], b.rank(x)), product, exclusive,
                                reverse);
}
static Results cumSum(ImportBuilder &b, NodeReader &n) { return cumulative(b, n, false); }
static Results cumProd(ImportBuilder &b, NodeReader &n) { return cumulative(b, n, true); }

ArrayRef<OperatorRow> reductionOperators() {
  static const OperatorRow rows[] = {
      {"", "ArgMax", 1, argMax},
      {"", "ArgMin", 1, argMin},
      {"", "CumProd", 26, cumProd},
      {"", "CumSum", 11, cumSum},
      {"", "Hardmax", 1, hardmax},
      {"", "ReduceL1", 1, reduceL1},
      {"", "ReduceL2", 1, reduceL2},
      {"", "ReduceLogSum", 1, reduceLogSum},
      {"", "ReduceLogSumExp", 1, reduceLogSumExp},
      {"", "ReduceMax", 1, reduceMax},
      {"", "ReduceMean", 1, reduceMean},
      {"", "ReduceMin", 1, reduceMin},
      {"", "ReduceProd", 1, reduceProd},
      {"", "ReduceSum", 1, reduceSum},
      {"", "ReduceSumSquare", 1, reduceSumSquare},
  };
  return rows;
}

} // namespace ingot
