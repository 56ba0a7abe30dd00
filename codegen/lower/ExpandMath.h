// Replaces math ops that LLVM would turn into library calls by our own arithmetic.
//
// Handled, on scalars and 1-D vectors of f32 and f64, and of f16 and bf16 through f32:
//   math: exp exp2 expm1 log log2 log10 log1p sin cos sincos tan asin acos atan atan2 sinh cosh tanh
//         asinh acosh atanh erf erfc powf fpowi cbrt rsqrt clampf, and ipowi on signless integers
//   arith: remf (C's fmod)
// Left alone, because every target in the list of design.md §5 has instructions for them (SSE4.1
// and later on x86-64): math.sqrt, fma (without `fma`: multiply and add), absf, copysign, floor,
// ceil, trunc, round, roundeven, the is* predicates, and the integer ops. Their f16 and bf16 forms
// are computed in f32.
//
// The replacement is branch-free except that sin, cos and tan reduce arguments beyond 2^28 under an
// scf.if, and remf and ipowi loop while a lane needs it. Measured errors: math/Accuracy.md.
// The bf16 conversions this leaves are the subject of ExpandFloats.h, which runs afterwards.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_LOWER_EXPANDMATH_H
#define INGOT_CODEGEN_LOWER_EXPANDMATH_H

#include "mlir/Pass/Pass.h"

#include <memory>

namespace ingot {

// The pass runs on any op and expands everything nested in it. Where the target does not multiply and
// add with one rounding (its option `fma`), the last bits differ (§5).
#define GEN_PASS_DECL_EXPANDMATH
#include "codegen/lower/math/Math.h.inc"

// The same on the ops nested in `root`, for a caller that is a pass itself.
void expandMath(mlir::Operation *root, ExpandMathOptions options = {});

} // namespace ingot
#endif
