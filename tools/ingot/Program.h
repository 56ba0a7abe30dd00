//===- Program.h - a model ready to run ------------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_INGOT_PROGRAM_H
#define INGOT_TOOLS_INGOT_PROGRAM_H

#include "tools/ingot/Arguments.h"
#include "tools/ingot/Failure.h"
#include "tools/ingot/Value.h"

#include <functional>
#include <memory>

namespace ingot::cli {

/// Flags that run, verify and bench share.
struct ProgramOptions {
  CompileOptions compile; ///< of a model that is compiled first
  std::string compileFlags; ///< those given that set it, "-O, --reference"
  int threads = 0;        ///< 0: one per CPU
  std::string entry;      ///< "": the first
  /// What the context is made of instead of the loaded model: a copy that measures, see
  /// KernelTimes.h. May be empty.
  std::function<const ingot_model *(const ingot_model &)> wrap;
};
bool readProgramOptions(const Arguments &arguments, ProgramOptions &options, std::string &misuse);

/// Whether the file is a compiled artifact, told by its first bytes; else it is taken for a model.
bool isArtifact(const std::string &path);

/// A shared artifact in this process.
using Library = std::unique_ptr<ingot_library, decltype(&ingot_library_close)>;
Library openArtifact(const std::string &path, Failure &failure);

/// A model with a context, from an artifact or compiled from an ONNX file.
class Program {
public:
  static std::unique_ptr<Program> open(const std::string &path, const ProgramOptions &options,
                                       Failure &failure);

  const std::string &file() const { return path; }
  const ingot_model &model() const { return *loaded; }
  const ingot_entry &entry() const { return loaded->entries[entryNumber]; }
  ingot_context *context() const { return running.get(); }
  /// The entry's ports that a caller passes: all but those of states.
  const std::vector<const ingot_port *> &inputs() const { return inputPorts; }
  const std::vector<const ingot_port *> &outputs() const { return outputPorts; }

  /// Opening the artifact and making the context; without compiling.
  double loadMilliseconds() const { return loadTime; }
  /// 0 for an artifact.
  double compileMilliseconds() const { return compileTime; }
  /// Of a model that was compiled first: see CompileResult.
  const std::map<std::string, KernelCost> &kernelCosts() const { return costs; }

  /// One run. `results` belong to the context until the next run.
  bool run(const std::vector<BorrowedValue> &inputs, std::vector<ingot_value> &results,
           Failure &failure);
  /// The same with values that last. Of several entry points, unless one was asked for, the first
  /// whose dimensions the inputs fit; the ports stay as they are but for their dimensions.
  bool run(const std::vector<Value> &inputs, std::vector<Value> &results, Failure &failure);
  bool run(const std::vector<Value> &inputs, std::vector<ingot_value> &results, Failure &failure);
  /// Whether the last run failed because other dimensions of the inputs are needed.
  bool neededOtherDimensions() const {
    return lastStatus == INGOT_GUARD_FAILED || lastStatus == INGOT_RUN_DIMENSION;
  }

private:
  Program() : library(nullptr, ingot_library_close), running(nullptr, ingot_context_destroy) {}
  void chooseEntry(const std::vector<Value> &inputs);
  bool load(const ProgramOptions &options, Failure &failure);
  bool makeContext(const ProgramOptions &options, Failure &failure);

  std::string path;
  Library library;                       // of an artifact
  std::unique_ptr<LoadedModel> compiled; // of an ONNX file
  const ingot_model *loaded = nullptr;
  int32_t entryNumber = 0, lastStatus = INGOT_OK;
  bool entryGiven = false;
  std::vector<const ingot_port *> inputPorts, outputPorts;
  std::unique_ptr<ingot_context, decltype(&ingot_context_destroy)> running;
  double loadTime = 0, compileTime = 0;
  std::map<std::string, KernelCost> costs;
};

} // namespace ingot::cli

#endif // INGOT_TOOLS_INGOT_PROGRAM_H
