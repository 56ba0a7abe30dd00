// Attention, O = softmax(f(Q · Kᵀ)) · V, over blocks of queries and keys: the scores of one block
// live in the worker's scratch, running maxima and sums join the blocks (Milakov and Gimelshein,
// "Online normalizer calculation for softmax", 2018). f32.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_CPU_ATTENTION_H
#define INGOT_CODEGEN_CPU_ATTENTION_H
#include "codegen/cpu/Matmul.h"

namespace ingot::cpu {

/// Facts known when the kernel is compiled; kUnknown where not. Head sizes are known.
struct AttentionShape {
  int64_t queries = kUnknown, keys = kUnknown;
  int64_t headSize = 0, valueSize = 0;
  bool valueUnit = true;    ///< neighbouring elements of a value lie next to each other
  bool copyQueries = false; ///< they are scaled, or do not lie next to each other
  bool longScore = false;   ///< f is long: emit it once in a loop
};

/// Block sizes, and where things lie in scratch. Pure function of target and shape.
struct AttentionPlan {
  AttentionShape shape;
  int64_t queryBlock = 0, keyBlock = 0;
  bool single = false; ///< one block holds all keys
  MatmulPlan scores, values;
  // Offsets in elements.
  int64_t scoreStride = 0, valueStride = 0;
  int64_t queryAt = 0, scoreAt = 0, resultAt = 0, maximumAt = 0, sumAt = 0, factorAt = 0;
  int64_t scratchElements = 0;
};
AttentionPlan planAttention(const CpuTarget &target, const AttentionShape &shape);

/// A matrix of a batch: element (r, c) lies at buffer[offset(batch) + r · rowStride + c · columnStride].
struct BatchedMatrix {
  mlir::Value buffer;
  mlir::OpFoldResult rowStride, columnStride;
  BatchOffset offset; ///< null: 0
};

struct AttentionOperands {
  mlir::OpFoldResult queries, keys;
  BatchedMatrix q; ///< [queries, headSize]
  BatchedMatrix k; ///< [keys, headSize]
  BatchedMatrix v; ///< [keys, valueSize]
  mlir::Value scratch; ///< memref<?xf32>, plan.scratchElements of this worker
  /// An element (or vector of them) of a query before use; null: as it is.
  std::function<mlir::Value(mlir::OpBuilder &, mlir::Location, mlir::Value)> scale;
  /// f: the score of `out.sums`; row is the query, column the key of lane 0.
  std::function<mlir::Value(mlir::OpBuilder &, mlir::Location, const OutputVector &)> score;
  /// Whether (i1) a query gives zeros; null: none does.
  std::function<mlir::Value(mlir::OpBuilder &, mlir::Location, mlir::Value batch,
                            mlir::Value row)>
      isEmpty;
  bool nanIsZero = false; ///< a query whose probabilities are not numbers gives zeros
  Epilogue store;         ///< row is the query, column that of the result
};

/// Builds the code that computes tiles [begin, end): of every batch, ceil(queries / queryBlock).
void emitAttention(mlir::OpBuilder &b, mlir::Location loc, const CpuTarget &target,
                   const AttentionPlan &plan, const AttentionOperands &operands, mlir::Value begin,
                   mlir::Value end);

} // namespace ingot::cpu
#endif
