//===- ElementTypes.cpp - element types and their forms ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ElementTypes.h"
#include "ir/Dialect.h"

using namespace mlir;

namespace ingot {

unsigned storageBits(Type t) {
  if (isa<StringType>(t))
    return 128;
  if (auto c = dyn_cast<ComplexType>(t))
    return 2 * storageBits(c.getElementType());
  if (t.isInteger(1))
    return 8;
  return t.getIntOrFloatBitWidth();
}

unsigned packing(Type t) {
  unsigned bits = storageBits(t);
  return bits < 8 ? 8 / bits : 1;
}

Type storageType(Type t) {
  auto *context = t.getContext();
  if (isa<StringType>(t))
    return IntegerType::get(context, 128);
  if (auto c = dyn_cast<ComplexType>(t))
    return t;
  unsigned bits = storageBits(t);
  if (isa<IntegerType>(t) || bits <= 8)
    return IntegerType::get(context, std::max(bits, 8u));
  return t;
}

Type computeType(Type t) {
  auto *context = t.getContext();
  if (t.isInteger(1) || isa<ComplexType>(t))
    return t;
  if (isa<StringType>(t))
    return IntegerType::get(context, 128);
  if (isa<IntegerType>(t))
    return IntegerType::get(context, std::max(storageBits(t), 8u));
  if (auto f = dyn_cast<FloatType>(t); f && f.getWidth() < 32)
    return Float32Type::get(context);
  return t;
}

bool isUnsigned(Type t) { return t.isUnsignedInteger(); }
bool isBool(Type t) { return t.isSignlessInteger(1); }
bool isInteger(Type t) { return isa<IntegerType>(t) && !isBool(t); }
bool isString(Type t) { return isa<StringType>(t); }

std::string elementTypeName(Type t) {
  if (isBool(t))
    return "bool";
  if (isString(t))
    return "string";
  if (auto i = dyn_cast<IntegerType>(t))
    return (i.isUnsigned() ? "uint" : "int") + std::to_string(i.getWidth());
  if (auto c = dyn_cast<ComplexType>(t))
    return "complex" + std::to_string(storageBits(t));
  if (t.isF32())
    return "float";
  if (t.isF64())
    return "double";
  if (t.isF16())
    return "float16";
  if (t.isBF16())
    return "bfloat16";
  if (isa<Float8E4M3FNType>(t))
    return "float8e4m3fn";
  if (isa<Float8E4M3FNUZType>(t))
    return "float8e4m3fnuz";
  if (isa<Float8E5M2Type>(t))
    return "float8e5m2";
  if (isa<Float8E5M2FNUZType>(t))
    return "float8e5m2fnuz";
  if (isa<Float4E2M1FNType>(t))
    return "float4e2m1";
  if (isa<Float8E8M0FNUType>(t))
    return "float8e8m0";
  return "undefined";
}

} // namespace ingot
