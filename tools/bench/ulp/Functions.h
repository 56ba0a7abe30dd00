// The functions that are measured, with the math op that each is written as and a reference of
// higher precision.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_TOOLS_BENCH_ULP_FUNCTIONS_H
#define INGOT_TOOLS_BENCH_ULP_FUNCTIONS_H

#include "tools/bench/ulp/Elementwise.h"

#include "llvm/ADT/ArrayRef.h"

namespace ingot::bench {

struct MathFunction {
  const char *name;
  mlir::Value (*build)(mlir::OpBuilder &, mlir::Location, mlir::ValueRange);
  // For f32: binary64 of the C library, whose error of about one ulp is 2^-29 ulp of f32.
  double (*single)(double, double);
  // For f64: the C library's long double (64 bits of mantissa on x86-64, 113 on aarch64).
  long double (*full)(long double, long double);
  unsigned arity = 1;
};

llvm::ArrayRef<MathFunction> mathFunctions();

// The distance of `value` from `exact` in units of the last place of the format at `exact`; 0 when
// both are NaN, the same infinity, or zeros of one sign; infinite when only one is, but a finite
// `exact` that rounds to infinity agrees with infinity.
double ulpError(float value, double exact);
double ulpError(double value, long double exact);

} // namespace ingot::bench
#endif
