// Conversions of the small float formats in integer arithmetic.
//
// Two parts. `decodeFloat` and `encodeFloat` build the conversion between storage bits and a number,
// with the choices of ONNX Cast. The pass replaces the arith ops on small floats that LLVM does not
// know or would turn into library calls.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_LOWER_EXPANDFLOATS_H
#define INGOT_CODEGEN_LOWER_EXPANDFLOATS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/Pass/Pass.h"

#include <memory>

namespace ingot {

// How f8E8M0FNU, which has no fraction, is rounded: ONNX Cast's `round_mode`. Every other format
// rounds to nearest, ties to even.
enum class ScaleRounding { Up, Down, Nearest };

// ONNX Cast's attributes.
struct FloatEncoding {
  // What lies beyond the largest number, infinities included, becomes that number; else ∞ where the
  // format has it (f8E5M2), else NaN. f4E2M1FN always saturates, f16 and bf16 never do.
  bool saturate = true;
  ScaleRounding scaleRounding = ScaleRounding::Up;
};

// True for the formats the two functions know: f8E4M3FN, f8E4M3FNUZ, f8E5M2, f8E5M2FNUZ, f8E8M0FNU,
// f4E2M1FN, f16, bf16.
bool isSmallFloat(mlir::Type type);

// The numbers of `storage`: i8 (i16 for f16 and bf16), scalar or vector; f4E2M1FN in the low four
// bits, of which the others are ignored. The result has the element type `to`: f32, f64, f16 or
// bf16. Exact, except where `to` is too narrow.
mlir::Value decodeFloat(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value storage,
                        mlir::FloatType from, mlir::FloatType to);

// The storage bits (i8; i16 for f16 and bf16) of `number`, an f16, bf16, f32 or f64 scalar or vector,
// rounded once. Follows ONNX Cast: signs of zero are kept where the format has them, NaN becomes the
// format's NaN. f4E2M1FN has none and gives the zero of the other sign, as ml_dtypes does.
// f8E8M0FNU has no sign and no zero: the magnitude is encoded, what is below 2^-127 becomes 2^-127
// (without saturation, NaN), ∞ becomes 2^127 when saturating.
mlir::Value encodeFloat(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value number,
                        mlir::FloatType to, FloatEncoding encoding = {});

// The pass replaces, on scalars and vectors,
//   arith.extf and truncf from and to every small format but f16 (f16 by the option `expandF16`, for
//     targets without the instructions, F16C on x86-64), which take the form of bitcasts to integers
//     and integer arithmetic; truncf does not saturate, except to f4E2M1FN and f8E8M0FNU, which have
//     nowhere else to go;
//   f64 to f16, which no target of ours has, rounding once;
//   conversions between integers and f16 or bf16 (through f32, as numpy does);
//   bf16 arithmetic: addf subf mulf divf negf maximumf minimumf maxnumf minnumf cmpf (in f32).
// Storage moves, selects and bitcasts stay: the small types remain as types of memory and registers.
// A bf16 value must not pass through a block argument, though, where LLVM would extend and truncate
// it by a library call on targets without AVX512-BF16.
#define GEN_PASS_DECL_EXPANDFLOATS
#include "codegen/lower/math/Math.h.inc"

void expandFloats(mlir::Operation *root, ExpandFloatsOptions options = {});

} // namespace ingot
#endif
