//===- Elements.h - elements of a tensor as numbers ------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_ELEMENTS_H
#define INGOT_TOOLS_INGOT_ELEMENTS_H

#include "tools/ingot/Value.h"

namespace ingot::cli {

enum class NumberClass { Bool, Integer, Float, Complex, None };
NumberClass classOf(int32_t elementType);

/// Element `index` of a numeric tensor that is not complex; exact but for integers beyond 2^53.
double numberAt(const Value &tensor, int64_t index);
/// Part 0 (real) or 1 (imaginary) of a complex element.
double partAt(const Value &tensor, int64_t index, int part);
/// An integer or bool element; of UINT64 the bits.
int64_t integerAt(const Value &tensor, int64_t index);

/// What a bit pattern of a float type of at most 16 bits stands for.
double smallFloat(int32_t elementType, uint32_t bits);

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_ELEMENTS_H
