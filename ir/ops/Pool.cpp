//===- Pool.cpp - folding windows that slide over space --------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Pool.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Pool.cpp.inc"

void IngotDialect::registerPoolOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Pool.cpp.inc"
      >();
}

template <typename Op>
static LogicalResult inferWindow(Op op, DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r = dims.info(op.getInput());
  r.elements.reset();
  DimSpace &s = dims.space;
  size_t spatial = op.getKernel().size();
  if (r.dims.size() != spatial + 2)
    return op.emitError("expected input of rank ")
           << spatial + 2 << ", but got " << r.dims.size();
  if (op.getStrides().size() != spatial || op.getDilations().size() != spatial ||
      op.getPads().size() != 2 * spatial)
    return op.emitError("expected ")
           << spatial << " strides and dilations and " << 2 * spatial << " pads";
  if (isa<ComplexType>(r.elementType) || isString(r.elementType) || isBool(r.elementType))
    return op.emitError("expected numbers, but got ") << elementTypeName(r.elementType);
  for (size_t i = 0; i < spatial; ++i) {
    int64_t stride = op.getStrides()[i], begin = op.getPads()[i];
    if (stride < 1 || op.getDilations()[i] < 1 || op.getKernel()[i] < 1)
      return op.emitError("expected positive kernel, strides and dilations");
    Dim size = r.dims[2 + i], window((op.getKernel()[i] - 1) * op.getDilations()[i] + 1);
    Dim room = s.sub(s.add(size, Dim(begin + op.getPads()[spatial + i])), window);
    Dim out = s.add(op.getCeil() ? s.ceilDiv(room, Dim(stride)) : s.floorDiv(room, Dim(stride)),
                    Dim(1));
    if (op.getCeil())
      out = s.min(out, s.add(s.floorDiv(s.add(size, Dim(begin - 1)), Dim(stride)), Dim(1)));
    if (out.constant() && *out.constant() < 0)
      return op.emitError("expected a window within the padded input, but ")
             << s.str(window) << " exceeds " << s.str(s.add(room, window));
    r.dims[2 + i] = out;
  }
  results.push_back(std::move(r));
  return success();
}

LogicalResult PoolOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  if (getKind() != "max" && getKind() != "sum" && getKind() != "average")
    return emitError("expected kind max, sum or average, but got ") << getKind();
  return inferWindow(*this, dims, results);
}

LogicalResult MaxPoolIndicesOp::inferResults(DimAnalysis &dims,
                                             SmallVectorImpl<TensorInfo> &results) {
  if (failed(inferWindow(*this, dims, results)))
    return failure();
  results[0].elementType = IntegerType::get(getContext(), 64, IntegerType::Signed);
  return success();
}

template <typename Op> static Dim windowElements(Op op, DimAnalysis &dims) {
  Dim count = dims.space.product(dims.dims(op.getResult()));
  for (int64_t k : op.getKernel())
    count = dims.space.mul(count, Dim(k));
  return count;
}

Dim PoolOp::operations(DimAnalysis &dims) { return windowElements(*this, dims); }
Dim MaxPoolIndicesOp::operations(DimAnalysis &dims) { return windowElements(*this, dims); }

/// Below every element of the type.
static Value lowest(ElementBuilder &b, Type element) {
  Type type = computeType(element);
  if (isa<FloatType>(type))
    return b.real(type, -std::numeric_limits<double>::infinity());
  if (isUnsigned(element))
    return b.integer(type, 0);
  return b.integer(type, INT64_MIN >> (64 - type.getIntOrFloatBitWidth()));
}

static Value larger(ElementBuilder &b, Type element, Value x, Value y) {
  if (isa<FloatType>(element))
    return arith::MaximumFOp::create(b.b, b.loc, x, y);
  return isUnsigned(element) ? (Value)arith::MaxUIOp::create(b.b, b.loc, x, y)
                             : (Value)arith::MaxSIOp::create(b.b, b.loc, x, y);
}

/// Position in the input of window element `k` for output index `at`, along spatial dimension i.
template <typename Op> static Index positionOf(ElementBuilder &b, Op op, size_t i, Index at, Index k) {
  return b.sub(b.add(b.mul(at, b.constant(op.getStrides()[i])),
                     b.mul(k, b.constant(op.getDilations()[i]))),
               b.constant(op.getPads()[i]));
}

template <typename Op>
static SmallVector<Value>
foldWindow(ElementBuilder &b, Op op, ArrayRef<Index> at, ValueRange init,
           llvm::function_ref<SmallVector<Value>(ArrayRef<Index>, Value, ValueRange)> inside,
           llvm::function_ref<SmallVector<Value>(ArrayRef<Index>, ValueRange)> outside) {
  SmallVector<Dim> kernel(op.getKernel().begin(), op.getKernel().end());
  return b.loopNest(kernel, init, [&](ArrayRef<Index> k, ValueRange carried) {
    SmallVector<Index> position{at[0], at[1]};
    Value isInside = arith::ConstantIntOp::create(b.b, b.loc, 1, 1);
    for (size_t i = 0; i < k.size(); ++i) {
      Index p = positionOf(b, op, i, at[2 + i], k[i]);
      // One unsigned comparison checks both ends.
      Value in = arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::ult, p.value,
                                       b.dim(op.getInput(), 2 + i).value);
      isInside = arith::AndIOp::create(b.b, b.loc, isInside, in);
      position.push_back(p);
    }
    return b.ifElse(
        isInside, carried.getTypes(),
        [&] {
          FailureOr<Value> x = b.read(op.getInput(), position);
          if (failed(x)) {
            b.failed = true;
            return SmallVector<Value>(carried);
          }
          return inside(position, *x, carried);
        },
        [&] { return outside(position, carried); });
  });
}

FailureOr<Value> PoolOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  for (Index i : at.drop_front(2))
    if (!i.isUniform())
      return failure();
  Type element = b.dims.elementType(getInput()), compute = computeType(element);
  bool isMax = getKind() == "max", isAverage = getKind() == "average";
  bool isReal = isa<FloatType>(compute);
  SmallVector<Value> init{isMax    ? lowest(b, element)
                          : isReal ? b.real(compute, 0)
                                   : b.integer(compute, 0)};
  Value one = b.constant(1).value;
  if (isAverage)
    init.push_back(b.constant(0).value);
  auto fold = [&](ArrayRef<Index>, Value x, ValueRange carried) {
    SmallVector<Value> next;
    if (isMax)
      next.push_back(larger(b, element, carried[0], x));
    else
      next.push_back(isReal ? (Value)arith::AddFOp::create(b.b, b.loc, carried[0], x)
                            : (Value)arith::AddIOp::create(b.b, b.loc, carried[0], x));
    if (isAverage)
      next.push_back(arith::AddIOp::create(b.b, b.loc, carried[1], one));
    return next;
  };
  auto skip = [&](ArrayRef<Index> position, ValueRange carried) {
    SmallVector<Value> next(carried);
    if (!isAverage || !getCountPads())
      return next;
    // Padding counts, but not what a last window of ceil mode reaches beyond it.
    Value counts = arith::ConstantIntOp::create(b.b, b.loc, 1, 1);
    for (size_t i = 0; i + 2 < position.size(); ++i) {
      Index end = b.add(b.dim(getInput(), 2 + i), b.constant(getPads()[position.size() - 2 + i]));
      // Positions in space are uniform whatever the lanes.
      Value before = arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::slt,
                                           position[2 + i].value, end.value);
      counts = arith::AndIOp::create(b.b, b.loc, counts, before);
    }
    Value more = arith::AddIOp::create(b.b, b.loc, carried[1], one);
    next[1] = arith::SelectOp::create(b.b, b.loc, counts, more, carried[1]);
    return next;
  };
  SmallVector<Value> folded = foldWindow(b, *this, at, init, fold, skip);
  if (!isAverage)
    return folded[0];
  Index count = b.max({folded[1], Index::Uniform}, b.constant(1));
  Value asInteger = arith::IndexCastOp::create(b.b, b.loc, b.b.getI64Type(), count.value);
  if (isReal)
    return arith::DivFOp::create(
               b.b, b.loc, folded[0],
               b.splat(arith::SIToFPOp::create(b.b, b.loc, compute, asInteger)))
        .getResult();
  Value divisor = asInteger;
  if (compute.getIntOrFloatBitWidth() < 64)
    divisor = arith::TruncIOp::create(b.b, b.loc, compute, asInteger);
  divisor = b.splat(divisor);
  return isUnsigned(element) ? arith::DivUIOp::create(b.b, b.loc, folded[0], divisor).getResult()
                             : arith::DivSIOp::create(b.b, b.loc, folded[0], divisor).getResult();
}

FailureOr<Value> MaxPoolIndicesOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  if (b.lanes() > 1)
    return failure();
  Type element = b.dims.elementType(getInput());
  SmallVector<Dim> shape(b.dims.dims(getInput()));
  Value none = b.constant(-1).value;
  auto fold = [&](ArrayRef<Index> position, Value x, ValueRange carried) {
    SmallVector<Index> order(position);
    SmallVector<Dim> orderedShape(shape);
    if (getColumnMajor()) {
      std::reverse(order.begin() + 2, order.end());
      std::reverse(orderedShape.begin() + 2, orderedShape.end());
    }
    Value here = b.linearize(order, orderedShape).value;
    Value isFirst =
        arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::eq, carried[1], none);
    Value exceeds;
    if (isa<FloatType>(computeType(element)))
      exceeds =
          arith::CmpFOp::create(b.b, b.loc, arith::CmpFPredicate::OGT, x, carried[0]);
    else
      exceeds = arith::CmpIOp::create(
          b.b, b.loc, isUnsigned(element) ? arith::CmpIPredicate::ugt : arith::CmpIPredicate::sgt,
          x, carried[0]);
    Value take = arith::OrIOp::create(b.b, b.loc, isFirst, exceeds);
    return SmallVector<Value>{arith::SelectOp::create(b.b, b.loc, take, x, carried[0]),
                              arith::SelectOp::create(b.b, b.loc, take, here, carried[1])};
  };
  auto skip = [&](ArrayRef<Index>, ValueRange carried) { return SmallVector<Value>(carried); };
  SmallVector<Value> folded =
      foldWindow(b, *this, at, ValueRange{lowest(b, element), none}, fold, skip);
  return arith::IndexCastOp::create(b.b, b.loc, b.b.getI64Type(), folded[1]).getResult();
}

//===- fold_columns -----------------------------------------------------------------===//

LogicalResult FoldColumnsOp::inferResults(DimAnalysis &dims,
                                          SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r = dims.info(getInput());
  r.elements.reset();
  auto image = dims.elements(getImage()), block = dims.elements(getBlock());
  size_t spatial = getStrides().size();
  if (r.dims.size() != 3 || !isa<FloatType, IntegerType>(r.elementType))
    return emitError("expected an input of numbers of rank 3, but got rank ") << r.dims.size();
  if (!image || !block || image->size() != spatial || block->size() != spatial ||
      getDilations().size() != spatial || getPads().size() != 2 * spatial)
    return emitError("expected an image and block of ") << spatial << " dimensions";
  DimSpace &s = dims.space;
  r.dims = {r.dims[0], s.floorDiv(r.dims[1], s.product(*block))};
  for (size_t i = 0; i < spatial; ++i)
    r.dims.push_back(*dims.sizeElement(getImage(), i));
  results.push_back(std::move(r));
  return success();
}

/// How many windows lie along each dimension of the image.
static SmallVector<Dim> windowsOf(FoldColumnsOp op, DimAnalysis &dims) {
  DimSpace &s = dims.space;
  auto image = dims.elements(op.getImage()), block = dims.elements(op.getBlock());
  size_t spatial = op.getStrides().size();
  SmallVector<Dim> windows;
  for (size_t i = 0; i < spatial; ++i) {
    Dim reach = s.add(s.mul(s.sub((*block)[i], Dim(1)), Dim(op.getDilations()[i])), Dim(1));
    Dim room = s.sub(s.add((*image)[i], Dim(op.getPads()[i] + op.getPads()[spatial + i])), reach);
    windows.push_back(s.add(s.floorDiv(room, Dim(op.getStrides()[i])), Dim(1)));
  }
  return windows;
}

LogicalResult FoldColumnsOp::constrainSizes(DimAnalysis &dims) {
  DimSpace &s = dims.space;
  Dim rows = dims.dim(getInput(), 1), block = s.product(*dims.elements(getBlock()));
  return success(
      succeeded(dims.agree(*this, rows, s.mul(block, s.floorDiv(rows, block)),
                           "rows for a multiple of the block,")) &&
      succeeded(dims.agree(*this, dims.dim(getInput(), 2), s.product(windowsOf(*this, dims)),
                           "columns for a number of windows")));
}

FailureOr<Value> FoldColumnsOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  if (b.lanes() > 1)
    return failure();
  DimSpace &s = b.dims.space;
  auto block = b.dims.elements(getBlock());
  size_t spatial = getStrides().size();
  SmallVector<Dim> windows = windowsOf(*this, b.dims);
  Type type = computeType(b.dims.elementType(getInput()));
  Value zero = isa<FloatType>(type) ? b.real(type, 0) : b.integer(type, 0);
  SmallVector<Value> sums = b.loopNest(*block, zero, [&](ArrayRef<Index> k, ValueRange sum) {
    Value inside;
    auto require = [&](Value condition) {
      inside = inside ? arith::AndIOp::create(b.b, b.loc, inside, condition).getResult() : condition;
    };
    SmallVector<Index> window;
    for (size_t i = 0; i < spatial; ++i) {
      // The window that has this element at k starts at position - k * dilation.
      Index stride = b.constant(getStrides()[i]), first = b.add(at[2 + i], b.constant(getPads()[i]));
      first = b.sub(first, b.mul(k[i], b.constant(getDilations()[i])));
      require(b.compare(arith::CmpIPredicate::sge, first, b.constant(0)));
      Index safe = b.max(first, b.constant(0));
      require(b.compare(arith::CmpIPredicate::eq, b.rem(safe, stride), b.constant(0)));
      window.push_back(b.div(safe, stride));
      require(b.compare(arith::CmpIPredicate::slt, window.back(), b.emit(windows[i])));
    }
    Index channel = b.add(b.mul(at[1], b.emit(s.product(*block))), b.linearize(k, *block));
    FailureOr<Value> x =
        b.readIf(inside, getInput(), {at[0], channel, b.linearize(window, windows)});
    if (failed(x)) {
      b.failed = true;
      return SmallVector<Value>(sum);
    }
    Value next = isa<FloatType>(type) ? arith::AddFOp::create(b.b, b.loc, sum[0], *x).getResult()
                                      : arith::AddIOp::create(b.b, b.loc, sum[0], *x).getResult();
    return SmallVector<Value>{next};
  });
  return sums[0];
}
