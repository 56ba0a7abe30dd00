//===- Summary.cpp - a value in one line -----------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/Summary.h"
#include "tools/ingot/Elements.h"

#include <cmath>
#include <cstdio>

namespace ingot::cli {

std::string summary(const Value &value) {
  std::string text = value.type();
  NumberClass numbers = value.kind == INGOT_TENSOR ? classOf(value.elementType) : NumberClass::None;
  if (numbers == NumberClass::None || numbers == NumberClass::Complex)
    return text;
  double least = INFINITY, most = -INFINITY, sum = 0;
  int64_t finite = 0, nans = 0, count = value.elementCount();
  for (int64_t i = 0; i < count; ++i) {
    double number = numberAt(value, i);
    nans += std::isnan(number);
    if (!std::isfinite(number))
      continue;
    least = std::min(least, number);
    most = std::max(most, number);
    sum += number;
    ++finite;
  }
  char buffer[128];
  if (finite) {
    std::snprintf(buffer, sizeof buffer, " min %.6g max %.6g mean %.6g", least, most,
                  sum / static_cast<double>(finite));
    text += buffer;
  }
  if (nans)
    text += ", " + std::to_string(nans) + " NaN";
  if (count - finite - nans)
    text += ", " + std::to_string(count - finite - nans) + " infinite";
  return text;
}

} // namespace ingot::cli
