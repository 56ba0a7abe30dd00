// Weights of 8-bit products, packed at compile time with the sums that take back zero points.
//
// Panels of 16 columns, k in groups of four; the order inside a group of 64 bytes depends on the
// target (IntegerStep.h). Weights are signed and have no zero point: unsigned ones are shifted by
// 128 while packing, which is exact where their zero point is 128; any other needs the sums of A's
// rows, which these kernels do not form.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_CPU_PACKINGINTEGER_H
#define INGOT_CODEGEN_CPU_PACKINGINTEGER_H
#include "codegen/cpu/Conv.h"

namespace ingot::cpu {

/// 8-bit weights as the model holds them.
struct IntegerWeights {
  const void *data;
  bool isUnsigned = false; ///< bytes with zero point 128
};

/// [ceil(n/16)][ceil(k/4)][64] bytes.
int64_t packedMatrixBytes(int64_t k, int64_t n);
/// Source byte (k, n) lies at data[k · kStride + n · nStride]. `columnSums` gets ceil(n/16) · 16.
void packMatrixInteger(const CpuTarget &target, IntegerWeights weights, int64_t k, int64_t n,
                       int64_t kStride, int64_t nStride, int8_t *dst, int32_t *columnSums);

/// Panels and groups as in packConv, then one row that taps in the padding read, filled with the
/// data's zero point, so that they count as what they stand for.
int64_t packedConvBytes(const ConvShape &shape);
/// Elements of the column sums: 16 per panel.
int64_t convColumnSums(const ConvShape &shape);
/// Source as in ONNX, dense. `padding` is the zero point of the data as a byte.
void packConvInteger(const CpuTarget &target, IntegerWeights weights, const ConvShape &shape,
                     uint8_t padding, int8_t *dst, int32_t *columnSums);

} // namespace ingot::cpu
#endif
