//===- Program.cpp - a model ready to run ----------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/Program.h"

#include "frontend/onnx/Diagnostics.h"
#include "tools/ingot/CompileArguments.h"
#include "tools/ingot/Flags.h"
#include "tools/ingot/OptionIds.h"

#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>

namespace ingot::cli {

namespace {
class Stopwatch {
public:
  double milliseconds() const {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  }

private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start = Clock::now();
};

std::vector<const ingot_port *> passedPorts(const ingot_port *ports, int32_t count) {
  std::vector<const ingot_port *> passed;
  for (int32_t i = 0; i < count; ++i)
    if (ports[i].state < 0)
      passed.push_back(&ports[i]);
  return passed;
}
} // namespace

bool readProgramOptions(const Arguments &arguments, ProgramOptions &options, std::string &misuse) {
  if (auto text = arguments.value(OPT_threads)) {
    auto threads = readInteger("--threads", *text, 1, 4096, misuse);
    if (!threads)
      return false;
    options.threads = static_cast<int>(*threads);
  }
  options.entry = arguments.value(OPT_entry).value_or("");
  auto add = [&](const std::string &flag) {
    options.compileFlags += (options.compileFlags.empty() ? "" : ", ") + flag;
  };
  for (auto [id, name] :
       {std::pair(OPT_cpu, "--cpu="), std::pair(OPT_optimize, "-O"), std::pair(OPT_jobs, "-j")})
    if (auto value = arguments.value(id))
      add(name + *value);
  for (auto [id, name] :
       {std::pair(OPT_reference, "--reference"), std::pair(OPT_verify_each, "--verify-each"),
        std::pair(OPT_time_report, "--time-report")})
    if (arguments.has(id))
      add(name);
  if (arguments.has(OPT_time_report))
    options.compile.progress = [](const std::string &line) { llvm::errs() << line << "\n"; };
  return readPipelineFlags(arguments, options.compile, misuse);
}

bool isArtifact(const std::string &path) {
  llvm::file_magic magic;
  llvm::sys::fs::file_status status;
  return !llvm::sys::fs::status(path, status) && llvm::sys::fs::is_regular_file(status) &&
         !llvm::identify_magic(path, magic) && magic.is_object();
}

Library openArtifact(const std::string &path, Failure &failure) {
  // Without a slash dlopen would search the system's folders instead.
  std::string place = path.find('/') == std::string::npos ? "./" + path : path;
  ingot_library *library = nullptr;
  char why[1024] = "";
  Library result(nullptr, ingot_library_close);
  llvm::file_magic magic;
  if (!llvm::identify_magic(path, magic) && magic != llvm::file_magic::elf_shared_object)
    failure.add(path, "not a shared artifact; compile with -o NAME.so to get one");
  else if (int32_t status = ingot_library_open(place.c_str(), &library, why, sizeof why))
    failure.add(path, std::string(ingot_status_name(status)) + ": " + why);
  else
    result.reset(library);
  return result;
}

bool Program::load(const ProgramOptions &options, Failure &failure) {
  Stopwatch watch;
  if (isArtifact(path)) {
    if (!options.compileFlags.empty()) {
      failure.outcome = Outcome::Misused;
      bool several = options.compileFlags.find(',') != std::string::npos;
      return failure.add(path, options.compileFlags + (several ? ": are" : ": is") +
                                   " for models, and this is compiled already");
    }
    library = openArtifact(path, failure);
    if (!library)
      return false;
    loaded = ingot_library_model(library.get(), nullptr);
    loadTime = watch.milliseconds();
    return loaded || failure.add(path, "a shared library, but not one that ingot compile has made");
  }
  CompileResult result;
  compiled = compileAndLoad(path, options.compile, result);
  compileTime = watch.milliseconds();
  if (!compiled)
    return failure.add(result);
  costs = std::move(result.kernelCosts);
  loaded = compiled->model();
  return true;
}

bool Program::makeContext(const ProgramOptions &options, Failure &failure) {
  Stopwatch watch;
  ingot_options settings = {};
  settings.struct_bytes = sizeof settings;
  settings.threads = options.threads;
  ingot_context *context = nullptr;
  char why[1024] = "";
  const ingot_model *model = options.wrap ? options.wrap(*loaded) : loaded;
  if (int32_t status = ingot_context_create(model, &settings, &context, why, sizeof why))
    return failure.add(path, std::string(ingot_status_name(status)) + ": " + why);
  running.reset(context);
  loadTime += watch.milliseconds();
  entryGiven = !options.entry.empty();
  if (entryGiven)
    entryNumber = ingot_find_entry(loaded, options.entry.c_str());
  if (entryNumber >= 0)
    return true;
  std::string names;
  for (int32_t i = 0; i < loaded->entry_count; ++i)
    names += (i ? ", " : "") + onnx::quoted(loaded->entries[i].name);
  failure.outcome = Outcome::Misused;
  return failure.add(path, "no entry point " + onnx::quoted(options.entry) + "; there is " + names);
}

std::unique_ptr<Program> Program::open(const std::string &path, const ProgramOptions &options,
                                       Failure &failure) {
  std::unique_ptr<Program> program(new Program);
  program->path = path;
  if (!program->load(options, failure) || !program->makeContext(options, failure))
    return nullptr;
  const ingot_entry &entry = program->entry();
  program->inputPorts = passedPorts(entry.inputs, entry.input_count);
  program->outputPorts = passedPorts(entry.outputs, entry.output_count);
  return program;
}

bool Program::run(const std::vector<BorrowedValue> &inputs, std::vector<ingot_value> &results,
                  Failure &failure) {
  std::vector<ingot_value> arguments;
  for (const BorrowedValue &input : inputs)
    arguments.push_back(input.get());
  results.clear();
  for (const ingot_port *port : outputPorts) {
    ingot_value result = ingot_tensor(port->element_type, -1, nullptr, nullptr, 0);
    result.kind = port->kind;
    results.push_back(result);
  }
  lastStatus = ingot_run(running.get(), entryNumber, arguments.data(),
                         static_cast<int32_t>(arguments.size()), results.data(),
                         static_cast<int32_t>(results.size()));
  if (lastStatus == INGOT_OK)
    return true;
  // The runtime's messages are fit for a terminal already.
  if (lastStatus == INGOT_UNSUPPORTED)
    failure.outcome = Outcome::Unsupported;
  return failure.add(path, std::string(ingot_status_name(lastStatus)) + ": " +
                               ingot_context_message(running.get()));
}

/// Whether tensors have the dimensions of an entry point, as far as these say.
static bool fits(const ingot_entry &entry, const std::vector<Value> &inputs) {
  auto dimFits = [&](int64_t dim, int64_t size) {
    if (dim >= 0)
      return dim == size;
    const ingot_symbol &symbol = entry.symbols[-1 - dim];
    return size >= symbol.min && size <= symbol.max;
  };
  auto ports = passedPorts(entry.inputs, entry.input_count);
  for (size_t i = 0; i < ports.size() && i < inputs.size(); ++i) {
    if (!inputs[i].isTensor() || ports[i]->rank < 0)
      continue;
    if (ports[i]->rank != static_cast<int32_t>(inputs[i].dims.size()))
      return false;
    for (int32_t d = 0; d < ports[i]->rank; ++d)
      if (!dimFits(ports[i]->dims[d], inputs[i].dims[d]))
        return false;
  }
  return true;
}

void Program::chooseEntry(const std::vector<Value> &inputs) {
  if (entryGiven || fits(entry(), inputs))
    return;
  for (int32_t i = 0; i < loaded->entry_count; ++i)
    if (fits(loaded->entries[i], inputs)) {
      entryNumber = i;
      inputPorts = passedPorts(entry().inputs, entry().input_count);
      outputPorts = passedPorts(entry().outputs, entry().output_count);
      return;
    }
}

bool Program::run(const std::vector<Value> &inputs, std::vector<ingot_value> &results,
                  Failure &failure) {
  chooseEntry(inputs);
  std::vector<BorrowedValue> borrowed;
  for (const Value &input : inputs)
    borrowed.emplace_back(input);
  return run(borrowed, results, failure);
}

bool Program::run(const std::vector<Value> &inputs, std::vector<Value> &results, Failure &failure) {
  std::vector<ingot_value> outputs;
  if (!run(inputs, outputs, failure))
    return false;
  results.clear();
  for (const ingot_value &output : outputs)
    results.push_back(copyOf(output));
  return true;
}

} // namespace ingot::cli
