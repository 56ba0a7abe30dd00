//===- hash.h - XXH64, to tell one weights file from another --------------------------------===//
//
// Written after the specification (xxHash, doc/xxhash_spec.md, "XXH64 algorithm description").
// Sixty lines rather than a library, since the runtime links nothing but libc; LLVM's xxHash64 in
// the compiler gives the same numbers, which a test compares. It finds damage, not malice.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_RUNTIME_HASH_H
#define INGOT_RUNTIME_HASH_H

#include <cstdint>

namespace ingot::runtime {

/// XXH64 of `bytes` bytes with seed 0.
uint64_t hash64(const void *data, int64_t bytes);

} // namespace ingot::runtime
#endif
