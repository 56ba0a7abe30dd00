//===- Tensors.cpp - what holds in every form on tensors ----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/forms/Tensors.h"
#include "ir/ConstantView.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Control.h"
#include "ir/ops/Program.h"
#include "ir/ops/Structure.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

namespace ingot {

InFlightDiagnostic breaks(Operation *op, StringRef form) {
  return op->emitOpError("breaks the ") << form << " form: ";
}

static bool isValueType(Type type) {
  return isa<RankedTensorType, NoneType, SequenceType, OptionalType, MapType>(type);
}

LogicalResult checkStructure(func::FuncOp function, StringRef form) {
  if (!function.getBody().hasOneBlock())
    return breaks(function, form) << "expected one block";
  WalkResult result = function.walk([&](Operation *op) -> WalkResult {
    if (op == function)
      return WalkResult::advance();
    if (!isa_and_nonnull<IngotDialect>(op->getDialect()) && !isa<func::ReturnOp>(op))
      return breaks(op, form) << "expected operators of the ingot dialect alone";
    if (isa<YieldOp>(op) && !isa<IfOp, LoopOp, KernelOp>(op->getParentOp()))
      return breaks(op, form) << "expected to end a branch, a loop or a kernel";
    for (Region &region : op->getRegions())
      if (!region.hasOneBlock() || region.front().empty() || !isa<YieldOp>(region.front().back()))
        return breaks(op, form) << "expected regions of one block that ends with yield";
    for (Value v : op->getResults())
      if (!isValueType(v.getType()))
        return breaks(op, form) << "expected results of static rank, but got " << v.getType();
    return WalkResult::advance();
  });
  if (result.wasInterrupted())
    return failure();
  if (!isa<func::ReturnOp>(function.getBody().front().getTerminator()))
    return breaks(function, form) << "expected to end with return";
  for (BlockArgument argument : function.getArguments()) {
    unsigned i = argument.getArgNumber();
    if (!isValueType(argument.getType()))
      return breaks(function, form)
             << "expected input " << i << " of static rank, but got " << argument.getType();
    auto dims = function.getArgAttrOfType<ArrayAttr>(i, "ingot.dims");
    auto tensor = dyn_cast<RankedTensorType>(argument.getType());
    if (dims && (int64_t)dims.size() != (tensor ? tensor.getRank() : 0))
      return breaks(function, form) << "expected ingot.dims of input " << i
                                    << " to have one entry for each dimension of "
                                    << argument.getType();
  }
  return success();
}

LogicalResult checkNothingFused(func::FuncOp function, StringRef form) {
  WalkResult result = function.walk([&](Operation *op) -> WalkResult {
    if (isa<KernelOp, TransferOp, LaunchOp, CopyOp>(op))
      return breaks(op, form) << "expected nothing of later forms";
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

/// Compares a value's type with what inference says of it.
static LogicalResult checkType(Operation *op, StringRef form, Value v, Types types,
                               DimAnalysis &dims) {
  Type inferred = dims.info(v).type(), written = v.getType();
  if (inferred == written)
    return success();
  auto a = dyn_cast<RankedTensorType>(inferred), b = dyn_cast<RankedTensorType>(written);
  bool agree = a && b && a.getElementType() == b.getElementType() && a.getRank() == b.getRank() &&
               succeeded(verifyCompatibleShape(a.getShape(), b.getShape()));
  if (agree && types == Types::Consistent)
    return success();
  return breaks(op, form) << "expected type " << inferred << ", but got " << written;
}

LogicalResult checkTypes(func::FuncOp function, StringRef form, Types types, DimAnalysis &dims) {
  if (failed(dims.run(function)))
    return failure();
  WalkResult result = function.walk([&](Operation *op) -> WalkResult {
    if (op == function)
      return WalkResult::advance();
    for (Value v : op->getResults())
      if (failed(checkType(op, form, v, types, dims)))
        return WalkResult::interrupt();
    for (Region &region : op->getRegions())
      for (Value v : region.getArguments())
        if (failed(checkType(op, form, v, types, dims)))
          return WalkResult::interrupt();
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

static LogicalResult checkConstant(ConstantOp op, StringRef form) {
  RankedTensorType type = op.tensorType();
  if (!type.hasStaticShape())
    return breaks(op, form) << "expected static dimensions, but got " << type;
  int64_t count = type.getNumElements();
  if (isString(type.getElementType())) {
    auto strings = dyn_cast<ArrayAttr>(op.getValue());
    if (!strings || (int64_t)strings.size() != count)
      return breaks(op, form) << "expected " << count << " strings";
    return success();
  }
  static constexpr int64_t mostInline = 1024;
  unsigned packed = packing(type.getElementType());
  int64_t bytes = packed > 1 ? (int64_t)llvm::divideCeil(count, packed)
                             : count * storageBits(type.getElementType()) / 8;
  auto value = dyn_cast<ElementsAttr>(op.getValue());
  if (!value || !value.getElementType().isInteger(8) || value.getNumElements() != bytes)
    return breaks(op, form) << "expected " << bytes << " bytes, but got " << op.getValue();
  if (bytes <= mostInline && !isa<DenseIntElementsAttr>(value))
    return breaks(op, form) << "expected a dense attribute of " << bytes << " bytes";
  // A dense attribute that repeats one byte holds no more than that.
  if (auto dense = dyn_cast<DenseElementsAttr>(value);
      bytes > mostInline && dense && !dense.isSplat())
    return breaks(op, form) << "expected a resource of " << bytes << " bytes";
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value))
    if (AsmResourceBlob *blob = resource.getRawHandle().getBlob();
        !blob || (int64_t)blob->getData().size() != bytes)
      return breaks(op, form) << "expected a resource of " << bytes << " bytes";
  return success();
}

LogicalResult checkConstants(func::FuncOp function, StringRef form) {
  WalkResult result = function.walk([&](ConstantOp op) -> WalkResult {
    return WalkResult(checkConstant(op, form));
  });
  return failure(result.wasInterrupted());
}

} // namespace ingot
