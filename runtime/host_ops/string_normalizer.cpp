//===- string_normalizer.cpp - stop words and letter case -----------------------------------===//
//
// Letters are changed code point by code point in the C.UTF-8 locale of the C library, where there
// is one; otherwise only those of ASCII are. Bytes that are no UTF-8 stay as they are.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "runtime/host_ops/host_ops.h"
#include <clocale>
#include <cstring>
#include <cwctype>
#include <wctype.h>

namespace ingot::runtime {

namespace {
/// UTF-8 read and written by hand, so that no global locale is involved.
struct CodePoint {
  uint32_t value;
  int64_t bytes; // 0: the byte begins no character
};

class LetterCase {
public:
  LetterCase() : locale(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {}
  ~LetterCase() {
    if (locale)
      freelocale(locale);
  }
  LetterCase(const LetterCase &) = delete;
  LetterCase &operator=(const LetterCase &) = delete;

  uint32_t convert(uint32_t c, bool upper) const {
    if (locale)
      return uint32_t(upper ? towupper_l(wint_t(c), locale) : towlower_l(wint_t(c), locale));
    if (upper)
      return c >= 'a' && c <= 'z' ? c - 32 : c;
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
  }

private:
  locale_t locale;
};
} // namespace

static CodePoint read(const char *text, int64_t left) {
  auto *p = reinterpret_cast<const unsigned char *>(text);
  if (p[0] < 0x80)
    return {p[0], 1};
  int64_t bytes = p[0] >= 0xf0 && p[0] < 0xf8 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc2 ? 2 : 0;
  if (bytes == 0 || p[0] >= 0xf8 || bytes > left)
    return {0, 0};
  uint32_t value = p[0] & (0x7fu >> bytes);
  for (int64_t i = 1; i < bytes; ++i) {
    if ((p[i] & 0xc0) != 0x80)
      return {0, 0};
    value = value << 6 | (p[i] & 0x3f);
  }
  return {value, bytes};
}

static int64_t write(uint32_t c, char *to) {
  if (c < 0x80) {
    to[0] = char(c);
    return 1;
  }
  int64_t bytes = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  for (int64_t i = bytes - 1; i > 0; --i, c >>= 6)
    to[i] = char(0x80 | (c & 0x3f));
  to[0] = char((0xf00 >> bytes & 0xff) | c);
  return bytes;
}

/// The string in the other case; data is null when there is no memory.
static ingot_string convert(const HostCall &call, const LetterCase &letters,
                            const ingot_string &from, bool upper) {
  int64_t room;
  if (!multiply(from.bytes, 4, room)) // a character of one byte may become one of four
    return {nullptr, 0};
  auto *to = static_cast<char *>(call.allocate(room));
  if (!to)
    return {nullptr, 0};
  int64_t length = 0;
  for (int64_t i = 0; i < from.bytes;) {
    CodePoint c = read(from.data + i, from.bytes - i);
    if (c.bytes == 0) {
      to[length++] = from.data[i++];
      continue;
    }
    length += write(letters.convert(c.value, upper), to + length);
    i += c.bytes;
  }
  return {to, length};
}

static bool equal(const ingot_string &a, const ingot_string &b) {
  return a.bytes == b.bytes && (a.bytes == 0 || !std::memcmp(a.data, b.data, size_t(a.bytes)));
}

static bool equalText(const ingot_string &a, const char *b) {
  return equal(a, {b, int64_t(std::strlen(b))});
}

int32_t stringNormalizer(const HostCall &call) {
  const ingot_tensor_view *input = call.tensor(0, INGOT_STRING);
  if (!input || !call.tensor(1, INGOT_STRING) || (call.has(3) && !call.tensor(3, INGOT_STRING)))
    return INGOT_RUN_INVALID_DATA;
  if (input->rank < 1 || input->rank > 2 || (input->rank == 2 && input->dims[0] != 1) ||
      call.count(1) != 1)
    return call.invalid("takes a list [C] or [1, C]");
  int64_t sensitive;
  if (int32_t status = call.scalar(2, sensitive))
    return status;
  const ingot_string &action = call.strings(1)[0];
  bool upper = equalText(action, "UPPER"), lower = equalText(action, "LOWER");
  if (!upper && !lower && !equalText(action, "NONE"))
    return call.invalid("unknown change of case");

  LetterCase letters;
  int64_t stopCount = call.has(3) ? call.count(3) : 0, count = call.count(0), kept = 0;
  auto *stops =
      static_cast<ingot_string *>(call.allocate(stopCount * int64_t(sizeof(ingot_string))));
  auto *result =
      static_cast<ingot_string *>(call.allocate((count + 1) * int64_t(sizeof(ingot_string))));
  if (!stops || !result)
    return INGOT_RUN_OUT_OF_MEMORY;
  for (int64_t i = 0; i < stopCount; ++i) {
    stops[i] = sensitive ? call.strings(3)[i] : convert(call, letters, call.strings(3)[i], false);
    if (!stops[i].data && call.strings(3)[i].bytes)
      return call.outOfMemory();
  }
  for (int64_t i = 0; i < count; ++i) {
    const ingot_string &text = call.strings(0)[i];
    ingot_string key = stopCount && !sensitive ? convert(call, letters, text, false) : text;
    bool isStop = false;
    for (int64_t k = 0; k < stopCount && !isStop; ++k)
      isStop = equal(key, stops[k]);
    if (isStop)
      continue;
    result[kept] = upper || lower ? convert(call, letters, text, upper) : text;
    if (!result[kept].data && text.bytes)
      return call.outOfMemory();
    ++kept;
  }
  if (kept == 0) // the standard wants one empty string rather than an empty list
    result[kept++] = {nullptr, 0};
  int64_t dims[2] = {1, 1};
  dims[input->rank - 1] = kept;
  Value *value = call.newTensor(INGOT_STRING, input->rank, dims);
  if (value)
    std::memcpy(value->data, result, size_t(kept) * sizeof(ingot_string));
  return call.give(0, value);
}

} // namespace ingot::runtime
