//===- Evaluator.h - running IR while compiling ----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_EVALUATOR_H
#define INGOT_IR_EVALUATOR_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectInterface.h"
#include <vector>

namespace ingot {

/// Computes values for passes that need them (constant folding). The passes know only this; who
/// builds a compiler attaches an implementation to the dialect, always with the arithmetic of
/// x86-64-v3, so that equal models give equal artifacts on every machine.
class Evaluator : public mlir::DialectInterface::Base<Evaluator> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(Evaluator)
  explicit Evaluator(mlir::Dialect *dialect) : Base(dialect) {}

  /// Runs the module's one function, which has no arguments and returns tensors of static shapes
  /// other than strings. Returns the bytes of each result, laid out as ConstantView gives them.
  /// Fails, with the reason in `why`, where this machine cannot run it. The module is used up.
  virtual llvm::FailureOr<std::vector<std::vector<char>>>
  evaluate(mlir::ModuleOp module, std::string &why) const = 0;
};

} // namespace ingot

#endif // INGOT_IR_EVALUATOR_H
