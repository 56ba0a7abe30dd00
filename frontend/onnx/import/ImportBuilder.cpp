//===- ImportBuilder.cpp - building operators whose facts are known at once -------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/ImportBuilder.h"
#include "ir/ops/Cast.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Elementwise.h"
#include "ir/ops/Generate.h"
#include "ir/ops/Logic.h"
#include "ir/ops/Math.h"
#include "ir/ops/Movement.h"
#include "ir/ops/Reduction.h"
#include "ir/ops/Slice.h"

using namespace mlir;

namespace ingot {

bool ImportBuilder::finish(Operation *op) {
  bool reported = false;
  {
    // An operator that fails without saying why still gets its one line.
    ScopedDiagnosticHandler listen(op->getContext(), [&](Diagnostic &) {
      reported = true;
      return failure(); // on to the importer's handler
    });
    failed = mlir::failed(dims.visit(op));
  }
  if (failed) {
    if (!reported)
      error("expected operands and attributes that fit, but could not infer its results");
    return false;
  }
  for (Value v : op->getResults()) {
    const TensorInfo &info = dims.info(v);
    int64_t bits = info.otherType ? 1 : storageBits(info.elementType);
    for (const Dim &d : info.dims) {
      if (auto n = d.constant(); n && *n < 0) {
        error("expected non-negative dimensions, but got " + Twine(*n));
        return false;
      }
      if (llvm::MulOverflow(bits, std::max<int64_t>(d.constant().value_or(1), 1), bits)) {
        error("sizes of this model do not fit 64 bits");
        return false;
      }
    }
    v.setType(info.type());
  }
  return true;
}

void ImportBuilder::error(const Twine &message) {
  if (!failed)
    emitError(loc) << message;
  failed = true;
}

Value ImportBuilder::standIn() { return pool.get(loc, RankedTensorType::get({}, b.getF32Type()), std::string(4, '\0')); }

Dim ImportBuilder::dim(Value v, int64_t i) {
  if (failed || i < 0 || i >= dims.rank(v))
    return Dim(1);
  return dims.dim(v, i);
}

SmallVector<Dim> ImportBuilder::shape(Value v) {
  return failed ? SmallVector<Dim>() : SmallVector<Dim>(dims.dims(v));
}

Type ImportBuilder::elementType(Value v) {
  Type type = failed ? Type() : dims.elementType(v);
  return type ? type : b.getF32Type();
}

std::optional<SmallVector<int64_t>> ImportBuilder::constants(Value v) {
  if (failed)
    return std::nullopt;
  if (auto known = dims.constants(v))
    return known;
  // Beyond what the analysis keeps element by element.
  auto view = ConstantView::of(v);
  if (!view || !isa<IntegerType>(view->type().getElementType()))
    return std::nullopt;
  SmallVector<int64_t> values;
  for (int64_t i = 0; i < view->size(); ++i)
    values.push_back(view->integer(i));
  return values;
}

std::optional<double> ImportBuilder::constantReal(Value v) {
  if (failed)
    return std::nullopt;
  if (auto known = dims.constants(v); known && known->size() == 1)
    return (*known)[0];
  auto view = ConstantView::of(v);
  if (!view || view->size() != 1 || !isa<FloatType>(view->type().getElementType()))
    return std::nullopt;
  return view->real(0);
}

int64_t ImportBuilder::normalizeAxis(int64_t axis, int64_t rank, StringRef what) {
  if (failed)
    return 0;
  if (axis < -rank || axis >= rank) {
    error("expected " + what + " in [" + Twine(-rank) + ", " + Twine(rank) + "), but got " +
          Twine(axis));
    return 0;
  }
  return axis < 0 ? axis + rank : axis;
}

Value ImportBuilder::integers(ArrayRef<int64_t> values, Type element, bool isScalar) {
  if (!element)
    element = b.getIntegerType(64, true);
  SmallVector<char> bytes;
  unsigned width = storageBits(element) / 8;
  for (int64_t v : values)
    for (unsigned i = 0; i < width; ++i)
      bytes.push_back((char)(v >> (8 * i)));
  SmallVector<int64_t> shape;
  if (!isScalar)
    shape.push_back(values.size());
  return tensor(RankedTensorType::get(shape, element), bytes);
}

Value ImportBuilder::scalar(double value, Type element) {
  if (!isa<FloatType>(element))
    return integers({(int64_t)value}, element, true);
  llvm::APFloat real(value);
  bool lost;
  real.convert(llvm::cast<FloatType>(element).getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven,
               &lost);
  uint64_t bits = real.bitcastToAPInt().getZExtValue();
  SmallVector<char> bytes;
  for (unsigned i = 0; i < std::max(storageBits(element), 8u) / 8; ++i)
    bytes.push_back((char)(bits >> (8 * i)));
  return tensor(RankedTensorType::get({}, element), bytes);
}

Value ImportBuilder::tensor(RankedTensorType type, ArrayRef<char> bytes, bool borrow) {
  if (failed)
    return standIn();
  if (Value v = pool.get(loc, type, bytes, borrow))
    return v;
  // The arithmetic that gave the value left 64 bits, which has been reported.
  failed = true;
  return standIn();
}

Value ImportBuilder::atomValue(AtomId id) {
  DimAtom a = dims.space.info(id);
  switch (a.kind) {
  case DimAtom::DimOf:
    return create<GatherOp>(create<ShapeOp>(a.value), integers({a.index}), 0);
  case DimAtom::ElementOf: {
    Value flat = create<ReshapeOp>(a.value, integers({-1}));
    Value element = create<GatherOp>(flat, integers({a.index}), 0);
    return cast(element, b.getIntegerType(64, true));
  }
  case DimAtom::FloorDiv: {
    Value x = dimValue(a.lhs), y = dimValue(a.rhs);
    // Division truncates: take the remainder off first where something may be negative.
    if (dims.space.lowerBound(a.lhs) < 0 || dims.space.lowerBound(a.rhs) < 0)
      x = sub(x, create<ModOp>(x, y, /*fmod=*/false));
    return div(x, y);
  }
  case DimAtom::Mod:
    return sub(dimValue(a.lhs), mul(div(dimValue(a.lhs), dimValue(a.rhs)), dimValue(a.rhs)));
  case DimAtom::Max:
    return create<MaxOp>(dimValue(a.lhs), dimValue(a.rhs));
  case DimAtom::Min:
    return create<MinOp>(dimValue(a.lhs), dimValue(a.rhs));
  }
  return standIn();
}

/// One element: [1].
Value ImportBuilder::dimValue(const Dim &d) {
  Value sum;
  for (const DimTerm &t : d.terms) {
    Value product;
    for (AtomId id : t.atoms) {
      Value factor = atomValue(id);
      product = product ? mul(product, factor) : factor;
    }
    if (!product)
      product = integers({t.coefficient});
    else if (t.coefficient != 1)
      product = mul(product, integers({t.coefficient}));
    sum = sum ? add(sum, product) : product;
  }
  return sum ? sum : integers({0});
}

Value ImportBuilder::shapeTensor(ArrayRef<Dim> values) {
  // Runs of known values are one constant.
  SmallVector<Value> parts;
  SmallVector<int64_t> run;
  auto flush = [&] {
    if (!run.empty())
      parts.push_back(integers(run));
    run.clear();
  };
  for (const Dim &d : values) {
    if (auto known = d.constant()) {
      run.push_back(*known);
      continue;
    }
    flush();
    parts.push_back(dimValue(d));
  }
  flush();
  if (parts.empty())
    return integers({});
  return parts.size() == 1 ? parts[0] : create<ConcatOp>(parts, 0);
}

Value ImportBuilder::reshape(Value v, ArrayRef<Dim> to) {
  if (failed)
    return standIn();
  SmallVector<Dim> target(to);
  if (ArrayRef(target) == dims.dims(v))
    return v;
  // One unknown dimension among known ones is what is left: no arithmetic at run time.
  int64_t unknown = llvm::count_if(target, [](const Dim &d) { return !d.isConstant(); });
  bool hasZero = llvm::any_of(target, [](const Dim &d) { return d.is(0); });
  if (unknown == 1 && !hasZero)
    for (Dim &d : target)
      if (!d.isConstant())
        d = Dim(-1);
  return create<ReshapeOp>(v, shapeTensor(target));
}

Value ImportBuilder::transpose(Value v, ArrayRef<int64_t> permutation) {
  if (llvm::is_sorted(permutation))
    return v;
  return create<TransposeOp>(v, permutation);
}

Value ImportBuilder::mergeDims(Value v, int64_t first, int64_t last) {
  SmallVector<Dim> from = shape(v), to;
  if (failed)
    return standIn();
  to.append(from.begin(), from.begin() + first);
  to.push_back(dims.space.product(ArrayRef(from).slice(first, last - first)));
  to.append(from.begin() + last, from.end());
  return reshape(v, to);
}

Value ImportBuilder::squeeze(Value v, ArrayRef<int64_t> axes) {
  SmallVector<Dim> from = shape(v), to;
  for (auto [i, d] : llvm::enumerate(from))
    if (!llvm::is_contained(axes, (int64_t)i))
      to.push_back(d);
  return reshape(v, to);
}

Value ImportBuilder::unsqueeze(Value v, ArrayRef<int64_t> axes) {
  SmallVector<Dim> from = shape(v), to;
  size_t next = 0;
  for (size_t i = 0, n = from.size() + axes.size(); i < n; ++i)
    to.push_back(llvm::is_contained(axes, (int64_t)i) || next == from.size() ? Dim(1)
                                                                             : from[next++]);
  return reshape(v, to);
}

Value ImportBuilder::expand(Value v, ArrayRef<Dim> to) {
  if (failed || ArrayRef(to) == dims.dims(v))
    return v;
  return create<ExpandOp>(v, shapeTensor(to));
}

Value ImportBuilder::alongAxis(Value vector, int64_t axis, int64_t rank) {
  SmallVector<Dim> to(rank, Dim(1));
  if (!failed)
    to[axis] = dim(vector, 0);
  return reshape(vector, to);
}

Value ImportBuilder::slice(Value v, int64_t axis, const Dim &start, const Dim &end,
                           int64_t step) {
  if (failed || (start.is(0) && step == 1 && dim(v, axis) == end))
    return v;
  return create<SliceOp>(v, shapeTensor({start}), shapeTensor({end}), integers({axis}),
                         integers({step}));
}

Value ImportBuilder::concat(ArrayRef<Value> values, int64_t axis) {
  return values.size() == 1 ? values[0] : create<ConcatOp>(values, axis);
}

Value ImportBuilder::counting(const Dim &count) {
  if (auto known = count.constant(); known && *known <= TensorInfo::maxElements)
    return integers(llvm::to_vector(llvm::seq<int64_t>(0, *known)));
  Type type = b.getIntegerType(64, true);
  return create<RangeOp>(scalar(0, type), scalar(1, type), shapeTensor({count}));
}

Value ImportBuilder::none() { return NoneOp::create(b, loc, b.getNoneType()); }

Value ImportBuilder::add(Value x, Value y) { return create<AddOp>(x, y); }
Value ImportBuilder::sub(Value x, Value y) { return create<SubOp>(x, y); }
Value ImportBuilder::mul(Value x, Value y) { return create<MulOp>(x, y); }
Value ImportBuilder::div(Value x, Value y) { return create<DivOp>(x, y); }
Value ImportBuilder::max(Value x, Value y) { return create<MaxOp>(x, y); }
Value ImportBuilder::min(Value x, Value y) { return create<MinOp>(x, y); }
Value ImportBuilder::less(Value x, Value y) { return create<LessOp>(x, y); }
Value ImportBuilder::equal(Value x, Value y) { return create<EqualOp>(x, y); }
Value ImportBuilder::sqrt(Value x) { return create<SqrtOp>(x); }
Value ImportBuilder::exp(Value x) { return create<ExpOp>(x); }
Value ImportBuilder::pow(Value x, double y) { return create<PowOp>(x, scalarLike(y, x)); }
Value ImportBuilder::where(Value condition, Value x, Value y) {
  return create<WhereOp>(condition, x, y);
}

Value ImportBuilder::cast(Value x, Type element) {
  if (failed || elementType(x) == element)
    return x;
  return create<CastOp>(x, TypeAttr::get(element), b.getBoolAttr(true), b.getStringAttr("up"));
}

Value ImportBuilder::reduce(StringRef kind, Value x, ArrayRef<int64_t> axes, bool keepdims) {
  return create<ReduceOp>(x, kind, axes, keepdims);
}

Value ImportBuilder::mean(Value x, ArrayRef<int64_t> axes, bool keepdims) {
  if (failed)
    return standIn();
  Type element = elementType(x);
  bool widen = isa<FloatType>(element) && storageBits(element) < 32;
  Type sumType = widen ? b.getF32Type() : element;
  SmallVector<Dim> folded;
  for (int64_t axis : axes)
    folded.push_back(dim(x, axis));
  Dim count = dims.space.product(folded);
  Value sum = reduce("sum", cast(x, sumType), axes, keepdims);
  if (auto known = count.constant(); known && isa<FloatType>(sumType))
    return cast(div(sum, scalar((double)*known, sumType)), element);
  return cast(div(sum, reshape(cast(shapeTensor({count}), sumType), {})), element);
}

SmallVector<int64_t> ImportBuilder::axesFrom(Value x, int64_t first) {
  return llvm::to_vector(llvm::seq<int64_t>(first, std::max(first, rank(x))));
}

} // namespace ingot
