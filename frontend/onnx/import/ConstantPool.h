//===- ConstantPool.h - constants, each once ---------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_FRONTEND_ONNX_IMPORT_CONSTANTPOOL_H
#define INGOT_FRONTEND_ONNX_IMPORT_CONSTANTPOOL_H

#include "frontend/onnx/Model.h"
#include "ir/analysis/DimAnalysis.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace ingot {

/// Makes constants at the start of the function, so that one serves all regions; equal ones are the
/// same value.
class ConstantPool {
public:
  ConstantPool(mlir::Block *entry, DimAnalysis &dims) : entry(entry), dims(dims) {}

  /// Bytes as ONNX lays them out; `borrow`: they outlive the module and are not copied.
  mlir::Value get(mlir::Location loc, mlir::RankedTensorType type, llvm::ArrayRef<char> bytes,
                  bool borrow = false);
  mlir::Value get(mlir::Location loc, mlir::RankedTensorType type,
                  llvm::ArrayRef<llvm::StringRef> strings);
  /// Null where the element type has no counterpart.
  mlir::Value get(mlir::Location loc, const onnx::Tensor &tensor);
  /// Without the zeros left out; null as above, or where the dense form is beyond `denseLimit`.
  mlir::Value get(mlir::Location loc, const onnx::SparseTensor &tensor);

  /// A file of a few bytes may describe a sparse tensor of any size.
  static constexpr int64_t denseLimit = 1 << 28;

private:
  mlir::OpBuilder builder();
  mlir::Value add(mlir::Operation *constant);

  mlir::Block *entry;
  mlir::Operation *last = nullptr;
  DimAnalysis &dims;
  llvm::DenseMap<std::pair<mlir::Type, size_t>, llvm::SmallVector<mlir::Value, 1>> known;
};

} // namespace ingot

#endif // INGOT_FRONTEND_ONNX_IMPORT_CONSTANTPOOL_H
