// What a contraction multiplies and how its sums start.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_CPU_ARITHMETIC_H
#define INGOT_CODEGEN_CPU_ARITHMETIC_H
#include "codegen/cpu/IntegerStep.h"
#include "codegen/cpu/MicroTile.h"
#include <optional>

namespace ingot::cpu {

/// Element types of a product on one target.
struct Arithmetic {
  Arithmetic(const CpuTarget &target, Product product, mlir::MLIRContext *context);

  /// k as it lies in packed weights: whole groups.
  int64_t paddedK(int64_t k) const;

  unsigned lanes;           ///< sums in a vector
  mlir::VectorType sumType; ///< of f32 or i32
  int64_t columnDistance;   ///< elements between a packed k's neighbouring columns
  std::optional<IntegerStep> integer;
};

TileKind tileKind(const CpuTarget &target, Product product);

/// True where the target multiplies groups of four 8-bit numbers in one instruction.
bool hasIntegerDot(const CpuTarget &target);

/// Where sums of rows × (16-wide panel's) vectors start: zero, or for integers what takes back A's
/// zero point, −zeroPoint · (column sum of B).
struct SumsStart {
  mlir::Value columnSums; ///< memref<?xi32>; null: zeros
  mlir::Value offset;     ///< of the tile's first column; neighbouring panels follow
  mlir::Value zeroPoint;  ///< i32; null: 0
};
Sums emitFirstSums(Index at, const Arithmetic &arithmetic, const SumsStart &start, unsigned rows,
                   unsigned vectors);

} // namespace ingot::cpu
#endif
