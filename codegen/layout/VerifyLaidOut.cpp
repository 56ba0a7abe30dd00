//===- VerifyLaidOut.cpp - the laid out form ------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/layout/Layout.h"
#include "codegen/lower/Contraction.h"
#include "ir/forms/Forms.h"
#include "ir/ops/Structure.h"

using namespace mlir;

namespace ingot {
#define GEN_PASS_DEF_VERIFYLAIDOUT
#include "codegen/layout/Layout.h.inc"

namespace {

constexpr StringLiteral form = "laid out";

/// One unit or permutation for each value.
LogicalResult checkOrders(KernelOp kernel, std::optional<ArrayAttr> orders, ValueRange values,
                          StringRef what) {
  if (!orders)
    return success();
  if (orders->size() != values.size())
    return breaks(kernel, form) << "expected an order for each of " << values.size() << " " << what
                                << "s, but got " << orders->size();
  for (auto [i, attribute, v] : llvm::enumerate(*orders, values)) {
    if (isa<UnitAttr>(attribute))
      continue;
    auto order = dyn_cast<DenseI64ArrayAttr>(attribute);
    auto type = dyn_cast<RankedTensorType>(v.getType());
    int64_t rank = type ? type.getRank() : 0;
    SmallVector<int64_t> sorted(order ? order.asArrayRef() : ArrayRef<int64_t>());
    llvm::sort(sorted);
    if (!order || rank < 3 || !llvm::equal(sorted, llvm::seq<int64_t>(0, rank)))
      return breaks(kernel, form) << "expected the order of " << what << " " << i
                                  << " to be a permutation of the dimensions of " << v.getType()
                                  << ", but got " << attribute;
  }
  return success();
}

class OrderChecks {
public:
  explicit OrderChecks(DimAnalysis &dims) : dims(dims) {}

  LogicalResult check(Operation *op) {
    auto kernel = dyn_cast<KernelOp>(op);
    if (!kernel)
      return checkOtherReader(op);
    if (failed(checkOrders(kernel, kernel.getOperandOrders(), kernel.getInputs(), "operand")) ||
        failed(checkOrders(kernel, kernel.getResultOrders(), kernel.getResults(), "result")))
      return failure();
    for (auto [i, v] : llvm::enumerate(kernel.getInputs()))
      if (!isSame(kernel.operandOrder(i), orderOf(v), v))
        return breaks(kernel, form) << "expected operand " << i << " in the order it was written: "
                                    << text(orderOf(v)) << ", but got "
                                    << text(kernel.operandOrder(i));
    if (failed(checkRowMajor(kernel)))
      return failure();
    for (Operation &inner : kernel.block())
      if (kernel.getDevice() == "cpu" && isTiledConvolution(kernel, &inner, dims))
        return checkConvolution(kernel, &inner);
    return success();
  }

private:
  /// How a value lies in memory.
  static SmallVector<int64_t> orderOf(Value v) {
    if (auto kernel = v.getDefiningOp<KernelOp>())
      return kernel.resultOrder(cast<OpResult>(v).getResultNumber());
    auto type = dyn_cast<RankedTensorType>(v.getType());
    return llvm::to_vector(llvm::seq<int64_t>(0, type ? type.getRank() : 0));
  }

  /// Whether the elements lie at the same places in either order.
  bool isSame(ArrayRef<int64_t> a, ArrayRef<int64_t> b, Value v) {
    auto counts = [&](int64_t d) { return !dims.dim(v, d).is(1); };
    return llvm::equal(llvm::make_filter_range(a, counts), llvm::make_filter_range(b, counts));
  }
  bool isPlain(ArrayRef<int64_t> order, Value v) {
    return isSame(order, llvm::to_vector(llvm::seq<int64_t>(0, order.size())), v);
  }

  static std::string text(ArrayRef<int64_t> order) {
    std::string s;
    llvm::raw_string_ostream os(s);
    llvm::interleaveComma(order, os << "[");
    return s + "]";
  }

  LogicalResult checkOtherReader(Operation *op) {
    for (auto [i, v] : llvm::enumerate(op->getOperands()))
      if (auto kernel = v.getDefiningOp<KernelOp>(); kernel && !isPlain(orderOf(v), v))
        return breaks(op, form) << "expected operand " << i << " in row-major order, but got "
                                << text(orderOf(v));
    return success();
  }

  LogicalResult checkRowMajor(KernelOp kernel) {
    StringRef anchor = kernel.getAnchor();
    if (anchor != "matmul" && anchor != "attention" && kernel.getDevice() == "cpu")
      return success();
    for (auto [i, v] : llvm::enumerate(kernel.getInputs()))
      if (!isPlain(kernel.operandOrder(i), v))
        return breaks(kernel, form) << "expected operand " << i << " in row-major order, but got "
                                    << text(kernel.operandOrder(i));
    for (auto [i, v] : llvm::enumerate(kernel.getResults()))
      if (!isPlain(kernel.resultOrder(i), v))
        return breaks(kernel, form) << "expected result " << i << " in row-major order, but got "
                                    << text(kernel.resultOrder(i));
    return success();
  }

  LogicalResult checkConvolution(KernelOp kernel, Operation *conv) {
    auto isChannelsLast = [&](ArrayRef<int64_t> order, Value v) {
      return isSame(order, channelsLast(order.size()), v);
    };
    if (auto image = dyn_cast<BlockArgument>(conv->getOperand(0)))
      if (unsigned i = image.getArgNumber(); !isChannelsLast(kernel.operandOrder(i), image))
        return breaks(kernel, form) << "expected the image, operand " << i
                                    << ", channels last, but got " << text(kernel.operandOrder(i));
    for (auto [i, v] : llvm::enumerate(kernel.getResults()))
      if (dims.rank(v) >= 3 && !isChannelsLast(kernel.resultOrder(i), v))
        return breaks(kernel, form) << "expected result " << i << " channels last, but got "
                                    << text(kernel.resultOrder(i));
    return success();
  }

  DimAnalysis &dims;
};

struct VerifyLaidOutPass : impl::VerifyLaidOutBase<VerifyLaidOutPass> {
  void runOnOperation() override {
    if (failed(verifyLaidOut(getOperation())))
      signalPassFailure();
    markAllAnalysesPreserved();
  }
};

} // namespace

LogicalResult verifyLaidOut(func::FuncOp function) {
  DimAnalysis dims;
  if (failed(verifyKernels(function, form, dims)))
    return failure();
  OrderChecks checks(dims);
  WalkResult result = function.walk<WalkOrder::PreOrder>([&](Operation *op) -> WalkResult {
    if (op == function)
      return WalkResult::advance();
    if (failed(checks.check(op)))
      return WalkResult::interrupt();
    return isa<KernelOp>(op) ? WalkResult::skip() : WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

} // namespace ingot
