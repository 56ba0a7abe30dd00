//===- Dialect.h - the ingot dialect ------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_DIALECT_H
#define INGOT_IR_DIALECT_H

#include "ir/ElementBuilder.h"
#include "ir/ElementTypes.h"
#include "ir/Facts.h"
#include "ir/analysis/DimAnalysis.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "ir/Dialect.h.inc"
#include "ir/Interfaces.h.inc"
#define GET_TYPEDEF_CLASSES
#include "ir/Types.h.inc"

namespace ingot {

/// Emits one element of any op that can: elementwise through its scalar function, else ElementOp.
llvm::FailureOr<mlir::Value> emitElement(ElementBuilder &b, mlir::Operation *op, unsigned result,
                                         llvm::ArrayRef<Index> at);
/// True for ops that emitElement serves.
bool hasElementForm(mlir::Operation *op);

} // namespace ingot

#endif // INGOT_IR_DIALECT_H
