// Matrix products C[M,N] = epilogue(A[M,K] · B[K,N]), batched: f32, with B packed or not, and
// exact 8-bit ones with packed B.
//
// Every element is one chain of fused multiply-adds over k = 0 … K-1, whatever the tile, so results
// depend neither on threads nor on which variant ran.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_CPU_MATMUL_H
#define INGOT_CODEGEN_CPU_MATMUL_H
#include "codegen/cpu/Tile.h"
#include "codegen/target/CpuTarget.h"

namespace ingot::cpu {

/// How B lies in memory.
enum class OperandB {
  Packed,  ///< panels of packMatrix(): constant weights
  Strided, ///< any strides; read in place where N has unit stride, else packed on the fly
};

/// Facts known when the kernel is compiled; kUnknown where not. `n` and `k` are known when B is
/// packed.
struct MatmulShape {
  int64_t batch = 1, m = kUnknown, n = kUnknown, k = kUnknown;
  Product product = Product::F32; ///< integers: packed B, and A with unit K stride
  OperandB b = OperandB::Packed;
  bool aUnitK = true;  ///< A's K stride is 1
  bool bUnitN = true;  ///< for OperandB::Strided: B's N stride is 1
  /// The epilogue is long (a polynomial): emit it once in a loop over the tile, not per register.
  bool longEpilogue = false;
};

/// Tile sizes of one product. Pure function of target and shape: the launching program and the
/// kernel agree by calling planMatmul with the same arguments.
struct MatmulPlan {
  MatmulShape shape;
  RegisterTile tile;       ///< register tile for many rows
  int64_t rowBlock = 0;    ///< rows of one independent tile
  int64_t panelBlock = 0;  ///< 16-wide panels of one independent tile
  int64_t kBlock = 0;      ///< k of one pass, sums wait in scratch between passes; 0: one pass
  bool packA = false;      ///< copy the row block of A into scratch first
  bool packB = false;
  bool rowsInner = false;  ///< consecutive tiles share B (else they share A)
  int64_t scratchElements = 0; ///< elements (of the sums' type) of scratch per worker; 0: none
};
MatmulPlan planMatmul(const CpuTarget &target, const MatmulShape &shape);

/// Number of independent tiles, as IR (or a constant). Sizes as in MatmulOperands.
mlir::OpFoldResult emitMatmulTileCount(mlir::OpBuilder &b, mlir::Location loc,
                                       const MatmulPlan &plan, mlir::OpFoldResult batch,
                                       mlir::OpFoldResult m, mlir::OpFoldResult n);

/// Run-time operands. Buffers are linear memref<?xf32>, for integers memref<?xi8>; strides and
/// offsets count elements.
struct MatmulOperands {
  mlir::OpFoldResult batch, m, n, k;
  mlir::Value a;
  mlir::OpFoldResult aRowStride, aKStride;
  BatchOffset aOffset; ///< null: 0
  mlir::Value b;
  mlir::OpFoldResult bKStride, bNStride; ///< unused for OperandB::Packed
  BatchOffset bOffset;                   ///< null: 0
  mlir::Value columnSums; ///< memref<?xi32> of packMatrixInteger(); null for f32
  mlir::Value zeroPoint;  ///< i32: zero point of A, which the sums take into account; null: 0
  mlir::Value scratch; ///< memref<?xf32> (integers: i32) of this worker, at least plan.scratchElements; may be null
                       ///< when none is needed. 64-byte aligned for speed
  Epilogue epilogue;
};

/// Builds, at the builder's place, the code that computes tiles [begin, end).
void emitMatmul(mlir::OpBuilder &b, mlir::Location loc, const CpuTarget &target,
                const MatmulPlan &plan, const MatmulOperands &operands, mlir::Value begin,
                mlir::Value end);

} // namespace ingot::cpu
#endif
