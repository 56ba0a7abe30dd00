//===- Elements.cpp - elements of a tensor as numbers ----------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/Elements.h"

#include "frontend/onnx/ElementType.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/APInt.h"

#include <array>
#include <cstring>

namespace ingot::cli {

namespace {
/// Null for what is no float type of at most 16 bits.
const llvm::fltSemantics *semanticsOf(int32_t elementType) {
  switch (elementType) {
  case INGOT_FLOAT16:
    return &llvm::APFloat::IEEEhalf();
  case INGOT_BFLOAT16:
    return &llvm::APFloat::BFloat();
  case INGOT_FLOAT8E4M3FN:
    return &llvm::APFloat::Float8E4M3FN();
  case INGOT_FLOAT8E4M3FNUZ:
    return &llvm::APFloat::Float8E4M3FNUZ();
  case INGOT_FLOAT8E5M2:
    return &llvm::APFloat::Float8E5M2();
  case INGOT_FLOAT8E5M2FNUZ:
    return &llvm::APFloat::Float8E5M2FNUZ();
  case INGOT_FLOAT4E2M1:
    return &llvm::APFloat::Float4E2M1FN();
  case INGOT_FLOAT8E8M0:
    return &llvm::APFloat::Float8E8M0FNU();
  default:
    return nullptr;
  }
}

/// One number per bit pattern: decoding with APFloat is slow.
std::vector<double> decodeAll(int32_t elementType) {
  const llvm::fltSemantics &semantics = *semanticsOf(elementType);
  unsigned width = llvm::APFloat::semanticsSizeInBits(semantics);
  std::vector<double> numbers(size_t(1) << width);
  for (size_t bits = 0; bits < numbers.size(); ++bits)
    numbers[bits] = llvm::APFloat(semantics, llvm::APInt(width, bits)).convertToDouble();
  return numbers;
}

template <typename T> T load(const Value &tensor, int64_t index) {
  T value;
  std::memcpy(&value, tensor.data.data() + index * sizeof(T), sizeof(T));
  return value;
}

/// The bits of an element of at most 16 bits.
uint32_t loadBits(const Value &tensor, int64_t index, unsigned width) {
  if (width == 16)
    return load<uint16_t>(tensor, index);
  auto byte = static_cast<unsigned char>(tensor.data[index * width / 8]);
  return (byte >> (index * width % 8)) & ((1u << width) - 1);
}

unsigned widthOf(int32_t elementType) {
  return onnx::bitWidth(static_cast<onnx::ElementType>(elementType));
}
} // namespace

double smallFloat(int32_t elementType, uint32_t bits) {
  static std::array<std::vector<double>, INGOT_INT2 + 1> tables;
  std::vector<double> &table = tables[elementType];
  if (table.empty())
    table = decodeAll(elementType);
  return table[bits];
}

NumberClass classOf(int32_t elementType) {
  switch (elementType) {
  case INGOT_BOOL:
    return NumberClass::Bool;
  case INGOT_FLOAT:
  case INGOT_DOUBLE:
    return NumberClass::Float;
  case INGOT_COMPLEX64:
  case INGOT_COMPLEX128:
    return NumberClass::Complex;
  case INGOT_STRING:
  case INGOT_UNDEFINED:
    return NumberClass::None;
  default:
    return semanticsOf(elementType) ? NumberClass::Float : NumberClass::Integer;
  }
}

int64_t integerAt(const Value &tensor, int64_t index) {
  switch (tensor.elementType) {
  case INGOT_BOOL:
  case INGOT_UINT8:
    return load<uint8_t>(tensor, index);
  case INGOT_INT8:
    return load<int8_t>(tensor, index);
  case INGOT_UINT16:
    return load<uint16_t>(tensor, index);
  case INGOT_INT16:
    return load<int16_t>(tensor, index);
  case INGOT_UINT32:
    return load<uint32_t>(tensor, index);
  case INGOT_INT32:
    return load<int32_t>(tensor, index);
  case INGOT_INT64:
  case INGOT_UINT64:
    return load<int64_t>(tensor, index);
  default: // 2 and 4 bits
    break;
  }
  unsigned width = widthOf(tensor.elementType);
  int64_t bits = loadBits(tensor, index, width);
  bool isSigned = tensor.elementType == INGOT_INT4 || tensor.elementType == INGOT_INT2;
  return isSigned && bits >> (width - 1) ? bits - (int64_t(1) << width) : bits;
}

double numberAt(const Value &tensor, int64_t index) {
  if (tensor.elementType == INGOT_FLOAT)
    return load<float>(tensor, index);
  if (tensor.elementType == INGOT_DOUBLE)
    return load<double>(tensor, index);
  if (semanticsOf(tensor.elementType))
    return smallFloat(tensor.elementType, loadBits(tensor, index, widthOf(tensor.elementType)));
  if (tensor.elementType == INGOT_UINT64)
    return static_cast<double>(static_cast<uint64_t>(integerAt(tensor, index)));
  return static_cast<double>(integerAt(tensor, index));
}

double partAt(const Value &tensor, int64_t index, int part) {
  return tensor.elementType == INGOT_COMPLEX64 ? load<float>(tensor, 2 * index + part)
                                               : load<double>(tensor, 2 * index + part);
}

} // namespace ingot::cli
