//===- Guards.cpp - relations between dimensions, checked when a run knows them -------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/plan/ProgramBuilder.h"
#include "ir/NodeName.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace ingot {

static bool isInKernel(Value v) { return isa<KernelOp>(v.getParentBlock()->getParentOp()); }

/// Sorts what the analysis took for granted: relations of what always runs between sizes of the
/// inputs are checked before the run, all others right before the kernel that relies on them. What
/// only dead code needs is not checked; data that only a check reads must be in memory too.
void ProgramBuilder::collectGuards() {
  auto isSame = [](const DimAnalysis::Relation &a, const DimAnalysis::Relation &b) {
    return a.dim == b.dim && a.expected == b.expected && a.stretches == b.stretches;
  };
  auto runner = [&](Operation *op) -> Operation * {
    auto kernel = launches.count(op) ? KernelOp() : op->getParentOfType<KernelOp>();
    return kernel ? kernel : op;
  };
  // A window that is larger than what it slides over leaves less than nothing.
  SmallVector<DimAnalysis::Relation, 0> relations(dims.relations.begin(), dims.relations.end());
  source.walk([&](Operation *op) {
    for (Value v : op->getResults())
      for (const Dim &d : dims.dims(v))
        if (Dim least = dims.space.max(d, 0); least != d && !d.constant())
          relations.push_back({op, d, least, false});
  });
  // What is needed for one check may need another.
  for (size_t before = 0; before != needed.size();) {
    before = needed.size();
    for (const DimAnalysis::Relation &relation : relations) {
      if (!isStep(runner(relation.op)))
        continue;
      SmallVector<AtomId> ids;
      dims.space.collectSymbols(relation.dim, ids);
      dims.space.collectSymbols(relation.expected, ids);
      for (AtomId id : ids)
        if (Value v = dims.space.info(id).value; !isInKernel(v))
          need(v);
    }
  }
  for (const DimAnalysis::Relation &relation : relations) {
    Operation *owner = runner(relation.op);
    if (!isStep(owner))
      continue;
    bool isEntry = classify(relation.dim) != DimClass::Born &&
                   classify(relation.expected) != DimClass::Born &&
                   owner->getBlock() == &source.getBody().front();
    auto &list = isEntry ? entryGuards : launchGuards[owner];
    if (llvm::none_of(list, [&](auto &known) { return isSame(known, relation); }))
      list.push_back(relation);
  }
  entry.needsRuntime |= !launchGuards.empty();
}

/// "node 'add' …: dimension 'rows' must be 1 or 'batch'".
static std::string describe(DimSpace &space, const DimAnalysis::Relation &relation) {
  std::string where = nodeName(relation.op->getLoc(), "").str();
  if (!where.empty())
    where += ": ";
  auto text = [&](const Dim &d) {
    std::string s = space.str(d);
    return s.size() > 60 ? s.substr(0, 60) + "…" : s;
  };
  if (relation.expected == space.max(relation.dim, 0))
    return where + "dimension " + text(relation.dim) + " must not be negative";
  // The smaller or larger of it and another is a bound.
  if (const Dim &e = relation.expected;
      e.terms.size() == 1 && e.terms[0].coefficient == 1 && e.terms[0].atoms.size() == 1) {
    const DimAtom &bound = space.info(e.terms[0].atoms[0]);
    bool isLeft = bound.lhs == relation.dim, isMin = bound.kind == DimAtom::Min;
    if ((isMin || bound.kind == DimAtom::Max) && (isLeft || bound.rhs == relation.dim))
      return where + "dimension " + text(relation.dim) + " must be at " +
             (isMin ? "most " : "least ") + text(isLeft ? bound.rhs : bound.lhs);
  }
  return where + "dimension " + text(relation.dim) + " must be " +
         (relation.stretches ? "1 or " : "") + text(relation.expected);
}

void ProgramBuilder::emitGuard(const DimAnalysis::Relation &relation, int32_t status) {
  auto differs = [&](Value x, Value y) -> Value {
    return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, x, y);
  };
  Value size = emit(relation.dim);
  Value wrong = differs(size, emit(relation.expected));
  if (relation.stretches)
    wrong = arith::AndIOp::create(b, loc, wrong, differs(size, i64(1)));
  fail(wrong, status, describe(dims.space, relation));
}

/// The entry point's `guard`, see abi.h.
void ProgramBuilder::emitEntryGuards() {
  if (entryGuards.empty())
    return;
  entry.guard = "guard_" + entry.name;
  auto f = startFunction(entry.guard, {ptr, ptr}, {b.getI32Type()});
  host = f.getArgument(0);
  symbols = f.getArgument(1);
  declareSymbols();
  for (const DimAnalysis::Relation &relation : entryGuards)
    emitGuard(relation, INGOT_GUARD_FAILED);
  Value ok = arith::ConstantIntOp::create(b, loc, INGOT_OK, 32);
  func::ReturnOp::create(b, loc, ok);
}

/// Whether a size can be computed here: not where it is data of a kernel's inside or of a GPU, nor
/// before the step that makes it.
bool ProgramBuilder::isAvailable(const Dim &d) {
  SmallVector<AtomId> ids;
  dims.space.collectSymbols(d, ids);
  return llvm::all_of(ids, [&](AtomId id) {
    const DimAtom &atom = dims.space.info(id);
    if (values.count(id))
      return true;
    if (atom.kind != DimAtom::ElementOf || isInKernel(atom.value) || liesOnGpu(atom.value))
      return false;
    Operation *def = atom.value.getDefiningOp();
    return !def || !step.count(def) || pointers.lookup(atom.value);
  });
}

void ProgramBuilder::emitLaunchGuards(Operation *op) {
  auto it = launchGuards.find(op);
  if (it == launchGuards.end())
    return;
  for (const DimAnalysis::Relation &relation : it->second)
    if (isAvailable(relation.dim) && isAvailable(relation.expected))
      emitGuard(relation, INGOT_RUN_DIMENSION);
}

/// The value in floating point, where a product of sizes cannot wrap around.
Value ProgramBuilder::emitReal(const Dim &d) {
  auto real = [&](Value v) -> Value {
    return arith::SIToFPOp::create(b, loc, b.getF64Type(), v);
  };
  Value sum = real(i64(0));
  for (const DimTerm &t : d.terms) {
    Value product = real(i64(t.coefficient));
    for (AtomId id : t.atoms)
      product = arith::MulFOp::create(b, loc, product, real(emitAtom(id)));
    sum = arith::AddFOp::create(b, loc, sum, product);
  }
  return sum;
}

/// Whether a size leaves 62 bits, by its value in floating point.
Value ProgramBuilder::isHuge(Value real) {
  Value limit = arith::ConstantFloatOp::create(b, loc, b.getF64Type(), llvm::APFloat(0x1p62));
  Value least = arith::NegFOp::create(b, loc, limit);
  Value above = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UGT, real, limit);
  Value below = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::ULT, real, least);
  return arith::OrIOp::create(b, loc, above, below);
}

} // namespace ingot
