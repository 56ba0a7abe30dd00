//===- Types.h - the dialect's types for ONNX's ----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_FRONTEND_ONNX_IMPORT_TYPES_H
#define INGOT_FRONTEND_ONNX_IMPORT_TYPES_H

#include "frontend/onnx/Model.h"
#include "mlir/IR/BuiltinTypes.h"

namespace ingot {

/// Null for undefined and the 6-bit floats, which no operator of the standard computes with.
mlir::Type elementTypeOf(mlir::MLIRContext *context, onnx::ElementType type);

/// Tensors without shape, and those inside sequences, maps and optionals, are unranked. Null where
/// an element type is null, and for sparse tensors and opaque types.
mlir::Type typeOf(mlir::MLIRContext *context, const onnx::TypeProto &type, bool inner = false);

} // namespace ingot

#endif // INGOT_FRONTEND_ONNX_IMPORT_TYPES_H
