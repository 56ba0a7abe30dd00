//===- Product.h - what all matrix products and convolutions share -----------===//
//
// Shapes and loops of contractions, for any way to multiply and add: of floats, or of integers with
// zero points.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_OPS_PRODUCT_H
#define INGOT_IR_OPS_PRODUCT_H

#include "ir/Dialect.h"

namespace ingot {

/// The sum with the product of one element of each operand added.
using Accumulate = llvm::function_ref<llvm::FailureOr<mlir::Value>(
    llvm::ArrayRef<Index> atA, llvm::ArrayRef<Index> atB, mlir::Value sum)>;

struct MatrixProduct {
  mlir::Value a, b, result;
  /// The result's dimensions; its element type is the caller's.
  llvm::LogicalResult infer(mlir::Operation *op, DimAnalysis &dims, TensorInfo &info) const;
  llvm::FailureOr<mlir::Value> emit(ElementBuilder &b, llvm::ArrayRef<Index> at,
                                    Accumulate accumulate) const;
  Dim multiplyAdds(DimAnalysis &dims) const;
};

struct Convolution {
  mlir::Value input, weight, result;
  llvm::ArrayRef<int64_t> strides, dilations, pads;
  int64_t groups;
  llvm::LogicalResult infer(mlir::Operation *op, DimAnalysis &dims, TensorInfo &info) const;
  llvm::FailureOr<mlir::Value> emit(ElementBuilder &b, llvm::ArrayRef<Index> at,
                                    Accumulate accumulate) const;
  /// Those of elements that lie in the padding included.
  Dim multiplyAdds(DimAnalysis &dims) const;
};

} // namespace ingot

#endif // INGOT_IR_OPS_PRODUCT_H
