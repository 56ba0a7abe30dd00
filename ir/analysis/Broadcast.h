//===- Broadcast.h - dimensions that broadcast against one another ------------===//
//
// Of two sizes that are known only in a run, either may be 1. The expressions here are right for all
// pairs that numpy takes (n and n, 1 and n, n and 1, where n may be 0); the relations that
// DimAnalysis::broadcast states refuse all others.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_IR_ANALYSIS_BROADCAST_H
#define INGOT_IR_ANALYSIS_BROADCAST_H

#include "ir/analysis/Dim.h"

namespace ingot {

/// The size that `x` and `y` have together: `y` where `x` is 1, else `x`.
Dim broadcastSize(DimSpace &space, const Dim &x, const Dim &y);

/// The stride of an operand's dimension `own` along the dimension `result` that it broadcasts to:
/// `stride`, or 0 where it is stretched, decided in the run where only that knows.
Dim broadcastStride(DimSpace &space, const Dim &own, const Dim &result, const Dim &stride);

} // namespace ingot

#endif // INGOT_IR_ANALYSIS_BROADCAST_H
