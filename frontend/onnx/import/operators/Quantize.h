//===- Quantize.h - scales and zero points ----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_FRONTEND_ONNX_IMPORT_OPERATORS_QUANTIZE_H
#define INGOT_FRONTEND_ONNX_IMPORT_OPERATORS_QUANTIZE_H

#include "frontend/onnx/import/NodeReader.h"

namespace ingot {

/// A zero point of 0.
mlir::Value zeroPoint(ImportBuilder &b, mlir::Type element);
/// One element as rank 0, a vector along `axis` of a tensor of rank `rank`; null stays null.
mlir::Value alongOrSingle(ImportBuilder &b, mlir::Value v, int64_t axis, int64_t rank);

/// Scale and zero point broadcast to x; null zero points are 0.
mlir::Value quantize(ImportBuilder &b, mlir::Value x, mlir::Value scale, mlir::Value zero);
mlir::Value dequantize(ImportBuilder &b, mlir::Value x, mlir::Value scale, mlir::Value zero);

struct Quantized {
  mlir::Value values, scale, zero;
};
/// To uint8, with the scale and zero point (of rank 0) that fit the values and 0.
Quantized quantizeDynamically(ImportBuilder &b, mlir::Value x);

} // namespace ingot

#endif // INGOT_FRONTEND_ONNX_IMPORT_OPERATORS_QUANTIZE_H
