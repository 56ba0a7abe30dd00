// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_LOWER_MATH_SMALLFLOAT_H
#define INGOT_CODEGEN_LOWER_MATH_SMALLFLOAT_H

#include "codegen/lower/math/Expr.h"

namespace ingot::elementary {

// f64 to f32 such that a later rounding to a format at least two bits narrower is the only one:
// truncated, with the last bit set when inexact (Boldo and Melquiond 2008).
Num truncateToOdd(Num x);

} // namespace ingot::elementary
#endif
