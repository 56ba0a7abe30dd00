//===- InferringBuilder.h - operators whose result types follow -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_PASSES_QUANTIZE_INFERRINGBUILDER_H
#define INGOT_PASSES_QUANTIZE_INFERRINGBUILDER_H

#include "ir/ConstantView.h"
#include "ir/Dialect.h"
#include "ir/ops/Cast.h"
#include "ir/ops/Constant.h"

namespace ingot {

/// Builds before `op`, in a function that `dims` has been run over.
struct InferringBuilder {
  InferringBuilder(mlir::Operation *op, DimAnalysis &dims) : b(op), loc(op->getLoc()), dims(dims) {}

  /// An operator of one result, whose type the analysis gives.
  template <typename Op, typename... Args> mlir::Value create(Args &&...args) {
    mlir::Operation *op =
        Op::create(b, loc, mlir::Type(b.getNoneType()), std::forward<Args>(args)...);
    return visit(op);
  }
  /// The integer form of a contraction.
  mlir::Value createInteger(QuantizableOp op, const IntegerFactors &factors) {
    return visit(op.createInteger(b, factors));
  }
  mlir::Value cast(mlir::Value x, mlir::Type to) {
    return create<CastOp>(x, mlir::TypeAttr::get(to), b.getBoolAttr(true), b.getStringAttr("up"));
  }
  mlir::Value scalar(double value, mlir::Type element) {
    mlir::Operation *op = createScalar(b, loc, value, element);
    return visit(op);
  }
  mlir::Value integers(llvm::ArrayRef<int64_t> values) {
    mlir::Operation *op = createIntegers(b, loc, values);
    return visit(op);
  }
  mlir::Value tensor(mlir::RankedTensorType type, llvm::ArrayRef<char> bytes) {
    mlir::Operation *op = createConstant(b, loc, type, bytes);
    return visit(op);
  }

  mlir::OpBuilder b;
  mlir::Location loc;
  DimAnalysis &dims;
  bool failed = false;

private:
  mlir::Value visit(mlir::Operation *op) {
    failed |= mlir::failed(dims.visit(op));
    mlir::Value v = op->getResult(0);
    if (!failed)
      v.setType(dims.info(v).type());
    return v;
  }
};

} // namespace ingot

#endif // INGOT_PASSES_QUANTIZE_INFERRINGBUILDER_H
