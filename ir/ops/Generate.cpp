//===- Generate.cpp - tensors from nothing but parameters -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Generate.h"
#include "ir/ops/Scalar.h"
#include "ir/ops/Sizes.h"
#include <cmath>

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Generate.cpp.inc"

void IngotDialect::registerGenerateOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Generate.cpp.inc"
      >();
}

/// The only element of a scalar or of a vector of one.
static FailureOr<Value> readScalar(ElementBuilder &b, Value v) {
  return b.read(v, SmallVector<Index>(b.dims.rank(v), b.constant(0)));
}
static std::optional<Dim> knownScalar(DimAnalysis &dims, Value v) {
  auto known = dims.knownElements(v);
  return known && known->size() == 1 ? std::optional<Dim>((*known)[0]) : std::nullopt;
}

//===- range ------------------------------------------------------------------------===//

LogicalResult RangeCountOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  Type type = dims.elementType(getStart());
  if (type != dims.elementType(getLimit()) || type != dims.elementType(getDelta()))
    return emitError("expected start, limit and delta of one type");
  TensorInfo r;
  r.elementType = IntegerType::get(getContext(), 64, IntegerType::Signed);
  r.dims = {Dim(1)};
  DimSpace &s = dims.space;
  auto operand = [&](Value v) -> std::optional<Dim> {
    if (isa<FloatType>(type))
      return knownScalar(dims, v);
    auto all = dims.elements(v);
    return all && all->size() == 1 ? std::optional<Dim>((*all)[0]) : std::nullopt;
  };
  auto start = operand(getStart()), limit = operand(getLimit()), delta = operand(getDelta());
  if (start && limit && delta && delta->constant() && !delta->is(0)) {
    bool up = *delta->constant() > 0;
    Dim span = up ? s.sub(*limit, *start) : s.sub(*start, *limit);
    Dim step = up ? *delta : s.sub(Dim(0), *delta);
    r.elements = SmallVector<Dim>{s.max(Dim(0), s.ceilDiv(span, step))};
  }
  results.push_back(std::move(r));
  return success();
}

/// Operands of which one element is read.
static LogicalResult agreeOnOnes(Operation *op, DimAnalysis &dims, ValueRange scalars) {
  for (Value v : scalars)
    if (failed(agreeOnOne(op, dims, v, "scalars, or vectors with a dimension")))
      return failure();
  return success();
}

LogicalResult RangeCountOp::constrainSizes(DimAnalysis &dims) {
  return agreeOnOnes(*this, dims, {getStart(), getLimit(), getDelta()});
}

FailureOr<Value> RangeCountOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index>) {
  if (b.lanes() > 1)
    return failure();
  auto start = readScalar(b, getStart()), limit = readScalar(b, getLimit()),
       delta = readScalar(b, getDelta());
  if (failed(start) || failed(limit) || failed(delta))
    return failure();
  Scalar s{b.b, b.loc};
  Type i64 = b.b.getI64Type();
  if (Scalar::isFloat(*start)) {
    Type f64 = b.b.getF64Type();
    Value span = s.sub(s.resizeFloat(*limit, f64), s.resizeFloat(*start, f64));
    Value count = s.ceil(s.div(span, s.resizeFloat(*delta, f64)));
    Value zero = s.constant(count, 0), one = s.constant(count, 1);
    // A delta of 0 gives an infinity or NaN.
    Value finite = s.less(s.abs(count), s.constant(count, 0x1p62));
    Value safe = s.select(finite, count, zero);
    return s.toInteger(s.select(s.less(safe, one), zero, safe), i64, 64, false);
  }
  bool isU = isUnsigned(b.dims.elementType(getStart()));
  Value from = s.resizeInteger(*start, i64, isU), to = s.resizeInteger(*limit, i64, isU),
        step = s.resizeInteger(*delta, i64, isU);
  Value zero = s.constant(from, 0), one = s.constant(from, 1);
  Value down = s.less(step, zero);
  Value span = s.select(down, s.sub(from, to), s.sub(to, from));
  Value size = s.select(down, s.neg(step), step);
  Value count = s.add(s.divInteger(s.sub(span, one), size, false), one);
  Value none = s.either(s.lessOrEqual(span, zero), s.equal(step, zero));
  return s.select(none, zero, count);
}

LogicalResult RangeOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r;
  r.elementType = dims.elementType(getStart());
  if (r.elementType != dims.elementType(getDelta()))
    return emitError("expected start and delta of one type");
  auto count = dims.sizeElement(getCount(), 0);
  if (!count)
    return emitError("expected a count of one element");
  r.dims = {*count};
  auto start = knownScalar(dims, getStart()), delta = knownScalar(dims, getDelta());
  if (start && delta)
    r.elements = DimAnalysis::tabulate(r.dims, [&](ArrayRef<int64_t> at) {
      return std::optional<Dim>(dims.space.add(*start, dims.space.mul(*delta, Dim(at[0]))));
    });
  results.push_back(std::move(r));
  return success();
}

LogicalResult RangeOp::constrainSizes(DimAnalysis &dims) {
  return agreeOnOnes(*this, dims, {getStart(), getDelta()});
}

FailureOr<Value> RangeOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  auto start = readScalar(b, getStart()), delta = readScalar(b, getDelta());
  if (failed(start) || failed(delta))
    return failure();
  Scalar s{b.b, b.loc};
  Type element = b.dims.elementType(getResult());
  return s.add(*start, s.mul(*delta, b.fromIndex(at[0], element)));
}

bool RangeOp::isMovement() { return true; }

//===- mel weights ------------------------------------------------------------------===//

LogicalResult MelWeightsOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r;
  auto shape = dims.elements(getShape());
  if (!shape || shape->size() != 2)
    return emitError("expected a shape of two dimensions");
  if (!isInteger(dims.elementType(getLength())) ||
      dims.elementType(getLength()) != dims.elementType(getRate()))
    return emitError("expected length and rate of one integer type");
  if (!isa<FloatType>(dims.elementType(getLower())) ||
      dims.elementType(getLower()) != dims.elementType(getUpper()))
    return emitError("expected lower and upper of one float type");
  r.elementType = Float32Type::get(getContext());
  r.dims = {*dims.sizeElement(getShape(), 0), *dims.sizeElement(getShape(), 1)};
  results.push_back(std::move(r));
  return success();
}

LogicalResult MelWeightsOp::constrainSizes(DimAnalysis &dims) {
  return agreeOnOnes(*this, dims, {getLength(), getRate(), getLower(), getUpper()});
}

FailureOr<Value> MelWeightsOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  if (b.lanes() > 1)
    return failure();
  auto length = readScalar(b, getLength()), rate = readScalar(b, getRate()),
       lower = readScalar(b, getLower()), upper = readScalar(b, getUpper());
  if (failed(length) || failed(rate) || failed(lower) || failed(upper))
    return failure();
  Scalar s{b.b, b.loc};
  Type f64 = b.b.getF64Type();
  auto real = [&](Value integer) { return s.toFloat(integer, f64, false); };
  auto number = [&](double x) { return s.constant(f64, x); };
  // In units of 2595 / ln 10, which cancel.
  auto mel = [&](Value f) -> Value {
    Value x = s.div(s.resizeFloat(f, f64), number(700));
    return math::LogOp::create(b.b, b.loc, s.add(number(1), x));
  };
  Value low = mel(*lower), filter = b.fromIndex(at[1], f64);
  Value count = b.fromIndex(b.dim(getResult(), 1), f64);
  Value step = s.div(s.sub(mel(*upper), low), s.add(count, number(2)));
  auto edge = [&](double k) -> Value {
    Value place = s.add(low, s.mul(s.add(filter, number(k)), step));
    Value f = s.mul(s.sub(math::ExpOp::create(b.b, b.loc, place), number(1)), number(700));
    return s.floor(s.div(s.mul(s.add(real(*length), number(1)), f), real(*rate)));
  };
  Value left = edge(0), middle = edge(1), right = edge(2), bin = b.fromIndex(at[0], f64);
  Value rising = s.div(s.sub(bin, left), s.sub(middle, left));
  Value falling = s.div(s.sub(right, bin), s.sub(right, middle));
  Value rises = s.both(s.lessOrEqual(left, bin), s.less(bin, middle));
  Value falls = s.both(s.less(middle, bin), s.less(bin, right));
  Value result = s.select(rises, rising, s.select(falls, falling, number(0)));
  result = s.select(s.equal(bin, middle), number(1), result);
  return s.resizeFloat(result, b.b.getF32Type());
}

//===- random -----------------------------------------------------------------------===//

/// Two 32-bit words of Philox 4x32-10 for a 64-bit counter.
static std::pair<Value, Value> philox(Scalar &s, Value counter, int64_t seed) {
  Type wide = counter.getType();
  Type word = withElement(wide, s.b.getI32Type());
  auto low = [&](Value v) -> Value { return arith::TruncIOp::create(s.b, s.loc, word, v); };
  auto high = [&](Value v) -> Value {
    return low(arith::ShRUIOp::create(s.b, s.loc, v, s.integer(wide, 32)));
  };
  Value c0 = low(counter), c1 = high(counter), c2 = s.integer(word, 0), c3 = c2;
  uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)((uint64_t)seed >> 32);
  for (int round = 0; round < 10; ++round) {
    auto product = [&](Value v, uint32_t by) -> Value {
      return s.mul(arith::ExtUIOp::create(s.b, s.loc, wide, v), s.integer(wide, by));
    };
    Value p0 = product(c0, 0xD2511F53u), p1 = product(c2, 0xCD9E8D57u);
    auto mix = [&](Value x, Value y, uint32_t key) -> Value {
      Value keyed = arith::XOrIOp::create(s.b, s.loc, y, s.integer(word, (int32_t)key));
      return arith::XOrIOp::create(s.b, s.loc, x, keyed);
    };
    Value n0 = mix(high(p1), c1, k0), n2 = mix(high(p0), c3, k1);
    c1 = low(p1);
    c3 = low(p0);
    c0 = n0;
    c2 = n2;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return {c0, c1};
}

/// In [0, 1): the top 24 bits, exact in binary32.
static Value unit(Scalar &s, Value word) {
  Value top = arith::ShRUIOp::create(s.b, s.loc, word, s.integer(word.getType(), 8));
  Value real = arith::UIToFPOp::create(s.b, s.loc, withElement(word.getType(), s.b.getF32Type()),
                                       top);
  return s.mul(real, s.constant(real, 0x1p-24));
}

LogicalResult RandomOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r;
  auto shape = dims.elements(getShape());
  if (!shape)
    return emitError("expected a shape whose number of elements is known");
  if (!isa<FloatType>(getElement()))
    return emitError("expected a float type, but got ") << elementTypeName(getElement());
  r.elementType = getElement();
  for (size_t i = 0; i < shape->size(); ++i)
    r.dims.push_back(*dims.sizeElement(getShape(), i));
  results.push_back(std::move(r));
  return success();
}

FailureOr<Value> RandomOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  Scalar s{b.b, b.loc};
  SmallVector<Dim> shape(b.dims.dims(getResult()));
  Index position = b.linearize(at, shape);
  Value counter = b.fromIndex(position, b.b.getIntegerType(64, true));
  auto [first, second] = philox(s, counter, getSeed());
  Value u = unit(s, first);
  Value x;
  if (getNormal()) {
    // 1 - u is in (0, 1].
    Value radius = math::SqrtOp::create(
        b.b, b.loc,
        s.mul(s.constant(u, -2),
              math::LogOp::create(b.b, b.loc, s.sub(s.constant(u, 1), u)).getResult()));
    Value angle = s.mul(unit(s, second), s.constant(u, 2 * M_PI));
    Value z = s.mul(radius, math::CosOp::create(b.b, b.loc, angle));
    x = s.add(s.constant(u, getA().convertToDouble()),
              s.mul(s.constant(u, getB().convertToDouble()), z));
  } else {
    double low = getA().convertToDouble(), high = getB().convertToDouble();
    x = s.add(s.constant(u, low), s.mul(s.constant(u, high - low), u));
  }
  return s.resizeFloat(x, computeType(getElement()));
}

//===- multinomial ------------------------------------------------------------------===//

LogicalResult MultinomialOp::inferResults(DimAnalysis &dims,
                                          SmallVectorImpl<TensorInfo> &results) {
  TensorInfo in = dims.info(getInput()), r;
  if (in.dims.size() != 2 || !isa<FloatType>(in.elementType))
    return emitError("expected floats of rank 2");
  if (!isInteger(getElement()))
    return emitError("expected an integer type, but got ") << elementTypeName(getElement());
  r.elementType = getElement();
  r.dims = {in.dims[0], Dim((int64_t)getSamples())};
  results.push_back(std::move(r));
  return success();
}

FailureOr<Value> MultinomialOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  if (b.lanes() > 1)
    return failure();
  Scalar s{b.b, b.loc};
  SmallVector<Dim> shape(b.dims.dims(getResult()));
  Value counter = b.fromIndex(b.linearize(at, shape), b.b.getIntegerType(64, true));
  Value u = unit(s, philox(s, counter, getSeed()).first);
  Type f32 = b.b.getF32Type();
  Index classes = b.dim(getInput(), 1), zero = b.constant(0);
  auto weight = [&](Index i, Value shift) -> Value {
    FailureOr<Value> x = b.read(getInput(), {at[0], i});
    if (failed(x)) {
      b.failed = true;
      return s.constant(f32, 0);
    }
    Value real = s.resizeFloat(*x, f32);
    return shift ? math::ExpOp::create(b.b, b.loc, s.sub(real, shift)).getResult() : real;
  };
  Value lowest = s.constant(f32, -INFINITY);
  Value max = b.loop(zero, classes, ValueRange{lowest}, [&](Index i, ValueRange m) {
    return SmallVector<Value>{s.max(m[0], weight(i, {}))};
  })[0];
  Value total = b.loop(zero, classes, ValueRange{s.constant(f32, 0)}, [&](Index i, ValueRange sum) {
    return SmallVector<Value>{s.add(sum[0], weight(i, max))};
  })[0];
  // The first class at which the running sum exceeds the drawn share: as many as do not.
  Value share = s.mul(u, total), none = s.integer(b.b.getI64Type(), 0);
  SmallVector<Value> drawn = b.loop(
      zero, classes, ValueRange{s.constant(f32, 0), none}, [&](Index i, ValueRange state) {
        Value sum = s.add(state[0], weight(i, max));
        Value next = s.add(state[1], s.integer(b.b.getI64Type(), 1));
        return SmallVector<Value>{sum, s.select(s.lessOrEqual(sum, share), next, state[1])};
      });
  Value last = arith::IndexCastOp::create(b.b, b.loc, b.b.getI64Type(),
                                          b.sub(classes, b.constant(1)).value);
  return s.resizeInteger(s.min(drawn[1], last), computeType(getElement()), false);
}
