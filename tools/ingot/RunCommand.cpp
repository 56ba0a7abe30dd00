//===- RunCommand.cpp - ingot run ------------------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "frontend/onnx/Diagnostics.h"
#include "tools/ingot/Commands.h"
#include "tools/ingot/Inputs.h"
#include "tools/ingot/Interrupt.h"
#include "tools/ingot/OptionIds.h"
#include "tools/ingot/OutputFiles.h"
#include "tools/ingot/Program.h"
#include "tools/ingot/Summary.h"

#include "llvm/Support/raw_ostream.h"

namespace ingot::cli {

namespace {
struct RunArguments {
  std::string file, outputFolder;
  ProgramOptions program;
  InputFlags inputs;
};

std::optional<RunArguments> readRunArguments(const Arguments &arguments, std::string &misuse) {
  RunArguments result;
  auto file = arguments.onlyFile("model or artifact", misuse);
  if (!file || !readProgramOptions(arguments, result.program, misuse) ||
      !readInputFlags(arguments, result.inputs, misuse))
    return std::nullopt;
  result.file = *file;
  if (auto folder = arguments.value(OPT_output_dir)) {
    if (folder->empty()) {
      misuse = "--output-dir: expected a folder, but got ''";
      return std::nullopt;
    }
    result.outputFolder = *folder;
  }
  return result;
}
} // namespace

int runCommand(const Arguments &arguments) {
  std::string misuse;
  std::optional<RunArguments> read = readRunArguments(arguments, misuse);
  if (!read)
    return misused(Command::Run, misuse);
  cleanUpOnSignals();
  Failure failure;
  std::unique_ptr<Program> program = Program::open(read->file, read->program, failure);
  std::vector<Value> inputs, outputs;
  std::vector<ingot_value> results;
  if (!program || !makeInputsAndRun(*program, read->inputs, inputs, results, failure))
    return failure.print();
  for (const ingot_value &result : results)
    outputs.push_back(copyOf(result));
  std::vector<std::string> names;
  for (const ingot_port *port : program->outputs())
    names.push_back(port->name);
  for (size_t i = 0; i < outputs.size(); ++i)
    llvm::outs() << onnx::escaped(names[i]) << ": " << summary(outputs[i]) << "\n";
  if (!read->outputFolder.empty() && !writeOutputs(read->outputFolder, names, outputs, failure))
    return failure.print();
  return 0;
}

} // namespace ingot::cli
