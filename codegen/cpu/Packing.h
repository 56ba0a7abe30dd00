// Weight layouts that the kernels read, produced at compile time from the model's bytes.
//
// One f32 packing for every instruction set: panels of 16 columns (output channels), the last one
// padded with zeros. Sources may be misaligned; destinations hold exactly packed…Elements().
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_CPU_PACKING_H
#define INGOT_CODEGEN_CPU_PACKING_H
#include "codegen/cpu/Conv.h"

namespace ingot::cpu {

constexpr int64_t kPanelWidth = 16;

/// [ceil(n/16)][k][16].
int64_t packedMatrixElements(int64_t k, int64_t n);
/// Source element (k, n) lies at src + (k · kStride + n · nStride) · elementBytes.
void packMatrix(const void *src, unsigned elementBytes, int64_t k, int64_t n, int64_t kStride,
                int64_t nStride, void *dst);

/// [panels][spatial kernel…][channels of the panel's groups][16], then one row of zeros that taps
/// in the padding read. A panel never straddles groups that have 16 output channels or more; where
/// they have fewer, it holds 16 / (channels per group) whole groups, with zeros between them.
int64_t packedConvElements(const ConvShape &shape);
/// Source as in ONNX: [outChannels][inChannels / groups][spatial kernel…], dense.
void packConv(const void *src, unsigned elementBytes, const ConvShape &shape, void *dst);

/// [spatial kernel…][channels rounded up to 16].
int64_t packedDepthwiseElements(const ConvShape &shape);
/// Source as in ONNX: [channels][1][spatial kernel…], dense.
void packDepthwise(const void *src, unsigned elementBytes, const ConvShape &shape, void *dst);

} // namespace ingot::cpu
#endif
