//===- Math.cpp - transcendental functions ----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Math.h"
#include "ir/ops/Scalar.h"

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Math.cpp.inc"

void IngotDialect::registerMathOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Math.cpp.inc"
      >();
}

#define MATH_FUNCTION(OP)                                                                          \
  Value OP::emitScalar(OpBuilder &b, Location loc, ValueRange args) {                              \
    return math::OP::create(b, loc, args[0]);                                                      \
  }
MATH_FUNCTION(ExpOp)
MATH_FUNCTION(LogOp)
MATH_FUNCTION(Log1pOp)
MATH_FUNCTION(SqrtOp)
MATH_FUNCTION(SinOp)
MATH_FUNCTION(CosOp)
MATH_FUNCTION(TanOp)
MATH_FUNCTION(AsinOp)
MATH_FUNCTION(AcosOp)
MATH_FUNCTION(AtanOp)
MATH_FUNCTION(SinhOp)
MATH_FUNCTION(CoshOp)
MATH_FUNCTION(TanhOp)
MATH_FUNCTION(AsinhOp)
MATH_FUNCTION(AcoshOp)
MATH_FUNCTION(AtanhOp)
MATH_FUNCTION(ErfOp)

Value ReciprocalOp::emitScalar(OpBuilder &b, Location loc, ValueRange args) {
  Scalar s{b, loc};
  return s.div(s.constant(args[0], 1), args[0]);
}
