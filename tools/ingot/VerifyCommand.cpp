//===- VerifyCommand.cpp - ingot verify ------------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "frontend/onnx/Diagnostics.h"
#include "tools/ingot/Commands.h"
#include "tools/ingot/Flags.h"
#include "tools/ingot/Interrupt.h"
#include "tools/ingot/OptionIds.h"
#include "tools/ingot/Verify.h"
#include "tools/ingot/VerifyBatch.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

namespace ingot::cli {

namespace {
struct VerifyArguments {
  std::string file, dataFolder, batchList;
  ProgramOptions program;
  Tolerance tolerance;
  double seconds = 30; ///< per case of a batch
};

bool readTolerance(const Arguments &arguments, VerifyArguments &result, std::string &misuse) {
  if (auto text = arguments.value(OPT_rtol)) {
    auto rtol = readReal("--rtol", *text, misuse);
    if (!rtol)
      return false;
    result.tolerance.rtol = *rtol;
  }
  if (auto text = arguments.value(OPT_atol)) {
    auto atol = readReal("--atol", *text, misuse);
    if (!atol)
      return false;
    result.tolerance.atol = result.tolerance.integerAtol = *atol;
  }
  if (auto text = arguments.value(OPT_timeout)) {
    auto seconds = readReal("--timeout", *text, misuse);
    if (!seconds)
      return false;
    result.seconds = *seconds;
  }
  return true;
}

std::optional<VerifyArguments> readVerifyArguments(const Arguments &arguments,
                                                   std::string &misuse) {
  VerifyArguments result;
  result.batchList = arguments.value(OPT_batch).value_or("");
  result.dataFolder = arguments.value(OPT_data).value_or("");
  if (!result.batchList.empty()) {
    if (!result.dataFolder.empty() || !arguments.files().empty()) {
      misuse = "--batch: its list names the models and their data; give neither a file nor --data";
      return std::nullopt;
    }
    // Many small models, each run once: optimizing them would take the time.
    result.program.compile.optimize = 1;
  } else {
    auto file = arguments.onlyFile("model or artifact", misuse);
    if (!file)
      return std::nullopt;
    result.file = *file;
    if (arguments.has(OPT_timeout)) {
      misuse = "--timeout: holds for --batch, whose cases run in processes that can be ended";
      return std::nullopt;
    }
    if (result.dataFolder.empty()) {
      misuse = "--data=DIR is needed: the folder with recorded inputs and outputs";
      return std::nullopt;
    }
  }
  if (!readProgramOptions(arguments, result.program, misuse) ||
      !readTolerance(arguments, result, misuse))
    return std::nullopt;
  return result;
}

int verifyList(const VerifyArguments &arguments) {
  auto buffer = llvm::MemoryBuffer::getFile(arguments.batchList);
  Failure failure;
  if (!buffer) {
    failure.add(arguments.batchList, buffer.getError().message());
    return failure.print();
  }
  std::vector<BatchCase> cases;
  std::string misuse;
  if (!readBatchList((*buffer)->getBuffer().str(), arguments.tolerance, cases, misuse))
    return misused(Command::Verify, misuse);
  return verifyBatch(cases, arguments.program, arguments.seconds);
}
} // namespace

int verifyCommand(const Arguments &arguments) {
  std::string misuse;
  std::optional<VerifyArguments> read = readVerifyArguments(arguments, misuse);
  if (!read)
    return misused(Command::Verify, misuse);
  if (!read->batchList.empty())
    return verifyList(*read);
  cleanUpOnSignals();
  Failure failure;
  std::unique_ptr<Program> program = Program::open(read->file, read->program, failure);
  if (!program)
    return failure.print();
  auto print = [](const std::string &sample, const std::string &output,
                  const Comparison &comparison) {
    llvm::outs() << (comparison.same ? "ok   " : "FAIL ") << onnx::escaped(sample, 4096) << " "
                 << onnx::escaped(output)
                 << llvm::format(": max |y-ref| %.3g, max |y-ref| / max |ref| %.3g\n",
                                 comparison.maxError, comparison.relativeError());
  };
  if (!verify(*program, read->dataFolder, read->tolerance, print, failure)) {
    llvm::outs().flush();
    return failure.print();
  }
  return 0;
}

} // namespace ingot::cli
