//===- Classical.h - what classifiers of ai.onnx.ml share ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_FRONTEND_ONNX_IMPORT_OPERATORS_CLASSICAL_H
#define INGOT_FRONTEND_ONNX_IMPORT_OPERATORS_CLASSICAL_H

#include "frontend/onnx/import/NodeReader.h"

namespace ingot {

/// A vector, or with two sizes a matrix, of floats.
mlir::Value realTensor(ImportBuilder &b, llvm::ArrayRef<float> values, llvm::ArrayRef<int64_t> shape);
/// Attributes in f32 meet inputs of any number type: f64 stays, the rest becomes f32.
mlir::Value asReal(ImportBuilder &b, mlir::Value x);
/// A vector is one row.
mlir::Value asRows(ImportBuilder &b, NodeReader &n, mlir::Value x);

/// The labels of the attribute `integers` or `strings`: a vector, null with an error without either.
mlir::Value classLabels(ImportBuilder &b, NodeReader &n, llvm::StringRef integers,
                        llvm::StringRef strings);
/// The values of the keys that the elements of x equal, one of which may be strings: the runtime
/// looks them up. `byDefault` is a scalar.
mlir::Value lookUp(ImportBuilder &b, mlir::Value x, mlir::Value keys, mlir::Value values,
                   mlir::Value byDefault);
/// The labels at these positions; labels may be strings.
mlir::Value labelAt(ImportBuilder &b, mlir::Value index, mlir::Value labels);
/// The label of the largest score of every row.
mlir::Value bestLabel(ImportBuilder &b, mlir::Value scores, mlir::Value labels);
/// The label 1 where the condition [N, 1] holds, else 0.
mlir::Value binaryLabel(ImportBuilder &b, mlir::Value isSecond, mlir::Value labels);

/// NONE, SOFTMAX, LOGISTIC, SOFTMAX_ZERO or PROBIT on scores [N, C].
mlir::Value postTransform(ImportBuilder &b, NodeReader &n, mlir::Value scores, llvm::StringRef kind);

} // namespace ingot

#endif // INGOT_FRONTEND_ONNX_IMPORT_OPERATORS_CLASSICAL_H
