//===- RemoveIdentities.cpp - removes operators that return their operand ------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/analysis/Identity.h"
#include "passes/simplify/Simplify.h"

using namespace mlir;

namespace ingot {
#define GEN_PASS_DEF_REMOVEIDENTITIES
#include "passes/simplify/Simplify.h.inc"

namespace {

struct RemoveIdentitiesPass : impl::RemoveIdentitiesBase<RemoveIdentitiesPass> {
  void runOnOperation() override {
    DimAnalysis dims;
    if (failed(dims.run(getOperation())))
      return signalPassFailure();
    getOperation().walk([&](Operation *op) {
      if (isIdentity(op, dims))
        op->getResult(0).replaceAllUsesWith(op->getOperand(0));
    });
  }
};

} // namespace
} // namespace ingot
