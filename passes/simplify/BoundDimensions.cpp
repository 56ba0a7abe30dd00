//===- BoundDimensions.cpp - largest sizes of inputs that operators allow -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "passes/simplify/Simplify.h"
#include "mlir/IR/Builders.h"

using namespace mlir;

namespace ingot {
#define GEN_PASS_DEF_BOUNDDIMENSIONS
#include "passes/simplify/Simplify.h.inc"

namespace {

std::optional<AtomId> singleAtom(const Dim &d) {
  if (d.terms.size() != 1 || d.terms[0].coefficient != 1 || d.terms[0].atoms.size() != 1)
    return std::nullopt;
  return d.terms[0].atoms[0];
}

struct BoundDimensionsPass : impl::BoundDimensionsBase<BoundDimensionsPass> {
  void runOnOperation() override {
    DimAnalysis dims;
    if (failed(dims.run(getOperation())))
      return signalPassFailure();
    for (const DimAnalysis::Relation &relation : dims.relations)
      // Inside branches and loops nothing is known to run, and what nobody uses does not.
      if (relation.op->getBlock() == &getOperation().getBody().front() &&
          !relation.op->use_empty())
        bound(dims.space, relation);
    if (!implied.empty())
      getOperation()->setAttr("ingot.implied_limits",
                              ArrayAttr::get(&getContext(), implied));
  }

  /// min(size, limit) is size, or 1 where it stretches: since the limit is larger than 1, both say
  /// that size is at most limit.
  void bound(DimSpace &space, const DimAnalysis::Relation &relation) {
    auto cut = singleAtom(relation.dim), whole = singleAtom(relation.expected);
    if (!cut || !whole || space.info(*cut).kind != DimAtom::Min)
      return;
    const DimAtom &least = space.info(*cut);
    const Dim &limit = least.lhs.constant() ? least.lhs : least.rhs;
    const Dim &size = least.lhs.constant() ? least.rhs : least.lhs;
    if (size != relation.expected || limit.constant().value_or(0) <= 1)
      return;
    write(space.info(*whole), *limit.constant());
  }

  void write(DimAtom &symbol, int64_t limit) {
    auto argument = dyn_cast_or_null<BlockArgument>(symbol.value);
    if (symbol.kind != DimAtom::DimOf || symbol.name.empty() || symbol.upper <= limit ||
        !argument || argument.getOwner() != &getOperation().getBody().front())
      return;
    // How long an input may be says little of how long it will be: a table may have room for far
    // more than memory has. What the user said stays a size to plan for.
    if (symbol.upper == INT64_MAX)
      implied.push_back(StringAttr::get(&getContext(), symbol.name));
    symbol.upper = limit;
    auto names = getOperation().getArgAttrOfType<ArrayAttr>(argument.getArgNumber(), "ingot.dims");
    SmallVector<Attribute> all(names.begin(), names.end());
    std::string text = symbol.name + ":" + std::to_string(std::max<int64_t>(symbol.lower, 0)) +
                       ".." + std::to_string(limit);
    all[symbol.index] = StringAttr::get(&getContext(), text);
    getOperation().setArgAttr(argument.getArgNumber(), "ingot.dims",
                              ArrayAttr::get(&getContext(), all));
  }

  SmallVector<Attribute> implied;
};

} // namespace
} // namespace ingot
