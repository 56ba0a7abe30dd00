#include "frontend/onnx/ElementType.h"

namespace ingot::onnx {

namespace {
struct Row {
  std::string_view name;
  unsigned bits;
};
// Indexed by the number of the type.
constexpr Row table[] = {
    {"undefined", 0},      {"float", 32},       {"uint8", 8},          {"int8", 8},
    {"uint16", 16},        {"int16", 16},       {"int32", 32},         {"int64", 64},
    {"string", 0},         {"bool", 8},         {"float16", 16},       {"double", 64},
    {"uint32", 32},        {"uint64", 64},      {"complex64", 64},     {"complex128", 128},
    {"bfloat16", 16},      {"float8e4m3fn", 8}, {"float8e4m3fnuz", 8}, {"float8e5m2", 8},
    {"float8e5m2fnuz", 8}, {"uint4", 4},        {"int4", 4},           {"float4e2m1", 4},
    {"float8e8m0", 8},     {"uint2", 2},        {"int2", 2},           {"float6e2m3", 6},
    {"float6e3m2", 6},
};
constexpr int64_t rows = sizeof(table) / sizeof(table[0]);
static_assert(rows == static_cast<int64_t>(ElementType::Float6E3M2) + 1);
} // namespace

std::optional<ElementType> elementTypeOf(int64_t number) {
  if (number <= 0 || number >= rows)
    return std::nullopt;
  return static_cast<ElementType>(number);
}

std::string_view nameOf(ElementType type) { return table[static_cast<int32_t>(type)].name; }

unsigned bitWidth(ElementType type) { return table[static_cast<int32_t>(type)].bits; }

std::optional<int64_t> packedBytes(ElementType type, int64_t count) {
  int64_t bits = bitWidth(type), bytes;
  if (bits % 8 == 0) {
    if (__builtin_mul_overflow(count, bits / 8, &bytes))
      return std::nullopt;
    return bytes;
  }
  // Whole groups of eight elements take `bits` bytes, so no product here exceeds count.
  return count / 8 * bits + (count % 8 * bits + 7) / 8;
}

} // namespace ingot::onnx
