//===- Forms.h - checks of what each form on tensors guarantees ---------------------===//
//
// A pass takes one form and gives the next; Forms.td says what each guarantees. The checks run
// between phases with --verify-each and in tests. A broken guarantee is a bug of the compiler: the
// diagnostic names the operator, the form and what was expected.
//
// The laid out form is checked in codegen/layout, the planned form in codegen/plan, the emitted one
// where it is linked.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_FORMS_FORMS_H
#define INGOT_IR_FORMS_FORMS_H

#include "ir/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace ingot {

#define GEN_PASS_DECL
#include "ir/forms/Forms.h.inc"
#define GEN_PASS_REGISTRATION
#include "ir/forms/Forms.h.inc"

mlir::LogicalResult verifyImported(mlir::func::FuncOp function);
mlir::LogicalResult verifySimplified(mlir::func::FuncOp function);
mlir::LogicalResult verifyCompressed(mlir::func::FuncOp function);
mlir::LogicalResult verifyFused(mlir::func::FuncOp function);

/// The fused form but for orders, under the name of the form that is checked. Fills `dims`.
mlir::LogicalResult verifyKernels(mlir::func::FuncOp function, llvm::StringRef form,
                                  DimAnalysis &dims);

/// Starts the diagnostic of a broken guarantee.
mlir::InFlightDiagnostic breaks(mlir::Operation *op, llvm::StringRef form);

} // namespace ingot

#endif // INGOT_IR_FORMS_FORMS_H
