//===- GpuTarget.h - a named NVIDIA GPU -------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_CODEGEN_TARGET_GPUTARGET_H
#define INGOT_CODEGEN_TARGET_GPUTARGET_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace ingot {

/// Immutable description of one GPU; cheap to copy.
struct GpuTarget {
  std::string name;        ///< "sm_90", also with LLVM's suffixes "a" and "f"
  unsigned capability = 0; ///< 90

  /// Kernels assume independent thread scheduling and 48 KiB of shared memory per block.
  static constexpr unsigned leastCapability = 70;
  bool isSupported() const { return capability >= leastCapability; }

  /// Looks up a name of LLVM's NVPTX target. Fails on any other.
  static llvm::Expected<GpuTarget> get(llvm::StringRef name);
};

} // namespace ingot

#endif // INGOT_CODEGEN_TARGET_GPUTARGET_H
