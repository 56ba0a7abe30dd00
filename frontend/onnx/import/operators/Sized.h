//===- Sized.h - operands whose sizes must agree with another's -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_ONNX_IMPORT_OPERATORS_SIZED
#define INGOT_ONNX_IMPORT_OPERATORS_SIZED

#include "frontend/onnx/import/Registry.h"
#include "ir/ops/Index.h"

namespace ingot {

/// `v` with dimensions that must be `wanted`: an error where known ones differ, and a check of the
/// run where only that knows them. For compositions of operators that would broadcast instead.
inline mlir::Value sized(ImportBuilder &b, mlir::Value v, llvm::ArrayRef<Dim> wanted) {
  if (b.failed || !v || wanted == b.dims.dims(v))
    return v;
  return b.create<SizedOp>(v, b.shapeTensor(wanted));
}

/// The same of one dimension alone.
inline mlir::Value sizedAlong(ImportBuilder &b, mlir::Value v, int64_t axis, const Dim &wanted) {
  if (b.failed || !v || axis >= b.rank(v))
    return v;
  llvm::SmallVector<Dim> shape = b.shape(v);
  shape[axis] = wanted;
  return sized(b, v, shape);
}

} // namespace ingot

#endif // INGOT_ONNX_IMPORT_OPERATORS_SIZED
