// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/Packing.h"
#include "codegen/cpu/Channels.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>

using namespace llvm;

namespace ingot::cpu {

namespace {

/// Copies single elements of any width; memcpy because sources may be misaligned.
struct Elements {
  const char *src;
  char *dst;
  unsigned bytes;
  void copy(int64_t to, int64_t from) const {
    std::memcpy(dst + to * bytes, src + from * bytes, bytes);
  }
};

int64_t product(ArrayRef<int64_t> extents) {
  int64_t result = 1;
  for (int64_t extent : extents)
    result *= extent;
  return result;
}

} // namespace

int64_t packedMatrixElements(int64_t k, int64_t n) { return alignTo(n, kPanelWidth) * k; }

void packMatrix(const void *src, unsigned elementBytes, int64_t k, int64_t n, int64_t kStride,
                int64_t nStride, void *dst) {
  Elements e{static_cast<const char *>(src), static_cast<char *>(dst), elementBytes};
  int64_t to = 0;
  for (int64_t panel = 0; panel < n; panel += kPanelWidth) {
    int64_t lanes = std::min(kPanelWidth, n - panel);
    std::memset(e.dst + to * elementBytes, 0, k * kPanelWidth * elementBytes);
    // Along the source's rows, so that a memory-mapped model is read in order.
    for (int64_t lane = 0; lane < lanes; ++lane)
      for (int64_t i = 0; i < k; ++i)
        e.copy(to + i * kPanelWidth + lane, i * kStride + (panel + lane) * nStride);
    to += k * kPanelWidth;
  }
}

int64_t packedConvElements(const ConvShape &shape) {
  ChannelPanels c = channelPanels(shape);
  return c.panels * product(shape.kernel) * c.inputs * kPanelWidth + (shape.padded ? c.inputs : 0);
}

void packConv(const void *src, unsigned elementBytes, const ConvShape &shape, void *dst) {
  Elements e{static_cast<const char *>(src), static_cast<char *>(dst), elementBytes};
  ChannelPanels c = channelPanels(shape);
  int64_t taps = product(shape.kernel);
  int64_t groupInputs = shape.inChannels / shape.groups;
  std::memset(dst, 0, packedConvElements(shape) * elementBytes);
  for (int64_t panel = 0; panel < c.panels; ++panel)
    for (int64_t lane = 0; lane < c.lanes(panel); ++lane) {
      int64_t output = c.firstOutput(panel) + lane;
      // Inputs of this output's group, counted from the first input that the panel reads.
      int64_t skipped = output / c.groupOutputs * groupInputs - c.firstInput(panel);
      for (int64_t i = 0; i < groupInputs; ++i)
        for (int64_t tap = 0; tap < taps; ++tap)
          e.copy(((panel * taps + tap) * c.inputs + skipped + i) * kPanelWidth + lane,
                 (output * groupInputs + i) * taps + tap);
    }
}

int64_t packedDepthwiseElements(const ConvShape &shape) {
  return product(shape.kernel) * alignTo(shape.outChannels, kPanelWidth);
}

void packDepthwise(const void *src, unsigned elementBytes, const ConvShape &shape, void *dst) {
  Elements e{static_cast<const char *>(src), static_cast<char *>(dst), elementBytes};
  int64_t taps = product(shape.kernel), padded = alignTo(shape.outChannels, kPanelWidth);
  std::memset(dst, 0, packedDepthwiseElements(shape) * elementBytes);
  for (int64_t channel = 0; channel < shape.outChannels; ++channel)
    for (int64_t tap = 0; tap < taps; ++tap)
      e.copy(tap * padded + channel, channel * taps + tap);
}

} // namespace ingot::cpu
