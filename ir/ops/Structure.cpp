//===- Structure.cpp - kernels: what runs as one launch --------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Structure.h"
#include "mlir/IR/OpImplementation.h"

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Structure.cpp.inc"

void IngotDialect::registerStructureOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Structure.cpp.inc"
      >();
}

LogicalResult KernelOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  for (auto [outer, inner] : llvm::zip(getInputs(), block().getArguments()))
    dims.set(inner, dims.info(outer));
  if (failed(dims.visitBlock(block())))
    return failure();
  for (auto [i, v] : llvm::enumerate(yield()->getOperands())) {
    TensorInfo info = dims.info(v);
    // Outside, what is computed in here is known by the kernel's result alone, and only integers
    // can be read from there.
    if (info.elements) {
      bool readable = true;
      for (auto [k, element] : llvm::enumerate(*info.elements)) {
        SmallVector<AtomId> symbols;
        dims.space.collectSymbols(element, symbols);
        if (llvm::any_of(symbols, [&](AtomId id) {
              return dims.space.info(id).value.getParentBlock() == &block();
            })) {
          readable = isa<IntegerType>(info.elementType);
          if (readable)
            element = dims.space.symbolElement(getResult(i), k);
        }
        if (!readable)
          break;
      }
      if (!readable)
        info.elements.reset();
    }
    results.push_back(std::move(info));
  }
  return success();
}

static SmallVector<int64_t> orderOf(std::optional<ArrayAttr> orders, unsigned i, Type type) {
  if (orders)
    if (auto order = dyn_cast<DenseI64ArrayAttr>((*orders)[i]))
      return llvm::to_vector(order.asArrayRef());
  auto tensor = dyn_cast<RankedTensorType>(type);
  return llvm::to_vector(llvm::seq<int64_t>(0, tensor ? tensor.getRank() : 0));
}

SmallVector<int64_t> KernelOp::operandOrder(unsigned i) {
  return orderOf(getOperandOrders(), i, getInputs()[i].getType());
}
SmallVector<int64_t> KernelOp::resultOrder(unsigned i) {
  return orderOf(getResultOrders(), i, getResult(i).getType());
}
