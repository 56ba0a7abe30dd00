//===- message.cpp - why something failed, and the names of things --------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "runtime/message.h"
#include "runtime/memory.h"
#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace ingot::runtime {

int32_t Message::set(int32_t newStatus, const char *format, ...) {
  status = newStatus;
  va_list arguments;
  va_start(arguments, format);
  if (std::vsnprintf(text, sizeof text, format, arguments) < 0)
    std::strcpy(text, "(no message)");
  va_end(arguments);
  for (char *c = text; *c; ++c)
    if (static_cast<unsigned char>(*c) < 0x20 || *c == 0x7f)
      *c = '?';
  return status;
}

void Message::copyTo(char *buffer, int64_t bytes) const {
  if (!buffer || bytes <= 0)
    return;
  size_t length = std::strlen(text);
  if (length > size_t(bytes - 1))
    length = size_t(bytes - 1);
  std::memcpy(buffer, text, length);
  buffer[length] = 0;
}

namespace {
struct TypeRow {
  const char *name;
  int32_t bits;
};
} // namespace

// By enum ingot_element_type.
static constexpr TypeRow typeRows[] = {
    {"undefined", 0},      {"float", 32},       {"uint8", 8},          {"int8", 8},
    {"uint16", 16},        {"int16", 16},       {"int32", 32},         {"int64", 64},
    {"string", 128},       {"bool", 8},         {"float16", 16},       {"double", 64},
    {"uint32", 32},        {"uint64", 64},      {"complex64", 64},     {"complex128", 128},
    {"bfloat16", 16},      {"float8e4m3fn", 8}, {"float8e4m3fnuz", 8}, {"float8e5m2", 8},
    {"float8e5m2fnuz", 8}, {"uint4", 4},        {"int4", 4},           {"float4e2m1", 4},
    {"float8e8m0", 8},     {"uint2", 2},        {"int2", 2},
};
static_assert(sizeof(typeRows) / sizeof(typeRows[0]) == INGOT_INT2 + 1, "one row per type");
static_assert(sizeof(ingot_string) == 16, "the code generator counts on it");

static bool exists(int32_t type) { return type > 0 && type <= INGOT_INT2; }
const char *elementTypeName(int32_t type) { return typeRows[exists(type) ? type : 0].name; }
int32_t elementBits(int32_t type) { return typeRows[exists(type) ? type : 0].bits; }

const char *kindName(int32_t kind) {
  switch (kind) {
  case INGOT_TENSOR:
    return "tensor";
  case INGOT_STRING_TENSOR:
    return "string tensor";
  case INGOT_SEQUENCE:
    return "sequence";
  case INGOT_MAP:
    return "map";
  case INGOT_OPTIONAL:
    return "optional";
  }
  return "undefined kind";
}

} // namespace ingot::runtime

using namespace ingot::runtime;

extern "C" int64_t ingot_tensor_bytes(int32_t element_type, int32_t rank, const int64_t *dims) {
  int64_t bits = elementBits(element_type);
  if (bits == 0 || rank < 0 || (rank > 0 && !dims))
    return -1;
  int64_t count = 1;
  bool overflow = false, zero = false;
  for (int32_t i = 0; i < rank; ++i) {
    if (dims[i] < 0)
      return -1;
    zero |= dims[i] == 0;
    overflow |= !multiply(count, dims[i], count);
  }
  if (zero)
    return 0;
  if (overflow)
    return -1;
  if (bits < 8) {
    int64_t perByte = 8 / bits;
    return count / perByte + (count % perByte != 0);
  }
  int64_t bytes;
  return multiply(count, bits / 8, bytes) ? bytes : -1;
}

extern "C" const char *ingot_status_name(int32_t status) {
  switch (status) {
  case INGOT_OK:
    return "ok";
  case INGOT_INVALID_ARGUMENT:
    return "invalid argument";
  case INGOT_INVALID_MODEL:
    return "invalid model";
  case INGOT_VERSION_MISMATCH:
    return "version mismatch";
  case INGOT_UNSUPPORTED_CPU:
    return "unsupported CPU";
  case INGOT_OUT_OF_MEMORY:
  case INGOT_RUN_OUT_OF_MEMORY:
    return "out of memory";
  case INGOT_WRONG_COUNT:
    return "wrong number of values";
  case INGOT_WRONG_KIND:
    return "wrong kind of value";
  case INGOT_WRONG_ELEMENT_TYPE:
    return "wrong element type";
  case INGOT_WRONG_RANK:
    return "wrong rank";
  case INGOT_WRONG_DIMENSION:
    return "wrong dimension";
  case INGOT_DIMENSION_CONFLICT:
    return "dimensions disagree";
  case INGOT_OUT_OF_BOUNDS:
    return "out of bounds";
  case INGOT_BUFFER_TOO_SMALL:
  case INGOT_RUN_BUFFER_TOO_SMALL:
    return "buffer too small";
  case INGOT_MISALIGNED:
    return "misaligned buffer";
  case INGOT_OVERLAP:
    return "overlapping buffers";
  case INGOT_BUSY:
    return "context is busy";
  case INGOT_NOT_FOUND:
    return "not found";
  case INGOT_IO_ERROR:
    return "input/output error";
  case INGOT_CORRUPT_WEIGHTS:
    return "corrupt weights";
  case INGOT_NO_DEVICE:
    return "no device";
  case INGOT_GUARD_FAILED:
    return "dimensions do not fit each other";
  case INGOT_UNSUPPORTED:
    return "unsupported";
  case INGOT_RUN_INVALID_DATA:
    return "invalid data";
  case INGOT_RUN_DIMENSION:
    return "sizes inside the run do not fit each other";
  case INGOT_RUN_DEVICE:
    return "device failed";
  case INGOT_RUN_FAILED:
    return "run failed";
  }
  return "unknown status";
}

extern "C" uint32_t ingot_abi_version(void) { return INGOT_ABI_VERSION; }
