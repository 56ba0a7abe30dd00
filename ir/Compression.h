//===- Compression.h - what was taken from the weights of each layer --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_COMPRESSION_H
#define INGOT_IR_COMPRESSION_H

#include "mlir/IR/Operation.h"
#include <string>

namespace ingot {

/// One layer that a pass has made smaller. The passes leave these in the function's
/// `ingot.compression`, for the report.
struct CompressedLayer {
  std::string node;    ///< "node 'fc1' (Gemm)"
  std::string method;  ///< "prune" or "dynamic-int8"
  int64_t weights = 0; ///< elements before
  int64_t zeroed = 0;  ///< of them, those that became 0
  int64_t bits = 32;   ///< of an element afterwards

  /// For a terminal: "node 'fc1' (Gemm): 800 of 1000 weights are 0".
  std::string str() const;
};

/// Appends the layer whose operator is `op`; `layer.node` is taken from its location.
void addCompressedLayer(mlir::Operation *function, mlir::Operation *op, CompressedLayer layer);
/// Hands over what the function holds.
llvm::SmallVector<CompressedLayer> takeCompressedLayers(mlir::Operation *function);

} // namespace ingot

#endif // INGOT_IR_COMPRESSION_H
