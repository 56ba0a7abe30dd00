//===- ControlFlow.cpp - If, Loop, Scan ----------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Registry.h"

using namespace mlir;

namespace ingot {

/// Exporters wrap a Squeeze in an If that looks at the rank: with a condition that is known, only
/// the branch taken exists.
static Results conditional(ImportBuilder &b, NodeReader &n) {
  Value condition = n.operand(0);
  auto *thenGraph = n.graph("then_branch"), *elseGraph = n.graph("else_branch");
  if (!b.failed && !isBool(b.elementType(condition)))
    n.error("expected a condition of type bool, but got " +
            elementTypeName(b.elementType(condition)));
  if (b.failed)
    return {};
  auto known = b.constants(condition);
  if (!known || known->size() != 1) {
    n.unsupported("a condition that is only known at run time is not supported");
    return {};
  }
  return Results(n.importGraph((*known)[0] ? *thenGraph : *elseGraph, {}));
}

ArrayRef<OperatorRow> controlFlowOperators() {
  static const OperatorRow rows[] = {{"", "If", 1, conditional}};
  return rows;
}

} // namespace ingot
