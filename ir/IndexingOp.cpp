//===- IndexingOp.cpp - operators that take positions from data ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/IndexingOp.h"
#include "ir/ops/Cast.h"
#include "ir/ops/Index.h"
#include "ir/ops/Movement.h"
#include "ir/ops/Structure.h"

using namespace mlir;

#include "ir/IndexingOp.cpp.inc"

namespace ingot {

/// Whether every value of `from` has the same value in `to`.
static bool widens(Type from, Type to) {
  if (!isInteger(from) || !isInteger(to))
    return false;
  unsigned own = from.getIntOrFloatBitWidth(), wide = to.getIntOrFloatBitWidth();
  return isUnsigned(from) == isUnsigned(to) ? own <= wide : isUnsigned(from) && own < wide;
}

Value sourceOfPositions(Value tensor) {
  while (true) {
    if (auto argument = dyn_cast<BlockArgument>(tensor)) {
      auto kernel = dyn_cast<KernelOp>(argument.getOwner()->getParentOp());
      return kernel ? kernel.getInputs()[argument.getArgNumber()] : tensor;
    }
    auto elementType = [](Value v) { return cast<ShapedType>(v.getType()).getElementType(); };
    if (auto reshape = tensor.getDefiningOp<ReshapeOp>())
      tensor = reshape.getInput();
    else if (auto sized = tensor.getDefiningOp<SizedOp>())
      tensor = sized.getInput();
    else if (auto cast = tensor.getDefiningOp<CastOp>();
             cast && widens(elementType(cast.getX()), cast.getTo()))
      tensor = cast.getX();
    else
      return tensor;
  }
}

} // namespace ingot
