// The register tile: sums of a few rows by a few native vectors, carried through a loop over k.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_CPU_MICROTILE_H
#define INGOT_CODEGEN_CPU_MICROTILE_H
#include "codegen/cpu/IntegerStep.h"
#include "codegen/cpu/Tile.h"

namespace ingot::cpu {

/// Sums of rows × vectors, row by row: sums[row · vectors + vector].
using Sums = llvm::SmallVector<mlir::Value>;

/// What a register tile fetches into L2 while it computes: `lines` lines of 64 bytes for every
/// `unroll` steps of k, one after the other from buffer[offset] on.
struct Prefetch {
  mlir::Value buffer, offset;
  int64_t lines = 0; ///< 0: nothing
};

/// Steps of k in one iteration of a register tile's loop.
constexpr unsigned kUnroll = 4;

/// The panels that the register tiles of a group fetch for the group behind it.
struct NextPanels {
  mlir::Value buffer;
  mlir::Value offset;   ///< of the next group's first panel, in elements
  mlir::Value distance; ///< of panels
  mlir::Value used;     ///< elements of each panel that are read
  unsigned panels;
};

/// The part of `next` that register tile number `tile`, of `tiles` in the group, fetches: weights are
/// often met once per run and then come from memory, which else would make the first tile of every
/// group wait. Nothing where there are so few tiles that reading the panels is all there is to do.
Prefetch prefetchPart(Index at, const NextPanels &next, mlir::Value tile, int64_t tiles);

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
  Prefetch ahead;
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
