#include "frontend/onnx/Diagnostics.h"

namespace ingot::onnx {

namespace {
/// Bytes of the UTF-8 character at the start of `text`, 0 if there is no valid one. Overlong forms,
/// surrogates, C1 controls and the marks that turn the direction of text are refused too: a
/// terminal may act on them.
size_t printableCharacter(std::string_view text) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned first = byte(0);
  if (first < 0x80)
    return first >= 0x20 && first != 0x7f;
  size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 0;
  if (length == 0 || length > text.size())
    return 0;
  unsigned code = first & (0x7f >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80)
      return 0;
    code = code << 6 | (byte(i) & 0x3f);
  }
  constexpr unsigned smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  bool bad = code < smallest[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ||
             code < 0xa0 || (code >= 0x200b && code <= 0x200f) ||
             (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
             code == 0xfeff;
  return bad ? 0 : length;
}

void appendEscape(std::string &out, unsigned char byte) {
  constexpr char digits[] = "0123456789ABCDEF";
  switch (byte) {
  case '\n':
    out += "\\n";
    break;
  case '\r':
    out += "\\r";
    break;
  case '\t':
    out += "\\t";
    break;
  case '\\':
  case '\'':
    out += {'\\', static_cast<char>(byte)};
    break;
  default:
    out += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
  }
}
} // namespace

std::string escaped(std::string_view text, size_t maxBytes) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    size_t length = printableCharacter(text.substr(at, 4));
    if (at + (length ? length : 1) > maxBytes)
      return out + "… (" + std::to_string(text.size()) + " bytes)";
    if (length == 0 || text[at] == '\'' || text[at] == '\\')
      appendEscape(out, text[at++]);
    else {
      out += text.substr(at, length);
      at += length;
    }
  }
  return out;
}

std::string quoted(std::string_view text) { return "'" + escaped(text) + "'"; }

std::string Diagnostic::str() const {
  constexpr const char *words[] = {"warning", "error: unsupported", "error"};
  std::string line = escaped(file, 4096) + ": " + words[static_cast<int>(severity)] + ": ";
  if (!where.empty())
    line += where + ": ";
  return line + message;
}

void Diagnostics::add(Severity severity, std::string where, std::string message) {
  if (messages.size() >= limit) {
    ++unlisted;
    return;
  }
  messages.push_back({severity, file, std::move(where), std::move(message)});
}

void Diagnostics::error(std::string where, std::string message) {
  ++errors;
  add(Severity::Error, std::move(where), std::move(message));
}

void Diagnostics::unsupported(std::string where, std::string message) {
  ++unsupporteds;
  add(Severity::Unsupported, std::move(where), std::move(message));
}

void Diagnostics::warning(std::string where, std::string message) {
  // The body of a loop is imported more than once, and so is a model of several entry points.
  for (const Diagnostic &known : messages)
    if (known.severity == Severity::Warning && known.where == where && known.message == message)
      return;
  if (warnings >= warningLimit) {
    ++unlisted;
    return;
  }
  ++warnings;
  add(Severity::Warning, std::move(where), std::move(message));
}

void Diagnostics::takeBack(Mark to) {
  messages.resize(to.messages);
  warnings = to.warnings;
  errors = to.errors;
  unsupporteds = to.unsupporteds;
  unlisted = to.unlisted;
}

std::string Diagnostics::str() const {
  std::string text;
  for (const Diagnostic &diagnostic : messages)
    text += diagnostic.str() + "\n";
  if (unlisted != 0)
    text += escaped(file, 4096) + ": and " + std::to_string(unlisted) + " more\n";
  return text;
}

void Diagnostics::print(std::FILE *stream) const {
  std::string text = str();
  std::fwrite(text.data(), 1, text.size(), stream);
}

} // namespace ingot::onnx
