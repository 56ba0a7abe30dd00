//===- RefineShapes.cpp - writes the dimension analysis into the types --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ConstantView.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Structure.h"
#include "mlir/Transforms/RegionUtils.h"
#include "passes/simplify/Simplify.h"

using namespace mlir;

namespace ingot {
#define GEN_PASS_DEF_REFINESHAPES
#include "passes/simplify/Simplify.h.inc"

namespace {

/// The value as a constant of its type, when all its elements are known numbers.
ConstantOp asConstant(OpBuilder &b, Value v, DimAnalysis &dims) {
  auto values = dims.constants(v);
  auto type = dyn_cast<RankedTensorType>(v.getType());
  if (!values || !type || !type.hasStaticShape() || packing(type.getElementType()) > 1)
    return {};
  // Floats that hold sizes (scales of Resize) are left to run-time arithmetic but for the common two.
  Type element = type.getElementType();
  if (isa<FloatType>(element) && !element.isF32() && !element.isF64())
    return {};
  SmallVector<char> bytes;
  unsigned width = storageBits(type.getElementType()) / 8;
  for (int64_t value : *values) {
    if (element.isF32())
      value = llvm::bit_cast<int32_t>((float)value);
    else if (element.isF64())
      value = llvm::bit_cast<int64_t>((double)value);
    for (unsigned i = 0; i < width; ++i)
      bytes.push_back((char)((uint64_t)value >> (8 * i)));
  }
  return createConstant(b, v.getLoc(), type, bytes);
}

struct RefineShapesPass : impl::RefineShapesBase<RefineShapesPass> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    DimAnalysis dims;
    if (failed(dims.run(function)))
      return signalPassFailure();
    SmallVector<std::pair<Value, Value>> constants;
    function.walk([&](Operation *op) {
      if (op != function)
        for (Region &region : op->getRegions())
          for (BlockArgument v : region.getArguments())
            v.setType(dims.info(v).type());
      for (Value v : op->getResults()) {
        Type refined = dims.info(v).type();
        if (isa<RankedTensorType>(v.getType()) && refined != v.getType())
          v.setType(refined);
        if (isa<ConstantOp>(op) || op->getNumRegions() || v.use_empty())
          continue;
        OpBuilder b(op);
        if (ConstantOp constant = asConstant(b, v, dims))
          constants.push_back({v, constant.getResult()});
      }
    });
    for (auto [old, fresh] : constants)
      old.replaceAllUsesWith(fresh);
    // The function's type follows what it returns.
    Operation *terminator = function.getBody().front().getTerminator();
    function.setFunctionType(FunctionType::get(&getContext(), function.getArgumentTypes(),
                                               terminator->getOperandTypes()));
    IRRewriter rewriter(&getContext());
    (void)runRegionDCE(rewriter, function->getRegions());
  }
};

} // namespace
} // namespace ingot
