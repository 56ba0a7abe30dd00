// One step of an exact 8-bit product: a group of four k, summed in 32 bits.
//
// A is read as unsigned bytes; signed ones are shifted by 128 in registers, which the column sums
// take back (see Integer.h). B lies in groups of four k, 64 bytes per group and panel:
//   Dot (vpdpbusd)   [16 columns][4 k]
//   Mul (vpmaddwd)   [k 0 and 2, k 1 and 3][16 columns][2 k], widened to 16 bits in registers:
//                    exact, unlike vpmaddubsw, whose pairs saturate at 16 bits. In this order a
//                    mask and a shift widen A, and no register holds a shuffle.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_CPU_INTEGERSTEP_H
#define INGOT_CODEGEN_CPU_INTEGERSTEP_H
#include "codegen/cpu/Index.h"
#include "codegen/cpu/Tile.h"
#include "codegen/target/CpuTarget.h"

namespace ingot::cpu {

/// k of one group.
constexpr int64_t kGroup = 4;

/// How a target multiplies 8-bit numbers.
struct IntegerStep {
  bool dot;     ///< vpdpbusd, else 16-bit products
  bool x86;     ///< intrinsics, else plain vector arithmetic
  bool signedA; ///< shift A's bytes by 128

  /// Four bytes of A at buffer[offset], or the first `count` of them and zeros, as an i32 whose
  /// bytes are unsigned.
  mlir::Value loadA(Index at, mlir::Value buffer, mlir::Value offset, int64_t count) const;

  /// sums[r · columns + v] += group of A row r (an i32) · group of B at bOffsets[v] + bStep.
  void accumulate(Index at, llvm::ArrayRef<mlir::Value> a, mlir::Value bBuffer,
                  llvm::ArrayRef<mlir::Value> bOffsets, mlir::Value bStep,
                  llvm::MutableArrayRef<mlir::Value> sums) const;

private:
  void accumulateDot(Index at, llvm::ArrayRef<mlir::Value> a, mlir::Value bBuffer,
                     llvm::ArrayRef<mlir::Value> bOffsets, mlir::Value bStep,
                     llvm::MutableArrayRef<mlir::Value> sums) const;
  void accumulatePairs(Index at, llvm::ArrayRef<mlir::Value> a, mlir::Value bBuffer,
                       llvm::ArrayRef<mlir::Value> bOffsets, mlir::Value bStep,
                       llvm::MutableArrayRef<mlir::Value> sums) const;
  mlir::Value multiplyPairs(Index at, mlir::Value x, mlir::Value y, int64_t lanes) const;
};

} // namespace ingot::cpu
#endif
