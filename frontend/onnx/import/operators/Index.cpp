//===- Index.cpp - gathers and scatters -------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Index.h"
#include "frontend/onnx/import/Registry.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Movement.h"

using namespace mlir;

namespace ingot {

static int64_t axisOf(ImportBuilder &b, NodeReader &n, int64_t byDefault) {
  return b.normalizeAxis(n.integer("axis", byDefault), b.rank(n.operand(0)));
}

static Results gather(ImportBuilder &b, NodeReader &n) {
  return b.create<GatherOp>(n.operand(0), n.operand(1), axisOf(b, n, 0), /*checked=*/true);
}

static Results gatherElements(ImportBuilder &b, NodeReader &n) {
  return b.create<GatherElementsOp>(n.operand(0), n.operand(1), axisOf(b, n, 0), /*checked=*/true);
}

static Results gatherND(ImportBuilder &b, NodeReader &n) {
  return b.create<GatherNDOp>(n.operand(0), n.operand(1), n.integer("batch_dims", 0));
}

static Results scatterElements(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), indices = n.operand(1), updates = n.operand(2);
  int64_t axis = axisOf(b, n, 0);
  return b.create<ScatterElementsOp>(x, indices, updates, n.string("reduction", "none"), axis,
                                       /*checked=*/true);
}

static Results scatterND(ImportBuilder &b, NodeReader &n) {
  return b.create<ScatterNDOp>(n.operand(0), n.operand(1), n.operand(2),
                               n.string("reduction", "none"));
}

static Results tensorScatter(ImportBuilder &b, NodeReader &n) {
  Value cache = n.operand(0), update = n.operand(1), positions = n.optional(2);
  StringRef mode = n.string("mode", "linear");
  if (mode != "linear" && mode != "circular")
    n.error("expected mode linear or circular, but got '" + mode + "'");
  int64_t axis = axisOf(b, n, -2);
  if (!positions)
    positions = NoneOp::create(b.b, b.loc, b.b.getNoneType());
  return b.create<TensorScatterOp>(cache, update, positions, axis, mode == "circular");
}

ArrayRef<OperatorRow> indexOperators() {
  static const OperatorRow rows[] = {
      {"", "Gather", 1, gather},
      {"", "GatherElements", 11, gatherElements},
      {"", "GatherND", 11, gatherND},
      {"", "Scatter", 9, scatterElements},
      {"", "Scatter", 11, nullptr},
      {"", "ScatterElements", 11, scatterElements},
      {"", "ScatterND", 11, scatterND},
      {"", "TensorScatter", 24, tensorScatter},
  };
  return rows;
}

} // namespace ingot
