//===- Scalar.h - arithmetic on scalars and vectors alike -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
//
// What operators emit their scalar functions with: constants take the shape (scalar or vector) of a
// value's type, and operations pick the float or integer form by it. Values are in compute form.
//
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_OPS_SCALAR_H
#define INGOT_IR_OPS_SCALAR_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Builders.h"

namespace ingot {

/// `element` in the shape of `like`.
mlir::Type withElement(mlir::Type like, mlir::Type element);

struct Scalar {
  using Value = mlir::Value;
  mlir::OpBuilder &b;
  mlir::Location loc;

  static bool isFloat(Value v) { return llvm::isa<mlir::FloatType>(mlir::getElementTypeOrSelf(v)); }
  static unsigned width(Value v) { return mlir::getElementTypeOrSelf(v).getIntOrFloatBitWidth(); }

  /// A constant of the type of `like`, float or integer.
  Value constant(mlir::Type like, double value);
  Value constant(Value like, double value) { return constant(like.getType(), value); }
  Value integer(mlir::Type like, int64_t value);

  Value add(Value x, Value y);
  Value sub(Value x, Value y);
  Value mul(Value x, Value y);
  /// Floats only.
  Value div(Value x, Value y) { return mlir::arith::DivFOp::create(b, loc, x, y); }
  Value fma(Value x, Value y, Value z) { return mlir::math::FmaOp::create(b, loc, x, y, z); }
  Value neg(Value x);
  Value abs(Value x);
  Value floor(Value x) { return mlir::math::FloorOp::create(b, loc, x); }
  Value ceil(Value x) { return mlir::math::CeilOp::create(b, loc, x); }
  Value round(Value x) { return mlir::math::RoundEvenOp::create(b, loc, x); }
  Value trunc(Value x) { return mlir::math::TruncOp::create(b, loc, x); }
  Value max(Value x, Value y, bool isUnsigned = false);
  Value min(Value x, Value y, bool isUnsigned = false);

  Value less(Value x, Value y, bool isUnsigned = false);        ///< ordered
  Value lessOrEqual(Value x, Value y, bool isUnsigned = false); ///< ordered
  Value equal(Value x, Value y);                                ///< ordered
  Value notEqual(Value x, Value y);                             ///< true for NaN
  Value isNaN(Value x);
  Value both(Value x, Value y) { return mlir::arith::AndIOp::create(b, loc, x, y); }
  Value either(Value x, Value y) { return mlir::arith::OrIOp::create(b, loc, x, y); }
  Value negate(Value condition);
  Value select(Value condition, Value x, Value y) {
    return mlir::arith::SelectOp::create(b, loc, condition, x, y);
  }

  /// Integer quotient toward zero and remainder of the dividend's sign: x / 0 = 0, x rem 0 = 0,
  /// lowest / -1 = lowest.
  Value divInteger(Value x, Value y, bool isUnsigned);
  Value remInteger(Value x, Value y, bool isUnsigned);

  /// Conversions of compute forms. `isUnsigned` tells how an integer is read.
  Value toFloat(Value integer, mlir::Type element, bool isUnsigned);
  Value resizeFloat(Value x, mlir::Type element);
  Value resizeInteger(Value x, mlir::Type element, bool isUnsigned);
  /// Truncates; saturates at the bounds of `bits` bits; NaN gives 0.
  Value toInteger(Value x, mlir::Type element, unsigned bits, bool isUnsigned);
};

} // namespace ingot

#endif // INGOT_IR_OPS_SCALAR_H
