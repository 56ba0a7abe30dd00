//===- Flags.cpp - the values of flags -------------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/Flags.h"

#include "frontend/onnx/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

#include <cmath>
#include <cstdlib>

namespace ingot::cli {

namespace {
std::nullopt_t refuse(std::string &misuse, const std::string &flag, const std::string &text,
                      const std::string &allowed) {
  misuse = flag + ": expected " + allowed + ", but got " + onnx::quoted(text);
  return std::nullopt;
}

/// Digits only; nothing for anything else, and for what does not fit.
std::optional<int64_t> digits(llvm::StringRef text) {
  int64_t value;
  if (text.empty() || !llvm::all_of(text, llvm::isDigit) || text.getAsInteger(10, value))
    return std::nullopt;
  return value;
}
} // namespace

std::optional<int64_t> readInteger(const char *flag, const std::string &text, int64_t least,
                                   int64_t most, std::string &misuse) {
  std::optional<int64_t> value = digits(text);
  if (value && *value >= least && *value <= most)
    return value;
  return refuse(misuse, flag, text,
                "a number from " + std::to_string(least) + " to " + std::to_string(most));
}

std::optional<double> readReal(const char *flag, const std::string &text, std::string &misuse) {
  char *end = nullptr;
  double value = std::strtod(text.c_str(), &end);
  bool whole = !text.empty() && end == text.c_str() + text.size() &&
               !std::isspace(static_cast<unsigned char>(text[0]));
  if (!whole || !std::isfinite(value) || value < 0)
    return refuse(misuse, flag, text, "a finite number that is not negative");
  return value;
}

std::optional<size_t> readChoice(const char *flag, const std::string &text,
                                 const std::vector<std::string> &choices, std::string &misuse) {
  auto found = llvm::find(choices, text);
  if (found != choices.end())
    return found - choices.begin();
  return refuse(misuse, flag, text, "one of " + llvm::join(choices, ", "));
}

namespace {
std::optional<std::pair<int64_t, int64_t>> readBounds(llvm::StringRef text, bool boundsAllowed) {
  if (!boundsAllowed) {
    std::optional<int64_t> size = digits(text);
    return size ? std::optional(std::pair(*size, *size)) : std::nullopt;
  }
  if (text == "?")
    return std::pair<int64_t, int64_t>(0, INT64_MAX);
  auto [low, high] = text.split("..");
  std::optional<int64_t> least = digits(low);
  bool isRange = text.contains("..");
  std::optional<int64_t> most = !isRange       ? least
                                : high.empty() ? std::optional<int64_t>(INT64_MAX)
                                               : digits(high);
  if (!least || !most || *least > *most)
    return std::nullopt;
  return std::pair(*least, *most);
}
} // namespace

std::optional<ShapeSpec> readShape(const std::string &text, bool boundsAllowed,
                                   std::string &misuse) {
  std::string allowed = boundsAllowed
                            ? "INPUT:DIMS with dimensions such as 1x3x224x224 or 1..32x3x?x?"
                            : "INPUT:DIMS with dimensions such as 1x3x224x224";
  size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0)
    return refuse(misuse, "--shape", text, allowed);
  ShapeSpec shape;
  shape.input = text.substr(0, colon);
  llvm::StringRef dims = llvm::StringRef(text).substr(colon + 1);
  if (dims.empty())
    return shape;
  llvm::SmallVector<llvm::StringRef> parts;
  dims.split(parts, 'x');
  for (llvm::StringRef part : parts) {
    auto bounds = readBounds(part, boundsAllowed);
    if (!bounds)
      return refuse(misuse, "--shape", text, allowed);
    shape.dims.push_back(*bounds);
  }
  return shape;
}

std::optional<std::string> readIdentifier(const char *flag, const std::string &text,
                                          std::string &misuse) {
  // Every keyword of C23 and C++23 that has the form of a plain word.
  static const char *const keywords[] = {"alignas",
                                         "alignof",
                                         "and",
                                         "and_eq",
                                         "asm",
                                         "auto",
                                         "bitand",
                                         "bitor",
                                         "bool",
                                         "break",
                                         "case",
                                         "catch",
                                         "char",
                                         "char16_t",
                                         "char32_t",
                                         "char8_t",
                                         "class",
                                         "co_await",
                                         "co_return",
                                         "co_yield",
                                         "compl",
                                         "concept",
                                         "const",
                                         "const_cast",
                                         "consteval",
                                         "constexpr",
                                         "constinit",
                                         "continue",
                                         "decltype",
                                         "default",
                                         "delete",
                                         "do",
                                         "double",
                                         "dynamic_cast",
                                         "else",
                                         "enum",
                                         "explicit",
                                         "export",
                                         "extern",
                                         "false",
                                         "float",
                                         "for",
                                         "friend",
                                         "goto",
                                         "if",
                                         "inline",
                                         "int",
                                         "long",
                                         "mutable",
                                         "namespace",
                                         "new",
                                         "noexcept",
                                         "not",
                                         "not_eq",
                                         "nullptr",
                                         "operator",
                                         "or",
                                         "or_eq",
                                         "private",
                                         "protected",
                                         "public",
                                         "register",
                                         "reinterpret_cast",
                                         "requires",
                                         "restrict",
                                         "return",
                                         "short",
                                         "signed",
                                         "sizeof",
                                         "static",
                                         "static_assert",
                                         "static_cast",
                                         "struct",
                                         "switch",
                                         "template",
                                         "this",
                                         "thread_local",
                                         "throw",
                                         "true",
                                         "try",
                                         "typedef",
                                         "typeid",
                                         "typename",
                                         "typeof",
                                         "typeof_unqual",
                                         "union",
                                         "unsigned",
                                         "using",
                                         "virtual",
                                         "void",
                                         "volatile",
                                         "wchar_t",
                                         "while",
                                         "xor",
                                         "xor_eq"};
  auto isWord = [](char c) { return llvm::isAlnum(c) || c == '_'; };
  bool valid =
      !text.empty() && text.size() <= 200 && llvm::all_of(text, isWord) && !llvm::isDigit(text[0]);
  if (!valid || llvm::is_contained(keywords, text))
    return refuse(misuse, flag, text, "a C identifier of up to 200 letters that is no keyword");
  return text;
}

std::optional<std::string> readState(const std::string &text, std::string &misuse) {
  llvm::StringRef rest = text;
  size_t last = rest.rfind(':');
  llvm::StringRef tail = last == llvm::StringRef::npos ? "" : rest.substr(last + 1);
  // A name may contain '=', so that only digits on both sides make it an axis.
  auto [axis, most] = tail.split('=');
  if (tail.contains('=') && digits(axis) && digits(most))
    rest = rest.take_front(last);
  auto [in, out] = rest.split(':');
  if (in.empty() || out.empty())
    return refuse(misuse, "--state", text,
                  "INPUT:OUTPUT or INPUT:OUTPUT:axis=MAX, such as "
                  "past:present:2=1024");
  return text;
}

std::optional<std::vector<std::string>> readList(const char *flag, const std::string &text,
                                                 std::string &misuse) {
  llvm::SmallVector<llvm::StringRef> parts;
  llvm::StringRef(text).split(parts, ',');
  std::vector<std::string> words;
  for (llvm::StringRef part : parts) {
    if (part.empty())
      return refuse(misuse, flag, text, "names between commas");
    words.push_back(part.str());
  }
  return words;
}

std::string extensionOf(const std::string &path) { return llvm::sys::path::extension(path).str(); }

std::optional<std::string> readFileName(const char *flag, const std::string &text,
                                        const std::vector<std::string> &allowed,
                                        std::string &misuse) {
  if (!llvm::is_contained(allowed, extensionOf(text)))
    return refuse(misuse, flag, text, "a file name that ends in " + llvm::join(allowed, " or "));
  return text;
}

} // namespace ingot::cli
