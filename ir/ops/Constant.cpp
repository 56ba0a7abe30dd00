//===- Constant.cpp - values known to the compiler --------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Constant.h"
#include "ir/ConstantView.h"

using namespace mlir;
using namespace ingot;

#define GET_OP_CLASSES
#include "ir/ops/Constant.cpp.inc"

void IngotDialect::registerConstantOps() {
  addOperations<
#define GET_OP_LIST
#include "ir/ops/Constant.cpp.inc"
      >();
}

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

LogicalResult ConstantOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r;
  RankedTensorType type = tensorType();
  r.elementType = type.getElementType();
  for (int64_t d : type.getShape())
    r.dims.push_back(d);
  if (isa<IntegerType>(r.elementType) && type.getNumElements() <= TensorInfo::maxElements) {
    ConstantView view(*this);
    r.elements.emplace();
    for (int64_t i = 0; i < type.getNumElements(); ++i)
      r.elements->push_back(Dim(view.integer(i)));
  }
  results.push_back(std::move(r));
  return success();
}

LogicalResult ShapeOp::inferResults(DimAnalysis &dims, SmallVectorImpl<TensorInfo> &results) {
  TensorInfo r;
  r.elementType = IntegerType::get(getContext(), 64, IntegerType::Signed);
  r.dims.push_back(dims.rank(getInput()));
  r.elements = llvm::to_vector(dims.dims(getInput()));
  results.push_back(std::move(r));
  return success();
}

FailureOr<Value> ShapeOp::emitElement(ElementBuilder &b, unsigned, ArrayRef<Index> at) {
  if (!at[0].isUniform())
    return failure();
  Index value = b.constant(0);
  for (int64_t i = 0, rank = b.dims.rank(getInput()); i < rank; ++i) {
    Value here = arith::CmpIOp::create(b.b, b.loc, arith::CmpIPredicate::eq, at[0].value,
                                       b.constant(i).value);
    value = {arith::SelectOp::create(b.b, b.loc, here, b.dim(getInput(), i).value, value.value),
             Index::Uniform};
  }
  return b.splat(arith::IndexCastOp::create(b.b, b.loc, b.b.getI64Type(), value.value).getResult());
}
