//===- Normalization.cpp - shifting and scaling by statistics -------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Normalization.h"
#include "ir/ops/Scalar.h"

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Normalization.cpp.inc"

void IngotDialect::registerNormalizationOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Normalization.cpp.inc"
      >();
}

LogicalResult NormalizeOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r = dims.info(getInput());
  int64_t rank = r.dims.size();
  SmallVector<bool> seen(rank);
  for (int64_t axis : getAxes()) {
    if (axis < 0 || axis >= rank)
      return emitError("expected axes below the rank ") << rank << ", but got " << axis;
    if (seen[axis])
      return emitError("expected different axes, but got ") << axis << " twice";
    seen[axis] = true;
  }
  if (!isa<FloatType>(r.elementType))
    return emitError("expected floats, but got ") << elementTypeName(r.elementType);
  r.elements.reset();
  results.push_back(std::move(r));
  return success();
}

FailureOr<Value> NormalizeOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  Type type = computeType(b.dims.elementType(getInput()));
  Scalar s{b.b, b.loc};
  SmallVector<Dim> folded;
  for (int64_t axis : getAxes())
    folded.push_back(b.dims.dim(getInput(), axis));
  Value count = b.splat(arith::SIToFPOp::create(
      b.b, b.loc, type,
      arith::IndexCastOp::create(b.b, b.loc, b.b.getI64Type(),
                                 b.emit(b.dims.space.product(folded)).value)));
  // The mean of `step` over the row of `at`.
  auto mean = [&](llvm::function_ref<Value(Value)> step) {
    Value sum = b.loopNest(folded, ValueRange{b.real(type, 0)},
                           [&](ArrayRef<Index> inner, ValueRange acc) {
                             SmallVector<Index> place(at);
                             for (auto [axis, i] : llvm::zip(getAxes(), inner))
                               place[axis] = i;
                             FailureOr<Value> x = b.read(getInput(), place);
                             if (failed(x)) {
                               b.failed = true;
                               return SmallVector<Value>{acc[0]};
                             }
                             return SmallVector<Value>{s.add(acc[0], step(*x))};
                           })[0];
    return s.div(sum, count);
  };
  Value center = getCenter() ? mean([](Value x) { return x; }) : b.real(type, 0);
  Value variance = mean([&](Value x) {
    Value d = s.sub(x, center);
    return s.mul(d, d);
  });
  FailureOr<Value> x = b.read(getInput(), at);
  if (failed(x))
    return failure();
  Value deviation =
      math::SqrtOp::create(b.b, b.loc, s.add(variance, b.real(type, getEpsilon().convertToDouble())));
  return s.div(s.sub(*x, center), deviation);
}

/// The sum for the mean, the square of the distance from it and its sum; the distance, scaled.
Dim NormalizeOp::operations(DimAnalysis &dims) {
  return dims.space.mul(dims.space.product(dims.dims(getInput())), Dim(getCenter() ? 5 : 2));
}
