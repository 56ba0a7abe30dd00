//===- ControlBuilder.cpp - building branches and loops ------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/ControlBuilder.h"
#include "frontend/onnx/import/operators/HostCall.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Control.h"
#include "ir/ops/Structure.h"

using namespace mlir;

namespace ingot {

static Value noneOf(ImportBuilder &b, Value v) {
  return v ? v : (Value)NoneOp::create(b.b, b.loc, b.b.getNoneType());
}

/// Whether both can be the same value on two paths but for their ranks; reports what cannot.
static bool alike(ImportBuilder &b, NodeReader &n, Value x, Value y, StringRef where) {
  const TensorInfo a = b.dims.info(x), c = b.dims.info(y);
  if (!a.otherType != !c.otherType || a.elementType != c.elementType) {
    std::string got;
    llvm::raw_string_ostream(got) << a.type() << " and " << c.type();
    n.error("expected " + where + " of one type, but got " + got);
    return false;
  }
  return true;
}

static bool sameRank(ImportBuilder &b, Value x, Value y) {
  return b.dims.dims(x).size() == b.dims.dims(y).size();
}

/// Whether both can be the same value on two paths; reports what cannot.
static bool fit(ImportBuilder &b, NodeReader &n, Value x, Value y, StringRef where) {
  if (!alike(b, n, x, y, where))
    return false;
  if (sameRank(b, x, y))
    return true;
  const TensorInfo a = b.dims.info(x), c = b.dims.info(y);
  n.unsupported(where + " of ranks " + Twine(a.dims.size()) + " and " + Twine(c.dims.size()) +
                " are not supported");
  return false;
}

SmallVector<Value> buildLoop(ImportBuilder &b, NodeReader &n, Value trips, Value condition,
                             ValueRange initial, unsigned scanned, LoopFunction body) {
  if (b.failed)
    return {};
  SmallVector<Value> operands(initial);
  SmallVector<Type> types(initial.size() + scanned, b.b.getNoneType());
  auto loop = LoopOp::create(b.b, b.loc, types, noneOf(b, trips), noneOf(b, condition), operands);
  SmallVector<TensorInfo> state;
  for (Value v : initial) {
    state.push_back(b.dims.info(v));
    state.back().elements.reset();
  }
  OpBuilder::InsertionGuard guard(b.b);
  TensorInfo number;
  number.elementType = b.b.getIntegerType(64, true);
  // Which dimensions change, to be freed for the next attempt.
  SmallVector<SmallVector<bool>> free;
  for (TensorInfo &s : state)
    free.push_back(SmallVector<bool>(s.dims.size()));
  for (bool stable = false; !stable;) {
    stable = true;
    Block *block = new Block;
    loop.getBody().push_back(block);
    Value iteration = block->addArgument(number.type(), b.loc);
    TensorInfo own = number;
    own.elements = {b.dims.space.symbolElement(iteration, 0)};
    b.dims.set(iteration, own);
    SmallVector<Value> arguments;
    for (auto [s, which] : llvm::zip(state, free)) {
      Value argument = block->addArgument(s.type(), b.loc);
      TensorInfo info = s;
      for (size_t d = 0; d < which.size(); ++d)
        if (which[d])
          info.dims[d] = b.dims.space.symbolDim(argument, d);
      argument.setType(info.type());
      b.dims.set(argument, info);
      arguments.push_back(argument);
    }
    b.b.setInsertionPointToEnd(block);
    LoopValues values = body(iteration, arguments);
    if (b.failed)
      return {};
    for (size_t i = 0; i < state.size(); ++i) {
      if (!fit(b, n, arguments[i], values.carried[i], "a value carried by a loop"))
        return {};
      for (size_t d = 0; d < free[i].size(); ++d)
        if (!free[i][d] && b.dims.dims(values.carried[i])[d] != state[i].dims[d]) {
          free[i][d] = true;
          stable = false;
        }
    }
    if (!stable) {
      loop.getBody().getBlocks().remove(block);
      b.discarded.emplace_back(block);
      continue;
    }
    SmallVector<Value> yielded{noneOf(b, values.next)};
    llvm::append_range(yielded, values.carried);
    llvm::append_range(yielded, values.scanned);
    YieldOp::create(b.b, b.loc, yielded);
  }
  if (!b.finish(loop))
    return {};
  return SmallVector<Value>(loop.getResults());
}

/// " (node 'a' (Relu): expected …)", or nothing where the list was too long to hold it.
static std::string firstError(const onnx::Diagnostics &diagnostics, onnx::Diagnostics::Mark after) {
  for (size_t i = after.messages; i < diagnostics.list().size(); ++i)
    if (const onnx::Diagnostic &d = diagnostics.list()[i]; d.severity == onnx::Severity::Error)
      return " (" + d.where + ": " + d.message + ")";
  return "";
}

SmallVector<Value> requireCondition(ImportBuilder &b, Value condition, bool expected,
                                    ValueRange values) {
  Value wanted = b.integers({expected}, {}, /*isScalar=*/true);
  SmallVector<Value> checked;
  for (Value v : values)
    checked.push_back(hostCall(b, "require", {condition, wanted, v}, v.getType(), /*shape=*/2));
  return checked;
}

void replaceByBranch(ImportBuilder &b, IfOp branch, bool then) {
  Block &taken = (then ? branch.getThenBranch() : branch.getElseBranch()).front();
  Block *other = &(then ? branch.getElseBranch() : branch.getThenBranch()).front();
  if (taken.mightHaveTerminator())
    taken.getTerminator()->erase();
  branch->getBlock()->getOperations().splice(Block::iterator(branch), taken.getOperations());
  other->getParent()->getBlocks().remove(other);
  b.discarded.emplace_back(other);
  branch.erase();
}

SmallVector<Value> buildIf(ImportBuilder &b, NodeReader &n, Value condition, unsigned results,
                           BranchFunction then, BranchFunction otherwise) {
  if (b.failed)
    return {};
  SmallVector<Type> types(results, b.b.getNoneType());
  auto branch = IfOp::create(b.b, b.loc, types, condition);
  OpBuilder::InsertionGuard guard(b.b);
  SmallVector<Value> values[2];
  bool valid[2];
  onnx::Diagnostics &diagnostics = n.diagnostics();
  auto before = diagnostics.mark();
  for (int i = 0; i < 2; ++i) {
    Block &block = (i ? branch.getElseBranch() : branch.getThenBranch()).emplaceBlock();
    b.b.setInsertionPointToEnd(&block);
    values[i] = i ? otherwise() : then();
    valid[i] = !b.failed;
    // Invalid means errors alone: what is unsupported would be valid.
    if (b.failed && (!n.hasOtherShapes() ||
                     diagnostics.mark().unsupporteds != before.unsupporteds || (i && !valid[0])))
      return {};
    b.failed = false;
    if (!valid[i])
      continue;
    if (values[i].size() != results) {
      n.error("expected branches of " + Twine(results) + " outputs, but got " +
              Twine(values[i].size()));
      return {};
    }
    YieldOp::create(b.b, b.loc, values[i]);
  }
  if (valid[0] != valid[1]) {
    std::string why = firstError(diagnostics, before);
    diagnostics.takeBack(before);
    diagnostics.warning(n.node().describe(), (valid[0] ? "its else_branch" : "its then_branch") +
                                                 std::string(" has no run with the shapes given") +
                                                 why);
    Value condition = branch.getCondition();
    b.b.setInsertionPointAfter(branch);
    replaceByBranch(b, branch, valid[0]);
    return requireCondition(b, condition, valid[0], values[valid[0] ? 0 : 1]);
  }
  bool diverge = false;
  for (auto [x, y] : llvm::zip(values[0], values[1])) {
    if (!alike(b, n, x, y, "results of branches"))
      return {};
    diverge |= !sameRank(b, x, y);
  }
  if (diverge) {
    b.diverged = branch;
    return SmallVector<Value>(results);
  }
  if (!b.finish(branch))
    return {};
  return SmallVector<Value>(branch.getResults());
}

} // namespace ingot
