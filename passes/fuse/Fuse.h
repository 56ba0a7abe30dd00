//===- Fuse.h - passes from compressed to fused form ---------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_PASSES_FUSE_FUSE_H
#define INGOT_PASSES_FUSE_FUSE_H

#include "ir/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace ingot {

#define GEN_PASS_DECL
#include "passes/fuse/Fuse.h.inc"
#define GEN_PASS_REGISTRATION
#include "passes/fuse/Fuse.h.inc"

/// Groups the operators of one block; `dims` covers it and its operands.
mlir::LogicalResult fuseBlock(mlir::Block &block, DimAnalysis &dims);

} // namespace ingot

#endif // INGOT_PASSES_FUSE_FUSE_H
