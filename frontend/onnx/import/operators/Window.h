//===- Window.h - kernel, strides, dilations and pads of sliding windows -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_FRONTEND_ONNX_IMPORT_OPERATORS_WINDOW_H
#define INGOT_FRONTEND_ONNX_IMPORT_OPERATORS_WINDOW_H

#include "frontend/onnx/import/NodeReader.h"

namespace ingot {

/// One entry per spatial dimension; `pads` holds all begins, then all ends.
struct Window {
  llvm::SmallVector<int64_t> kernel, strides, dilations, pads;
  size_t rank() const { return kernel.size(); }
};

/// Reads the attributes kernel_shape (where `kernel` is empty), strides, dilations, pads and
/// auto_pad. `input` is [N, C, D...]. An error, and nothing, where they do not fit.
std::optional<Window> readWindow(ImportBuilder &b, NodeReader &n, mlir::Value input,
                                 llvm::ArrayRef<Dim> kernel);

} // namespace ingot

#endif // INGOT_FRONTEND_ONNX_IMPORT_OPERATORS_WINDOW_H
