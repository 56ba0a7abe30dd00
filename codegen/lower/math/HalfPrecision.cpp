// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/lower/math/HalfPrecision.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace ingot::elementary {

bool isHalf(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isF16() || element.isBF16();
}

Type withElementType(Type type, Type element) {
  auto vector = dyn_cast<VectorType>(type);
  return vector ? Type(vector.clone(element)) : element;
}

Operation *computeInSingle(Operation *op) {
  OpBuilder builder(op);
  Location loc = op->getLoc();
  Type f32 = builder.getF32Type();
  IRMapping mapping;
  for (Value operand : op->getOperands()) {
    if (!isHalf(operand.getType()) || mapping.contains(operand))
      continue;
    Type wide = withElementType(operand.getType(), f32);
    mapping.map(operand, arith::ExtFOp::create(builder, loc, wide, operand).getResult());
  }
  Operation *wide = builder.clone(*op, mapping);
  for (auto [result, wideResult] : llvm::zip(op->getResults(), wide->getResults())) {
    Type type = result.getType();
    Value rounded = wideResult;
    if (isHalf(type)) {
      wideResult.setType(withElementType(type, f32));
      rounded = arith::TruncFOp::create(builder, loc, type, wideResult);
    }
    result.replaceAllUsesWith(rounded);
  }
  op->erase();
  return wide;
}

} // namespace ingot::elementary
