//===- hash.cpp - XXH64 ---------------------------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/hash.h"
#include <cstring>

namespace ingot::runtime {

static constexpr uint64_t prime1 = 0x9E3779B185EBCA87, prime2 = 0xC2B2AE3D27D4EB4F,
                          prime3 = 0x165667B19E3779F9, prime4 = 0x85EBCA77C2B2AE63,
                          prime5 = 0x27D4EB2F165667C5;

static uint64_t rotate(uint64_t x, int by) { return x << by | x >> (64 - by); }

template <typename T> static T readLittleEndian(const unsigned char *p) {
  T value = 0;
  for (unsigned i = 0; i < sizeof(T); ++i)
    value |= T(p[i]) << (8 * i);
  return value;
}

static uint64_t round(uint64_t lane, uint64_t input) {
  return rotate(lane + input * prime2, 31) * prime1;
}

uint64_t hash64(const void *data, int64_t bytes) {
  auto *p = static_cast<const unsigned char *>(data);
  const unsigned char *end = p + bytes;
  uint64_t hash = prime5;
  if (bytes >= 32) {
    uint64_t lanes[4] = {prime1 + prime2, prime2, 0, 0 - prime1};
    for (; end - p >= 32; p += 32)
      for (int i = 0; i < 4; ++i)
        lanes[i] = round(lanes[i], readLittleEndian<uint64_t>(p + 8 * i));
    hash = rotate(lanes[0], 1) + rotate(lanes[1], 7) + rotate(lanes[2], 12) + rotate(lanes[3], 18);
    for (uint64_t lane : lanes)
      hash = (hash ^ round(0, lane)) * prime1 + prime4;
  }
  hash += uint64_t(bytes);
  for (; end - p >= 8; p += 8)
    hash = rotate(hash ^ round(0, readLittleEndian<uint64_t>(p)), 27) * prime1 + prime4;
  for (; end - p >= 4; p += 4)
    hash = rotate(hash ^ readLittleEndian<uint32_t>(p) * prime1, 23) * prime2 + prime3;
  for (; p != end; ++p)
    hash = rotate(hash ^ *p * prime5, 11) * prime1;
  hash = (hash ^ hash >> 33) * prime2;
  hash = (hash ^ hash >> 29) * prime3;
  return hash ^ hash >> 32;
}

} // namespace ingot::runtime
