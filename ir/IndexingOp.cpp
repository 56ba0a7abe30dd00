//===- IndexingOp.cpp - operators that take positions from data ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/IndexingOp.h"
#include "ir/ConstantView.h"
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

std::optional<std::pair<int64_t, int64_t>> extremesOf(const Positions &positions) {
  Value tensor = sourceOfPositions(positions.tensor);
  // A part of the elements, in another order, has no other extremes; but which are every second one
  // is then another question.
  for (auto view = tensor.getDefiningOp<ViewOp>(); view && positions.step == 1;
       view = tensor.getDefiningOp<ViewOp>())
    tensor = sourceOfPositions(view->getOperand(0));
  auto view = ConstantView::of(tensor);
  if (!view)
    return std::nullopt;
  std::optional<std::pair<int64_t, int64_t>> found;
  for (int64_t i = positions.first; i < view->size(); i += positions.step) {
    int64_t v = view->integer(i);
    found = found ? std::pair(std::min(found->first, v), std::max(found->second, v))
                  : std::pair(v, v);
  }
  return found;
}

bool areInside(const DimSpace &space, const Positions &positions) {
  auto found = extremesOf(positions);
  return found && space.upperBound(positions.low) <= found->first &&
         found->second < space.lowerBound(positions.high);
}

} // namespace ingot
