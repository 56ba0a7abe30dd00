// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/Pixels.h"

using namespace mlir;

namespace ingot::cpu {

using arith::CmpIPredicate;

Pixels::Output Pixels::locate(Value number) const {
  Output output;
  unsigned rank = shape.kernel.size();
  output.position.resize(rank);
  for (unsigned d = rank; d-- > 0;) {
    Value extent = at.value(ops.output[d]);
    output.position[d] = at.rem(number, extent);
    number = at.div(number, extent);
  }
  output.image = number;
  return output;
}

/// One step with carries instead of divisions.
Pixels::Output Pixels::next(const Output &output) const {
  Output result;
  unsigned rank = shape.kernel.size();
  result.position.resize(rank);
  Value carry = at.constant(1);
  for (unsigned d = rank; d-- > 0;) {
    Value moved = at.add(output.position[d], carry);
    Value wraps = at.compare(CmpIPredicate::eq, moved, at.value(ops.output[d]));
    result.position[d] = at.select(wraps, at.constant(0), moved);
    carry = at.select(wraps, at.constant(1), at.constant(0));
  }
  result.image = at.add(output.image, carry);
  return result;
}

Pixel Pixels::place(const Output &output) const {
  Pixel pixel;
  pixel.offset = at.mul(output.image, at.value(ops.batchStride));
  if (ops.dataOffset)
    pixel.offset = at.add(pixel.offset, ops.dataOffset);
  for (auto [d, position] : llvm::enumerate(output.position)) {
    Value first = at.sub(at.mul(position, shape.strides[d]), at.constant(shape.padsBegin[d]));
    pixel.first.push_back(first);
    pixel.offset = at.add(pixel.offset, at.mul(first, at.value(ops.strides[d])));
  }
  return pixel;
}

SmallVector<Pixel> Pixels::neighbours(Value number, unsigned count) const {
  Output output = locate(number);
  SmallVector<Pixel> result{place(output)};
  while (result.size() < count) {
    output = next(output);
    result.push_back(place(output));
  }
  return result;
}

Value Pixels::isInterior(const Pixel &pixel) const {
  Value all = arith::ConstantIntOp::create(at.b, at.loc, 1, 1);
  if (!shape.padded)
    return all;
  for (unsigned d = 0; d < shape.kernel.size(); ++d) {
    Value last = at.constant((shape.kernel[d] - 1) * shape.dilations[d]);
    // Signed, and separate for both ends: the input may be smaller than the kernel.
    Value low = at.compare(CmpIPredicate::sge, pixel.first[d], at.constant(0));
    Value high = at.compare(CmpIPredicate::slt, at.add(pixel.first[d], last),
                            at.value(ops.input[d]));
    all = at.fold<arith::AndIOp>(all, at.fold<arith::AndIOp>(low, high));
  }
  return all;
}

Value Pixels::isInside(const Pixel &pixel, unsigned dimension, Value tap) const {
  Value position = at.add(pixel.first[dimension], at.mul(tap, shape.dilations[dimension]));
  return at.compare(CmpIPredicate::ult, position, at.value(ops.input[dimension]));
}

Value Pixels::distance(unsigned dimension, Value tap) const {
  return at.mul(at.mul(tap, shape.dilations[dimension]), at.value(ops.strides[dimension]));
}

} // namespace ingot::cpu
