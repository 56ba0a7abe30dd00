//===- KernelEmitter.cpp - emits the body of one kernel ------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/lower/KernelEmitter.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Movement.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace ingot {

bool KernelEmitter::visibleHere(Block *block) {
  for (Block *here = b.getInsertionBlock(); here;) {
    if (here == block)
      return true;
    Operation *parent = here->getParentOp();
    here = parent && !isa<func::FuncOp>(parent) ? parent->getBlock() : nullptr;
  }
  return false;
}

FailureOr<Value> KernelEmitter::read(Value tensor, ArrayRef<Index> at) {
  if (Value v = known.lookup(tensor))
    return v;
  std::vector<const void *> key{tensor.getAsOpaquePointer()};
  for (Index i : at) {
    IntegerAttr constant;
    if (i.isUniform() && matchPattern(i.value, m_Constant(&constant))) {
      key.push_back(constant.getAsOpaquePointer());
    } else {
      key.push_back(i.value.getAsOpaquePointer());
      key.push_back((const void *)(uintptr_t)(i.lanes + 1));
    }
  }
  if (auto it = cache.find(key); it != cache.end() && visibleHere(it->second.block))
    return it->second.value;
  Block *block = b.getInsertionBlock();
  FailureOr<Value> v = failure();
  if (isa<BlockArgument>(tensor)) {
    v = load(tensor, position(tensor, at));
  } else if (auto constant = tensor.getDefiningOp<ConstantOp>()) {
    ConstantView view(constant);
    if (view.size() != 1)
      return failure();
    Type element = view.type().getElementType(), type = computeType(element);
    if (isa<FloatType>(type)) {
      v = real(type, view.real(0));
    } else if (isa<IntegerType>(type)) {
      v = integer(type, view.integer(0));
    } else {
      auto complex = cast<ComplexType>(type);
      unsigned bits = storageBits(complex.getElementType());
      auto part = [&](unsigned i) -> Attribute {
        APInt raw(bits, 0);
        uint64_t word = 0;
        memcpy(&word, view.bytes().data() + i * bits / 8, bits / 8);
        auto f = cast<FloatType>(complex.getElementType());
        return b.getFloatAttr(f, APFloat(f.getFloatSemantics(), APInt(bits, word)));
      };
      v = complex::ConstantOp::create(b, loc, type, b.getArrayAttr({part(0), part(1)})).getResult();
    }
  } else if (auto part = readPart(tensor, at); succeeded(part)) {
    v = part;
  } else {
    v = emitElement(*this, tensor.getDefiningOp(), cast<OpResult>(tensor).getResultNumber(), at);
    if (failed)
      return failure();
  }
  if (succeeded(v))
    cache[key] = {*v, block};
  return v;
}

/// An element of the one operand of a concatenation that it can only be from; fails where there may
/// be several.
FailureOr<Value> KernelEmitter::readPart(Value tensor, ArrayRef<Index> at) {
  auto concat = tensor.getDefiningOp<ConcatOp>();
  if (!concat || !interval || at[concat.getAxis()].value != interval->index)
    return failure();
  int64_t axis = concat.getAxis(), begin = 0;
  for (Value operand : concat.getInputs()) {
    std::optional<int64_t> size = dims.dim(operand, axis).constant();
    if (!size)
      return failure();
    if (begin <= interval->from && interval->to <= begin + *size) {
      SmallVector<Index> inner(at);
      inner[axis] = sub(at[axis], constant(begin));
      return read(operand, inner);
    }
    begin += *size;
  }
  return failure();
}

FailureOr<Value> KernelEmitter::readLinear(Value tensor, Index at) {
  ArrayRef<int64_t> order = f.order(tensor);
  if (isa<BlockArgument>(tensor) && llvm::is_sorted(order))
    return load(tensor, at);
  // Element-wise work over one shape reads its operands at the same position.
  Operation *op = tensor.getDefiningOp();
  if (op && !known.count(tensor) && isa<ElementwiseOp>(op)) {
    SmallVector<Value> args;
    for (Value operand : op->getOperands()) {
      bool same = dims.dims(operand) == dims.dims(tensor);
      bool single = dims.space.product(dims.dims(operand)).is(1);
      if (!same && !single)
        return ElementBuilder::readLinear(tensor, at);
      FailureOr<Value> arg = readLinear(operand, single ? constant(0) : at);
      if (llvm::failed(arg))
        return failure();
      args.push_back(*arg);
    }
    return cast<ElementwiseOp>(op).emitScalar(b, loc, args);
  }
  return ElementBuilder::readLinear(tensor, at);
}

bool KernelEmitter::isCanonical(ArrayRef<Index> at, ArrayRef<Dim> shape,
                                ArrayRef<int64_t> order) {
  return canonical && shape == ArrayRef(canonical->shape) && order == ArrayRef(canonical->order) &&
         at.size() == canonical->at.size() &&
         llvm::all_of(llvm::zip(at, canonical->at), [](auto pair) {
           return std::get<0>(pair).value == std::get<1>(pair).value;
         });
}

Index KernelEmitter::position(Value tensor, ArrayRef<Index> at) {
  if (isCanonical(at, dims.dims(tensor), f.order(tensor)))
    return canonical->position;
  if (flat)
    return dims.space.product(dims.dims(tensor)).is(1) ? constant(0) : *flat;
  Index sum = constant(0);
  SmallVector<Dim> strides = f.strides(tensor);
  for (auto [i, s] : llvm::zip(at, strides)) {
    if (dims.dims(tensor)[&i - at.begin()].is(1))
      continue;
    sum = add(sum, mul(i, emit(s)));
  }
  return sum;
}

Value KernelEmitter::decode(Value stored, Type element) {
  if (isBool(element)) {
    Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(stored.getType()));
    return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, stored, zero);
  }
  auto lane = [&](Type t) -> Type {
    auto v = dyn_cast<VectorType>(stored.getType());
    return v ? (Type)VectorType::get(v.getShape(), t) : t;
  };
  auto type = dyn_cast<FloatType>(element);
  if (type && type.getWidth() < 32) {
    if (type.getWidth() <= 8)
      stored = arith::BitcastOp::create(b, loc, lane(type), stored);
    return arith::ExtFOp::create(b, loc, lane(b.getF32Type()), stored);
  }
  return stored;
}

Value KernelEmitter::encode(Value computed, Type element) {
  auto lane = [&](Type t) -> Type {
    auto v = dyn_cast<VectorType>(computed.getType());
    return v ? (Type)VectorType::get(v.getShape(), t) : t;
  };
  if (isBool(element))
    return arith::ExtUIOp::create(b, loc, lane(b.getI8Type()), computed);
  auto type = dyn_cast<FloatType>(element);
  if (type && type.getWidth() < 32) {
    Value narrow = arith::TruncFOp::create(b, loc, lane(type), computed);
    if (type.getWidth() <= 8)
      narrow = arith::BitcastOp::create(b, loc, lane(b.getI8Type()), narrow);
    return narrow;
  }
  return computed;
}

/// Shift of element `position` within its byte, and the byte's position.
static std::pair<Value, Value> subByte(OpBuilder &b, Location loc, Value position, unsigned bits) {
  unsigned per = 8 / bits;
  Value n = arith::ConstantIndexOp::create(b, loc, per);
  Value byte = arith::DivUIOp::create(b, loc, position, n);
  Value within = arith::RemUIOp::create(b, loc, position, n);
  Value shift = arith::MulIOp::create(b, loc, arith::IndexCastOp::create(b, loc, b.getI8Type(), within),
                                      arith::ConstantIntOp::create(b, loc, bits, 8));
  return {byte, shift};
}

FailureOr<Value> KernelEmitter::load(Value tensor, Index at) {
  Type element = dims.elementType(tensor);
  Value buffer = f.buffer(tensor);
  unsigned bits = storageBits(element);
  if (bits < 8) {
    if (lanes() != 1)
      return failure();
    auto [byte, shift] = subByte(b, loc, at.value, bits);
    Value v = arith::ShRUIOp::create(b, loc, memref::LoadOp::create(b, loc, buffer, byte), shift);
    auto type = dyn_cast<FloatType>(element);
    if (isUnsigned(element) || type)
      v = arith::AndIOp::create(b, loc, v, arith::ConstantIntOp::create(b, loc, (1 << bits) - 1, 8));
    else {
      Value up = arith::ConstantIntOp::create(b, loc, 8 - bits, 8);
      v = arith::ShRSIOp::create(b, loc, arith::ShLIOp::create(b, loc, v, up), up);
    }
    if (type) {
      v = arith::TruncIOp::create(b, loc, b.getIntegerType(bits), v);
      v = arith::BitcastOp::create(b, loc, type, v);
      return arith::ExtFOp::create(b, loc, b.getF32Type(), v).getResult();
    }
    return v;
  }
  Type storage = storageType(element);
  if (at.isUniform()) {
    Value v = decode(memref::LoadOp::create(b, loc, buffer, at.value), element);
    if (lanes() != 1 && isa<ComplexType>(element))
      return failure();
    return splat(v);
  }
  if (isa<ComplexType>(storage) || isString(element))
    return failure();
  auto type = VectorType::get({lanes()}, storage);
  Value v = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
  if (at.lanes == Index::Consecutive && mask)
    return decode(vector::MaskedLoadOp::create(b, loc, type, buffer, at.value, mask, v), element);
  if (at.lanes == Index::Consecutive)
    return decode(vector::LoadOp::create(b, loc, type, buffer, at.value), element);
  Value places = at.value;
  if (mask) {
    Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(places.getType()));
    places = arith::SelectOp::create(b, loc, mask, places, zero);
  }
  for (int64_t i = 0; i < lanes(); ++i) {
    Value p = vector::ExtractOp::create(b, loc, places, i);
    v = vector::InsertOp::create(b, loc, memref::LoadOp::create(b, loc, buffer, p), v, i);
  }
  return decode(v, element);
}

void KernelEmitter::store(Value tensor, Index at, Value value) {
  storeTo(f.buffer(tensor), dims.elementType(tensor), at, value);
}

void KernelEmitter::storeResult(unsigned i, ArrayRef<Index> at, Value value) {
  Value v = f.op.yield()->getOperand(i);
  Index place = constant(0);
  if (flat) {
    place = *flat;
  } else if (isCanonical(at, dims.dims(v), f.op.resultOrder(i))) {
    place = canonical->position;
  } else {
    SmallVector<Index> physical;
    SmallVector<Dim> shape;
    for (int64_t d : f.op.resultOrder(i)) {
      physical.push_back(at[d]);
      shape.push_back(dims.dim(v, d));
    }
    place = linearize(physical, shape);
  }
  storeTo(f.resultBuffer(i), dims.elementType(v), place, value);
}

void KernelEmitter::storeTo(Value buffer, Type element, Index at, Value value) {
  unsigned bits = storageBits(element);
  if (bits < 8) {
    if (lanes() != 1) {
      failed = true;
      return;
    }
    auto [byte, shift] = subByte(b, loc, at.value, bits);
    if (auto type = dyn_cast<FloatType>(element)) {
      value = arith::TruncFOp::create(b, loc, type, value);
      value = arith::BitcastOp::create(b, loc, b.getIntegerType(bits), value);
      value = arith::ExtUIOp::create(b, loc, b.getI8Type(), value);
    }
    // Elements come in ascending order: earlier ones of the byte stay, later ones and the padding
    // become zero.
    Value mask = arith::ConstantIntOp::create(b, loc, (1 << bits) - 1, 8);
    Value old = memref::LoadOp::create(b, loc, buffer, byte);
    Value keep = arith::SubIOp::create(
        b, loc, arith::ShLIOp::create(b, loc, arith::ConstantIntOp::create(b, loc, 1, 8), shift),
        arith::ConstantIntOp::create(b, loc, 1, 8));
    old = arith::AndIOp::create(b, loc, old, keep);
    Value placed = arith::ShLIOp::create(b, loc, arith::AndIOp::create(b, loc, value, mask), shift);
    memref::StoreOp::create(b, loc, arith::OrIOp::create(b, loc, old, placed), buffer, byte);
    return;
  }
  Value stored = encode(value, element);
  if (lanes() == 1) {
    memref::StoreOp::create(b, loc, stored, buffer, at.value);
  } else if (at.lanes == Index::Consecutive && mask) {
    vector::MaskedStoreOp::create(b, loc, buffer, at.value, mask, stored);
  } else if (at.lanes == Index::Consecutive) {
    vector::StoreOp::create(b, loc, stored, buffer, at.value);
  } else if (at.lanes == Index::Varying && !mask) {
    for (int64_t i = 0; i < lanes(); ++i)
      memref::StoreOp::create(b, loc, vector::ExtractOp::create(b, loc, stored, i), buffer,
                              ValueRange{vector::ExtractOp::create(b, loc, at.value, i)});
  } else {
    failed = true;
  }
}

void KernelEmitter::write(Value result, ArrayRef<Index> at, Value element) {
  if (!f.hasBuffer(result))
    return; // a result that nobody reads
  store(result, position(result, at), element);
}

Value KernelEmitter::readBack(Value result, ArrayRef<Index> at) {
  FailureOr<Value> v = load(result, position(result, at));
  if (succeeded(v))
    return *v;
  failed = true;
  return integer(b.getI32Type(), 0);
}

Value KernelEmitter::scratch(unsigned k) {
  Operation *anchor = nullptr;
  f.op.block().walk([&](BodyOp op) { anchor = op; });
  auto buffers = cast<BodyOp>(anchor).scratch(dims);
  return f.scratch(k, storageType(buffers[k].first), buffers[k].second);
}

} // namespace ingot
