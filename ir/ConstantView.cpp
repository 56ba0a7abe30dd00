//===- ConstantView.cpp - reading the elements of constants ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ConstantView.h"
#include "ir/ops/Constant.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

namespace ingot {

/// Constants up to this many bytes are dense attributes.
static constexpr int64_t denseLimit = 1024;

ConstantView::ConstantView(ConstantOp op) : ConstantView(op.getValue(), op.tensorType()) {}

ConstantView::ConstantView(Attribute value, RankedTensorType type)
    : tensorType(type), attribute(value) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
      data = blob->getData();
  } else if (auto dense = dyn_cast<DenseElementsAttr>(value)) {
    // Small constants are kept as bytes of their storage form: see createConstant. MLIR keeps one
    // byte of those whose bytes are all equal.
    data = dense.getRawData();
    if (dense.isSplat() && dense.getNumElements() != 1) {
      owned.assign(dense.getNumElements(), data[0]);
      data = owned;
    }
  }
}

std::optional<ConstantView> ConstantView::of(Value v) {
  if (auto op = v.getDefiningOp<ConstantOp>())
    return ConstantView(op);
  return std::nullopt;
}

uint64_t ConstantView::bits(int64_t i) const {
  Type element = tensorType.getElementType();
  unsigned width = storageBits(element);
  if (width < 8) {
    unsigned per = 8 / width;
    uint8_t byte = data[i / per];
    return (byte >> (i % per * width)) & ((1u << width) - 1);
  }
  uint64_t value = 0;
  memcpy(&value, data.data() + i * (width / 8), width / 8);
  return value;
}

int64_t ConstantView::integer(int64_t i) const {
  Type element = tensorType.getElementType();
  unsigned width = storageBits(element);
  uint64_t value = bits(i);
  if (isBool(element))
    return value != 0;
  if (isUnsigned(element) || width == 64)
    return (int64_t)value;
  return (int64_t)(value << (64 - width)) >> (64 - width);
}

double ConstantView::real(int64_t i) const {
  auto type = dyn_cast<FloatType>(tensorType.getElementType());
  if (!type)
    return isUnsigned(tensorType.getElementType()) ? (double)(uint64_t)integer(i)
                                                   : (double)integer(i);
  llvm::APFloat value(type.getFloatSemantics(), llvm::APInt(type.getWidth(), bits(i)));
  bool lost;
  value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &lost);
  return value.convertToDouble();
}

llvm::StringRef ConstantView::string(int64_t i) const {
  return cast<StringAttr>(cast<ArrayAttr>(attribute)[i]).getValue();
}

ConstantOp createConstant(OpBuilder &b, Location loc, RankedTensorType type, ArrayRef<char> bytes,
                          bool borrow) {
  Attribute value;
  auto byte = b.getIntegerType(8);
  if ((int64_t)bytes.size() <= denseLimit) {
    auto raw = RankedTensorType::get({(int64_t)bytes.size()}, byte);
    value = DenseElementsAttr::getFromRawBuffer(raw, bytes);
  } else {
    auto &manager = DenseResourceElementsHandle::getManagerInterface(b.getContext());
    AsmResourceBlob blob = borrow ? UnmanagedAsmResourceBlob::allocateWithAlign(bytes, 1)
                                  : HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, 64, false);
    auto raw = RankedTensorType::get({(int64_t)bytes.size()}, byte);
    value = DenseResourceElementsAttr::get(raw, manager.insert("constant", std::move(blob)));
  }
  return ConstantOp::create(b, loc, type, value);
}

/// Appends one element of `element` type that holds `value`.
static void append(SmallVectorImpl<char> &bytes, Type element, double real, int64_t integer) {
  uint64_t bits = (uint64_t)integer;
  if (auto f = dyn_cast<FloatType>(element)) {
    llvm::APFloat v(real);
    bool lost;
    v.convert(f.getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &lost);
    bits = v.bitcastToAPInt().getZExtValue();
  }
  unsigned width = std::max(storageBits(element), 8u) / 8;
  for (unsigned i = 0; i < width; ++i)
    bytes.push_back((char)(bits >> (8 * i)));
}

ConstantOp createIntegers(OpBuilder &b, Location loc, ArrayRef<int64_t> values, Type element,
                          bool scalar) {
  if (!element)
    element = b.getIntegerType(64, true);
  SmallVector<char> bytes;
  for (int64_t v : values)
    append(bytes, element, (double)v, v);
  SmallVector<int64_t> shape;
  if (!scalar)
    shape.push_back(values.size());
  return createConstant(b, loc, RankedTensorType::get(shape, element), bytes);
}

ConstantOp createScalar(OpBuilder &b, Location loc, double value, Type element) {
  SmallVector<char> bytes;
  append(bytes, element, value, (int64_t)value);
  return createConstant(b, loc, RankedTensorType::get({}, element), bytes);
}

} // namespace ingot
