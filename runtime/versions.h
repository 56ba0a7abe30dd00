//===- versions.h - structs that other versions of abi.h have filled ------------------------===//
//
// Within a major version ingot_model, ingot_options and ingot_host may get members at their end;
// whoever fills one says by struct_bytes how many bytes there are. What version 1.0 had is required
// of everyone, and nothing is read beyond what is there.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_RUNTIME_VERSIONS_H
#define INGOT_RUNTIME_VERSIONS_H

#include "ingot/abi.h"
#include <cstddef>
#include <cstring>

namespace ingot::runtime {

// By the last member that version 1.0 had, not by sizeof, which grows with the next one.
constexpr uint32_t firstModelBytes = offsetof(ingot_model, weights) + sizeof(ingot_weights);
constexpr uint32_t firstOptionsBytes =
    offsetof(ingot_options, weights_folder) + sizeof(ingot_options::weights_folder);

// Passed in arrays, whose stride is sizeof: this one never grows within a major version.
static_assert(sizeof(void *) != 8 || sizeof(ingot_value) == 40);

/// The struct at `theirs`, which begins with struct_bytes, as this version knows it: members that
/// they do not have are zero, what only they have is left out.
template <typename T> T asKnownHere(const void *theirs) {
  static_assert(offsetof(T, struct_bytes) == 0);
  T ours = {};
  uint32_t bytes;
  std::memcpy(&bytes, theirs, sizeof bytes);
  std::memcpy(static_cast<void *>(&ours), theirs, bytes < sizeof(T) ? bytes : sizeof(T));
  ours.struct_bytes = uint32_t(sizeof(T));
  return ours;
}

} // namespace ingot::runtime
#endif
