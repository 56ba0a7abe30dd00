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
  /// Where pads depend on sizes of the run: these, of all begins and ends; `pads` are then zeros
  /// and the input is to be padded first.
  llvm::SmallVector<Dim> openPads;
  size_t rank() const { return kernel.size(); }
};

enum class OpenPads { Refused, Taken };

/// Reads the attributes kernel_shape (where `kernel` is empty), strides, dilations, pads and
/// auto_pad. `input` is [N, C, D...]. An error, and nothing, where they do not fit.
std::optional<Window> readWindow(ImportBuilder &b, NodeReader &n, mlir::Value input,
                                 llvm::ArrayRef<Dim> kernel, OpenPads open = OpenPads::Refused);

/// `input` with the open pads, if there are any, filled with `fill`, or zeros where it is null.
mlir::Value padOpen(ImportBuilder &b, mlir::Value input, const Window &w, mlir::Value fill = {});

} // namespace ingot

#endif // INGOT_FRONTEND_ONNX_IMPORT_OPERATORS_WINDOW_H
