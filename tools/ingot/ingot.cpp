//===- ingot.cpp - the program `ingot` -------------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "frontend/onnx/Diagnostics.h"
#include "tools/ingot/Commands.h"
#include "tools/ingot/Interrupt.h"
#include "tools/ingot/OptionIds.h"

#include "llvm/Support/raw_ostream.h"

#include <cerrno>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>

using namespace ingot::cli;

namespace {
struct Row {
  Command command;
  int (*run)(const Arguments &);
  const char *what;
};
constexpr Row rows[] = {
    {Command::Compile, compileCommand, "compile an ONNX model to native code"},
    {Command::Run, runCommand, "run a model or an artifact once"},
    {Command::Verify, verifyCommand, "compare with recorded outputs"},
    {Command::Bench, benchCommand, "measure how long a run takes"},
    {Command::Inspect, inspectCommand, "show what a model or an artifact holds"},
};

void printOverview(llvm::raw_ostream &out) {
  out << "Turns trained ONNX models into native code.\n\nUSAGE: ingot COMMAND …\n\nCOMMANDS:\n";
  for (const Row &row : rows)
    out << "  " << llvm::left_justify(nameOf(row.command), 10) << row.what << "\n";
  out << "\n'ingot COMMAND --help' shows the flags of a command, 'ingot --version' the version.\n";
}

/// A file opened while a standard stream is closed would get its number, and with it the messages.
/// Nothing is lost by saying nothing on stderr; results must not vanish, so that writing to the
/// stand-in for stdout fails.
void openStandardFiles() {
  for (int each = 0; each <= 2; ++each)
    if (fcntl(each, F_GETFD) == -1 && errno == EBADF)
      (void)open("/dev/null", each == 2 ? O_WRONLY : O_RDONLY); // gets the least free number
}

/// The exit status: a command has not done its work where its results could not be written. LLVM
/// would end the process with a message of its own for an error that nobody asked about.
int finish(int status) {
  llvm::raw_fd_ostream &out = llvm::outs(), &messages = llvm::errs();
  out.flush();
  std::error_code error = out.error();
  out.clear_error();
  if (error) {
    messages << "ingot: error: cannot write to standard output: " << error.message() << "\n";
    status = status ? status : 1;
  }
  messages.flush();
  messages.clear_error();
  return status;
}
} // namespace

static int runCommandLine(int argc, char **argv) {
  std::string_view word = argc > 1 ? argv[1] : "";
  if (word == "--version") {
    llvm::outs() << "ingot " << INGOT_VERSION << " (LLVM " << LLVM_VERSION_STRING << ")\n";
    return 0;
  }
  if (word == "--help" || word == "-h" || word == "help") {
    printOverview(llvm::outs());
    return 0;
  }
  for (const Row &row : rows) {
    if (word != nameOf(row.command))
      continue;
    std::string misuse;
    auto arguments = Arguments::parse(row.command, {argv + 2, argv + argc}, misuse);
    if (!arguments)
      return misused(row.command, misuse);
    if (arguments->has(OPT_help)) {
      printHelp(row.command);
      return 0;
    }
    return row.run(*arguments);
  }
  if (argc > 1)
    llvm::errs() << "ingot: error: unknown command " << ingot::onnx::quoted(word) << "\n\n";
  printOverview(llvm::errs());
  return 2;
}

int main(int argc, char **argv) {
  openStandardFiles();
  cleanUpWithoutMemory();
  return finish(runCommandLine(argc, argv));
}
