// The register tile: sums of a few rows by a few native vectors, carried through a loop over k.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_CPU_MICROTILE_H
#define INGOT_CODEGEN_CPU_MICROTILE_H
#include "codegen/cpu/IntegerStep.h"
#include "codegen/cpu/Tile.h"

namespace ingot::cpu {

/// Sums of rows × vectors, row by row: sums[row · vectors + vector].
using Sums = llvm::SmallVector<mlir::Value>;

/// Where a register tile reads. Element k of row r is at a[r].buffer[a[r].offset + k · aStride];
/// vector v of k is at b.buffer[b.offset[v] + k · bStride].
struct TileReads {
  struct Row {
    mlir::Value buffer, offset;
  };
  llvm::SmallVector<Row> a;
  mlir::OpFoldResult aStride;
  mlir::Value bBuffer;
  llvm::SmallVector<mlir::Value> bOffsets;
  mlir::OpFoldResult bStride;
  /// 8-bit operands: k runs in groups of four and the strides above are not used. Null: f32.
  const IntegerStep *integer = nullptr;
};

/// sums[r][v] += Σ a[r][k] · b[k][v] over k in [0, kCount), in the order of k. `unroll` steps of k
/// share one loop iteration. Integer products need a known kCount.
Sums emitTileLoop(mlir::OpBuilder &b, mlir::Location loc, const TileReads &reads,
                  mlir::ValueRange sums, mlir::OpFoldResult kCount, unsigned unroll);

/// A tile's place in C and which of its columns exist.
struct TilePlace {
  mlir::Value batch, row, column; ///< of the tile's first element
  unsigned rows, vectors, lanes;
  /// Columns of the tile that lie inside C; null when all vectors · lanes always do.
  mlir::Value columns;
  /// When `columns` is less than the whole, it has this value (kUnknown: any).
  int64_t tailColumns = kUnknown;
};

/// Scratch of one tile: rows · vectors · lanes elements at buffer[offset].
struct TileScratch {
  mlir::Value buffer, offset;
};

Sums emitZeroSums(mlir::OpBuilder &b, mlir::Location loc, unsigned count, mlir::VectorType type);
Sums emitLoadSums(mlir::OpBuilder &b, mlir::Location loc, TileScratch scratch, unsigned count,
                  mlir::VectorType type);
void emitStoreSums(mlir::OpBuilder &b, mlir::Location loc, TileScratch scratch,
                   mlir::ValueRange sums);

/// Hands finished sums to the epilogue, vector by vector. Tails, and all of it when `looped`, go
/// through scratch and a loop over the rows so that the epilogue is not repeated per register.
void emitEpilogue(mlir::OpBuilder &b, mlir::Location loc, const TilePlace &place,
                  mlir::ValueRange sums, TileScratch scratch, bool looped,
                  const Epilogue &epilogue);

} // namespace ingot::cpu
#endif
