//===- Fuse.cpp - turning groups of operators into kernels -------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "passes/fuse/Fuse.h"
#include "ir/ConstantView.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Control.h"
#include "ir/ops/Host.h"
#include "ir/ops/Movement.h"
#include "ir/ops/Structure.h"
#include "mlir/Analysis/TopologicalSortUtils.h"
#include "passes/fuse/Groups.h"

using namespace mlir;

namespace ingot {
#define GEN_PASS_DEF_FUSEKERNELS
#include "passes/fuse/Fuse.h.inc"

namespace {

/// Builds the kernel of one group.
class KernelBuilder {
public:
  KernelBuilder(Grouping &grouping, unsigned index, Block &block)
      : grouping(grouping), index(index), group(grouping.groups[index]), block(block) {}

  void build() {
    for (Operation *op : group.ops)
      for (Value v : op->getResults())
        // A body writes all its results, read or not.
        if (isa<BodyOp>(op) ||
            llvm::any_of(v.getUsers(), [&](Operation *u) { return !inside(u) && !isPulled(u, v); }))
          results.push_back(v);
    OpBuilder b(block.getTerminator());
    Location loc = group.anchor ? group.anchor->getLoc() : group.ops.back()->getLoc();
    Block *body = new Block;
    b.setInsertionPointToStart(body);
    for (Operation *op : group.ops)
      cloneInto(b, op);
    SmallVector<Value> yielded;
    SmallVector<Type> types;
    for (Value v : results) {
      yielded.push_back(mapping.lookup(v));
      types.push_back(v.getType());
    }
    YieldOp::create(b, loc, yielded);
    b.setInsertionPoint(block.getTerminator());
    StringRef anchor = group.anchor ? group.anchor->getName().stripDialect() : "none";
    kernel = KernelOp::create(b, loc, types, operands, b.getStringAttr(anchor),
                              b.getStringAttr("cpu"), ArrayAttr(), ArrayAttr());
    kernel.getBody().push_back(body);
    for (auto [old, fresh] : llvm::zip(results, kernel.getResults()))
      replacements.push_back({old, fresh});
  }

  KernelOp kernel;
  SmallVector<std::pair<Value, Value>> replacements;

private:
  bool inside(Operation *op) {
    auto it = grouping.groupOf.find(op);
    return it != grouping.groupOf.end() && it->second == index;
  }
  /// A movement operator outside all groups is cloned by its readers; the value must be stored if
  /// any of those lies outside this group.
  bool isPulled(Operation *user, Value v) {
    if (grouping.groupOf.count(user) || grouping.role(user) != FusionRole::Movement)
      return false;
    return llvm::all_of(user->getUsers(),
                        [&](Operation *u) { return inside(u) || isPulled(u, user->getResult(0)); });
  }

  Value operand(OpBuilder &b, Value v) {
    if (Value known = mapping.lookupOrNull(v))
      return known;
    Operation *def = v.getDefiningOp();
    // Scalars become immediates; rearrangements that nobody stores are repeated here.
    if (auto constant = dyn_cast_or_null<ConstantOp>(def);
        constant && constant.tensorType().getNumElements() == 1 &&
        !isString(constant.tensorType().getElementType())) {
      Value fresh = b.clone(*constant)->getResult(0);
      mapping.map(v, fresh);
      return fresh;
    }
    if (isa_and_nonnull<NoneOp>(def)) {
      Value fresh = b.clone(*def)->getResult(0);
      mapping.map(v, fresh);
      return fresh;
    }
    if (def && def->getBlock() == &block && !grouping.groupOf.count(def) &&
        grouping.role(def) == FusionRole::Movement) {
      cloneInto(b, def);
      return mapping.lookup(v);
    }
    operands.push_back(v);
    Value argument = b.getInsertionBlock()->addArgument(v.getType(), v.getLoc());
    mapping.map(v, argument);
    return argument;
  }

  void cloneInto(OpBuilder &b, Operation *op) {
    for (Value v : op->getOperands())
      operand(b, v);
    b.clone(*op, mapping);
  }

  Grouping &grouping;
  unsigned index;
  Group &group;
  Block &block;
  IRMapping mapping;
  SmallVector<Value> operands, results;
};

struct FuseKernelsPass : impl::FuseKernelsBase<FuseKernelsPass> {
  void runOnOperation() override {
    DimAnalysis dims;
    if (failed(dims.run(getOperation())))
      return signalPassFailure();
    for (Block &block : getOperation().getBody())
      if (failed(fuseBlock(block, dims)))
        return signalPassFailure();
  }
};

/// What the function returns must be a kernel's own result: anything else is copied by one, save for
/// what the program itself copies, the results of control flow and of the host.
void storeReturnedValues(Block &block) {
  Operation *terminator = block.getTerminator();
  if (isa<YieldOp>(terminator))
    return;
  llvm::DenseSet<Value> seen;
  for (OpOperand &use : terminator->getOpOperands()) {
    Value v = use.get();
    auto tensor = dyn_cast<RankedTensorType>(v.getType());
    if (!tensor || isString(tensor.getElementType()))
      continue;
    Operation *def = v.getDefiningOp();
    if (def && ((isa<KernelOp>(def) && seen.insert(v).second) ||
                isa<IfOp, LoopOp, HostCallOp>(def)))
      continue;
    OpBuilder b(terminator);
    auto kernel =
        KernelOp::create(b, terminator->getLoc(), TypeRange{v.getType()}, ValueRange{v},
                         b.getStringAttr("none"), b.getStringAttr("cpu"), ArrayAttr(), ArrayAttr());
    Block &body = kernel.getBody().emplaceBlock();
    body.addArgument(v.getType(), v.getLoc());
    b.setInsertionPointToStart(&body);
    YieldOp::create(b, v.getLoc(), body.getArguments());
    use.set(kernel.getResult(0));
  }
}

/// A concatenation is one decision per operand in one kernel: of many operands, a few at a time are
/// put together first.
LogicalResult splitConcatenations(Block &block, DimAnalysis &dims) {
  constexpr size_t most = 64;
  for (Operation &op : llvm::make_early_inc_range(block)) {
    auto concat = dyn_cast<ConcatOp>(op);
    if (!concat || concat.getInputs().size() <= most || fusionRole(&op) == FusionRole::None)
      continue;
    OpBuilder b(concat);
    SmallVector<Value> parts(concat.getInputs());
    while (parts.size() > most) {
      SmallVector<Value> joined;
      for (ArrayRef<Value> rest = parts; !rest.empty();
           rest = rest.drop_front(std::min(most, rest.size()))) {
        ArrayRef<Value> some = rest.take_front(most);
        if (some.size() == 1) {
          joined.push_back(some[0]);
          continue;
        }
        OperationState state(op.getLoc(), op.getName(), some, op.getResultTypes(), op.getAttrs());
        Operation *part = b.create(state);
        if (failed(dims.visit(part)))
          return failure();
        part->getResult(0).setType(dims.info(part->getResult(0)).type());
        joined.push_back(part->getResult(0));
      }
      parts = joined;
    }
    concat->setOperands(parts);
  }
  return success();
}

} // namespace

LogicalResult fuseBlock(Block &block, DimAnalysis &dims) {
  for (Operation &op : block)
    if (!isa<KernelOp>(op))
      for (Region &region : op.getRegions())
        for (Block &inner : region)
          if (failed(fuseBlock(inner, dims)))
            return failure();
  if (failed(splitConcatenations(block, dims)))
    return failure();
  Grouping grouping(block, dims);
  grouping.run();
  SmallVector<std::pair<Value, Value>> replacements;
  for (unsigned i = 0; i < grouping.groups.size(); ++i) {
    if (grouping.groups[i].dead)
      continue;
    KernelBuilder builder(grouping, i, block);
    builder.build();
    if (builder.replacements.empty())
      builder.kernel.erase();
    else
      llvm::append_range(replacements, builder.replacements);
  }
  for (auto [old, fresh] : replacements) {
    dims.set(fresh, dims.info(old));
    old.replaceAllUsesWith(fresh);
  }
  // Operators whose results are known stay (the planner may need them as data); all others are now
  // in kernels.
  bool changed = true;
  while (changed) {
    changed = false;
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
      if (op.use_empty() && isMemoryEffectFree(&op) && !op.hasTrait<OpTrait::IsTerminator>()) {
        op.erase();
        changed = true;
      }
  }
  storeReturnedValues(block);
  sortTopologically(&block);
  return success();
}

} // namespace ingot
