//===- Branchwise.cpp - what follows branches that differ in rank ------------------===//
//
// Exporters wrap a Squeeze in an If that asks whether the dimension is 1. Where that is not known,
// the If has no result of one rank, but what follows can be imported into both branches, and the
// values that leave the graph become the results.
//
// Often only one of the branches leads to a valid model (the other hands an operator an operand of a
// rank that it does not take, and no run gets past that): then it is the only one, and the condition
// becomes a requirement that is checked at run time.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/ControlBuilder.h"
#include "frontend/onnx/import/GraphImporter.h"
#include "ir/ops/Control.h"
#include "ir/ops/Structure.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;

namespace ingot {

namespace {

/// One branch with what follows.
struct Path {
  Block *block = nullptr;
  Operation *lastOfBranch = nullptr; ///< what follows comes behind it; null: at the block's start
  SmallVector<Value> branchValues, values;
  bool valid = true;
};

/// Values of the branch are only good behind the check of the condition.
void guardPath(ImportBuilder &b, Path &path, Value condition, bool expected) {
  if (path.lastOfBranch)
    b.b.setInsertionPointAfter(path.lastOfBranch);
  else
    b.b.setInsertionPointToStart(path.block);
  SmallVector<Operation *> rest;
  for (Operation &op : llvm::make_range(b.b.getInsertionPoint(), path.block->end()))
    rest.push_back(&op);
  SmallVector<Value> all = requireCondition(b, condition, expected, path.branchValues);
  if (b.failed)
    return;
  for (auto [v, checked] : llvm::zip(path.branchValues, all)) {
    v.replaceUsesWithIf(checked, [&](OpOperand &use) {
      return llvm::any_of(rest, [&](Operation *op) { return op->isAncestor(use.getOwner()); });
    });
    llvm::replace(path.values, v, checked);
  }
}

} // namespace

void GraphImporter::importBranchwise(Operation *branch, const onnx::Node &node,
                                     ArrayRef<onnx::Node> rest, const NameSet &wanted,
                                     Scope &scope) {
  auto old = cast<IfOp>(branch);
  Location loc = old.getLoc();
  std::string where = node.describe() + scope.suffix;
  SmallVector<StringRef> names;
  auto collect = [&](const onnx::Node &n) {
    for (std::string_view name : n.outputs)
      if (!name.empty() && wanted.contains(StringRef(name)))
        names.push_back(StringRef(name));
  };
  collect(node);
  llvm::for_each(rest, collect);
  auto define = [&](ValueRange values) {
    for (auto [i, name] : llvm::enumerate(names))
      scope.values[name] = values.empty() ? Binding{Binding::Broken, {}}
                                          : Binding{Binding::Present, values[i]};
  };
  if (++divergences > maxDivergences) {
    if (divergences == maxDivergences + 1)
      diagnostics.unsupported(where, "more than " + std::to_string(maxDivergences) +
                                         " branches of different ranks are not supported");
    return define({});
  }

  auto importPath = [&](Path &path) {
    Operation *yield = path.block->getTerminator();
    path.lastOfBranch = yield->getPrevNode();
    path.branchValues = llvm::to_vector(yield->getOperands());
    yield->erase();
    Scope inner;
    inner.around = &scope;
    inner.opsets = scope.opsets;
    inner.attributes = scope.attributes;
    inner.suffix = scope.suffix;
    inner.depth = scope.depth;
    inner.declared = scope.declared;
    for (auto [name, value] : llvm::zip(node.outputs, path.branchValues))
      inner.values[StringRef(name)] = {Binding::Present, value};
    // What the file says about shapes was inferred for one branch only.
    llvm::SaveAndRestore<bool> trust(trustDeclaredShapes, false);
    OpBuilder::InsertionGuard guard(b.b);
    b.b.setInsertionPointToEnd(path.block);
    importNodes(rest, wanted, inner);
    for (StringRef name : names) {
      Binding result = lookup(name, inner);
      path.valid &= result.state == Binding::Present;
      path.values.push_back(result.value);
    }
  };
  Path paths[2];
  paths[0].block = &old.getThenBranch().front();
  paths[1].block = &old.getElseBranch().front();
  // Invalid means errors alone: what is unsupported would be valid.
  onnx::Diagnostics::Mark marks[3] = {diagnostics.mark()};
  for (int i = 0; i < 2; ++i) {
    importPath(paths[i]);
    marks[i + 1] = diagnostics.mark();
    if (marks[i + 1].unsupporteds != marks[i].unsupporteds)
      return define({});
  }
  b.loc = loc;
  b.failed = false;
  OpBuilder::InsertionGuard guard(b.b);
  if (paths[0].valid != paths[1].valid) {
    diagnostics.takeBack(marks[0]);
    Path &valid = paths[paths[0].valid ? 0 : 1];
    guardPath(b, valid, old.getCondition(), /*expected=*/paths[0].valid);
    replaceByBranch(b, old, paths[0].valid);
    return b.failed ? define({}) : define(valid.values);
  }
  if (!paths[0].valid)
    return define({});

  for (auto [name, x, y] : llvm::zip(names, paths[0].values, paths[1].values)) {
    const TensorInfo a = b.dims.info(x), c = b.dims.info(y);
    if (a.dims.size() == c.dims.size())
      continue;
    diagnostics.unsupported(where, onnx::quoted(std::string_view(name)) + " of rank " +
                                       std::to_string(a.dims.size()) + " or " +
                                       std::to_string(c.dims.size()) + " is not supported");
    return define({});
  }
  for (Path &path : paths) {
    b.b.setInsertionPointToEnd(path.block);
    YieldOp::create(b.b, loc, path.values);
  }
  SmallVector<Type> types(names.size(), b.b.getNoneType());
  b.b.setInsertionPoint(old);
  auto whole = IfOp::create(b.b, loc, types, old.getCondition());
  whole.getThenBranch().takeBody(old.getThenBranch());
  whole.getElseBranch().takeBody(old.getElseBranch());
  old.erase();
  define(b.finish(whole) ? ValueRange(whole.getResults()) : ValueRange());
}

} // namespace ingot
