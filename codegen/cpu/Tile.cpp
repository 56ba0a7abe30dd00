// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/Tile.h"
#include "codegen/cpu/Index.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace ingot::cpu {

void storeVector(OpBuilder &b, Location loc, const OutputVector &out, Value value, Value buffer,
                 Value offset) {
  if (out.mask)
    vector::MaskedStoreOp::create(b, loc, buffer, offset, out.mask, value);
  else
    vector::StoreOp::create(b, loc, value, buffer, offset);
}

Value loadVector(OpBuilder &b, Location loc, const OutputVector &out, Value buffer, Value offset) {
  Type element = cast<MemRefType>(buffer.getType()).getElementType();
  auto type = VectorType::get(out.lanes, element);
  if (!out.mask)
    return vector::LoadOp::create(b, loc, type, buffer, offset);
  Value zero = arith::ConstantOp::create(b, loc, type, b.getZeroAttr(type));
  return vector::MaskedLoadOp::create(b, loc, type, buffer, offset, out.mask, zero);
}

Epilogue storeRows(Value buffer, OpFoldResult rowStride, BatchOffset base) {
  return [=](OpBuilder &b, Location loc, const OutputVector &out) {
    Index at{b, loc};
    Value offset = at.add(at.mul(out.row, at.value(rowStride)), out.column);
    if (base)
      offset = at.add(base(b, loc, out.batch), offset);
    storeVector(b, loc, out, out.sums, buffer, offset);
  };
}

} // namespace ingot::cpu
