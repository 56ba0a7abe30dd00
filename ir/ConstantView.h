//===- ConstantView.h - reading the elements of constants ----------------------===//
//
// A view over the bytes of a constant, wherever they are: a dense attribute or a resource blob over
// the mapped model file, which need not be aligned.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_CONSTANTVIEW_H
#define INGOT_IR_CONSTANTVIEW_H

#include "ir/Dialect.h"

namespace ingot {

class ConstantOp;

class ConstantView {
public:
  explicit ConstantView(ConstantOp op);
  explicit ConstantView(mlir::Attribute value, mlir::RankedTensorType type);
  ConstantView(ConstantView &&) = default; // `data` may point into `owned`: no copies
  /// The constant that defines `v`, if it is one.
  static std::optional<ConstantView> of(mlir::Value v);

  mlir::RankedTensorType type() const { return tensorType; }
  int64_t size() const { return tensorType.getNumElements(); }
  /// Raw bytes as ONNX lays them out: little endian, bool as bytes, sub-byte packed low bits first.
  /// Empty for strings.
  llvm::ArrayRef<char> bytes() const { return data; }
  /// Element i of an integer or bool tensor.
  int64_t integer(int64_t i) const;
  /// Element i of an integer, bool or float tensor, as a double.
  double real(int64_t i) const;
  llvm::StringRef string(int64_t i) const;

private:
  uint64_t bits(int64_t i) const;

  mlir::RankedTensorType tensorType;
  mlir::Attribute attribute;
  llvm::ArrayRef<char> data;
  llvm::SmallVector<char, 0> owned;
};

/// Makes a constant of raw bytes (copied when small, else held by the blob).
ConstantOp createConstant(mlir::OpBuilder &b, mlir::Location loc, mlir::RankedTensorType type,
                          llvm::ArrayRef<char> bytes, bool borrow = false);
/// A small constant of integers or reals, converted to the element type.
ConstantOp createIntegers(mlir::OpBuilder &b, mlir::Location loc, llvm::ArrayRef<int64_t> values,
                          mlir::Type element = {}, bool scalar = false);
ConstantOp createScalar(mlir::OpBuilder &b, mlir::Location loc, double value, mlir::Type element);

} // namespace ingot

#endif // INGOT_IR_CONSTANTVIEW_H
