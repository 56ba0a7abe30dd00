//===- ElementBuilder.cpp - how operators emit themselves ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/Dialect.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace ingot {

FailureOr<Value> ElementBuilder::readLinear(Value tensor, Index position) {
  return read(tensor, delinearize(position, dims.dims(tensor)));
}

FailureOr<Index> ElementBuilder::readIndex(Value tensor, ArrayRef<Index> at) {
  FailureOr<Value> element = read(tensor, at);
  if (mlir::failed(element))
    return failure();
  Type type = dims.elementType(tensor);
  if (laneCount == 1 || !llvm::all_of(at, [](Index i) { return i.isUniform(); }))
    return toIndex(*element, type);
  Value first = vector::ExtractOp::create(b, loc, *element, ArrayRef<int64_t>{0});
  if (isUnsigned(type) || isBool(type))
    return Index{arith::IndexCastUIOp::create(b, loc, b.getIndexType(), first), Index::Uniform};
  return Index{arith::IndexCastOp::create(b, loc, b.getIndexType(), first), Index::Uniform};
}

/// Of any element type, complex ones included, for which `arith` has no constants.
static Value zeroOf(OpBuilder &b, Location loc, Type type) {
  auto complex = dyn_cast<ComplexType>(type);
  if (!complex)
    return arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
  Attribute part = b.getZeroAttr(complex.getElementType());
  return complex::ConstantOp::create(b, loc, type, b.getArrayAttr({part, part}));
}

FailureOr<Value> ElementBuilder::readIf(Value inside, Value tensor, ArrayRef<Index> at,
                                        Value otherwise) {
  if (laneCount != 1 && isa<ComplexType>(dims.elementType(tensor)))
    return failure(); // there are no vectors of them
  Type type = laneType(dims.elementType(tensor));
  bool unserved = false;
  Value result = ifElse(
      inside, {type},
      [&] {
        FailureOr<Value> element = read(tensor, at);
        unserved = mlir::failed(element);
        return SmallVector<Value>{unserved ? zeroOf(b, loc, type) : *element};
      },
      [&] {
        return SmallVector<Value>{otherwise ? otherwise : zeroOf(b, loc, type)};
      })[0];
  if (unserved)
    return failure();
  return result;
}

FailureOr<Value> ElementBuilder::readUnlessEmpty(Value tensor, ArrayRef<Index> at) {
  Value inside;
  for (const Dim &d : dims.dims(tensor)) {
    if (dims.space.lowerBound(d) >= 1)
      continue;
    Value some = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sgt, emit(d).value,
                                       constant(0).value);
    inside = inside ? arith::AndIOp::create(b, loc, inside, some).getResult() : some;
  }
  return inside ? readIf(inside, tensor, at) : read(tensor, at);
}

void ElementBuilder::write(Value, ArrayRef<Index>, Value) { failed = true; }
Value ElementBuilder::readBack(Value result, ArrayRef<Index>) {
  failed = true;
  return integer(computeType(dims.elementType(result)), 0);
}
Value ElementBuilder::scratch(unsigned) {
  failed = true;
  return {};
}

Index ElementBuilder::constant(int64_t value) {
  return {arith::ConstantIndexOp::create(b, loc, value), Index::Uniform};
}

Value ElementBuilder::lanesOf(Index i) {
  auto type = VectorType::get({laneCount}, b.getIndexType());
  if (i.lanes == Index::Varying)
    return i.value;
  Value base = vector::BroadcastOp::create(b, loc, type, i.value);
  if (i.lanes == Index::Uniform)
    return base;
  return arith::AddIOp::create(b, loc, base, vector::StepOp::create(b, loc, type));
}

static std::optional<int64_t> constantOf(Index i) {
  IntegerAttr attr;
  if (i.isUniform() && matchPattern(i.value, m_Constant(&attr)))
    return attr.getInt();
  return std::nullopt;
}

template <typename Op> Index ElementBuilder::binary(Index a, Index b2) {
  if (a.isUniform() && b2.isUniform())
    return {b.createOrFold<Op>(loc, a.value, b2.value), Index::Uniform};
  return {Op::create(b, loc, lanesOf(a), lanesOf(b2)), Index::Varying};
}

Index ElementBuilder::add(Index a, Index c) {
  if (constantOf(a) == 0)
    return c;
  if (constantOf(c) == 0)
    return a;
  if (a.lanes == Index::Consecutive && c.isUniform())
    return {b.createOrFold<arith::AddIOp>(loc, a.value, c.value), Index::Consecutive};
  if (c.lanes == Index::Consecutive && a.isUniform())
    return add(c, a);
  return binary<arith::AddIOp>(a, c);
}
Index ElementBuilder::sub(Index a, Index c) {
  if (constantOf(c) == 0)
    return a;
  if (a.lanes == Index::Consecutive && c.isUniform())
    return {b.createOrFold<arith::SubIOp>(loc, a.value, c.value), Index::Consecutive};
  return binary<arith::SubIOp>(a, c);
}
Index ElementBuilder::mul(Index a, Index c) {
  if (constantOf(a) == 1)
    return c;
  if (constantOf(c) == 1)
    return a;
  if (constantOf(a) == 0 || constantOf(c) == 0)
    return constant(0);
  return binary<arith::MulIOp>(a, c);
}
Index ElementBuilder::div(Index a, Index c) {
  if (constantOf(c) == 1)
    return a;
  return binary<arith::DivUIOp>(a, c);
}
Index ElementBuilder::rem(Index a, Index c) {
  if (constantOf(c) == 1)
    return constant(0);
  return binary<arith::RemUIOp>(a, c);
}
Index ElementBuilder::floorMod(Index a, Index c) {
  if (constantOf(c) == 1)
    return constant(0);
  Index rest = binary<arith::RemSIOp>(a, c);
  Index zero = constant(0);
  return choose(arith::CmpIPredicate::slt, rest, zero, add(rest, c), rest);
}
Index ElementBuilder::wrap(Index position, Index size) {
  Index zero = constant(0);
  position = choose(arith::CmpIPredicate::slt, position, zero, add(position, size), position);
  return max(min(position, sub(size, constant(1))), zero);
}
Index ElementBuilder::min(Index a, Index c) { return binary<arith::MinSIOp>(a, c); }
Index ElementBuilder::max(Index a, Index c) { return binary<arith::MaxSIOp>(a, c); }

Value ElementBuilder::compare(arith::CmpIPredicate predicate, Index a, Index c) {
  if (a.isUniform() && c.isUniform()) {
    Value bit = arith::CmpIOp::create(b, loc, predicate, a.value, c.value);
    return laneCount == 1 ? bit : splat(bit);
  }
  return arith::CmpIOp::create(b, loc, predicate, lanesOf(a), lanesOf(c));
}

Index ElementBuilder::select(Value condition, Index a, Index c) {
  if (!isa<VectorType>(condition.getType()) && a.isUniform() && c.isUniform())
    return {arith::SelectOp::create(b, loc, condition, a.value, c.value), Index::Uniform};
  return {arith::SelectOp::create(b, loc, condition, lanesOf(a), lanesOf(c)), Index::Varying};
}

Index ElementBuilder::choose(arith::CmpIPredicate predicate, Index a, Index c, Index x, Index y) {
  if (!a.isUniform() || !c.isUniform() || !x.isUniform() || !y.isUniform())
    return select(compare(predicate, a, c), x, y);
  Value bit = b.createOrFold<arith::CmpIOp>(loc, predicate, a.value, c.value);
  return {b.createOrFold<arith::SelectOp>(loc, bit, x.value, y.value), Index::Uniform};
}

Index ElementBuilder::linearize(ArrayRef<Index> at, ArrayRef<Dim> shape) {
  Index position = constant(0);
  for (auto [i, d] : llvm::zip(at, shape))
    position = add(mul(position, emit(d)), i);
  return position;
}

SmallVector<Index> ElementBuilder::delinearize(Index position, ArrayRef<Dim> shape) {
  SmallVector<Index> at(shape.size());
  for (size_t i = shape.size(); i-- > 0;) {
    if (shape[i].is(1)) {
      at[i] = constant(0);
      continue;
    }
    bool outermost = true;
    for (size_t j = 0; j < i; ++j)
      outermost &= shape[j].is(1);
    if (outermost) {
      at[i] = position;
      position = constant(0);
      continue;
    }
    Index d = emit(shape[i]);
    at[i] = rem(position, d);
    position = div(position, d);
  }
  return at;
}

Index ElementBuilder::toIndex(Value element, Type elementType) {
  auto lane = [&](Type t) -> Type {
    return laneCount == 1 ? t : VectorType::get({laneCount}, t);
  };
  Value i = isUnsigned(elementType) || isBool(elementType)
                ? (Value)arith::IndexCastUIOp::create(b, loc, lane(b.getIndexType()), element)
                : (Value)arith::IndexCastOp::create(b, loc, lane(b.getIndexType()), element);
  return {i, laneCount == 1 ? Index::Uniform : Index::Varying};
}

Value ElementBuilder::fromIndex(Index i, Type elementType) {
  Type target = laneType(elementType);
  Value v = laneCount == 1 ? i.value : lanesOf(i);
  if (isa<IntegerType>(computeType(elementType)))
    return arith::IndexCastOp::create(b, loc, target, v);
  Type wide = laneCount == 1 ? (Type)b.getI64Type() : VectorType::get({laneCount}, b.getI64Type());
  return arith::SIToFPOp::create(b, loc, target,
                                 arith::IndexCastOp::create(b, loc, wide, v));
}

SmallVector<Index> ElementBuilder::broadcast(Value operand, ArrayRef<Index> at,
                                             ArrayRef<Dim> resultDims) {
  ArrayRef<Dim> shape = dims.dims(operand);
  size_t skip = resultDims.size() - shape.size();
  SmallVector<Index> result;
  for (size_t i = 0; i < shape.size(); ++i) {
    std::optional<bool> stretched = DimAnalysis::isStretched(shape[i], resultDims[skip + i]);
    if (!stretched) {
      // Only the run knows: multiply by 0 or 1.
      Index one = constant(1);
      Value wide = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, emit(shape[i]).value,
                                         one.value);
      Index factor{arith::IndexCastUIOp::create(b, loc, b.getIndexType(), wide), Index::Uniform};
      result.push_back(mul(at[skip + i], factor));
    } else {
      result.push_back(*stretched ? constant(0) : at[skip + i]);
    }
  }
  return result;
}

Type ElementBuilder::laneType(Type elementType) {
  Type t = computeType(elementType);
  return laneCount == 1 ? t : VectorType::get({laneCount}, t);
}

Value ElementBuilder::splat(Value scalar) {
  if (laneCount == 1)
    return scalar;
  return vector::BroadcastOp::create(b, loc, VectorType::get({laneCount}, scalar.getType()), scalar);
}

Value ElementBuilder::integer(Type type, int64_t value) {
  Type t = laneCount == 1 ? type : VectorType::get({laneCount}, type);
  unsigned width = type.getIntOrFloatBitWidth();
  auto attr = IntegerAttr::get(type, APInt(width, (uint64_t)value, false, true));
  if (laneCount == 1)
    return arith::ConstantOp::create(b, loc, attr);
  return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(cast<ShapedType>(t), attr));
}

Value ElementBuilder::real(Type type, double value) {
  auto attr = b.getFloatAttr(type, value);
  if (laneCount == 1)
    return arith::ConstantOp::create(b, loc, attr);
  return arith::ConstantOp::create(
      b, loc, DenseElementsAttr::get(VectorType::get({laneCount}, type), attr));
}

SmallVector<Value> ElementBuilder::loop(Index from, Index to, ValueRange init, LoopBody body) {
  auto one = constant(1);
  auto op = scf::ForOp::create(b, loc, from.value, to.value, one.value, init);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(op.getBody());
  SmallVector<Value> next = body({op.getInductionVar(), Index::Uniform}, op.getRegionIterArgs());
  if (!init.empty())
    scf::YieldOp::create(b, loc, next);
  return SmallVector<Value>(op.getResults());
}

void ElementBuilder::loop(Index from, Index to, std::function<void(Index)> body) {
  loop(from, to, ValueRange(), [&](Index i, ValueRange) {
    body(i);
    return SmallVector<Value>();
  });
}

SmallVector<Value> ElementBuilder::loopNest(
    ArrayRef<Dim> shape, ValueRange init,
    std::function<SmallVector<Value>(ArrayRef<Index>, ValueRange)> body) {
  SmallVector<Index> at;
  std::function<SmallVector<Value>(size_t, ValueRange)> nest = [&](size_t depth,
                                                                   ValueRange carried) {
    if (depth == shape.size())
      return body(at, carried);
    return loop(constant(0), emit(shape[depth]), carried, [&](Index i, ValueRange inner) {
      at.push_back(i);
      SmallVector<Value> next = nest(depth + 1, inner);
      at.pop_back();
      return next;
    });
  };
  return nest(0, init);
}

SmallVector<Value>
ElementBuilder::whileLoop(ValueRange init, std::function<Value(ValueRange)> condition,
                          std::function<SmallVector<Value>(ValueRange)> body) {
  auto op = scf::WhileOp::create(
      b, loc, init.getTypes(), init,
      [&](OpBuilder &nested, Location l, ValueRange args) {
        OpBuilder::InsertionGuard guard(b);
        b.setInsertionPoint(nested.getInsertionBlock(), nested.getInsertionPoint());
        Value c = condition(args);
        scf::ConditionOp::create(b, l, c, args);
      },
      [&](OpBuilder &nested, Location l, ValueRange args) {
        OpBuilder::InsertionGuard guard(b);
        b.setInsertionPoint(nested.getInsertionBlock(), nested.getInsertionPoint());
        scf::YieldOp::create(b, l, body(args));
      });
  return SmallVector<Value>(op.getResults());
}

SmallVector<Value> ElementBuilder::ifElse(Value condition, TypeRange types,
                                          std::function<SmallVector<Value>()> then,
                                          std::function<SmallVector<Value>()> otherwise) {
  auto op = scf::IfOp::create(b, loc, types, condition, /*addThenBlock=*/true,
                              /*addElseBlock=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&op.getThenRegion().front());
  scf::YieldOp::create(b, loc, then());
  b.setInsertionPointToStart(&op.getElseRegion().front());
  scf::YieldOp::create(b, loc, otherwise());
  return SmallVector<Value>(op.getResults());
}

void ElementBuilder::ifThen(Value condition, std::function<void()> then) {
  ifElse(
      condition, {},
      [&] {
        then();
        return SmallVector<Value>();
      },
      [] { return SmallVector<Value>(); });
}

bool hasElementForm(Operation *op) { return isa<ElementwiseOp, ElementOp>(op); }

FailureOr<Value> emitElement(ElementBuilder &b, Operation *op, unsigned result,
                             ArrayRef<Index> at) {
  if (auto indexed = dyn_cast<ElementOp>(op))
    return indexed.emitElement(b, result, at);
  auto elementwise = dyn_cast<ElementwiseOp>(op);
  if (!elementwise)
    return failure();
  SmallVector<Value> args;
  SmallVector<Dim> resultDims(b.dims.dims(op->getResult(0)));
  for (Value operand : op->getOperands()) {
    FailureOr<Value> arg = b.read(operand, b.broadcast(operand, at, resultDims));
    if (failed(arg))
      return failure();
    args.push_back(*arg);
  }
  return elementwise.emitScalar(b.b, b.loc, args);
}

} // namespace ingot
