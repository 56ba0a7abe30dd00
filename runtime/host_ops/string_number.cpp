//===- string_number.cpp - Cast between strings and numbers ---------------------------------===//
//
// Numbers become the shortest decimal that reads back as the same number, in the form of Python's
// and numpy's str ("1.5", "1e-07", "nan", "True").
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "runtime/host_ops/host_ops.h"
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <locale.h>

namespace ingot::runtime {

static constexpr int64_t longestNumber = 512;

namespace {
/// The C locale for this thread: the host program may have set one with a decimal comma.
class PlainLocale {
public:
  PlainLocale() : plain(newlocale(LC_ALL_MASK, "C", nullptr)), before(uselocale(plain)) {}
  ~PlainLocale() {
    uselocale(before);
    if (plain)
      freelocale(plain);
  }
  PlainLocale(const PlainLocale &) = delete;
  PlainLocale &operator=(const PlainLocale &) = delete;

private:
  locale_t plain, before;
};
} // namespace

/// A binary16 or bfloat16 number as the double of the same value.
static double widen(uint16_t bits, bool brain) {
  int exponentBits = brain ? 8 : 5, fractionBits = 15 - exponentBits;
  int exponent = bits >> fractionBits & ((1 << exponentBits) - 1);
  int fraction = bits & ((1 << fractionBits) - 1);
  int bias = (1 << (exponentBits - 1)) - 1;
  double value;
  if (exponent == (1 << exponentBits) - 1)
    value = fraction ? NAN : INFINITY;
  else if (exponent == 0)
    value = std::ldexp(double(fraction), 1 - bias - fractionBits);
  else
    value = std::ldexp(double(fraction + (1 << fractionBits)), exponent - bias - fractionBits);
  return bits >> 15 ? -value : value;
}

/// Rounds to the nearest binary16 or bfloat16, ties to even.
static uint16_t narrow(double value, bool brain) {
  int exponentBits = brain ? 8 : 5, fractionBits = 15 - exponentBits;
  int bias = (1 << (exponentBits - 1)) - 1;
  uint16_t sign = uint16_t(std::signbit(value) ? 0x8000 : 0);
  uint16_t infinity = uint16_t(((1 << exponentBits) - 1) << fractionBits);
  if (std::isnan(value))
    return uint16_t(infinity | 1 << (fractionBits - 1));
  double magnitude = std::fabs(value);
  if (magnitude == 0)
    return sign;
  if (std::isinf(magnitude))
    return uint16_t(sign | infinity);
  int exponent = std::ilogb(magnitude);
  if (exponent < 1 - bias)
    exponent = 1 - bias;
  // The number in units of its last place; a carry runs on into the exponent, up to infinity.
  double units = std::nearbyint(std::ldexp(magnitude, fractionBits - exponent));
  int64_t encoded = int64_t(units) + (int64_t(exponent + bias - 1) << fractionBits);
  return uint16_t(sign | (encoded > infinity ? infinity : encoded));
}

static bool readsBack(const char *text, double value, int32_t type) {
  switch (type) {
  case INGOT_FLOAT:
    return std::strtof(text, nullptr) == float(value);
  case INGOT_FLOAT16:
  case INGOT_BFLOAT16:
    return narrow(std::strtod(text, nullptr), type == INGOT_BFLOAT16) ==
           narrow(value, type == INGOT_BFLOAT16);
  }
  return std::strtod(text, nullptr) == value;
}

/// "-1.25e+03" as "-1250.0", with zeros for digits that are not there: printing the number itself
/// with %f would show the ones of its binary value.
static void writePlainly(int exponent, char *text) {
  char digits[32];
  int count = 0;
  bool negative = *text == '-';
  for (const char *c = text; *c != 'e'; ++c)
    if (*c >= '0' && *c <= '9')
      digits[count++] = *c;
  char *to = text + negative;
  for (int place = exponent > 0 ? exponent : 0;
       place >= 0 || exponent - place < count || place == -1; --place) {
    if (place == -1)
      *to++ = '.';
    int digit = exponent - place;
    *to++ = digit >= 0 && digit < count ? digits[digit] : '0';
  }
  *to = 0;
}

/// The shortest digits that give the number back, written plainly between 1e-4 and 1e16.
static void printFloat(double value, int32_t type, char *text) {
  if (std::isnan(value)) {
    std::strcpy(text, "nan");
    return;
  }
  if (std::isinf(value)) {
    std::strcpy(text, value < 0 ? "-inf" : "inf");
    return;
  }
  int precision = 0;
  do
    std::snprintf(text, longestNumber, "%.*e", precision, value);
  while (!readsBack(text, value, type) && ++precision < 17);
  int exponent = std::atoi(std::strchr(text, 'e') + 1);
  if (value == 0 || (exponent >= -4 && exponent < 16))
    writePlainly(exponent, text);
}

template <typename T> static T load(const ingot_tensor_view &view, int64_t i) {
  T value;
  std::memcpy(&value, static_cast<const char *>(view.data) + i * int64_t(sizeof(T)), sizeof(T));
  return value;
}

template <typename T> static void store(Value &to, int64_t i, T value) {
  std::memcpy(static_cast<char *>(to.data) + i * int64_t(sizeof(T)), &value, sizeof(T));
}

/// False when the type has no text.
static bool print(const ingot_tensor_view &view, int64_t i, char *text) {
  long long whole = 0;
  switch (view.element_type) {
  case INGOT_FLOAT:
    printFloat(load<float>(view, i), INGOT_FLOAT, text);
    return true;
  case INGOT_DOUBLE:
    printFloat(load<double>(view, i), INGOT_DOUBLE, text);
    return true;
  case INGOT_FLOAT16:
  case INGOT_BFLOAT16:
    printFloat(widen(load<uint16_t>(view, i), view.element_type == INGOT_BFLOAT16),
               view.element_type, text);
    return true;
  case INGOT_BOOL:
    std::strcpy(text, load<uint8_t>(view, i) ? "True" : "False");
    return true;
  case INGOT_UINT64:
    std::snprintf(text, longestNumber, "%llu", (unsigned long long)load<uint64_t>(view, i));
    return true;
  case INGOT_INT8:
    whole = load<int8_t>(view, i);
    break;
  case INGOT_UINT8:
    whole = load<uint8_t>(view, i);
    break;
  case INGOT_INT16:
    whole = load<int16_t>(view, i);
    break;
  case INGOT_UINT16:
    whole = load<uint16_t>(view, i);
    break;
  case INGOT_INT32:
    whole = load<int32_t>(view, i);
    break;
  case INGOT_UINT32:
    whole = load<uint32_t>(view, i);
    break;
  case INGOT_INT64:
    whole = load<int64_t>(view, i);
    break;
  default:
    return false;
  }
  std::snprintf(text, longestNumber, "%lld", whole);
  return true;
}

int32_t stringFromNumber(const HostCall &call) {
  const ingot_tensor_view &input = call.operands[0];
  PlainLocale locale;
  Value *result = call.newTensor(INGOT_STRING, input.rank, input.dims);
  if (!result)
    return call.outOfMemory();
  auto *strings = static_cast<ingot_string *>(result->data);
  char text[longestNumber];
  for (int64_t i = 0; i < call.count(0); ++i) {
    if (!print(input, i, text))
      return call.invalid("elements of type %s have no text", elementTypeName(input.element_type));
    auto bytes = int64_t(std::strlen(text));
    auto *own = static_cast<char *>(call.allocate(bytes));
    if (!own)
      return INGOT_RUN_OUT_OF_MEMORY;
    std::memcpy(own, text, size_t(bytes));
    strings[i] = {own, bytes};
  }
  return call.give(0, result);
}

/// Reads all of `text` as a number of the type; false when that is not possible.
static bool parse(const char *text, int32_t type, Value &to, int64_t i) {
  char *end = nullptr;
  errno = 0;
  bool isFloat = type == INGOT_FLOAT || type == INGOT_DOUBLE || type == INGOT_FLOAT16 ||
                 type == INGOT_BFLOAT16;
  if (type == INGOT_FLOAT) {
    store(to, i, std::strtof(text, &end));
  } else if (isFloat) {
    double value = std::strtod(text, &end);
    if (type == INGOT_DOUBLE)
      store(to, i, value);
    else
      store(to, i, narrow(value, type == INGOT_BFLOAT16));
  } else if (type == INGOT_UINT64) {
    store(to, i, uint64_t(std::strtoull(text, &end, 10)));
  } else {
    long long value = std::strtoll(text, &end, 10);
    // Casts to narrower integers keep the low bits, as between integers.
    for (int64_t b = 0, size = elementBits(type) / 8; b < size; ++b)
      static_cast<unsigned char *>(to.data)[i * size + b] = (unsigned char)(value >> (8 * b));
  }
  while (*end == ' ')
    ++end;
  return end != text && *end == 0 && (isFloat || errno != ERANGE);
}

int32_t stringToNumber(const HostCall &call) {
  const ingot_tensor_view *input = call.tensor(0, INGOT_STRING);
  if (!input)
    return INGOT_RUN_INVALID_DATA;
  int32_t type = call.results[0].element_type;
  bool known = type == INGOT_DOUBLE || type == INGOT_FLOAT || type == INGOT_FLOAT16 ||
               type == INGOT_BFLOAT16 || (type >= INGOT_UINT8 && type <= INGOT_INT64) ||
               type == INGOT_UINT32 || type == INGOT_UINT64;
  if (!known)
    return call.invalid("strings do not become %s", elementTypeName(type));
  PlainLocale locale;
  Value *result = call.newTensor(type, input->rank, input->dims);
  if (!result)
    return call.outOfMemory();
  for (int64_t i = 0; i < call.count(0); ++i) {
    const ingot_string &string = call.strings(0)[i];
    char text[longestNumber];
    bool fits = string.bytes < longestNumber;
    if (fits && string.bytes > 0)
      std::memcpy(text, string.data, size_t(string.bytes));
    text[fits ? string.bytes : 0] = 0;
    if (!fits || !parse(text, type, *result, i))
      return call.invalid("'%.80s' is not a number", text);
  }
  return call.give(0, result);
}

} // namespace ingot::runtime
