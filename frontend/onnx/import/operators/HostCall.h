//===- HostCall.h - calls of the runtime's operations -----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_FRONTEND_ONNX_IMPORT_OPERATORS_HOSTCALL_H
#define INGOT_FRONTEND_ONNX_IMPORT_OPERATORS_HOSTCALL_H

#include "frontend/onnx/import/NodeReader.h"

namespace ingot {

/// Calls an operation of one result; `shape` as in HostCallOp.
mlir::Value hostCall(ImportBuilder &b, llvm::StringRef callee, mlir::ValueRange operands,
                     mlir::Type type, int64_t shape = -1);
/// Stands for an operand left out.
mlir::Value noOperand(ImportBuilder &b);
mlir::Value optionalOperand(ImportBuilder &b, NodeReader &n, size_t i);
/// A tensor whose dimensions are all born in the run.
mlir::RankedTensorType bornTensor(int64_t rank, mlir::Type element);

/// An empty sequence whose elements have no rank yet, made again with `element`'s; other sequences as
/// they are.
mlir::Value withElement(ImportBuilder &b, mlir::Value sequence, mlir::Type element);

} // namespace ingot

#endif // INGOT_FRONTEND_ONNX_IMPORT_OPERATORS_HOSTCALL_H
