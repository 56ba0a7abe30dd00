// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/PackOnTheFly.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace ingot::cpu {

namespace {

struct Packer {
  Index at;
  const StridedMatrix &matrix;
  unsigned width, lanes;
  Value lines, target, targetOffset;

  Value source(Value k, Value line) const {
    Value offset = at.add(matrix.offset, at.mul(k, at.value(matrix.kStride)));
    return at.add(offset, at.mul(line, at.value(matrix.lineStride)));
  }
  Value destination(Value k, unsigned line) const {
    return at.add(at.add(targetOffset, at.mul(k, width)), line);
  }
  VectorType type(unsigned n) const {
    return VectorType::get(n, cast<MemRefType>(target.getType()).getElementType());
  }
  /// The last line that exists, for those that do not.
  Value clamp(unsigned line) const {
    Value index = at.constant(line);
    return lines ? at.min(index, at.sub(lines, at.constant(1))) : index;
  }

  /// Lines are neighbours in memory: each k is a copy.
  void copyStep(Value k) const {
    unsigned step = std::min(width, lanes);
    for (unsigned line = 0; line < width; line += step) {
      unsigned n = std::min(step, width - line);
      VectorType vector = type(n);
      Value from = source(k, at.constant(line)), loaded;
      if (lines) {
        Value left = at.sub(lines, at.constant(line));
        auto maskType = VectorType::get(n, at.b.getI1Type());
        Value mask = vector::CreateMaskOp::create(at.b, at.loc, maskType, left);
        Value zero = arith::ConstantOp::create(at.b, at.loc, vector, at.b.getZeroAttr(vector));
        loaded = vector::MaskedLoadOp::create(at.b, at.loc, vector, matrix.buffer, from, mask, zero);
      } else {
        loaded = vector::LoadOp::create(at.b, at.loc, vector, matrix.buffer, from);
      }
      vector::StoreOp::create(at.b, at.loc, loaded, target, destination(k, line));
    }
  }

  void scalarStep(Value k) const {
    for (unsigned line = 0; line < width; ++line) {
      Value element = memref::LoadOp::create(at.b, at.loc, matrix.buffer, source(k, clamp(line)));
      memref::StoreOp::create(at.b, at.loc, element, target, destination(k, line));
    }
  }

  /// k is contiguous in memory: squares of lanes × lanes are transposed in registers (Eklundh's
  /// exchange of off-diagonal blocks).
  void transposeStep(Value k) const {
    for (unsigned line = 0; line < width; line += lanes) {
      SmallVector<Value> rows;
      for (unsigned i = 0; i < lanes; ++i)
        rows.push_back(vector::LoadOp::create(at.b, at.loc, type(lanes), matrix.buffer,
                                              source(k, clamp(line + i))));
      for (unsigned distance = 1; distance < lanes; distance *= 2)
        exchange(rows, distance);
      for (unsigned i = 0; i < lanes; ++i)
        vector::StoreOp::create(at.b, at.loc, rows[i], target, destination(at.add(k, i), line));
    }
  }

  void exchange(MutableArrayRef<Value> rows, unsigned distance) const {
    SmallVector<int64_t> low, high;
    for (unsigned j = 0; j < lanes; ++j) {
      low.push_back(j & distance ? lanes + j - distance : j);
      high.push_back(j & distance ? lanes + j : j + distance);
    }
    for (unsigned i = 0; i < lanes; ++i) {
      if (i & distance)
        continue;
      Value first = rows[i], second = rows[i + distance];
      rows[i] = vector::ShuffleOp::create(at.b, at.loc, first, second, low);
      rows[i + distance] = vector::ShuffleOp::create(at.b, at.loc, first, second, high);
    }
  }
};

} // namespace

void emitPackLines(OpBuilder &b, Location loc, const StridedMatrix &matrix, OpFoldResult kCount,
                   unsigned width, Value lines, unsigned lanes, Value target, Value targetOffset) {
  Index at{b, loc};
  Packer packer{at, matrix, width, lanes, lines, target, targetOffset};
  Value zero = at.constant(0), count = at.value(kCount);
  if (Index::known(matrix.lineStride) == 1)
    return at.loop(zero, count, 1, [&](Value k) { packer.copyStep(k); });
  if (Index::known(matrix.kStride) != 1 || width % lanes)
    return at.loop(zero, count, 1, [&](Value k) { packer.scalarStep(k); });
  Value whole = at.sub(count, at.rem(count, at.constant(lanes)));
  at.loop(zero, whole, lanes, [&](Value k) { packer.transposeStep(k); });
  at.loop(whole, count, 1, [&](Value k) { packer.scalarStep(k); });
}

} // namespace ingot::cpu
