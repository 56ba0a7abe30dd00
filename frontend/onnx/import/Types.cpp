//===- Types.cpp - the dialect's types for ONNX's --------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Types.h"
#include "ir/Dialect.h"

using namespace mlir;

namespace ingot {

Type elementTypeOf(MLIRContext *context, onnx::ElementType type) {
  using E = onnx::ElementType;
  Builder b(context);
  auto integer = [&](unsigned bits, bool isSigned) {
    return IntegerType::get(context, bits, isSigned ? IntegerType::Signed : IntegerType::Unsigned);
  };
  switch (type) {
  case E::Float:
    return b.getF32Type();
  case E::Double:
    return b.getF64Type();
  case E::Float16:
    return b.getF16Type();
  case E::BFloat16:
    return b.getBF16Type();
  case E::Bool:
    return b.getI1Type();
  case E::Int2:
    return integer(2, true);
  case E::Int4:
    return integer(4, true);
  case E::Int8:
    return integer(8, true);
  case E::Int16:
    return integer(16, true);
  case E::Int32:
    return integer(32, true);
  case E::Int64:
    return integer(64, true);
  case E::UInt2:
    return integer(2, false);
  case E::UInt4:
    return integer(4, false);
  case E::UInt8:
    return integer(8, false);
  case E::UInt16:
    return integer(16, false);
  case E::UInt32:
    return integer(32, false);
  case E::UInt64:
    return integer(64, false);
  case E::String:
    return StringType::get(context);
  case E::Complex64:
    return ComplexType::get(b.getF32Type());
  case E::Complex128:
    return ComplexType::get(b.getF64Type());
  case E::Float8E4M3FN:
    return Float8E4M3FNType::get(context);
  case E::Float8E4M3FNUZ:
    return Float8E4M3FNUZType::get(context);
  case E::Float8E5M2:
    return Float8E5M2Type::get(context);
  case E::Float8E5M2FNUZ:
    return Float8E5M2FNUZType::get(context);
  case E::Float8E8M0:
    return Float8E8M0FNUType::get(context);
  case E::Float4E2M1:
    return Float4E2M1FNType::get(context);
  case E::Float6E2M3:
  case E::Float6E3M2:
  case E::Undefined:
    return {};
  }
  return {};
}

Type typeOf(MLIRContext *context, const onnx::TypeProto &type, bool inner) {
  using K = onnx::TypeProto::Kind;
  switch (type.kind) {
  case K::Tensor: {
    Type element = elementTypeOf(context, type.elementType);
    if (!element)
      return {};
    if (!type.hasShape)
      return UnrankedTensorType::get(element);
    // What lies in a container has the declared rank, which taking it out checks, and any sizes.
    SmallVector<int64_t> shape;
    for (const onnx::Dimension &d : type.shape)
      shape.push_back(!inner && d.kind == onnx::Dimension::Kind::Value ? d.value
                                                                       : ShapedType::kDynamic);
    return RankedTensorType::get(shape, element);
  }
  case K::Sequence:
    if (Type element = typeOf(context, *type.inner, true))
      return SequenceType::get(context, element);
    return {};
  case K::Optional:
    if (Type element = typeOf(context, *type.inner, true))
      return OptionalType::get(context, element);
    return {};
  case K::Map: {
    Type key = elementTypeOf(context, type.elementType);
    Type value = typeOf(context, *type.inner, true);
    return key && value ? MapType::get(context, key, value) : Type();
  }
  case K::None:
  case K::SparseTensor:
  case K::Opaque:
    return {};
  }
  return {};
}

} // namespace ingot
