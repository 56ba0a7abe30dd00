//===- FoldConstants.cpp - computes what depends on constants only -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ConstantView.h"
#include "ir/Evaluator.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Quantize.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/simplify/Simplify.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace ingot {
#define GEN_PASS_DEF_FOLDCONSTANTS
#include "passes/simplify/Simplify.h.inc"

namespace {

/// Finds the values to compute. An operator is known when its operands are; of those the last ones
/// before the rest of the graph are folded, but for views, which cost nothing and often share their
/// operand with others, and for what would outgrow its operands. A convolution packs its weights
/// from a constant alone, so views of those are folded.
class Frontier {
public:
  explicit Frontier(bool dequantize) : dequantize(dequantize) {}

  void find(func::FuncOp function) {
    function.walk([&](Operation *op) {
      if (isKnown(op))
        known.insert(op);
    });
    function.walk([&](Operation *op) {
      if (!known.contains(op))
        for (Value operand : op->getOperands())
          need(operand);
    });
  }

  ArrayRef<Value> values() const { return folded.getArrayRef(); }

private:
  bool isKnown(Operation *op) const {
    // An operand left out hides nothing.
    if (isa<ConstantOp, NoneOp>(op))
      return true;
    if (op->getNumRegions() || op->getNumOperands() == 0 || !isMemoryEffectFree(op))
      return false;
    if (!isa_and_nonnull<IngotDialect>(op->getDialect()) || (!dequantize && isa<DequantizeOp>(op)))
      return false;
    // Strings are read by the host's functions, which compute at run time.
    for (Value operand : op->getOperands())
      if (Operation *def = operand.getDefiningOp();
          !def || !known.contains(def) || isString(getElementTypeOrSelf(operand.getType())))
        return false;
    for (Type type : op->getResultTypes()) {
      auto tensor = dyn_cast<RankedTensorType>(type);
      if (!tensor || !tensor.hasStaticShape() || isa<StringType>(tensor.getElementType()) ||
          isHuge(tensor))
        return false;
    }
    return true;
  }

  /// More than any weight of a real model: a kilobyte of file can ask for terabytes, which the
  /// compiler must neither make nor walk over. Such values are left to the run.
  static bool isHuge(RankedTensorType type) {
    double elements = 1;
    for (int64_t size : type.getShape())
      elements *= size;
    return elements > 1 << 28;
  }

  void need(Value reader) {
    SmallVector<Value> work{reader};
    while (!work.empty()) {
      Value v = work.pop_back_val();
      Operation *op = v.getDefiningOp();
      if (!op || !known.contains(op) || isa<ConstantOp, NoneOp>(op) || !visited.insert(v).second)
        continue;
      if (isWindow(v) || (!isa<ViewOp>(op) && !outgrows(v)))
        folded.insert(v);
      else
        for (Value operand : llvm::reverse(op->getOperands()))
          work.push_back(operand);
    }
  }

  static bool isWindow(Value v) {
    return llvm::any_of(v.getUsers(), [&](Operation *user) {
      return isa<ConvolutionOp>(user) && cast<ContractionOp>(user).weights() == v;
    });
  }

  static double bytes(Value v) {
    auto type = dyn_cast<RankedTensorType>(v.getType());
    if (!type)
      return 0;
    Type element = type.getElementType();
    if (auto complex = dyn_cast<ComplexType>(element))
      return 2.0 * complex.getElementType().getIntOrFloatBitWidth() * type.getNumElements() / 8;
    return (double)element.getIntOrFloatBitWidth() * type.getNumElements() / 8;
  }

  /// A table made of a few numbers is better made again; the operands of products are packed, so
  /// they must be constants whatever their size.
  bool outgrows(Value v) const {
    double limit = 64 << 10;
    for (Value operand : v.getDefiningOp()->getOperands())
      limit += 2 * bytes(operand);
    return bytes(v) > limit && !feedsProduct(v);
  }

  static bool feedsProduct(Value value) {
    SmallVector<Value> work{value};
    llvm::DenseSet<Value> seen;
    while (!work.empty()) {
      Value v = work.pop_back_val();
      if (!seen.insert(v).second)
        continue;
      for (Operation *user : v.getUsers()) {
        if (isa<ContractionOp>(user))
          return true;
        if (isa<ViewOp>(user) && user->getOperand(0) == v)
          work.push_back(user->getResult(0));
      }
    }
    return false;
  }

  bool dequantize;
  llvm::SmallPtrSet<Operation *, 32> known;
  llvm::DenseSet<Value> visited;
  llvm::SetVector<Value> folded;
};

/// One module with everything that `values` need, which its function returns.
OwningOpRef<ModuleOp> extract(ArrayRef<Value> values, MLIRContext *context) {
  OpBuilder b(context);
  Location loc = b.getUnknownLoc();
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  b.setInsertionPointToEnd(module->getBody());
  SmallVector<Type> types(ValueRange(values).getTypes());
  auto function = func::FuncOp::create(b, loc, "main", b.getFunctionType({}, types));
  for (size_t i = 0; i < values.size(); ++i)
    function.setResultAttr(i, "ingot.name", b.getStringAttr("v" + Twine(i)));
  b.setInsertionPointToStart(function.addEntryBlock());
  IRMapping map;
  // Operands first, without recursion: chains may be long.
  SmallVector<Operation *> stack;
  for (Value v : llvm::reverse(values))
    stack.push_back(v.getDefiningOp());
  llvm::SmallPtrSet<Operation *, 32> done;
  while (!stack.empty()) {
    Operation *op = stack.back();
    size_t height = stack.size();
    if (!done.contains(op))
      for (Value operand : op->getOperands())
        if (!done.contains(operand.getDefiningOp()))
          stack.push_back(operand.getDefiningOp());
    if (stack.size() > height)
      continue;
    stack.pop_back();
    if (done.insert(op).second)
      b.clone(*op, map);
  }
  SmallVector<Value> results;
  for (Value v : values)
    results.push_back(map.lookup(v));
  func::ReturnOp::create(b, loc, results);
  return module;
}

struct FoldConstantsPass : impl::FoldConstantsBase<FoldConstantsPass> {
  using FoldConstantsBase::FoldConstantsBase;

  void runOnOperation() override {
    MLIRContext *context = &getContext();
    auto *evaluator =
        context->getLoadedDialect<IngotDialect>()->getRegisteredInterface<Evaluator>();
    Frontier frontier(dequantize);
    for (auto function : getOperation().getOps<func::FuncOp>())
      frontier.find(function);
    SmallVector<Value> values(frontier.values());
    if (!evaluator || values.empty())
      return;
    OwningOpRef<ModuleOp> module = extract(values, context);
    std::string why;
    auto results = evaluator->evaluate(*module, why);
    if (failed(results)) {
      getOperation().emitRemark() << "constants are computed at run time: " << why;
      return;
    }
    for (auto [v, bytes] : llvm::zip_equal(values, *results)) {
      Operation *op = v.getDefiningOp();
      OpBuilder b(op);
      v.replaceAllUsesWith(
          createConstant(b, op->getLoc(), cast<RankedTensorType>(v.getType()), bytes));
    }
    folded += values.size();
    SmallVector<Operation *> operators;
    getOperation().walk([&](Operation *op) { operators.push_back(op); });
    for (Operation *op : llvm::reverse(operators))
      if (isOpTriviallyDead(op))
        op->erase();
  }
};

} // namespace
} // namespace ingot
