//===- Facts.h - values that operators state their facts in ---------------------===//
//
// What passes and code generation ask of any operator, so that none of them lists operators. The
// facts themselves come from the interfaces (Interfaces.td).
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_FACTS_H
#define INGOT_IR_FACTS_H

#include "ir/analysis/DimAnalysis.h"

namespace ingot {

/// How an operator takes part in fusion.
enum class FusionRole {
  None,        ///< constants, control flow: outside kernels
  Shape,       ///< its results are known expressions: needs no kernel unless read as data. Only the
               ///< analysis of its function can tell; no operator has this role by itself
  Elementwise, ///< joins producers and consumers
  Movement,    ///< cloned into its readers
  Contraction, ///< anchor that applies element-wise consumers to its result
  Reader,      ///< anchor that reads each operand element a fixed number of times: also takes in
               ///< producers
  Body         ///< anchor over whole buffers: fuses with nothing
};
FusionRole fusionRole(mlir::Operation *op);
llvm::StringRef roleName(FusionRole role);

/// What running an operator or a kernel once takes. Operations as CostOp counts them; bytes are
/// read or written, each once, as they lie in memory.
struct Cost {
  Dim operations, bytes;
};
/// Of one operator, as if it ran alone, or of a kernel, whose inner values move no bytes. Of an
/// operator that no kernel runs (FusionRole::None): none.
Cost costOf(mlir::Operation *op, DimAnalysis &dims);

/// What the integer form of a contraction multiplies; every zero point is there.
struct IntegerFactors {
  mlir::Value data, weights, dataZero, weightsZero;
};

} // namespace ingot

#endif // INGOT_IR_FACTS_H
