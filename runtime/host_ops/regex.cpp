//===- regex.cpp - RegexFullMatch -----------------------------------------------------------===//
//
// ONNX names RE2's syntax. The C library's regcomp is what is at hand without linking a library
// into every model, and for the question "does the whole string match" the two agree wherever the
// syntax does: laziness and the choice among alternatives do not matter. Patterns are translated
// to POSIX extended ones; what has no counterpart there (\b, \pN, flags in the middle) is an error
// with the construct's name, never a different match. Text is matched as UTF-8 code points.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef _GNU_SOURCE
#define _GNU_SOURCE // REG_STARTEND, uselocale
#endif
#include "runtime/host_ops/host_ops.h"
#include <cstring>
#include <locale.h>
#include <regex.h>

namespace ingot::runtime {

namespace {
/// Translates RE2 syntax (github.com/google/re2/wiki/Syntax) into a POSIX extended expression that
/// matches whole strings.
class Translator {
public:
  Translator(const ingot_string &pattern, char *to)
      : at(pattern.data), end(pattern.data + pattern.bytes), to(to) {}

  /// What could not be translated, null on success.
  const char *run();
  bool ignoreCase = false;

  /// Bytes that a pattern may grow to: one escape becomes a bracket of at most 16.
  static constexpr int64_t growth = 16;

private:
  void put(const char *text) {
    while (*text)
      *to++ = *text++;
  }
  void putLiteral(char c) {
    if (std::strchr(".[]{}()\\*+?|^$", c))
      *to++ = '\\';
    *to++ = c;
  }
  const char *escape();
  const char *bracket();
  const char *bracketEscape();
  const char *group();
  static bool isWord(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }
  /// The byte that an escape such as \n stands for; 0 when it is none of them.
  static char control(char c) {
    switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case 'f':
      return '\f';
    case 'v':
      return '\v';
    case 'a':
      return '\a';
    }
    return 0;
  }

  /// The C library goes down one call, of up to a kilobyte of stack, for each group in a group. A
  /// caller's thread may have 64 KiB of stack.
  static constexpr int maxNesting = 32;

  const char *at, *end;
  char *to;
  int nesting = 0;
};
} // namespace

const char *Translator::escape() {
  if (at == end)
    return "a backslash at the end";
  char c = *at++;
  switch (c) {
  case 'd':
    return put("[0-9]"), nullptr;
  case 'D':
    return put("[^0-9]"), nullptr;
  case 'w':
    return put("[0-9A-Za-z_]"), nullptr;
  case 'W':
    return put("[^0-9A-Za-z_]"), nullptr;
  case 's':
    return put("[\t\n\f\r ]"), nullptr;
  case 'S':
    return put("[^\t\n\f\r ]"), nullptr;
  case 'A': // the whole string has to match anyway
    return put("^"), nullptr;
  case 'z':
    return put("$"), nullptr;
  }
  if (char byte = control(c)) {
    *to++ = byte;
    return nullptr;
  }
  if (isWord(c) || c == 0)
    return "an escape of a letter or digit";
  putLiteral(c);
  return nullptr;
}

const char *Translator::bracketEscape() {
  if (at == end)
    return "a backslash at the end";
  char c = *at++;
  switch (c) {
  case 'd':
    return put("0-9"), nullptr;
  case 'w':
    return put("0-9A-Za-z_"), nullptr;
  case 's':
    return put("\t\n\f\r "), nullptr;
  }
  if (char byte = control(c)) {
    *to++ = byte;
    return nullptr;
  }
  // In a POSIX bracket a backslash stands for itself, and these three have a meaning by position.
  if (c == ']' || c == '[' || c == '-' || c == '^') {
    put("[.");
    *to++ = c;
    put(".]");
    return nullptr;
  }
  if (isWord(c) || c == 0)
    return "an escape of a letter or digit in brackets";
  *to++ = c;
  return nullptr;
}

const char *Translator::bracket() {
  *to++ = '[';
  if (at != end && *at == '^')
    *to++ = *at++;
  if (at != end && *at == ']')
    *to++ = *at++; // stands for itself in both syntaxes
  while (at != end && *at != ']') {
    if (*at == '\\') {
      ++at;
      if (const char *problem = bracketEscape())
        return problem;
    } else if (*at == '[' && end - at > 1 && at[1] == ':') {
      while (at != end && *at != ']')
        *to++ = *at++;
      if (at == end)
        return "an open bracket";
      *to++ = *at++;
    } else if (*at == '[') {
      ++at;
      put("[.[.]");
    } else {
      *to++ = *at++;
    }
  }
  if (at == end)
    return "an open bracket";
  *to++ = *at++;
  return nullptr;
}

const char *Translator::group() {
  if (++nesting > maxNesting)
    return "groups nested more than 32 deep";
  *to++ = '(';
  if (at == end || *at != '?')
    return nullptr;
  ++at;
  if (at != end && *at == ':') {
    ++at;
    return nullptr;
  }
  if (at != end && *at == 'P')
    ++at;
  if (at == end || *at != '<' || end - at < 2 || at[1] == '=' || at[1] == '!')
    return "a group of the form (?…)";
  while (at != end && *at != '>')
    ++at;
  if (at == end)
    return "an open group";
  ++at;
  return nullptr;
}

const char *Translator::run() {
  put("^(");
  if (end - at >= 4 && std::memcmp(at, "(?i)", 4) == 0) {
    ignoreCase = true;
    at += 4;
  }
  bool repeated = false; // the last item was a repetition: a '?' after it only makes it lazy
  while (at != end) {
    char c = *at++;
    const char *problem = nullptr;
    bool repetition = false;
    if (c == '\\') {
      problem = escape();
    } else if (c == '[') {
      problem = bracket();
    } else if (c == '(') {
      problem = group();
    } else if (c == 0) {
      problem = "a NUL";
    } else if (c == '.') {
      put("[^\n]"); // RE2's dot leaves out the line break
    } else if (c == '?' && repeated) {
      repeated = false;
      continue;
    } else if ((c == '*' || c == '+') && repeated) {
      problem = "a repetition of a repetition";
    } else {
      nesting -= c == ')';
      repetition = c == '*' || c == '+' || c == '?' || c == '}';
      *to++ = c;
    }
    if (problem)
      return problem;
    repeated = repetition;
  }
  put(")$");
  *to = 0;
  return nullptr;
}

namespace {
/// Code points instead of bytes, whatever locale the host program has set.
class Utf8Locale {
public:
  Utf8Locale() : utf8(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    if (utf8)
      before = uselocale(utf8);
  }
  ~Utf8Locale() {
    if (!utf8)
      return;
    uselocale(before);
    freelocale(utf8);
  }
  Utf8Locale(const Utf8Locale &) = delete;
  Utf8Locale &operator=(const Utf8Locale &) = delete;

private:
  locale_t utf8, before = nullptr;
};
} // namespace

/// regexec wants int offsets and, without REG_STARTEND, a terminated string.
static bool matches(const regex_t &expression, const ingot_string &text) {
  regmatch_t range[1];
  range[0].rm_so = 0;
  range[0].rm_eo = regoff_t(text.bytes);
  return regexec(&expression, text.data ? text.data : "", 1, range, REG_STARTEND) == 0;
}

int32_t regexFullMatch(const HostCall &call) {
  const ingot_tensor_view *input = call.tensor(0, INGOT_STRING);
  if (!input || !call.tensor(1, INGOT_STRING))
    return INGOT_RUN_INVALID_DATA;
  if (call.count(1) != 1 || call.strings(1)[0].bytes > 1 << 16)
    return call.invalid("needs one pattern of at most 64 KiB");
  const ingot_string &pattern = call.strings(1)[0];
  auto *posix = static_cast<char *>(call.allocate(pattern.bytes * Translator::growth + 8));
  Value *result = call.newTensor(INGOT_BOOL, input->rank, input->dims);
  if (!posix || !result)
    return call.outOfMemory();
  Translator translator(pattern, posix);
  if (const char *problem = translator.run())
    return call.invalid("the pattern has %s, which this runtime does not support", problem);

  Utf8Locale locale;
  regex_t expression;
  int error = regcomp(&expression, posix, REG_EXTENDED | (translator.ignoreCase ? REG_ICASE : 0));
  if (error == REG_ESPACE)
    return call.outOfMemory();
  if (error) {
    char why[128];
    regerror(error, &expression, why, sizeof why);
    return call.invalid("the pattern is not valid: %s", why);
  }
  bool tooLong = false;
  for (int64_t i = 0; i < call.count(0); ++i) {
    const ingot_string &text = call.strings(0)[i];
    tooLong |= text.bytes > INT32_MAX;
    static_cast<unsigned char *>(result->data)[i] = !tooLong && matches(expression, text);
  }
  regfree(&expression);
  return tooLong ? call.invalid("a string above 2 GiB") : call.give(0, result);
}

} // namespace ingot::runtime
