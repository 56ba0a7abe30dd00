// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/PackingInteger.h"
#include "codegen/cpu/Arithmetic.h"
#include "codegen/cpu/Channels.h"
#include "codegen/cpu/Packing.h"
#include <cstring>

using llvm::alignTo;

namespace ingot::cpu {

namespace {

constexpr int64_t kGroupBytes = kGroup * kPanelWidth;

int64_t product(llvm::ArrayRef<int64_t> values) {
  int64_t result = 1;
  for (int64_t value : values)
    result *= value;
  return result;
}

struct Order {
  bool dot;
  /// Place of (k, lane) in a panel.
  int64_t operator()(int64_t k, int64_t lane) const {
    int64_t group = k / kGroup * kGroupBytes, byte = k % kGroup;
    if (dot)
      return group + lane * kGroup + byte;
    return group + byte % 2 * (2 * kPanelWidth) + lane * 2 + byte / 2;
  }
};

int8_t weightAt(const IntegerWeights &weights, int64_t i) {
  uint8_t byte = static_cast<const uint8_t *>(weights.data)[i];
  return int8_t(weights.isUnsigned ? byte ^ 0x80 : byte);
}

} // namespace

int64_t packedMatrixBytes(int64_t k, int64_t n) {
  return alignTo(n, kPanelWidth) * alignTo(k, kGroup);
}

void packMatrixInteger(const CpuTarget &target, IntegerWeights weights, int64_t k, int64_t n,
                       int64_t kStride, int64_t nStride, int8_t *dst, int32_t *columnSums) {
  Order order{hasIntegerDot(target)};
  std::memset(dst, 0, packedMatrixBytes(k, n));
  std::memset(columnSums, 0, alignTo(n, kPanelWidth) * 4);
  for (int64_t column = 0; column < n; ++column) {
    int8_t *panel = dst + column / kPanelWidth * kPanelWidth * alignTo(k, kGroup);
    for (int64_t i = 0; i < k; ++i) {
      int8_t weight = weightAt(weights, i * kStride + column * nStride);
      panel[order(i, column % kPanelWidth)] = weight;
      columnSums[column] += weight;
    }
  }
}

int64_t packedConvBytes(const ConvShape &shape) {
  ChannelPanels c = channelPanels(shape);
  return c.panels * product(shape.kernel) * alignTo(c.inputs, kGroup) * kPanelWidth +
         (shape.padded ? c.inputs : 0);
}

int64_t convColumnSums(const ConvShape &shape) {
  return channelPanels(shape).panels * kPanelWidth;
}

void packConvInteger(const CpuTarget &target, IntegerWeights weights, const ConvShape &shape,
                     uint8_t padding, int8_t *dst, int32_t *columnSums) {
  Order order{hasIntegerDot(target)};
  ChannelPanels c = channelPanels(shape);
  int64_t taps = product(shape.kernel), groupInputs = shape.inChannels / shape.groups;
  int64_t tapBytes = alignTo(c.inputs, kGroup) * kPanelWidth;
  int64_t weightBytes = c.panels * taps * tapBytes;
  std::memset(dst, 0, weightBytes);
  std::memset(dst + weightBytes, padding, packedConvBytes(shape) - weightBytes);
  std::memset(columnSums, 0, convColumnSums(shape) * 4);
  for (int64_t panel = 0; panel < c.panels; ++panel)
    for (int64_t lane = 0; lane < c.lanes(panel); ++lane) {
      int64_t output = c.firstOutput(panel) + lane;
      int64_t skipped = output / c.groupOutputs * groupInputs - c.firstInput(panel);
      for (int64_t i = 0; i < groupInputs; ++i)
        for (int64_t tap = 0; tap < taps; ++tap) {
          int8_t weight = weightAt(weights, (output * groupInputs + i) * taps + tap);
          dst[(panel * taps + tap) * tapBytes + order(skipped + i, lane)] = weight;
          columnSums[panel * kPanelWidth + lane] += weight;
        }
    }
}

} // namespace ingot::cpu
