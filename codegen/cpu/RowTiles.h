// Splits a block of rows into register tiles.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_CPU_ROWTILES_H
#define INGOT_CODEGEN_CPU_ROWTILES_H
#include "codegen/cpu/Index.h"

namespace ingot::cpu {

/// Builds the code of one register tile of `rows` rows that starts at row `first` of the block.
using RowTile = llvm::function_ref<void(unsigned rows, mlir::Value first)>;

/// Covers rows [0, count). A known count is split evenly over tiles of at most `maximum` rows (two
/// heights at most). Else tiles of `maximum` rows are followed by what is left: of `tail` rows if
/// the rest is known to be that or nothing, else one tile per power of two.
void emitRowTiles(mlir::OpBuilder &b, mlir::Location loc, mlir::OpFoldResult count,
                  unsigned maximum, int64_t tail, RowTile body);

} // namespace ingot::cpu
#endif
