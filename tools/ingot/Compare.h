//===- Compare.h - when a result counts as right ---------------------------------------------===//
//
// The rule of the ONNX test runner (onnx/backend/test/runner, assert_similar_outputs): kinds,
// element types and shapes are equal; floats satisfy |y - ref| <= atol + rtol * |ref| as
// numpy.allclose has it, NaN equals NaN and an infinity itself; bfloat16 gets rtol 2^-6 at least.
// Strings, booleans and, more strictly than there, integers are equal.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_COMPARE_H
#define INGOT_TOOLS_INGOT_COMPARE_H

#include "tools/ingot/Value.h"

#include <limits>

namespace ingot::cli {

struct Tolerance {
  double rtol = 1e-3, atol = 1e-7;
  double integerAtol = 0; ///< --atol when given: quantized results may be off by one
  /// Besides that, max |y - ref| <= share * max |ref| of every float tensor.
  double share = std::numeric_limits<double>::infinity();
};

struct Comparison {
  bool same = true;
  std::string reason; ///< of the first difference found, e.g. "shape: expected …, but got …"
  /// Over the elements that are finite in both: max |y - ref| and max |ref|.
  double maxError = 0, maxReference = 0;
  double relativeError() const { return maxReference > 0 ? maxError / maxReference : maxError; }
};

Comparison compare(const Value &actual, const Value &expected, const Tolerance &tolerance);

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_COMPARE_H
