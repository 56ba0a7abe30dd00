//===- VerifyBatch.cpp - comparing many models -----------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/VerifyBatch.h"
#include "tools/ingot/Flags.h"
#include "tools/ingot/Interrupt.h"
#include "tools/ingot/Verify.h"

#include "frontend/onnx/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ingot::cli {

namespace {
/// A child lives for this many cases: what compiling leaks is bounded, and so is the cost of
/// setting a child up (0.1 s with MLIR).
constexpr size_t casesPerChild = 250;

bool readField(llvm::StringRef field, Tolerance &tolerance, std::string &misuse) {
  bool isRtol = field.consume_front("rtol="), isAtol = !isRtol && field.consume_front("atol=");
  bool isShare = !isRtol && !isAtol && field.consume_front("share=");
  if (!isRtol && !isAtol && !isShare) {
    misuse = "--batch: expected rtol=R, atol=A or share=S, but got " + onnx::quoted(field);
    return false;
  }
  std::optional<double> value = readReal("--batch", field.str(), misuse);
  if (!value)
    return false;
  if (isRtol)
    tolerance.rtol = *value;
  else if (isShare)
    tolerance.share = *value;
  else
    tolerance.atol = tolerance.integerAtol = *value;
  return true;
}

/// The line for one case, compiled and run here.
std::string judge(const BatchCase &each, const ProgramOptions &options) {
  Failure failure;
  std::unique_ptr<Program> program = Program::open(each.folder + "/model.onnx", options, failure);
  auto ignore = [](const std::string &, const std::string &, const Comparison &) {};
  std::string name = onnx::escaped(each.folder, 4096);
  if (program && verify(*program, each.folder, each.tolerance, ignore, failure))
    return "PASS " + name;
  std::string reason = failure.messages.empty() ? "no reason given" : failure.messages.front();
  std::replace(reason.begin(), reason.end(), '\n', ' ');
  // The line begins with the case: its files need no mention, so that equal reasons read alike.
  size_t end = reason.find(": error: ");
  if (llvm::StringRef(reason).starts_with(name) && end != std::string::npos)
    reason.erase(0, end + std::strlen(": error: "));
  return (failure.outcome == Outcome::Unsupported ? "UNSUPPORTED " : "FAIL ") + name + ": " +
         reason;
}

void writeAll(int file, const std::string &text) {
  for (size_t at = 0; at < text.size();) {
    ssize_t written = write(file, text.data() + at, text.size() - at);
    if (written < 0 && errno != EINTR)
      _exit(1); // the parent is gone
    at += std::max<ssize_t>(written, 0);
  }
}

/// A child process that answers a line per case, and what it has said so far.
class Child {
public:
  /// Judges cases [begin, end). Forks before this process has any thread of its own.
  bool start(const std::vector<BatchCase> &cases, size_t begin, size_t end,
             const ProgramOptions &options) {
    int ends[2];
    if (pipe(ends) != 0)
      return false;
    id = fork();
    if (id == 0) {
      close(ends[0]);
      cleanUpOnSignals();
      for (size_t i = begin; i < end; ++i)
        writeAll(ends[1], judge(cases[i], options) + "\n");
      _exit(0);
    }
    close(ends[1]);
    answers = ends[0];
    return id > 0;
  }

  enum class Answer { Line, Closed, Late };
  /// Waits for the next line.
  Answer next(std::string &line, double seconds) {
    using Clock = std::chrono::steady_clock;
    auto deadline = Clock::now() + std::chrono::duration<double>(seconds);
    for (;;) {
      size_t end = pending.find('\n');
      if (end != std::string::npos) {
        line = pending.substr(0, end);
        pending.erase(0, end + 1);
        return Answer::Line;
      }
      double left = std::chrono::duration<double>(deadline - Clock::now()).count();
      pollfd ready = {answers, POLLIN, 0};
      int count = left > 0 ? poll(&ready, 1, static_cast<int>(std::min(left, 1e6) * 1000) + 1) : 0;
      if (count == 0)
        return Answer::Late;
      char buffer[4096];
      ssize_t bytes = count < 0 ? -1 : read(answers, buffer, sizeof buffer);
      if (bytes > 0)
        pending.append(buffer, bytes);
      else if (bytes == 0 || errno != EINTR)
        return Answer::Closed;
    }
  }

  /// Ends the child; how it ended of its own, "" if it was fine.
  std::string finish(bool force) {
    if (force)
      kill(id, SIGKILL);
    close(answers);
    int status = 0;
    while (waitpid(id, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status))
      return "signal " + std::to_string(WTERMSIG(status));
    return WEXITSTATUS(status) ? "exit status " + std::to_string(WEXITSTATUS(status)) : "";
  }

private:
  pid_t id = -1;
  int answers = -1;
  std::string pending;
};

void say(const std::string &line) {
  llvm::outs() << line << "\n";
  llvm::outs().flush(); // also so that no child inherits it
}

/// Runs cases from `at` on in one child; returns the first case that is still to do.
size_t runChild(const std::vector<BatchCase> &cases, size_t at, const ProgramOptions &options,
                double seconds, bool &allPass) {
  Child child;
  size_t end = std::min(cases.size(), at + casesPerChild);
  if (!child.start(cases, at, end, options)) {
    llvm::errs() << "ingot: error: no child process: " << std::strerror(errno) << "\n";
    allPass = false;
    return cases.size();
  }
  for (; at < end; ++at) {
    std::string line, name = onnx::escaped(cases[at].folder, 4096);
    Child::Answer answer = child.next(line, seconds);
    if (answer == Child::Answer::Line) {
      say(line);
      allPass &= llvm::StringRef(line).starts_with("PASS ");
      continue;
    }
    allPass = false;
    bool late = answer == Child::Answer::Late;
    std::string death = child.finish(late);
    if (late)
      say("TIMEOUT " + name + ": no answer within " + std::to_string(std::llround(seconds)) + " s");
    else
      say("CRASH " + name + ": " + (death.empty() ? "exit status 0" : death));
    return at + 1;
  }
  child.finish(false);
  return end;
}
} // namespace

bool readBatchList(const std::string &text, const Tolerance &standard,
                   std::vector<BatchCase> &cases, std::string &misuse) {
  llvm::SmallVector<llvm::StringRef> lines;
  llvm::StringRef(text).split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef line : lines) {
    if (line.starts_with("#"))
      continue;
    auto [folder, rest] = line.split('\t');
    BatchCase each = {folder.str(), standard};
    llvm::SmallVector<llvm::StringRef> fields;
    rest.split(fields, ' ', -1, /*KeepEmpty=*/false);
    for (llvm::StringRef field : fields)
      if (!readField(field, each.tolerance, misuse))
        return false;
    cases.push_back(std::move(each));
  }
  return true;
}

int verifyBatch(const std::vector<BatchCase> &cases, const ProgramOptions &options,
                double seconds) {
  bool allPass = true;
  for (size_t at = 0; at < cases.size();)
    at = runChild(cases, at, options, seconds, allPass);
  return allPass ? 0 : 1;
}

} // namespace ingot::cli
