//===- RecurrentCell.h - what one step of a recurrent cell computes ---------===//
//
// The functions of the gates, on scalars and vectors alike: the reference lowering and the fast
// kernel emit the same arithmetic.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_OPS_RECURRENTCELL_H
#define INGOT_IR_OPS_RECURRENTCELL_H

#include "ir/ops/Recurrence.h"
#include "mlir/IR/Builders.h"

namespace ingot {

class RecurrentCell {
public:
  using Value = mlir::Value;

  RecurrentCell(mlir::OpBuilder &b, mlir::Location loc, RecurrenceOp op, int64_t direction)
      : b(b), loc(loc), op(op), direction(direction) {}

  struct LstmState {
    Value h, c;
  };
  /// `gates`: sums of input, output, forget, cell; `peepholes` of input, output, forget, or empty.
  LstmState lstm(mlir::ValueRange gates, Value c, mlir::ValueRange peepholes);

  /// The update (0) or reset (1) gate of a gru from its sum.
  Value gruGate(Value sum);
  /// The sum of the hidden gate where the reset gate applies to the recurrent product.
  Value gruHiddenSum(Value input, Value product, Value bias, Value reset);
  /// h(t) from the sum of the hidden gate.
  Value gru(Value update, Value hiddenSum, Value h);

  Value rnn(Value sum);

private:
  Value clipped(Value x);
  Value apply(int64_t function, Value x);

  mlir::OpBuilder &b;
  mlir::Location loc;
  RecurrenceOp op;
  int64_t direction;
};

/// Whether `name`, in lower case, is an activation that cells know; whether it has an alpha and a
/// beta, and their defaults.
struct CellFunction {
  llvm::StringLiteral name;
  bool hasAlpha, hasBeta;
  double alpha, beta;
};
const CellFunction *findCellFunction(llvm::StringRef name);

} // namespace ingot

#endif // INGOT_IR_OPS_RECURRENTCELL_H
