//===- Attention.h - finds attention among matrix products -------------------------===//
//
// softmax(f(Q · Kᵀ)) · V, where f is element-wise: scales, masks, biases, caps. What computes it
// keeps its operators; this says which of them play which part, in a function that is to be fused
// and in a kernel that is to be lowered alike.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_ANALYSIS_ATTENTION_H
#define INGOT_IR_ANALYSIS_ATTENTION_H

#include "ir/ops/Contraction.h"
#include "ir/ops/Reduction.h"

namespace ingot {

/// A matrix operand of a product, [batch…, rows, columns], and what it is before rearrangements that
/// keep its matrices whole and their order, and before factors.
struct MatrixOperand {
  /// A tensor of one element by which all elements are multiplied, or divided.
  struct Factor {
    mlir::Value value;
    bool divides;
  };

  mlir::Value operand; ///< as the product reads it
  mlir::Value source;  ///< [other batch…, rows, columns]
  bool swapped = false; ///< the source is [other batch…, columns, rows]
  llvm::SmallVector<Factor> factors = {};        ///< innermost last
  llvm::SmallVector<mlir::Operation *> ops = {}; ///< from the source to the operand, innermost last
};

struct Attention {
  MatMulOp scores, product;
  SoftmaxOp softmax;
  MatrixOperand queries, keys, values;
  /// Truth values [batch…, queries, 1]: rows that give zeros; or null.
  mlir::Value empty;
  bool nanIsZero = false; ///< probabilities that are not a number count as 0
  /// From the scores to the product, both included, and nothing of the operands. No value in between
  /// is read elsewhere.
  llvm::SetVector<mlir::Operation *> ops;
};

/// The attention that ends in `product`, of f32 and known head sizes.
std::optional<Attention> matchAttention(MatMulOp product, DimAnalysis &dims);

/// Whether two shapes hold the same matrices in the same order.
bool sameMatrices(DimAnalysis &dims, mlir::Value a, mlir::Value b);

} // namespace ingot

#endif // INGOT_IR_ANALYSIS_ATTENTION_H
