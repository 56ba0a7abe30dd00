//===- Layout.h - passes from fused to laid out form ------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_CODEGEN_LAYOUT_LAYOUT_H
#define INGOT_CODEGEN_LAYOUT_LAYOUT_H

#include "ir/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace ingot {

#define GEN_PASS_DECL
#include "codegen/layout/Layout.h.inc"
#define GEN_PASS_REGISTRATION
#include "codegen/layout/Layout.h.inc"

/// See VerifyLaidOut in Layout.td.
mlir::LogicalResult verifyLaidOut(mlir::func::FuncOp function);

} // namespace ingot

#endif // INGOT_CODEGEN_LAYOUT_LAYOUT_H
