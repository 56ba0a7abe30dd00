//===- NpyHeader.cpp - the dictionary at the start of a .npy file ----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/NpyHeader.h"

#include "frontend/onnx/Diagnostics.h"

namespace ingot::cli {

namespace {
/// numpy itself allows 32 (64 since 2.0); ONNX sets no limit.
constexpr size_t maxRank = 64;

class Parser {
public:
  Parser(std::string_view text, std::string &message) : text(text), message(message) {}

  std::optional<NpyHeader> parse() {
    NpyHeader header;
    unsigned seen = 0;
    if (!expect('{'))
      return std::nullopt;
    while (!take('}')) {
      if (!entry(header, seen) || (!take(',') && peek() != '}'))
        return fail("expected ',' or '}'");
    }
    skipBlanks();
    if (at != text.size())
      return fail("something follows the dictionary");
    if (seen != 7)
      return fail("'descr', 'fortran_order' and 'shape' must all be there");
    return header;
  }

private:
  /// The first message stays: it is the one closest to the cause.
  std::nullopt_t fail(const std::string &what) {
    if (message.empty())
      message = "bad header at its byte " + std::to_string(at) + ": " + what;
    return std::nullopt;
  }

  void skipBlanks() {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\n'))
      ++at;
  }
  char peek() {
    skipBlanks();
    return at < text.size() ? text[at] : '\0';
  }
  bool take(char c) {
    if (peek() != c)
      return false;
    ++at;
    return true;
  }
  bool expect(char c) {
    if (take(c))
      return true;
    fail(std::string("expected '") + c + "'");
    return false;
  }
  bool takeWord(std::string_view word) {
    skipBlanks();
    if (text.substr(at, word.size()) != word)
      return false;
    at += word.size();
    return true;
  }

  /// A quoted string without escapes, which no valid key or type needs.
  std::optional<std::string> quotedString() {
    char quote = peek();
    if (quote != '\'' && quote != '"')
      return fail("expected a string");
    size_t end = text.find(quote, at + 1);
    if (end == std::string_view::npos)
      return fail("the string has no end");
    std::string_view inner = text.substr(at + 1, end - at - 1);
    if (inner.size() > 100 || inner.find('\\') != std::string_view::npos)
      return fail("not a plain string: " + onnx::quoted(inner));
    at = end + 1;
    return std::string(inner);
  }

  bool entry(NpyHeader &header, unsigned &seen) {
    std::optional<std::string> key = quotedString();
    if (!key || !expect(':'))
      return false;
    unsigned bit = *key == "descr" ? 1 : *key == "fortran_order" ? 2 : *key == "shape" ? 4 : 0;
    if (!bit || (seen & bit)) {
      fail((bit ? "key given twice: " : "unknown key ") + onnx::quoted(*key));
      return false;
    }
    seen |= bit;
    return bit == 1 ? descr(header) : bit == 2 ? order(header) : shape(header);
  }

  bool descr(NpyHeader &header) {
    if (peek() == '[') {
      fail("records are not supported");
      return false;
    }
    std::optional<std::string> type = quotedString();
    if (type)
      header.descr = *type;
    return type.has_value();
  }

  bool order(NpyHeader &header) {
    if (takeWord("False"))
      return true;
    header.fortranOrder = takeWord("True");
    if (!header.fortranOrder)
      fail("expected True or False");
    return header.fortranOrder;
  }

  bool number(int64_t &value) {
    skipBlanks();
    size_t begin = at;
    value = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
      if (__builtin_mul_overflow(value, 10, &value) ||
          __builtin_add_overflow(value, text[at] - '0', &value)) {
        fail("the dimension is too large");
        return false;
      }
    if (at == begin)
      fail("expected a dimension");
    return at != begin;
  }

  bool shape(NpyHeader &header) {
    if (!expect('('))
      return false;
    while (!take(')')) {
      int64_t size;
      if (header.shape.size() == maxRank || !number(size)) {
        fail("more than " + std::to_string(maxRank) + " dimensions");
        return false;
      }
      take('L'); // Python 2 wrote longs so
      header.shape.push_back(size);
      bool comma = take(',');
      if (peek() != ')' ? !comma : header.shape.size() == 1 && !comma) {
        fail("expected ','");
        return false;
      }
    }
    return true;
  }

  std::string_view text;
  std::string &message;
  size_t at = 0;
};
} // namespace

std::optional<NpyHeader> readNpyHeader(std::string_view text, std::string &message) {
  message.clear();
  return Parser(text, message).parse();
}

} // namespace ingot::cli
