//===- ElementType.h - The element types of ONNX ----------------*- C++ -*-===//
//
// The values are those of TensorProto.DataType in onnx.proto (ONNX 1.23), so that a number read
// from a file converts by a range check alone.
//
//===----------------------------------------------------------------------===//
#ifndef INGOT_FRONTEND_ONNX_ELEMENTTYPE_H
#define INGOT_FRONTEND_ONNX_ELEMENTTYPE_H

#include <cstdint>
#include <optional>
#include <string_view>

namespace ingot::onnx {

enum class ElementType : int32_t {
  Undefined = 0, // only where a file leaves a value_info's type open
  Float = 1,
  UInt8 = 2,
  Int8 = 3,
  UInt16 = 4,
  Int16 = 5,
  Int32 = 6,
  Int64 = 7,
  String = 8,
  Bool = 9,
  Float16 = 10,
  Double = 11,
  UInt32 = 12,
  UInt64 = 13,
  Complex64 = 14,  // two floats, real part first
  Complex128 = 15, // two doubles, real part first
  BFloat16 = 16,
  Float8E4M3FN = 17,
  Float8E4M3FNUZ = 18,
  Float8E5M2 = 19,
  Float8E5M2FNUZ = 20,
  UInt4 = 21, // 4-bit types: two to a byte, the first in the low bits
  Int4 = 22,
  Float4E2M1 = 23,
  Float8E8M0 = 24,
  UInt2 = 25, // 2-bit types: four to a byte, the first in the low bits
  Int2 = 26,
  Float6E2M3 = 27, // 6-bit types: four to three bytes, one little-endian stream of bits
  Float6E3M2 = 28,
};

/// The type with this number, nothing when the standard defines none (0 included).
std::optional<ElementType> elementTypeOf(int64_t number);

/// The standard's name in lower case, e.g. "float8e4m3fn"; "undefined" for Undefined.
std::string_view nameOf(ElementType type);

/// Bits of one element in raw data: 2 to 128; 0 for String and Undefined.
unsigned bitWidth(ElementType type);

/// Bytes of `count` packed elements, the last byte padded; nothing on overflow of 63 bits.
/// `count` is not negative.
std::optional<int64_t> packedBytes(ElementType type, int64_t count);

} // namespace ingot::onnx

#endif // INGOT_FRONTEND_ONNX_ELEMENTTYPE_H
