//===- CompileCommand.cpp - ingot compile ----------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "frontend/onnx/Diagnostics.h"
#include "tools/ingot/Commands.h"
#include "tools/ingot/CompileArguments.h"
#include "tools/ingot/Failure.h"
#include "tools/ingot/Interrupt.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"

namespace ingot::cli {

namespace {
/// Every file that the compilation would replace.
std::vector<std::string> writtenFiles(const CompileArguments &arguments) {
  std::vector<std::string> files = {arguments.output};
  if (arguments.options.emit == EmitKind::Object || arguments.options.emit == EmitKind::Archive) {
    llvm::SmallString<256> header(arguments.output);
    llvm::sys::path::replace_extension(header, ".h");
    files.push_back(header.str().str());
  }
  if (!arguments.options.reportFile.empty())
    files.push_back(arguments.options.reportFile);
  return files;
}

/// By identity of the files, so that links and other spellings are found too.
bool replacesModel(const CompileArguments &arguments, std::string &misuse) {
  for (const std::string &file : writtenFiles(arguments)) {
    bool same = false;
    if (file == arguments.model ||
        (!llvm::sys::fs::equivalent(file, arguments.model, same) && same)) {
      misuse = "the output " + onnx::quoted(file) + " is the model itself";
      return true;
    }
  }
  return false;
}

/// Two outputs under one name, also where neither exists yet.
bool sharesFiles(const CompileArguments &arguments, std::string &misuse) {
  std::vector<std::string> files = writtenFiles(arguments), places;
  for (const std::string &file : files) {
    llvm::SmallString<256> place(file);
    llvm::sys::fs::make_absolute(place);
    llvm::sys::path::remove_dots(place, /*remove_dot_dot=*/true);
    bool same = llvm::is_contained(places, place.str());
    for (size_t i = 0; i < places.size() && !same; ++i)
      if (llvm::sys::fs::equivalent(files[i], file, same))
        same = false;
    if (same) {
      misuse = "--report: " + onnx::quoted(file) + " is the output itself";
      return true;
    }
    places.push_back(place.str().str());
  }
  return false;
}

/// On stderr before the work: the defaults that decide what the code can run on.
void printTarget(const CompileOptions &options) {
  std::string cpus = llvm::join(options.cpus, ",");
  if (cpus == "host")
    cpus += " (" + llvm::sys::getHostCPUName().str() + ")";
  llvm::errs() << "ingot: cpu " << onnx::escaped(cpus) << ", -O" << options.optimize
               << (options.reference ? ", reference lowerings" : "") << "\n";
}

void printResult(const CompileArguments &arguments, const CompileResult &result) {
  // Names of nodes are escaped where they are read.
  for (const std::string &line : result.placement)
    llvm::errs() << line << "\n";
  for (const std::string &line : result.compression)
    llvm::errs() << line << "\n";
  llvm::errs() << onnx::escaped(arguments.output, 4096) << ": " << result.artifactBytes
               << " bytes, " << result.kernels << " kernels";
  if (result.referenceKernels)
    llvm::errs() << " (" << result.referenceKernels << " by reference lowerings)";
  llvm::errs() << ", " << result.weightBytes << " bytes of weights, arena " << result.arenaBytes
               << " bytes\n";
}
} // namespace

int compileCommand(const Arguments &arguments) {
  std::string misuse;
  std::optional<CompileArguments> read = readCompileArguments(arguments, misuse);
  if (!read || replacesModel(*read, misuse) || sharesFiles(*read, misuse))
    return misused(Command::Compile, misuse);
  cleanUpOnSignals();
  printTarget(read->options);
  read->options.progress = [](const std::string &line) { llvm::errs() << line << "\n"; };
  CompileResult result = compileFile(read->model, read->output, read->options);
  // Warnings of a compilation that succeeded are messages too.
  Failure messages;
  messages.add(result);
  int status = messages.print();
  if (result.outcome == Outcome::Done)
    printResult(*read, result);
  return status;
}

} // namespace ingot::cli
