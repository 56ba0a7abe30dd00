//===- KernelTimes.h - where the time of a run goes ------------------------------------------===//
//
// Programs launch their kernels through the host table that the call passes (kernel_abi.h). A copy
// of the model, whose entry points pass on a table with another parallel_for, times every launch
// without anything in the runtime or in the generated code made for it.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_KERNELTIMES_H
#define INGOT_TOOLS_INGOT_KERNELTIMES_H

#include "ingot/abi.h"

#include <string>
#include <vector>

namespace ingot::cli {

struct KernelTime {
  const void *function; ///< its address in this process
  int64_t launches, tiles;
  double seconds;
};

/// A copy of the model that measures, which lives until the process ends. There is one set of
/// measurements per process, and one run at a time. The model must stay loaded.
const ingot_model *measuringCopy(const ingot_model &model);

/// Of all runs since the last call: the slowest first.
std::vector<KernelTime> takeKernelTimes();

/// The symbol of an address of this process, from the symbol table of the file it was loaded from;
/// "" where it has none.
std::string symbolAt(const void *address);

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_KERNELTIMES_H
