//===- HostCall.cpp - calls of the runtime's operations, and strings -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/plan/ElementTypeCode.h"
#include "codegen/plan/HostTable.h"
#include "codegen/plan/ProgramBuilder.h"
#include "ir/ConstantView.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"

using namespace mlir;

namespace ingot {

/// The address of bytes in the program's own constants.
Value ProgramBuilder::text(StringRef bytes, bool terminated) {
  std::string content = bytes.str();
  if (terminated || content.empty())
    content.push_back(0);
  std::string &name = texts[content];
  if (name.empty()) {
    name = "text_" + entry.name + "_" + std::to_string(texts.size());
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(plan.programModule->getBody());
    auto type = LLVM::LLVMArrayType::get(b.getI8Type(), content.size());
    LLVM::GlobalOp::create(b, loc, type, /*isConstant=*/true, LLVM::Linkage::Internal, name,
                           b.getStringAttr(content));
  }
  return LLVM::AddressOfOp::create(b, loc, ptr, name);
}

/// Leaves the program when `condition` holds, with a message for the caller. A program that needs no
/// runtime may be called without one.
void ProgramBuilder::fail(Value condition, int32_t status, StringRef message) {
  auto tell = [&] {
    Value code = arith::ConstantIntOp::create(b, loc, status, 32);
    hostCall(hostTable::fail, {}, {code, text(message)});
  };
  ifThen(condition, [&] {
    if (entry.needsRuntime)
      return tell();
    Value none = LLVM::ZeroOp::create(b, loc, ptr);
    ifThen(LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::ne, host, none), tell);
  });
  returnIf(condition, status);
}

/// A constant of strings as an array of struct ingot_string, written when it is first needed: its
/// bytes and the places where strings end are data of the program.
Value ProgramBuilder::stringTable(ConstantOp constant) {
  ConstantView view(constant);
  std::string bytes;
  std::string ends(sizeof(int64_t), 0);
  for (int64_t i = 0; i < view.size(); ++i) {
    bytes += view.string(i);
    int64_t end = bytes.size();
    ends.append(reinterpret_cast<const char *>(&end), sizeof end);
  }
  Value base = text(bytes, false), positions = text(ends, false);
  Value table = hostCall(hostTable::allocate, ptr, {i64(16 * view.size())});
  failIfNull(table, INGOT_RUN_OUT_OF_MEMORY);
  Value number = stack(b.getI64Type());
  store(i64(0), number);
  Block *header = newBlock(), *body = newBlock(), *after = newBlock();
  cf::BranchOp::create(b, loc, header);
  b.setInsertionPointToEnd(header);
  Value i = load(b.getI64Type(), number);
  Value more = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, i, i64(view.size()));
  cf::CondBranchOp::create(b, loc, more, body, after);
  b.setInsertionPointToEnd(body);
  auto position = [&](Value k) -> Value {
    Value at = offsetPointer(positions, arith::MulIOp::create(b, loc, k, i64(8)));
    return LLVM::LoadOp::create(b, loc, b.getI64Type(), at, /*alignment=*/1);
  };
  Value next = arith::AddIOp::create(b, loc, i, i64(1));
  Value begin = position(i), end = position(next);
  Value slot = offsetPointer(table, arith::MulIOp::create(b, loc, i, i64(16)));
  store(offsetPointer(base, begin), slot);
  store(arith::SubIOp::create(b, loc, end, begin), field(slot, 8));
  store(next, number);
  cf::BranchOp::create(b, loc, header);
  b.setInsertionPointToEnd(after);
  return table;
}

void ProgramBuilder::emitHostCall(HostCallOp op) {
  // struct ingot_tensor_view: data, dims, rank, element_type.
  constexpr int64_t viewBytes = sizeof(ingot_tensor_view);
  auto i32 = [&](int64_t v) -> Value { return arith::ConstantIntOp::create(b, loc, v, 32); };
  auto describe = [&](Value view, Type type) {
    int32_t rank = 0, element = 0;
    if (auto tensor = dyn_cast<RankedTensorType>(type)) {
      rank = tensor.getRank();
      element = elementTypeCode(tensor.getElementType());
    }
    store(i32(rank), field(view, offsetof(ingot_tensor_view, rank)));
    store(i32(element), field(view, offsetof(ingot_tensor_view, element_type)));
  };
  unsigned operandCount = op.getInputs().size(), resultCount = op.getNumResults();
  Value operands = stack(b.getI8Type(), std::max<int64_t>(operandCount, 1) * viewBytes);
  Value results = stack(b.getI8Type(), std::max<int64_t>(resultCount, 1) * viewBytes);
  for (auto [i, v] : llvm::enumerate(op.getInputs())) {
    Value view = field(operands, i * viewBytes);
    describe(view, v.getType());
    if (isa<NoneType>(v.getType()))
      continue;
    store(pointer(v), field(view, offsetof(ingot_tensor_view, data)));
    ArrayRef<Dim> shape = dims.dims(v);
    if (shape.empty())
      continue;
    Value sizes = stack(b.getI64Type(), shape.size());
    for (auto [d, size] : llvm::enumerate(shape))
      store(emit(size), field(sizes, 8 * d));
    store(sizes, field(view, offsetof(ingot_tensor_view, dims)));
  }
  for (auto [i, v] : llvm::enumerate(op.getResults()))
    describe(field(results, i * viewBytes), v.getType());
  Value status = hostCall(hostTable::call, b.getI32Type(),
                          {text(op.getCallee()), operands, i32(operandCount), results,
                           i32(resultCount)});
  returnIf(arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, status, i32(0)),
           INGOT_RUN_INVALID_DATA);
  for (auto [i, v] : llvm::enumerate(op.getResults())) {
    Value view = field(results, i * viewBytes);
    pointers[v] = load(ptr, field(view, offsetof(ingot_tensor_view, data)));
    if (dims.dims(v).empty())
      continue;
    Value sizes = load(ptr, field(view, offsetof(ingot_tensor_view, dims)));
    for (auto [d, size] : llvm::enumerate(dims.dims(v))) {
      Value given = load(b.getI64Type(), field(sizes, 8 * d));
      if (size == dims.space.symbolDim(v, d))
        values[size.terms[0].atoms[0]] = given;
      else
        fail(arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, given, emit(size)),
             INGOT_RUN_DIMENSION, (op.getCallee() + " gives other dimensions than expected").str());
    }
  }
}

} // namespace ingot
