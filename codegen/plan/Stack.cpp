//===- Stack.cpp - memory that the program manages itself -----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/plan/HostTable.h"
#include "codegen/plan/ProgramBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"

using namespace mlir;

namespace ingot {

Value ProgramBuilder::stack(Type type, int64_t count) {
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(start);
  Value slot = LLVM::AllocaOp::create(b, loc, ptr, type, i64(count), 8);
  Value zero = LLVM::ZeroOp::create(b, loc, type);
  for (int64_t i = 0; i < count; ++i)
    LLVM::StoreOp::create(b, loc, zero,
                          LLVM::GEPOp::create(b, loc, ptr, type, slot,
                                              ArrayRef<LLVM::GEPArg>{(int32_t)i}));
  return slot;
}

Value ProgramBuilder::load(Type type, Value slot) {
  return LLVM::LoadOp::create(b, loc, type, slot);
}
void ProgramBuilder::store(Value v, Value slot) { LLVM::StoreOp::create(b, loc, v, slot); }
Value ProgramBuilder::field(Value base, int64_t bytes) {
  return LLVM::GEPOp::create(b, loc, ptr, b.getI8Type(), base,
                             ArrayRef<LLVM::GEPArg>{(int32_t)bytes});
}
void ProgramBuilder::copy(Value to, Value from, Value bytes) {
  LLVM::MemcpyOp::create(b, loc, to, from, bytes, /*isVolatile=*/false);
}

Block *ProgramBuilder::newBlock() {
  OpBuilder::InsertionGuard guard(b);
  Region *region = start->getParent();
  return b.createBlock(region, region->end());
}

void ProgramBuilder::ifThen(Value condition, llvm::function_ref<void()> then) {
  Block *inside = newBlock(), *rest = newBlock();
  cf::CondBranchOp::create(b, loc, condition, inside, rest);
  b.setInsertionPointToEnd(inside);
  then();
  cf::BranchOp::create(b, loc, rest);
  b.setInsertionPointToEnd(rest);
}

/// Makes room for `bytes`, of which the first `keep` hold data; returns the address. Sizes double,
/// so that all memory ever asked for is a small multiple of what is used in the end.
Value ProgramBuilder::grow(const Growable &memory, Value bytes, Value keep) {
  Value capacity = load(b.getI64Type(), memory.capacity);
  Value old = load(ptr, memory.pointer);
  Value none = LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::eq, old,
                                    LLVM::ZeroOp::create(b, loc, ptr));
  Value small = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, capacity, bytes);
  // A size below 0 has left 64 bits: the allocator refuses it.
  Value wrong = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, bytes, i64(0));
  Value must = arith::OrIOp::create(b, loc, arith::OrIOp::create(b, loc, none, small), wrong);
  ifThen(must, [&] {
    Value twice = arith::MulIOp::create(b, loc, capacity, i64(2));
    Value wanted = arith::SelectOp::create(b, loc, wrong, bytes,
                                           arith::MaxSIOp::create(b, loc, twice, bytes));
    Value p = hostCall(hostTable::allocate, ptr, {wanted});
    failIfNull(p, INGOT_RUN_OUT_OF_MEMORY);
    if (keep)
      copy(p, old, keep);
    store(p, memory.pointer);
    store(wanted, memory.capacity);
  });
  return load(ptr, memory.pointer);
}

} // namespace ingot
