//===- NodeName.h - which node of the file an operator stands for ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_NODENAME_H
#define INGOT_IR_NODENAME_H

#include "mlir/IR/Location.h"

namespace ingot {

/// "node 'fc1' (Gemm)", escaped where it was read; `otherwise` where the location names none.
inline llvm::StringRef nodeName(mlir::Location where, llvm::StringRef otherwise = "?") {
  auto name = where->findInstanceOf<mlir::NameLoc>();
  return name ? name.getName().getValue() : otherwise;
}

} // namespace ingot

#endif // INGOT_IR_NODENAME_H
