//===- Generate.cpp - inputs made up ---------------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/Elements.h"
#include "tools/ingot/Inputs.h"

#include "frontend/onnx/ElementType.h"

#include <cmath>
#include <cstring>

namespace ingot::cli {

namespace {
/// splitmix64 (Steele, Lea, Flood 2014): the distributions of <random> differ between libraries.
class Random {
public:
  explicit Random(uint64_t seed) : state(seed) {}
  uint64_t next() {
    uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }
  /// In [-1, 1), exact in float.
  double unit() { return static_cast<double>(next() >> 40) * 0x1p-23 - 1; }

private:
  uint64_t state;
};

template <typename T> void store(Value &value, int64_t index, T element) {
  std::memcpy(value.data.data() + index * sizeof(T), &element, sizeof(T));
}

/// A random pattern of a small float type that stands for a number in [-1, 1] not close to 0.
uint32_t smallFloatBits(int32_t elementType, unsigned width, Random &random) {
  for (;;) {
    uint32_t bits = random.next() & ((1u << width) - 1);
    double size = std::abs(smallFloat(elementType, bits));
    if (size >= 0x1p-6 && size <= 1)
      return bits;
  }
}

void fillFloats(Value &value, int64_t count, Random &random) {
  switch (value.elementType) {
  case INGOT_FLOAT:
  case INGOT_COMPLEX64:
    count *= value.elementType == INGOT_FLOAT ? 1 : 2;
    for (int64_t i = 0; i < count; ++i)
      store(value, i, static_cast<float>(random.unit()));
    return;
  case INGOT_DOUBLE:
  case INGOT_COMPLEX128:
    count *= value.elementType == INGOT_DOUBLE ? 1 : 2;
    for (int64_t i = 0; i < count; ++i)
      store(value, i, random.unit());
    return;
  default:
    break;
  }
  unsigned width = onnx::bitWidth(static_cast<onnx::ElementType>(value.elementType));
  for (int64_t i = 0; i < count; ++i) {
    uint32_t bits = smallFloatBits(value.elementType, width, random);
    if (width == 16)
      store(value, i, static_cast<uint16_t>(bits));
    else
      value.data[i * width / 8] |= static_cast<char>(bits << (i * width % 8));
  }
}

void fillIntegers(Value &value, int64_t count, Random &random) {
  unsigned width = onnx::bitWidth(static_cast<onnx::ElementType>(value.elementType));
  if (value.elementType != INGOT_BOOL && width <= 8) {
    int64_t used = count * width; // bits; those behind them stay 0
    for (char &byte : value.data) {
      byte = static_cast<char>(random.next());
      if (used < 8)
        byte &= static_cast<char>((1 << used) - 1);
      used -= 8;
    }
    return;
  }
  // Little-endian: the lowest byte comes first.
  for (int64_t i = 0; i < count; ++i)
    value.data[i * (width / 8)] = static_cast<char>(random.next() >> 63);
}
} // namespace

std::optional<Value> generate(int32_t elementType, const std::vector<int64_t> &dims,
                              uint64_t seed) {
  Value value;
  value.elementType = elementType;
  value.kind = elementType == INGOT_STRING ? INGOT_STRING_TENSOR : INGOT_TENSOR;
  value.dims = dims;
  int64_t bytes = ingot_tensor_bytes(elementType, static_cast<int32_t>(dims.size()), dims.data());
  // More than any machine's memory: better a message than a failed allocation.
  if (bytes < 0 || bytes > int64_t(1) << 40)
    return std::nullopt;
  Random random(seed);
  int64_t count = value.elementCount();
  if (value.kind == INGOT_STRING_TENSOR) {
    for (int64_t i = 0; i < count; ++i)
      value.strings.emplace_back(1, static_cast<char>('a' + random.next() % 26));
    return value;
  }
  value.data.resize(bytes);
  NumberClass numbers = classOf(elementType);
  if (numbers == NumberClass::Float || numbers == NumberClass::Complex)
    fillFloats(value, count, random);
  else
    fillIntegers(value, count, random);
  return value;
}

} // namespace ingot::cli
