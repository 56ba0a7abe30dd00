// Index arithmetic that folds constants as it is built.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_CPU_INDEX_H
#define INGOT_CODEGEN_CPU_INDEX_H
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"
#include <optional>

namespace ingot::cpu {

/// A builder at one location for values of type index; all operands are non-negative unless said.
struct Index {
  mlir::OpBuilder &b;
  mlir::Location loc;

  mlir::Value constant(int64_t value) const {
    return mlir::arith::ConstantIndexOp::create(b, loc, value);
  }
  mlir::Value value(mlir::OpFoldResult x) const {
    return mlir::getValueOrCreateConstantIndexOp(b, loc, x);
  }
  static std::optional<int64_t> known(mlir::OpFoldResult x) {
    return mlir::getConstantIntValue(x);
  }
  template <typename Op>
  mlir::Value fold(mlir::Value x, mlir::Value y) const {
    return b.createOrFold<Op>(loc, x, y);
  }
  mlir::Value add(mlir::Value x, mlir::Value y) const { return fold<mlir::arith::AddIOp>(x, y); }
  mlir::Value add(mlir::Value x, int64_t y) const { return y ? add(x, constant(y)) : x; }
  mlir::Value sub(mlir::Value x, mlir::Value y) const { return fold<mlir::arith::SubIOp>(x, y); }
  mlir::Value mul(mlir::Value x, mlir::Value y) const { return fold<mlir::arith::MulIOp>(x, y); }
  mlir::Value mul(mlir::Value x, int64_t y) const { return y == 1 ? x : mul(x, constant(y)); }
  /// Unsigned: a constant divisor becomes a multiplication.
  mlir::Value div(mlir::Value x, mlir::Value y) const { return fold<mlir::arith::DivUIOp>(x, y); }
  mlir::Value rem(mlir::Value x, mlir::Value y) const { return fold<mlir::arith::RemUIOp>(x, y); }
  mlir::Value ceilDiv(mlir::Value x, int64_t y) const {
    return y == 1 ? x : div(add(x, y - 1), constant(y));
  }
  mlir::Value min(mlir::Value x, mlir::Value y) const { return fold<mlir::arith::MinSIOp>(x, y); }
  mlir::Value compare(mlir::arith::CmpIPredicate predicate, mlir::Value x, mlir::Value y) const {
    return b.createOrFold<mlir::arith::CmpIOp>(loc, predicate, x, y);
  }
  mlir::Value select(mlir::Value condition, mlir::Value x, mlir::Value y) const {
    return b.createOrFold<mlir::arith::SelectOp>(loc, condition, x, y);
  }

  /// for (i = begin; i < end; i += step) body(i); a known single iteration needs no loop.
  template <typename Body>
  void loop(mlir::Value begin, mlir::Value end, int64_t step, Body body) const {
    auto first = known(begin), last = known(end);
    if (first && last && *first >= *last)
      return;
    if (first && last && *last - *first <= step)
      return body(begin);
    auto loop = mlir::scf::ForOp::create(b, loc, begin, end, constant(step));
    mlir::OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    body(loop.getInductionVar());
  }

  /// if (condition) then(); else otherwise(); known conditions need no branch.
  template <typename Then, typename Else>
  void branch(mlir::Value condition, Then then, Else otherwise) const {
    if (auto folded = known(condition))
      return *folded ? then() : otherwise();
    auto op = mlir::scf::IfOp::create(b, loc, condition, /*withElseRegion=*/true);
    mlir::OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(op.thenBlock());
    then();
    b.setInsertionPointToStart(op.elseBlock());
    otherwise();
  }
};

} // namespace ingot::cpu
#endif
