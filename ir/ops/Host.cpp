//===- Host.cpp - what the runtime computes ------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Host.h"
#include "mlir/IR/OpImplementation.h"

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Host.cpp.inc"

void IngotDialect::registerHostOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Host.cpp.inc"
      >();
}

LogicalResult HostCallOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  if (getTypes().size() != getNumResults() || getShapes().size() != getNumResults())
    return emitError("expected a type and a shape for each of ") << getNumResults() << " results";
  for (unsigned i = 0; i < getNumResults(); ++i) {
    TensorInfo r;
    Type type = cast<TypeAttr>(getTypes()[i]).getValue();
    int64_t like = getShapes()[i];
    if (auto tensor = dyn_cast<RankedTensorType>(type)) {
      r.elementType = tensor.getElementType();
      if (like == -2) {
        SmallVector<ArrayRef<Dim>> shapes;
        for (Value v : getInputs())
          dims.info(v);
        for (Value v : getInputs())
          shapes.push_back(dims.dims(v));
        if (failed(dims.broadcast(*this, shapes, r.dims)))
          return failure();
      } else if (like >= 0 && like < (int64_t)getInputs().size()) {
        r.dims = llvm::to_vector(dims.dims(getInputs()[like]));
      } else {
        for (auto [d, size] : llvm::enumerate(tensor.getShape()))
          r.dims.push_back(ShapedType::isDynamic(size) ? dims.space.symbolDim(getResult(i), d)
                                                       : Dim(size));
      }
      if ((int64_t)r.dims.size() != tensor.getRank())
        return emitError("expected operands of rank ") << tensor.getRank() << ", but got "
                                                       << r.dims.size();
    } else {
      r.otherType = type;
    }
    results.push_back(std::move(r));
  }
  return success();
}
