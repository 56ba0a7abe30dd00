//===- ConstantPool.cpp - constants, each once -------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/ConstantPool.h"
#include "frontend/onnx/import/Types.h"
#include "ir/ConstantView.h"
#include "ir/ops/Constant.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;

namespace ingot {

OpBuilder ConstantPool::builder() {
  OpBuilder b(entry, entry->begin());
  if (last)
    b.setInsertionPointAfter(last);
  return b;
}

Value ConstantPool::add(Operation *constant) {
  last = constant;
  if (failed(dims.visit(constant)))
    return {};
  return constant->getResult(0);
}

Value ConstantPool::get(Location loc, RankedTensorType type, ArrayRef<char> bytes, bool borrow) {
  auto *start = reinterpret_cast<const uint8_t *>(bytes.data());
  auto &equal = known[{type, (size_t)llvm::xxh3_64bits(ArrayRef(start, bytes.size()))}];
  for (Value v : equal)
    if (ConstantView::of(v)->bytes() == bytes)
      return v;
  OpBuilder b = builder();
  Value v = add(createConstant(b, loc, type, bytes, borrow));
  if (v)
    equal.push_back(v);
  return v;
}

Value ConstantPool::get(Location loc, RankedTensorType type, ArrayRef<StringRef> strings) {
  OpBuilder b = builder();
  SmallVector<Attribute> elements;
  for (StringRef s : strings)
    elements.push_back(b.getStringAttr(s));
  return add(ConstantOp::create(b, loc, type, b.getArrayAttr(elements)));
}

Value ConstantPool::get(Location loc, const onnx::Tensor &tensor) {
  Type element = elementTypeOf(entry->getParentOp()->getContext(), tensor.elementType);
  if (!element)
    return {};
  auto type = RankedTensorType::get(tensor.dims, element);
  if (tensor.elementType == onnx::ElementType::String) {
    SmallVector<StringRef> strings(tensor.strings.begin(), tensor.strings.end());
    return get(loc, type, strings);
  }
  return get(loc, type, ArrayRef(tensor.data.data(), tensor.data.size()), true);
}

Value ConstantPool::get(Location loc, const onnx::SparseTensor &tensor) {
  Type element = elementTypeOf(entry->getParentOp()->getContext(), tensor.values.elementType);
  if (!element || isString(element) || packing(element) != 1)
    return {};
  int64_t count = 1, width = storageBits(element) / 8;
  for (int64_t d : tensor.dims)
    if (llvm::MulOverflow(count, d, count) || count > denseLimit)
      return {};
  std::vector<char> bytes(count * width);
  std::vector<int64_t> indices = tensor.indices.copyAs<int64_t>();
  int64_t rank = tensor.dims.size(), entries = tensor.values.elementCount;
  bool linear = tensor.indices.dims.size() == 1;
  if ((int64_t)indices.size() != (linear ? entries : entries * rank))
    return {};
  for (int64_t i = 0; i < entries; ++i) {
    int64_t position = linear ? indices[i] : 0;
    for (int64_t d = 0; !linear && d < rank; ++d)
      position = position * tensor.dims[d] + indices[i * rank + d];
    if (position < 0 || position >= count)
      return {};
    memcpy(&bytes[position * width], tensor.values.data.data() + i * width, width);
  }
  return get(loc, RankedTensorType::get(tensor.dims, element), bytes);
}

} // namespace ingot
