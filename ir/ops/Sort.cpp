//===- Sort.cpp - order, and what is found in the data ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Sort.h"
#include "ir/ops/Heap.h"
#include "ir/ops/Scalar.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Sort.cpp.inc"

void IngotDialect::registerSortOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Sort.cpp.inc"
      >();
}

static Type int64(MLIRContext *context) {
  return IntegerType::get(context, 64, IntegerType::Signed);
}
static SmallVector<Dim> withoutAxis(ArrayRef<Dim> dims, int64_t axis) {
  SmallVector<Dim> rest(dims);
  rest.erase(rest.begin() + axis);
  return rest;
}
static SmallVector<Index> withAxis(ArrayRef<Index> rest, int64_t axis, Index i) {
  SmallVector<Index> at(rest);
  at.insert(at.begin() + axis, i);
  return at;
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
static Index indexOf(ElementBuilder &b, Value i64) {
  return {arith::IndexCastOp::create(b.b, b.loc, b.b.getIndexType(), i64), Index::Uniform};
}
static Value valueOf(ElementBuilder &b, Index i) {
  return arith::IndexCastOp::create(b.b, b.loc, b.b.getI64Type(), i.value);
}
/// x comes before y from the lowest up. NaN is above every number, as in numpy's sort, and equal to
/// NaN: comparisons that are false for it would be no order at all.
static Value below(Scalar &s, Value x, Value y, bool isU) {
  if (!Scalar::isFloat(x))
    return s.less(x, y, isU);
  return s.both(s.negate(s.lessOrEqual(y, x)), s.equal(x, x));
}

//===- topk -------------------------------------------------------------------------===//

LogicalResult TopKOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r = dims.info(getInput());
  int64_t axis = getAxis();
  if (axis < 0 || axis >= (int64_t)r.dims.size())
    return emitError("expected an axis below the rank ") << r.dims.size() << ", but got " << axis;
  if (!isa<FloatType>(r.elementType) && !isInteger(r.elementType))
    return emitError("expected numbers, but got ") << elementTypeName(r.elementType);
  auto k = dims.sizeElement(getK(), 0);
  if (!k || dims.elements(getK())->size() != 1)
    return emitError("expected k of one element");
  if (k->constant() && (*k->constant() < 0 || (r.dims[axis].constant() &&
                                               *k->constant() > *r.dims[axis].constant())))
    return emitError("expected k from 0 to the size ")
           << dims.space.str(r.dims[axis]) << ", but got " << *k->constant();
  r.dims[axis] = dims.space.max(Dim(0), dims.space.min(*k, r.dims[axis]));
  r.elements.reset();
  results.push_back(r);
  r.elementType = int64(getContext());
  results.push_back(std::move(r));
  return success();
}

Dim TopKOp::tiles(DimAnalysis &dims) {
  return dims.space.product(withoutAxis(dims.dims(getInput()), getAxis()));
}

/// The results themselves hold the heap of the best so far, the worst of them on top.
LogicalResult TopKOp::emitBody(ElementBuilder &b, Value tile) {
  int64_t axis = getAxis();
  bool isU = isUnsigned(b.dims.elementType(getInput()));
  SmallVector<Index> rest =
      b.delinearize({tile, Index::Uniform}, withoutAxis(b.dims.dims(getInput()), axis));
  Index size = b.dim(getInput(), axis), k = b.dim(getValues(), axis);
  Scalar s{b.b, b.loc};
  auto before = [&](ValueRange x, ValueRange y) -> Value {
    Value up = below(s, x[0], y[0], isU), down = below(s, y[0], x[0], isU);
    Value better = getLargest() ? down : up, worse = getLargest() ? up : down;
    Value first = s.both(s.negate(worse), s.less(x[1], y[1]));
    return s.either(better, first);
  };
  Heap heap{b,
            [&](Index i) {
              SmallVector<Index> at = withAxis(rest, axis, i);
              return Heap::Entry{b.readBack(getValues(), at), b.readBack(getIndices(), at)};
            },
            [&](Index i, ValueRange entry) {
              SmallVector<Index> at = withAxis(rest, axis, i);
              b.write(getValues(), at, entry[0]);
              b.write(getIndices(), at, entry[1]);
            },
            before};
  b.loop(b.constant(0), k, [&](Index i) {
    heap.store(i, {element(b, getInput(), withAxis(rest, axis, i)), valueOf(b, i)});
  });
  heap.build(k);
  Value some = arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::sgt, k.value,
                                     b.constant(0).value);
  b.ifThen(some, [&] {
    b.loop(k, size, [&](Index i) {
      Heap::Entry entry{element(b, getInput(), withAxis(rest, axis, i)), valueOf(b, i)};
      Heap::Entry top = heap.load(b.constant(0));
      b.ifThen(before(entry, top), [&] { heap.replaceTop(entry, k); });
    });
  });
  heap.unwind(k);
  return success(!b.failed);
}

//===- nonzero ----------------------------------------------------------------------===//

LogicalResult NonZeroOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo in = dims.info(getInput()), r;
  auto count = dims.sizeElement(getCount(), 0);
  if (!count || dims.elements(getCount())->size() != 1)
    return emitError("expected a count of one element");
  r.elementType = int64(getContext());
  r.dims = {Dim((int64_t)in.dims.size()), *count};
  results.push_back(std::move(r));
  return success();
}

LogicalResult NonZeroOp::emitBody(ElementBuilder &b, Value) {
  SmallVector<Dim> shape(b.dims.dims(getInput()));
  Index count = b.dim(getResult(), 1);
  Scalar s{b.b, b.loc};
  b.loopNest(shape, ValueRange{b.constant(0).value}, [&](ArrayRef<Index> at, ValueRange found) {
    Value x = element(b, getInput(), at);
    Value room = arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::slt, found[0], count.value);
    Value take = s.both(s.notEqual(x, s.constant(x, 0)), room);
    Index next = b.add({found[0], Index::Uniform}, b.constant(1));
    return b.ifElse(
        take, found.getTypes(),
        [&] {
          for (auto [d, i] : llvm::enumerate(at))
            b.write(getResult(), {b.constant(d), {found[0], Index::Uniform}}, valueOf(b, i));
          return SmallVector<Value>{next.value};
        },
        [&] { return SmallVector<Value>{found[0]}; });
  });
  return success(!b.failed);
}

//===- unique -----------------------------------------------------------------------===//

Dim UniqueOp::items(DimAnalysis &dims) {
  if (getAxis())
    return dims.dim(getInput(), *getAxis());
  return dims.space.product(dims.dims(getInput()));
}

LogicalResult UniqueOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo in = dims.info(getInput()), vector, count;
  if (getAxis() && *getAxis() >= in.dims.size())
    return emitError("expected an axis below the rank ") << in.dims.size() << ", but got "
                                                         << *getAxis();
  if (isString(in.elementType) || isa<ComplexType>(in.elementType))
    return emitError("expected numbers or truth values, but got ")
           << elementTypeName(in.elementType);
  Dim n = items(dims);
  in.elements.reset();
  if (!getAxis())
    in.dims.assign({n});
  results.push_back(in);
  vector.elementType = int64(getContext());
  vector.dims = {n};
  results.append(3, vector);
  count.elementType = vector.elementType;
  count.dims = {Dim(1)};
  results.push_back(std::move(count));
  return success();
}

/// 0: the items in order; 1: for every item the first equal one; 2: for first ones their place.
SmallVector<std::pair<Type, Dim>> UniqueOp::scratch(DimAnalysis &dims) {
  Type i64 = IntegerType::get(getContext(), 64);
  Dim n = items(dims);
  return {{i64, n}, {i64, n}, {i64, n}};
}

namespace {

/// The groups of equal items of one tensor, on the scratch of the operator.
class Groups {
public:
  Groups(ElementBuilder &b, UniqueOp op)
      : b(b), op(op), s{b.b, b.loc}, isU(isUnsigned(b.dims.elementType(op.getInput())) ||
                                         isBool(b.dims.elementType(op.getInput()))),
        shape(b.dims.dims(op.getInput())), n(b.emit(op.items(b.dims))), zero(b.constant(0)),
        one(b.constant(1)) {
    if (op.getAxis())
      restShape = withoutAxis(shape, *op.getAxis());
  }

  void run() {
    order();
    Value count = walk();
    if (!op.getSorted())
      collect();
    b.write(op.getCount(), zero, valueOf(b, {count, Index::Uniform}));
  }

private:
  /// Sorts the items; equal ones stay as they were.
  void order() {
    b.loop(zero, n, [&](Index i) { store(0, i, valueOf(b, i)); });
    Heap heap{b, [&](Index i) { return Heap::Entry{load(0, i)}; },
              [&](Index i, ValueRange entry) { store(0, i, entry[0]); },
              [&](ValueRange x, ValueRange y) -> Value {
                Value sign = compare(x[0], y[0]);
                Value first = s.both(s.equal(sign, like(sign, 0)), s.less(x[0], y[0]));
                return s.either(s.less(sign, like(sign, 0)), first);
              }};
    heap.sort(n);
  }

  /// Along the order, equal items are neighbours and the first of them leads. Writes the groups of
  /// sorted results, else each item's leader; gives the number of groups.
  Value walk() {
    Value none = b.integer(b.b.getI64Type(), 0);
    return b.loop(zero, n, ValueRange{zero.value, none}, [&](Index i, ValueRange state) {
      Value item = load(0, i);
      Value isFirst =
          arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::eq, i.value, zero.value);
      // NaN is one item of a flat tensor, and makes a slice along an axis differ from all others, as
      // in numpy and so in the reference evaluator.
      Value sign = compare(item, s.select(isFirst, item, state[1]), op.getAxis().has_value());
      Value isNew = s.either(isFirst, s.notEqual(sign, like(sign, 0)));
      Value leader = s.select(isNew, item, state[1]);
      Index groups{state[0], Index::Uniform};
      Index after = b.choose(arith::CmpIPredicate::ne, {isNew, Index::Uniform},
                             {arith::ConstantIntOp::create(b.b, b.loc, 0, 1), Index::Uniform},
                             b.add(groups, one), groups);
      if (op.getSorted())
        place(item, isNew, b.sub(after, one));
      else
        store(1, indexOf(b, item), leader);
      return SmallVector<Value>{after.value, leader};
    })[0];
  }

  void place(Value item, Value isNew, Index group) {
    b.ifElse(
        isNew, {},
        [&] {
          begin(item, group);
          return SmallVector<Value>();
        },
        [&] {
          join(group);
          return SmallVector<Value>();
        });
    b.write(op.getInverse(), indexOf(b, item), valueOf(b, group));
  }

  /// Writes the groups in the order in which their leaders come.
  void collect() {
    b.loop(zero, n, ValueRange{zero.value}, [&](Index i, ValueRange state) {
      Value leader = load(1, i), item = valueOf(b, i);
      Index groups{state[0], Index::Uniform};
      Value isNew = s.equal(leader, item);
      SmallVector<Value> next = b.ifElse(
          isNew, {groups.value.getType()},
          [&] {
            begin(item, groups);
            store(2, i, valueOf(b, groups));
            return SmallVector<Value>{b.add(groups, one).value};
          },
          [&] {
            join(indexOf(b, load(2, indexOf(b, leader))));
            return SmallVector<Value>{groups.value};
          });
      b.write(op.getInverse(), i, load(2, indexOf(b, leader)));
      return next;
    });
  }

  /// A new group with its first member.
  void begin(Value item, Index group) {
    SmallVector<Index> at{group};
    b.write(op.getIndices(), at, item);
    b.write(op.getCounts(), at, b.integer(b.b.getI64Type(), 1));
    b.loopNest(restShape, {}, [&](ArrayRef<Index> rest, ValueRange) {
      Value x = element(b, op.getInput(), position(indexOf(b, item), rest));
      SmallVector<Index> to = op.getAxis() ? withAxis(rest, *op.getAxis(), group) : at;
      b.write(op.getValues(), to, x);
      return SmallVector<Value>();
    });
  }

  void join(Index group) {
    Value count = b.readBack(op.getCounts(), group);
    b.write(op.getCounts(), group, s.add(count, s.constant(count, 1)));
  }

  /// -1, 0 or 1: the first difference of two items decides; `nanDiffers` even from itself.
  Value compare(Value x, Value y, bool nanDiffers = false) {
    Value same = arith::ConstantIntOp::create(b.b, b.loc, 0, 32);
    return b.loopNest(restShape, ValueRange{same}, [&](ArrayRef<Index> rest, ValueRange sign) {
      Value p = element(b, op.getInput(), position(indexOf(b, x), rest));
      Value q = element(b, op.getInput(), position(indexOf(b, y), rest));
      Value alike = same;
      if (nanDiffers && Scalar::isFloat(p))
        alike = s.select(s.isNaN(p), like(same, 1), same);
      Value here = s.select(below(s, p, q, isU), like(same, -1),
                            s.select(below(s, q, p, isU), like(same, 1), alike));
      return SmallVector<Value>{s.select(s.equal(sign[0], same), here, sign[0])};
    })[0];
  }

  SmallVector<Index> position(Index item, ArrayRef<Index> rest) {
    return op.getAxis() ? withAxis(rest, *op.getAxis(), item) : b.delinearize(item, shape);
  }
  Value like(Value v, int64_t number) { return s.integer(v.getType(), number); }
  Value load(unsigned k, Index i) {
    return memref::LoadOp::create(b.b, b.loc, b.scratch(k), i.value);
  }
  void store(unsigned k, Index i, Value v) {
    memref::StoreOp::create(b.b, b.loc, v, b.scratch(k), i.value);
  }

  ElementBuilder &b;
  UniqueOp op;
  Scalar s;
  bool isU;
  SmallVector<Dim> shape, restShape; ///< of the tensor, and of an item
  Index n, zero, one;
};

} // namespace

LogicalResult UniqueOp::emitBody(ElementBuilder &b, Value) {
  Groups(b, *this).run();
  return success(!b.failed);
}
