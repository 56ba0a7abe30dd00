//===- Diagnostics.h - What a file was rejected for -------------*- C++ -*-===//
//
// Readers collect messages here and go on as long as it makes sense, so that one run shows every
// problem of a file; tools print the list. Messages read like LLVM's:
//
//   model.onnx: error: node 'conv1' (Conv): expected weight of rank 4, but got 3
//
//===----------------------------------------------------------------------===//
#ifndef INGOT_FRONTEND_ONNX_DIAGNOSTICS_H
#define INGOT_FRONTEND_ONNX_DIAGNOSTICS_H

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::onnx {

/// Unsupported is for input that is valid but that Ingot cannot compile: exit status 3 instead
/// of 1.
enum class Severity { Warning, Unsupported, Error };

struct Diagnostic {
  Severity severity;
  std::string file;    // as the user typed it; escaped when printed
  std::string where;   // e.g. "node 'conv1' (Conv)", names in it already escaped; may be empty
  std::string message; // names in it already escaped
  /// One line without a newline.
  std::string str() const;
};

/// Not thread-safe.
class Diagnostics {
public:
  explicit Diagnostics(std::string file) : file(std::move(file)) {}

  void error(std::string where, std::string message);
  void unsupported(std::string where, std::string message);
  /// Changes no exit status; said once, however often it is reported.
  void warning(std::string where, std::string message);

  /// What was reported after a mark can be taken back.
  struct Mark {
    size_t messages, warnings, errors, unsupporteds, unlisted;
  };
  Mark mark() const { return {messages.size(), warnings, errors, unsupporteds, unlisted}; }
  void takeBack(Mark to);

  size_t errorCount() const { return errors; }
  size_t unsupportedCount() const { return unsupporteds; }
  bool hasErrors() const { return errors != 0; }
  bool hasUnsupported() const { return unsupporteds != 0; }
  /// 0, 1 (some error) or 3 (nothing wrong but something unsupported).
  int exitStatus() const { return errors ? 1 : unsupporteds ? 3 : 0; }

  /// The first `limit` messages; a hostile file has no more than this share of our memory.
  const std::vector<Diagnostic> &list() const { return messages; }
  /// Messages beyond the limit: counted, not kept.
  size_t dropped() const { return unlisted; }

  /// Every message on its own line, then how many were dropped.
  std::string str() const;
  void print(std::FILE *stream) const;

  static constexpr size_t limit = 200;
  /// Warnings leave room for the errors behind them.
  static constexpr size_t warningLimit = 50;

private:
  void add(Severity severity, std::string where, std::string message);

  std::string file;
  std::vector<Diagnostic> messages;
  size_t warnings = 0, errors = 0, unsupporteds = 0, unlisted = 0;
};

/// `text` from a file, fit for a terminal: control characters, quotes, backslashes and bytes that
/// are not UTF-8 become escapes (\n, \x1B, \'), and what is longer than `maxBytes` is cut at a
/// character and ends in "… (N bytes)".
std::string escaped(std::string_view text, size_t maxBytes = 200);

/// `escaped` in single quotes.
std::string quoted(std::string_view text);

} // namespace ingot::onnx

#endif // INGOT_FRONTEND_ONNX_DIAGNOSTICS_H
