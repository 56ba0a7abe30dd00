//===- KernelFunction.cpp - the function of a kernel and its arguments --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/lower/KernelEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace ingot {

KernelFunction::KernelFunction(KernelOp op, DimAnalysis &dims, LoweredKernel &result, OpBuilder &b)
    : op(op), dims(dims), result(result), b(b) {
  entry = result.function.addEntryBlock();
  begin = entry->getArgument(0);
  end = entry->getArgument(1);
  worker = entry->getArgument(2);
  for (auto [i, arg] : llvm::enumerate(op.block().getArguments())) {
    operands[arg] = i;
    orders[arg] = op.operandOrder(i);
  }
  for (auto [i, v] : llvm::enumerate(op.yield()->getOperands())) {
    if (isa<BlockArgument>(v))
      continue;
    results[v] = i;
    orders[v] = op.resultOrder(i);
  }
  b.setInsertionPointToEnd(entry);
}

static MemRefType linear(Type storage) { return MemRefType::get({ShapedType::kDynamic}, storage); }

Value KernelFunction::argument(LaunchArgument a, Type type) {
  result.arguments.push_back(std::move(a));
  return entry->addArgument(type, op.getLoc());
}

Value KernelFunction::buffer(Value tensor) {
  Value &known = buffers[tensor];
  if (known)
    return known;
  MemRefType type = linear(storageType(dims.elementType(tensor)));
  if (auto it = operands.find(tensor); it != operands.end())
    return known = argument({LaunchArgument::Operand, it->second}, type);
  return known = resultBuffer(results.lookup(tensor));
}

Value KernelFunction::resultBuffer(unsigned i) {
  Value &known = resultBuffers[i];
  if (!known)
    known = argument({LaunchArgument::Result, i},
                     linear(storageType(dims.elementType(op.yield()->getOperand(i)))));
  return known;
}

ArrayRef<int64_t> KernelFunction::order(Value tensor) { return orders[tensor]; }

SmallVector<Dim> physicalStrides(DimAnalysis &dims, Value tensor, ArrayRef<int64_t> order) {
  SmallVector<Dim> shape(dims.dims(tensor)), strides(shape.size(), Dim(1));
  Dim stride(1);
  for (size_t i = shape.size(); i-- > 0;) {
    int64_t d = order.empty() ? i : order[i];
    strides[d] = stride;
    stride = dims.space.mul(stride, shape[d]);
  }
  return strides;
}

SmallVector<Dim> KernelFunction::strides(Value tensor) {
  return physicalStrides(dims, tensor, order(tensor));
}

Value KernelFunction::scratch(unsigned k, Type storage, Dim count) {
  Value &known = scratches[k];
  if (known)
    return known;
  result.scratch.resize(std::max<size_t>(result.scratch.size(), k + 1));
  result.scratch[k] = {storage, count};
  return known = argument({LaunchArgument::Scratch, k}, linear(storage));
}

Value KernelFunction::workerScratch(Type storage, int64_t count) {
  int64_t bytes = llvm::alignTo(count * (storageBits(storage) / 8), 64);
  int64_t offset = result.workerBytes;
  result.workerBytes += bytes;
  // Bytes per worker are known only when the kernel is complete: finish() patches the constant.
  Value base = argument({LaunchArgument::Workers, (unsigned)offset}, linear(storage));
  return base;
}

Value KernelFunction::packed(Value operand, PackedConstant form, Type storage) {
  unsigned index = operands.lookup(operand);
  Value &known = packedForms[{index, form.key}];
  if (known)
    return known;
  LaunchArgument a{LaunchArgument::Packed, index, std::move(form)};
  if (!storage)
    storage = storageType(dims.elementType(operand));
  return known = argument(std::move(a), linear(storage));
}

Value KernelFunction::step() { return argument({LaunchArgument::Step}, b.getIndexType()); }

Value KernelFunction::symbol(AtomId id) {
  Value &known = symbols[id];
  if (!known)
    known = argument({LaunchArgument::Symbol, id}, b.getIndexType());
  return known;
}

Value KernelFunction::emitAtom(AtomId id) {
  DimAtom atom = dims.space.info(id);
  if (atom.isSymbol())
    return symbol(id);
  if (auto it = atoms.find(id); it != atoms.end())
    return it->second;
  Value lhs = emit(atom.lhs), rhs = emit(atom.rhs), v;
  OpBuilder::InsertionGuard guard(b);
  if (lastEntryOp)
    b.setInsertionPointAfter(lastEntryOp);
  else
    b.setInsertionPointToStart(entry);
  Location loc = op.getLoc();
  switch (atom.kind) {
  case DimAtom::FloorDiv:
    // A size of 0 divides nothing: the kernel then has no elements, but its entry runs.
    if (dims.space.lowerBound(atom.rhs) < 1)
      rhs = arith::MaxSIOp::create(b, loc, rhs, arith::ConstantIndexOp::create(b, loc, 1));
    v = arith::DivSIOp::create(b, loc, lhs, rhs);
    if (dims.space.lowerBound(atom.lhs) < 0) {
      // Toward minus infinity: (a - (b - 1)) / b for negative a, b being positive.
      Value zero = arith::ConstantIndexOp::create(b, loc, 0), one =
                arith::ConstantIndexOp::create(b, loc, 1);
      Value negative = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, lhs, zero);
      Value shifted = arith::SubIOp::create(b, loc, lhs, arith::SubIOp::create(b, loc, rhs, one));
      Value down = arith::DivSIOp::create(b, loc, shifted, rhs);
      v = arith::SelectOp::create(b, loc, negative, down, v);
    }
    break;
  case DimAtom::Mod:
    v = arith::RemSIOp::create(b, loc, lhs, rhs);
    break;
  case DimAtom::Max:
    v = arith::MaxSIOp::create(b, loc, lhs, rhs);
    break;
  default:
    v = arith::MinSIOp::create(b, loc, lhs, rhs);
  }
  lastEntryOp = v.getDefiningOp();
  return atoms[id] = v;
}

Value KernelFunction::emit(const Dim &d) {
  for (auto &[known, value] : emitted)
    if (known == d)
      return value;
  SmallVector<SmallVector<Value>> factors;
  for (const DimTerm &t : d.terms) {
    factors.emplace_back();
    for (AtomId id : t.atoms)
      factors.back().push_back(emitAtom(id));
  }
  // Everything goes to the entry block, after what it depends on.
  OpBuilder::InsertionGuard guard(b);
  if (lastEntryOp)
    b.setInsertionPointAfter(lastEntryOp);
  else
    b.setInsertionPointToStart(entry);
  Location loc = op.getLoc();
  auto made = [&](Value v) {
    if (v.getDefiningOp())
      lastEntryOp = v.getDefiningOp();
    return v;
  };
  Value sum;
  for (auto [t, fs] : llvm::zip(d.terms, factors)) {
    Value product;
    for (Value f : fs)
      product = product ? made(arith::MulIOp::create(b, loc, product, f)) : f;
    if (!product)
      product = made(arith::ConstantIndexOp::create(b, loc, t.coefficient));
    else if (t.coefficient != 1)
      product = made(arith::MulIOp::create(
          b, loc, product, made(arith::ConstantIndexOp::create(b, loc, t.coefficient))));
    sum = sum ? made(arith::AddIOp::create(b, loc, sum, product)) : product;
  }
  if (!sum)
    sum = made(arith::ConstantIndexOp::create(b, loc, 0));
  emitted.push_back({d, sum});
  return sum;
}

void KernelFunction::finish() {
  auto type = FunctionType::get(op.getContext(), entry->getArgumentTypes(), {});
  result.function.setFunctionType(type);
}

} // namespace ingot
