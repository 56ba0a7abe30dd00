//===- DimAnalysis.cpp - dimensions and small integer values of a function --===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ConstantView.h"
#include "ir/Dialect.h"
#include "ir/analysis/Broadcast.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Movement.h"
#include "ir/ops/Structure.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace mlir;

namespace ingot {

Type TensorInfo::type() const {
  if (otherType)
    return otherType;
  SmallVector<int64_t> shape;
  for (const Dim &d : dims)
    shape.push_back(d.constant().value_or(ShapedType::kDynamic));
  return RankedTensorType::get(shape, elementType);
}

LogicalResult DimAnalysis::run(Operation *root) {
  bindArguments(root);
  for (Region &region : root->getRegions())
    for (Block &block : region)
      if (failed(visitBlock(block)))
        return failure();
  return success();
}

LogicalResult DimAnalysis::visitBlock(Block &block) {
  for (Operation &op : block)
    if (failed(visit(&op)))
      return failure();
  return success();
}

void DimAnalysis::bindArguments(Operation *root) {
  auto function = dyn_cast<FunctionOpInterface>(root);
  if (!function)
    return;
  for (BlockArgument arg : function.getArguments()) {
    bindFresh(arg);
    auto names = function.getArgAttrOfType<ArrayAttr>(arg.getArgNumber(), "ingot.dims");
    auto type = dyn_cast<RankedTensorType>(arg.getType());
    if (!names || !type)
      continue;
    TensorInfo info = infos[arg];
    for (auto [i, attr] : llvm::enumerate(names)) {
      StringRef name = cast<StringAttr>(attr).getValue();
      if (name.empty() || !type.isDynamicDim(i))
        continue;
      // "name" or "name:lower..upper": equal names are the same size, checked at the entry.
      auto [base, bounds] = name.split(':');
      auto [it, isNew] = named.try_emplace(base, info.dims[i]);
      info.dims[i] = it->second;
      if (!isNew)
        continue;
      DimAtom &atom = space.info(it->second.terms[0].atoms[0]);
      atom.name = base.str();
      auto [low, high] = bounds.split("..");
      int64_t value;
      if (!low.empty() && !low.getAsInteger(10, value))
        atom.lower = value;
      if (!high.empty() && !high.getAsInteger(10, value))
        atom.upper = value;
    }
    infos[arg] = info;
  }
}

void DimAnalysis::bindFresh(Value v) {
  TensorInfo info;
  if (auto type = dyn_cast<RankedTensorType>(v.getType())) {
    info.elementType = type.getElementType();
    for (int64_t i = 0; i < type.getRank(); ++i)
      info.dims.push_back(type.isDynamicDim(i) ? space.symbolDim(v, i) : Dim(type.getDimSize(i)));
  } else {
    info.otherType = v.getType();
  }
  infos[v] = std::move(info);
}

const TensorInfo &DimAnalysis::info(Value v) {
  auto it = infos.find(v);
  if (it != infos.end())
    return it->second;
  // Values of an enclosing function that was not analysed: known by their type alone.
  bindFresh(v);
  return infos[v];
}

/// Whether the known dimensions alone make a tensor of more than 2^62 bytes.
static bool isHuge(const TensorInfo &info) {
  int64_t bytes = 8;
  bool overflows = false;
  for (const Dim &d : info.dims) {
    if (d.is(0))
      return false;
    overflows |= d.constant() && llvm::MulOverflow(bytes, *d.constant(), bytes);
  }
  return overflows || bytes > INT64_MAX / 2;
}

/// Once, at the operator that makes the size; what comes after it has errors of its own.
static LogicalResult checkOverflow(DimSpace &space, Operation *op, bool isHuge) {
  if (!std::exchange(space.overflowed, false) && !isHuge)
    return success();
  return op->emitError("sizes of this model do not fit 64 bits");
}

LogicalResult DimAnalysis::visit(Operation *op) {
  if (isa<ElementwiseOp>(op) && !isa<DimensionOp>(op))
    return visitElementwise(op);
  if (auto shaped = dyn_cast<DimensionOp>(op)) {
    SmallVector<TensorInfo> results;
    if (failed(shaped.inferResults(*this, results)) || failed(shaped.constrainSizes(*this)))
      return failure();
    bool huge = llvm::any_of(results, isHuge);
    for (auto [value, info] : llvm::zip(op->getResults(), results)) {
      int64_t count = 1;
      for (const Dim &d : info.dims)
        count = d.constant() && count >= 0 && !huge ? count * *d.constant() : -1;
      if (info.elements && count != (int64_t)info.elements->size())
        info.elements.reset();
      infos[value] = std::move(info);
    }
    return checkOverflow(space, op, huge);
  }
  for (Value v : op->getResults())
    bindFresh(v);
  return success();
}

LogicalResult DimAnalysis::visitElementwise(Operation *op) {
  TensorInfo result;
  result.elementType = cast<ElementwiseOp>(op).resultElementType();
  if (!result.elementType)
    return failure();
  SmallVector<ArrayRef<Dim>> shapes;
  for (Value v : op->getOperands())
    info(v);
  for (Value v : op->getOperands())
    shapes.push_back(dims(v));
  if (failed(broadcast(op, shapes, result.dims)))
    return failure();
  bool huge = isHuge(result);
  if (!huge)
    evaluateElements(op, result);
  infos[op->getResult(0)] = std::move(result);
  return checkOverflow(space, op, huge);
}

/// Beyond this many elements only constants are followed: shapes are short, tables are not.
static constexpr int64_t maxSymbolicElements = 64;

void DimAnalysis::evaluateElements(Operation *op, TensorInfo &result) {
  bool anyKnown =
      llvm::any_of(op->getOperands(), [&](Value v) { return shortElements(v).has_value(); });
  int64_t count = 1;
  for (const Dim &d : result.dims) {
    if (!d.constant() || count > TensorInfo::maxElements)
      return;
    count *= *d.constant();
  }
  if (!anyKnown || count > TensorInfo::maxElements)
    return;
  SmallVector<SmallVector<Dim>> operands;
  for (Value v : op->getOperands()) {
    auto known = isa<IntegerType>(infos[v].elementType) ? elements(v) : knownElements(v);
    if (!known)
      return;
    operands.push_back(std::move(*known));
  }
  bool isInteger = isa<IntegerType>(result.elementType);
  SmallVector<Dim> values, args(operands.size());
  for (int64_t i = 0; i < count; ++i) {
    for (size_t k = 0; k < operands.size(); ++k) {
      // The operand's position under broadcasting: walk the result's dimensions from the inside.
      ArrayRef<Dim> shape = infos[op->getOperand(k)].dims;
      int64_t rest = i, position = 0, stride = 1;
      for (size_t d = 0; d < result.dims.size(); ++d) {
        int64_t size = *result.dims[result.dims.size() - 1 - d].constant();
        int64_t at = rest % size;
        rest /= size;
        if (d >= shape.size())
          break;
        int64_t own = shape[shape.size() - 1 - d].constant().value_or(1);
        position += (own == 1 ? 0 : at) * stride;
        stride *= own;
      }
      if (position >= (int64_t)operands[k].size())
        return;
      args[k] = operands[k][position];
    }
    std::optional<Dim> value = cast<ElementwiseOp>(op).evaluate(space, args);
    if (!value && isInteger && count <= maxSymbolicElements)
      value = space.symbolElement(op->getResult(0), i);
    if (!value || (!value->constant() && count > maxSymbolicElements))
      return;
    values.push_back(*value);
  }
  result.elements = std::move(values);
}

std::optional<SmallVector<Dim>> DimAnalysis::shortElements(Value v) {
  const TensorInfo &known = info(v);
  if (known.elements || !known.elementType || !isInteger(known.elementType))
    return known.elements;
  int64_t count = 1;
  for (const Dim &d : known.dims)
    count = d.constant() && count <= 8 ? count * *d.constant() : 9;
  return count <= 8 ? elements(v) : std::nullopt;
}

std::optional<SmallVector<Dim>> DimAnalysis::knownElements(Value v) {
  const TensorInfo &known = info(v);
  if (known.elements)
    return known.elements;
  auto constant = ConstantView::of(v);
  if (!constant || !isa_and_nonnull<FloatType>(known.elementType) ||
      constant->size() > maxSymbolicElements)
    return std::nullopt;
  SmallVector<Dim> values;
  for (int64_t i = 0; i < constant->size(); ++i) {
    double x = constant->real(i);
    if (!(std::abs(x) < 1e15) || x != std::floor(x))
      return std::nullopt;
    values.push_back(Dim((int64_t)x));
  }
  return values;
}

std::optional<SmallVector<Dim>> DimAnalysis::elements(Value v) {
  const TensorInfo &known = info(v);
  if (known.elements)
    return known.elements;
  if (!known.elementType || !isa<IntegerType>(known.elementType))
    return std::nullopt;
  int64_t count = 1;
  for (const Dim &d : known.dims) {
    if (!d.constant())
      return std::nullopt;
    count *= *d.constant();
    if (count > TensorInfo::maxElements)
      return std::nullopt;
  }
  // Inside a kernel an operand is what it is outside: that is where its elements can be read.
  if (auto arg = dyn_cast<BlockArgument>(v))
    if (auto kernel = dyn_cast<KernelOp>(arg.getOwner()->getParentOp())) {
      auto outside = elements(kernel.getInputs()[arg.getArgNumber()]);
      infos[v].elements = outside;
      return outside;
    }
  // The same elements under other dimensions are known by the value that is in memory.
  if (auto reshape = v.getDefiningOp<ReshapeOp>())
    if (auto from = elements(reshape.getInput()); from && (int64_t)from->size() == count) {
      infos[v].elements = from;
      return from;
    }
  SmallVector<Dim> symbols;
  for (int64_t i = 0; i < count; ++i)
    symbols.push_back(space.symbolElement(v, i));
  infos[v].elements = symbols;
  return symbols;
}

std::optional<SmallVector<Dim>>
DimAnalysis::tabulate(ArrayRef<Dim> shape,
                      llvm::function_ref<std::optional<Dim>(ArrayRef<int64_t>)> element) {
  int64_t count = 1;
  for (const Dim &d : shape) {
    if (!d.constant() || *d.constant() > TensorInfo::maxElements)
      return std::nullopt;
    count *= *d.constant();
    if (count > TensorInfo::maxElements)
      return std::nullopt;
  }
  SmallVector<Dim> values;
  SmallVector<int64_t> at(shape.size());
  for (int64_t i = 0; i < count; ++i) {
    int64_t rest = i;
    for (size_t d = shape.size(); d-- > 0;) {
      at[d] = rest % *shape[d].constant();
      rest /= *shape[d].constant();
    }
    std::optional<Dim> value = element(at);
    if (!value)
      return std::nullopt;
    values.push_back(*value);
  }
  return values;
}

std::optional<Dim> DimAnalysis::elementAt(const TensorInfo &info, ArrayRef<int64_t> at) {
  int64_t position = 0;
  for (auto [i, d] : llvm::zip(at, info.dims)) {
    if (!d.constant() || i < 0 || i >= *d.constant())
      return std::nullopt;
    position = position * *d.constant() + i;
  }
  if (!info.elements || position >= (int64_t)info.elements->size())
    return std::nullopt;
  return (*info.elements)[position];
}

std::optional<Dim> DimAnalysis::sizeElement(Value v, int64_t i) {
  auto all = elements(v);
  if (!all || i >= (int64_t)all->size())
    return std::nullopt;
  Dim size = (*all)[i];
  if (size.terms.size() == 1 && size.terms[0].atoms.size() == 1 && size.terms[0].coefficient == 1) {
    DimAtom &atom = space.info(size.terms[0].atoms[0]);
    if (atom.kind == DimAtom::ElementOf)
      atom.lower = std::max<int64_t>(atom.lower, 0);
  }
  return size;
}

std::optional<SmallVector<int64_t>> DimAnalysis::constants(Value v) {
  const TensorInfo &known = info(v);
  if (!known.elements)
    return std::nullopt;
  SmallVector<int64_t> values;
  for (const Dim &d : *known.elements) {
    if (!d.constant())
      return std::nullopt;
    values.push_back(*d.constant());
  }
  return values;
}

std::optional<bool> DimAnalysis::isStretched(const Dim &operand, const Dim &result) {
  if (operand == result)
    return false;
  if (operand.is(1))
    return true;
  if (operand.constant())
    return false;
  return std::nullopt;
}

void DimAnalysis::require(Operation *op, const Dim &dim, const Dim &expected, bool stretches) {
  if (dim == expected || (stretches && dim.is(1)) || (dim.constant() && expected.constant()))
    return;
  relations.push_back({op, dim, expected, stretches});
}

LogicalResult DimAnalysis::agree(Operation *op, const Dim &dim, const Dim &expected, StringRef what,
                                 bool stretches) {
  if (dim.constant() && expected.constant() && dim != expected && !(stretches && dim.is(1)))
    return op->emitError("expected ")
           << what << " of " << (stretches ? "1 or " : "") << space.str(expected) << ", but got "
           << space.str(dim);
  require(op, dim, expected, stretches);
  return success();
}

LogicalResult DimAnalysis::broadcast(Operation *op, ArrayRef<ArrayRef<Dim>> shapes,
                                     SmallVectorImpl<Dim> &result) {
  size_t rank = 0;
  for (ArrayRef<Dim> s : shapes)
    rank = std::max(rank, s.size());
  result.assign(rank, Dim(1));
  for (ArrayRef<Dim> s : shapes)
    for (size_t i = 0; i < s.size(); ++i) {
      Dim &r = result[rank - s.size() + i];
      const Dim &d = s[i];
      if (d == r || d.is(1))
        continue;
      if (r.is(1)) {
        r = d;
      } else if (r.constant() && d.constant()) {
        return op->emitError("expected dimensions that broadcast, but got ")
               << space.str(r) << " against " << space.str(d) << " in dimension "
               << rank - s.size() + i;
      } else if (d.constant()) {
        r = d; // the other is 1 or the same
      } else if (!r.constant()) {
        r = broadcastSize(space, r, d);
      }
    }
  for (ArrayRef<Dim> s : shapes)
    for (size_t i = 0; i < s.size(); ++i)
      require(op, s[i], result[rank - s.size() + i], /*stretches=*/true);
  return success();
}

} // namespace ingot
