//===- Passes.h - the passes that leave LLVM no library call ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_CODEGEN_LOWER_MATH_PASSES_H
#define INGOT_CODEGEN_LOWER_MATH_PASSES_H

#include "codegen/lower/ExpandFloats.h"
#include "codegen/lower/ExpandMath.h"

namespace ingot {

// registerMathPasses().
#define GEN_PASS_REGISTRATION
#include "codegen/lower/math/Math.h.inc"

} // namespace ingot

#endif // INGOT_CODEGEN_LOWER_MATH_PASSES_H
