//===- cpu_features.h - what the processor at hand offers -----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_RUNTIME_CPU_FEATURES_H
#define INGOT_RUNTIME_CPU_FEATURES_H

#include <cstdint>

namespace ingot::runtime {

/// Whether this CPU and its operating system have a feature, by LLVM's name for it. Names that are
/// not in the table count as absent: code that needs one cannot be trusted to run.
bool cpuHas(const char *feature);

/// Asks the operating system for what needs asking (the tiles of AMX on Linux); false if refused.
bool enableFeature(const char *feature);

} // namespace ingot::runtime
#endif
