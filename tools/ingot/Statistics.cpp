//===- Statistics.cpp - numbers about measured times -----------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/Statistics.h"

#include <algorithm>
#include <cmath>

namespace ingot::cli {

double percentile(std::vector<double> times, double percent) {
  if (times.empty())
    return 0;
  std::sort(times.begin(), times.end());
  size_t half = times.size() / 2;
  if (percent == 50 && times.size() % 2 == 0)
    return (times[half - 1] + times[half]) / 2;
  auto rank = static_cast<size_t>(std::ceil(percent / 100 * static_cast<double>(times.size())));
  return times[std::max<size_t>(rank, 1) - 1];
}

} // namespace ingot::cli
