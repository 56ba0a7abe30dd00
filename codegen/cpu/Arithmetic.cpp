// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/Arithmetic.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace ingot::cpu {

bool hasIntegerDot(const CpuTarget &target) {
  return target.vectorBytes == 64 ? target.avx512vnni : target.vectorBytes == 32 && target.avxvnni;
}

Arithmetic::Arithmetic(const CpuTarget &target, Product product, MLIRContext *context)
    : lanes(target.vectorBytes / 4), columnDistance(1) {
  Type f32 = Float32Type::get(context), i32 = IntegerType::get(context, 32);
  sumType = VectorType::get(lanes, product == Product::F32 ? f32 : i32);
  if (product == Product::F32)
    return;
  bool dot = hasIntegerDot(target);
  columnDistance = dot ? 4 : 2;
  integer = IntegerStep{dot, target.arch == CpuTarget::Arch::X86_64, product == Product::S8S8};
}

TileKind tileKind(const CpuTarget &target, Product product) {
  if (product == Product::F32)
    return TileKind::F32;
  return hasIntegerDot(target) ? TileKind::Int8Dot : TileKind::Int8Mul;
}

int64_t Arithmetic::paddedK(int64_t k) const { return integer ? llvm::alignTo(k, kGroup) : k; }

Sums emitFirstSums(Index at, const Arithmetic &arithmetic, const SumsStart &start, unsigned rows,
                   unsigned vectors) {
  const auto &integer = arithmetic.integer;
  VectorType type = arithmetic.sumType;
  if (!integer || (!integer->signedA && !start.zeroPoint) || !start.columnSums)
    return emitZeroSums(at.b, at.loc, rows * vectors, type);
  // Signed bytes are read 128 too large.
  Value shift = arith::ConstantIntOp::create(at.b, at.loc, integer->signedA ? 128 : 0, 32);
  if (start.zeroPoint)
    shift = arith::AddIOp::create(at.b, at.loc, start.zeroPoint, shift);
  Value zero = arith::ConstantIntOp::create(at.b, at.loc, 0, 32);
  Value factor = vector::BroadcastOp::create(
      at.b, at.loc, type, arith::SubIOp::create(at.b, at.loc, zero, shift));
  SmallVector<Value> columns;
  for (unsigned v = 0; v < vectors; ++v) {
    Value sums = vector::LoadOp::create(at.b, at.loc, type, start.columnSums,
                                        at.add(start.offset, v * arithmetic.lanes));
    columns.push_back(arith::MulIOp::create(at.b, at.loc, sums, factor));
  }
  Sums result;
  for (unsigned r = 0; r < rows; ++r)
    result.append(columns.begin(), columns.end());
  return result;
}

} // namespace ingot::cpu
