//===- Activation.h - activation functions that other operators contain -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_FRONTEND_ONNX_IMPORT_OPERATORS_ACTIVATION_H
#define INGOT_FRONTEND_ONNX_IMPORT_OPERATORS_ACTIVATION_H

#include "frontend/onnx/import/ImportBuilder.h"

namespace ingot {

mlir::Value sigmoid(ImportBuilder &b, mlir::Value x);
mlir::Value softplus(ImportBuilder &b, mlir::Value x);
/// x * (1 + erf(x / sqrt(2))) / 2, or its usual approximation.
mlir::Value gelu(ImportBuilder &b, mlir::Value x, bool approximateByTanh);
mlir::Value clamp(ImportBuilder &b, mlir::Value x, double low, double high);

} // namespace ingot

#endif // INGOT_FRONTEND_ONNX_IMPORT_OPERATORS_ACTIVATION_H
