//===- Arguments.h - reading a command line --------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_ARGUMENTS_H
#define INGOT_TOOLS_INGOT_ARGUMENTS_H

#include "llvm/Option/ArgList.h"

#include <optional>
#include <string>
#include <vector>

namespace ingot::cli {

enum class Command { Compile, Run, Verify, Bench, Inspect };

/// "compile", "run", …
const char *nameOf(Command command);

/// A command line taken apart by the flags of one command; values are not looked at yet.
class Arguments {
public:
  /// `words` are those after the command and must outlive the result. Nothing, and what is wrong in
  /// `misuse`, for a flag that the command does not have or that lacks its value.
  static std::optional<Arguments> parse(Command command, llvm::ArrayRef<const char *> words,
                                        std::string &misuse);

  bool has(unsigned flag) const;
  /// The last value given; nothing when the flag is absent.
  std::optional<std::string> value(unsigned flag) const;
  std::vector<std::string> values(unsigned flag) const;
  /// What is no flag: files.
  std::vector<std::string> files() const;
  /// The one file that the command needs; nothing, with `misuse`, for none or several.
  std::optional<std::string> onlyFile(const char *what, std::string &misuse) const;

private:
  explicit Arguments(llvm::opt::InputArgList list) : list(std::move(list)) {}
  llvm::opt::InputArgList list;
};

/// The text of `ingot COMMAND --help` to stdout.
void printHelp(Command command);
/// Prints "ingot COMMAND: error: …" and where to find help; returns the exit status 2.
int misused(Command command, const std::string &misuse);

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_ARGUMENTS_H
