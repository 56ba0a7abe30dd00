//===- Control.cpp - branches and loops as blocks of the program ----------------------===//
//
// What differs from one path or iteration to another, addresses and sizes born in the run, lies on
// the stack of the program; LLVM turns that into registers.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/plan/HostTable.h"
#include "codegen/plan/ProgramBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"

using namespace mlir;

namespace ingot {

LogicalResult ProgramBuilder::scoped(llvm::function_ref<LogicalResult()> body) {
  auto savedPointers = pointers;
  auto savedValues = values;
  LogicalResult ok = body();
  pointers = std::move(savedPointers);
  values = std::move(savedValues);
  return ok;
}

Value ProgramBuilder::scalar(Value tensor) {
  if (auto &elements = dims.info(tensor).elements; elements && elements->size() == 1)
    return emit(elements->front());
  unsigned bits = storageBits(dims.elementType(tensor));
  Value v = load(b.getIntegerType(bits), pointer(tensor));
  return bits < 64 ? (Value)arith::ExtSIOp::create(b, loc, b.getI64Type(), v) : v;
}

/// The symbol that stands for dimension `d` of `v` itself, or nothing.
static std::optional<AtomId> ownSymbol(DimAnalysis &dims, Value v, unsigned d) {
  const Dim &size = dims.dims(v)[d];
  if (size.constant() || size != dims.space.symbolDim(v, d))
    return std::nullopt;
  return size.terms[0].atoms[0];
}

static bool isNone(Value v) { return isa<NoneType>(v.getType()); }

//===- if -------------------------------------------------------------------------===//

LogicalResult ProgramBuilder::emitIf(IfOp op) {
  struct Joined {
    Value pointer;
    SmallVector<std::pair<unsigned, Value>> dims;
  };
  SmallVector<Joined> joined(op.getNumResults());
  for (auto [i, result] : llvm::enumerate(op.getResults())) {
    if (!needed.contains(result))
      continue;
    joined[i].pointer = stack(ptr);
    for (unsigned d = 0; d < dims.dims(result).size(); ++d)
      if (ownSymbol(dims, result, d))
        joined[i].dims.push_back({d, stack(b.getI64Type())});
  }
  Value condition = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne,
                                          scalar(op.getCondition()), i64(0));
  Block *then = newBlock(), *other = newBlock(), *after = newBlock();
  cf::CondBranchOp::create(b, loc, condition, then, other);
  for (auto [block, region] : {std::pair<Block *, Region *>{then, &op.getThenBranch()},
                               {other, &op.getElseBranch()}}) {
    b.setInsertionPointToEnd(block);
    LogicalResult ok = scoped([&, region = region] {
      if (failed(emitBlock(region->front())))
        return failure();
      for (auto [i, v] : llvm::enumerate(region->front().getTerminator()->getOperands())) {
        if (!joined[i].pointer)
          continue;
        store(pointer(v), joined[i].pointer);
        for (auto [d, slot] : joined[i].dims)
          store(emit(dims.dims(v)[d]), slot);
      }
      cf::BranchOp::create(b, loc, after);
      return success();
    });
    if (failed(ok))
      return failure();
  }
  b.setInsertionPointToEnd(after);
  for (auto [i, result] : llvm::enumerate(op.getResults())) {
    if (!joined[i].pointer)
      continue;
    pointers[result] = load(ptr, joined[i].pointer);
    for (auto [d, slot] : joined[i].dims)
      values[*ownSymbol(dims, result, d)] = load(b.getI64Type(), slot);
  }
  return success();
}

//===- loop -----------------------------------------------------------------------===//

/// Puts what the body yields where the next iteration finds it.
void ProgramBuilder::emitCarry(LoopOp op, unsigned i) {
  CarriedValue &state = carried[{op, i}];
  Value v = op.yielded(i), argument = op.argument(i);
  if (v == argument)
    return;
  SmallVector<Value> sizes;
  for (auto [d, slot] : llvm::enumerate(state.dims))
    sizes.push_back(slot ? emit(dims.dims(v)[d]) : Value());
  if (dims.info(v).otherType) {
    store(pointer(v), state.next.pointer);
  } else if (placeOf(v).kind != Place::Carried || carriedBy[v] != std::pair{op.getOperation(), i}) {
    Value bytes = emitBytes(dims.elementType(v), dims.dims(v)), from = pointer(v);
    Value to = state.fixed ? load(ptr, state.next.pointer) : grow(state.next, bytes);
    copy(to, from, bytes);
  }
  for (auto [slot, size] : llvm::zip(state.dims, sizes))
    if (slot)
      store(size, slot);
}

/// Appends what the body yields to the values of the iterations before.
void ProgramBuilder::emitScan(LoopOp op, unsigned i, Value iteration) {
  ScannedValue &state = scanned[{op, i}];
  Value v = op.yielded(i);
  Value bytes = emitBytes(dims.elementType(v), dims.dims(v)), from = pointer(v);
  Value offset = arith::MulIOp::create(b, loc, bytes, iteration);
  for (auto [d, slot] : llvm::enumerate(state.dims)) {
    if (!slot)
      continue;
    Value size = emit(dims.dims(v)[d]), first = load(b.getI64Type(), slot);
    Value differs = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, size, first);
    Value later = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, iteration, i64(0));
    fail(arith::AndIOp::create(b, loc, differs, later), INGOT_RUN_DIMENSION,
         "the values that a loop stacks have different dimensions");
    store(size, slot);
  }
  Value base;
  if (state.place.kind == Place::None)
    base = grow(state.memory, arith::AddIOp::create(b, loc, offset, bytes), offset);
  else
    base = load(ptr, state.memory.pointer);
  copy(offsetPointer(base, offset), from, bytes);
}

/// The address of a place in an arena.
Value ProgramBuilder::address(const Place &place, bool onGpu) {
  Value offset = place.kind == Place::Dynamic ? loadAt(offsets, place.index, b.getI64Type())
                                              : i64(place.index);
  Value p = offsetPointer(onGpu ? deviceArena : arena, offset);
  p.getDefiningOp()->setAttr("ingot.buffer", b.getI64IntegerAttr(place.buffer));
  return p;
}

/// Gives what the loop carries its slots, with the initial values in them.
void ProgramBuilder::startCarried(LoopOp op) {
  Type i64Type = b.getI64Type();
  for (unsigned i = 0; i < op.carried(); ++i) {
    auto it = carried.find({op, i});
    if (it == carried.end())
      continue;
    CarriedValue &state = it->second;
    Value initial = op.getInitial()[i], argument = op.argument(i);
    state.current = stack(ptr);
    state.next = {stack(ptr), stack(i64Type)};
    state.spare = {stack(ptr), stack(i64Type)};
    store(pointer(initial), state.current);
    if (state.fixed && state.places[0].kind != Place::None) {
      store(address(state.places[0]), state.next.pointer);
      store(address(state.places[1]), state.spare.pointer);
    } else if (op->getParentOfType<LoopOp>() && dims.info(initial).otherType) {
      store(LLVM::ZeroOp::create(b, loc, ptr), state.next.pointer);
    }
    for (auto [d, size] : llvm::enumerate(dims.dims(initial))) {
      state.dims.push_back(ownSymbol(dims, argument, d) ? stack(i64Type) : Value());
      if (state.dims.back())
        store(emit(size), state.dims.back());
    }
  }
}

/// Gives what the loop stacks its slots; the first iteration will tell dimensions not known yet.
void ProgramBuilder::startScanned(LoopOp op) {
  Type i64Type = b.getI64Type();
  for (unsigned i = op.carried(); i < op.getNumResults(); ++i) {
    auto it = scanned.find({op, i});
    if (it == scanned.end())
      continue;
    ScannedValue &state = it->second;
    Value result = op.getResult(i);
    state.memory = {stack(ptr), stack(i64Type)};
    if (state.place.kind != Place::None && state.place.kind != Place::Born)
      store(address(state.place), state.memory.pointer);
    for (unsigned d = 1; d < dims.dims(result).size(); ++d) {
      state.dims.push_back(ownSymbol(dims, result, d) ? stack(i64Type) : Value());
      if (state.dims.back())
        store(i64(0), state.dims.back());
    }
  }
}

/// The body's arguments are the number of the iteration and what the one before left.
void ProgramBuilder::bindLoopArguments(LoopOp op, Value number, Value iteration) {
  pointers[op.iteration()] = number;
  values[dims.space.symbolElement(op.iteration(), 0).terms[0].atoms[0]] = iteration;
  for (unsigned i = 0; i < op.carried(); ++i) {
    auto it = carried.find({op, i});
    if (it == carried.end())
      continue;
    pointers[op.argument(i)] = load(ptr, it->second.current);
    for (auto [d, slot] : llvm::enumerate(it->second.dims))
      if (slot)
        values[*ownSymbol(dims, op.argument(i), d)] = load(b.getI64Type(), slot);
  }
}

/// Makes what an iteration wrote the values of the next one, which writes over those before.
void ProgramBuilder::rotateCarried(LoopOp op) {
  Type i64Type = b.getI64Type();
  for (unsigned i = 0; i < op.carried(); ++i) {
    auto it = carried.find({op, i});
    if (it == carried.end() || op.yielded(i) == op.argument(i))
      continue;
    CarriedValue &state = it->second;
    Value written = load(ptr, state.next.pointer), size = load(i64Type, state.next.capacity);
    store(written, state.current);
    store(load(ptr, state.spare.pointer), state.next.pointer);
    store(load(i64Type, state.spare.capacity), state.next.capacity);
    store(written, state.spare.pointer);
    store(size, state.spare.capacity);
  }
}

/// The results are what the last iteration carried on, and all that was stacked.
void ProgramBuilder::bindLoopResults(LoopOp op, Value number) {
  Type i64Type = b.getI64Type();
  for (auto [i, result] : llvm::enumerate(op.getResults())) {
    if (auto it = carried.find({op, i}); it != carried.end()) {
      pointers[result] = load(ptr, it->second.current);
      for (auto [d, slot] : llvm::enumerate(it->second.dims))
        if (auto symbol = slot ? ownSymbol(dims, result, d) : std::nullopt)
          values[*symbol] = load(i64Type, slot);
    }
    if (auto it = scanned.find({op, i}); it != scanned.end()) {
      pointers[result] = load(ptr, it->second.memory.pointer);
      if (auto symbol = ownSymbol(dims, result, 0))
        values[*symbol] = load(i64Type, number);
      for (auto [d, slot] : llvm::enumerate(it->second.dims))
        if (auto symbol = slot ? ownSymbol(dims, result, d + 1) : std::nullopt)
          values[*symbol] = load(i64Type, slot);
    }
  }
}

LogicalResult ProgramBuilder::emitLoop(LoopOp op) {
  Type i64Type = b.getI64Type();
  Value number = stack(i64Type), goesOn = stack(i64Type);
  Value trips = isNone(op.getTripCount()) ? i64(INT64_MAX) : scalar(op.getTripCount());
  bool counts = isNone(op.getCondition()) && isNone(op.next());
  store(i64(0), number);
  store(isNone(op.getCondition()) ? i64(1) : scalar(op.getCondition()), goesOn);
  startCarried(op);
  startScanned(op);

  Block *header = newBlock(), *body = newBlock(), *after = newBlock();
  cf::BranchOp::create(b, loc, header);
  b.setInsertionPointToEnd(header);
  Value iteration = load(i64Type, number);
  Value more = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, iteration, trips);
  if (!counts) {
    Value wanted = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, load(i64Type, goesOn),
                                         i64(0));
    more = arith::AndIOp::create(b, loc, more, wanted);
  }
  cf::CondBranchOp::create(b, loc, more, body, after);

  b.setInsertionPointToEnd(body);
  LogicalResult ok = scoped([&] {
    bindLoopArguments(op, number, iteration);
    if (failed(emitBlock(op.block())))
      return failure();
    if (!isNone(op.next()))
      store(scalar(op.next()), goesOn);
    for (unsigned i = op.carried(); i < op.getNumResults(); ++i)
      if (scanned.count({op, i}))
        emitScan(op, i, iteration);
    for (unsigned i = 0; i < op.carried(); ++i)
      if (carried.count({op, i}))
        emitCarry(op, i);
    // Only now: a value may be yielded in the place of another.
    rotateCarried(op);
    store(arith::AddIOp::create(b, loc, iteration, i64(1)), number);
    cf::BranchOp::create(b, loc, header);
    return success();
  });
  if (failed(ok))
    return failure();

  b.setInsertionPointToEnd(after);
  bindLoopResults(op, number);
  return success();
}

} // namespace ingot
