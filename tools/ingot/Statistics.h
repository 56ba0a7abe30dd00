//===- Statistics.h - numbers about measured times -------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_STATISTICS_H
#define INGOT_TOOLS_INGOT_STATISTICS_H

#include <vector>

namespace ingot::cli {

/// The smallest of the times that at least `percent` of them do not exceed (nearest rank); for 0
/// the smallest of all. The median of an even number is the mean of the middle two.
double percentile(std::vector<double> times, double percent);

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_STATISTICS_H
