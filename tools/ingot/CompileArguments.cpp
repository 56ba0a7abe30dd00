//===- CompileArguments.cpp - flags that say how to compile ----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/CompileArguments.h"

#include "frontend/onnx/Diagnostics.h"
#include "tools/ingot/Flags.h"
#include "tools/ingot/OptionIds.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

namespace ingot::cli {

namespace {
/// One row per form: the word of --emit, the extension of -o.
struct Form {
  EmitKind kind;
  const char *word, *extension;
};
constexpr Form forms[] = {
    {EmitKind::Object, "obj", ".o"},     {EmitKind::Archive, "lib", ".a"},
    {EmitKind::Shared, "shared", ".so"}, {EmitKind::Executable, "exe", ""},
    {EmitKind::Mlir, "mlir", ".mlir"},   {EmitKind::Llvm, "llvm", ".ll"},
    {EmitKind::Assembly, "asm", ".s"},   {EmitKind::Ptx, "ptx", ".ptx"},
};

/// Sets output and form, each from the other where only one is given.
bool readOutput(const Arguments &arguments, CompileArguments &result, std::string &misuse) {
  std::optional<std::string> output = arguments.value(OPT_output), emit = arguments.value(OPT_emit);
  if (output && output->empty()) {
    misuse = "-o: expected a file name, but got ''";
    return false;
  }
  std::string extension = output ? extensionOf(*output) : ".o";
  const Form *form = llvm::find_if(forms, [&](const Form &each) {
    return emit ? each.word == *emit : each.extension == extension;
  });
  if (form == std::end(forms)) {
    std::vector<std::string> words;
    for (const Form &each : forms)
      words.push_back(each.word);
    if (emit)
      readChoice("--emit", *emit, words, misuse);
    else
      misuse = "-o: the extension of " + onnx::quoted(*output) +
               " says no form; use .o, .a, .so, .mlir, .ll, .s, .ptx or none, or add --emit";
    return false;
  }
  result.options.emit = form->kind;
  result.output = output ? *output : llvm::sys::path::stem(result.model).str() + form->extension;
  return true;
}

/// A --shape for an input that the current entry point has already begins the next one, so that
/// prefill and decode are written one after the other.
bool readShapes(const Arguments &arguments, CompileOptions &options, std::string &misuse) {
  for (const std::string &text : arguments.values(OPT_shape)) {
    std::optional<ShapeSpec> shape = readShape(text, /*boundsAllowed=*/true, misuse);
    if (!shape)
      return false;
    auto sameInput = [&](const ShapeSpec &each) { return each.input == shape->input; };
    if (options.entries.empty() || llvm::any_of(options.entries.back(), sameInput))
      options.entries.emplace_back();
    options.entries.back().push_back(std::move(*shape));
  }
  return true;
}

bool readGpu(const std::string &text, std::string &misuse) {
  llvm::StringRef number = text;
  bool valid = number.consume_front("sm_");
  number.consume_back("a") || number.consume_back("f");
  if (valid && number.size() >= 2 && number.size() <= 3 && llvm::all_of(number, llvm::isDigit))
    return true;
  misuse = "--gpu: expected sm_XX such as sm_90, but got " + onnx::quoted(text);
  return false;
}

/// Text that a later phase interprets: here it must only be there.
bool readText(const char *flag, const std::string &text, std::string &misuse) {
  if (!text.empty())
    return true;
  misuse = std::string(flag) + ": expected a value, but got ''";
  return false;
}

/// LLVM's names of CPUs and targets are of such; messages may then repeat them as they are.
bool readPlainName(const char *flag, const std::string &text, std::string &misuse) {
  if (!text.empty() && llvm::all_of(text, [](char c) {
        return llvm::isAlnum(c) || llvm::StringRef("-_.+").contains(c);
      }))
    return true;
  misuse = std::string(flag) + ": expected a name such as " +
           (llvm::StringRef(flag) == "--cpu" ? "x86-64-v3" : "aarch64-linux-gnu") + ", but got " +
           onnx::quoted(text);
  return false;
}

bool readTarget(const Arguments &arguments, CompileOptions &options, std::string &misuse) {
  if (auto text = arguments.value(OPT_gpu)) {
    if (!readGpu(*text, misuse))
      return false;
    options.gpu = *text;
  }
  if (auto text = arguments.value(OPT_mtriple)) {
    if (!readPlainName("--mtriple", *text, misuse))
      return false;
    options.triple = *text;
  }
  if (auto text = arguments.value(OPT_sanitize)) {
    if (!readChoice("--sanitize", *text, {"address", "thread"}, misuse))
      return false;
    options.sanitize = *text;
  }
  return true;
}

bool readInterface(const Arguments &arguments, CompileOptions &options, std::string &misuse) {
  if (auto text = arguments.value(OPT_name)) {
    auto name = readIdentifier("--name", *text, misuse);
    if (!name)
      return false;
    options.name = *name;
  }
  for (const std::string &text : arguments.values(OPT_state)) {
    if (!readState(text, misuse))
      return false;
    options.states.push_back(text);
  }
  for (const std::string &text : arguments.values(OPT_overridable)) {
    if (!readText("--overridable", text, misuse))
      return false;
    options.overridable.push_back(text);
  }
  return readShapes(arguments, options, misuse);
}

bool readCompression(const Arguments &arguments, CompileOptions &options, std::string &misuse) {
  if (auto text = arguments.value(OPT_quantize)) {
    if (!readText("--quantize", *text, misuse))
      return false;
    options.quantize = *text;
  }
  if (auto text = arguments.value(OPT_calibrate)) {
    if (!readText("--calibrate", *text, misuse))
      return false;
    options.calibrateFolder = *text;
  }
  if (auto text = arguments.value(OPT_prune)) {
    if (!readText("--prune", *text, misuse))
      return false;
    options.prune = *text;
  }
  if (auto text = arguments.value(OPT_weights)) {
    auto choice = readChoice("--weights", *text, {"embed", "sidecar"}, misuse);
    if (!choice)
      return false;
    options.sidecarWeights = *choice == 1;
  }
  return true;
}

bool readFiles(const Arguments &arguments, CompileOptions &options, std::string &misuse) {
  if (auto text = arguments.value(OPT_report)) {
    auto file = readFileName("--report", *text, {".json", ".html"}, misuse);
    if (!file)
      return false;
    options.reportFile = *file;
  }
  if (auto text = arguments.value(OPT_save_temps)) {
    if (!readText("--save-temps", *text, misuse))
      return false;
    options.saveTempsFolder = *text;
  }
  return true;
}
} // namespace

bool readPipelineFlags(const Arguments &arguments, CompileOptions &options, std::string &misuse) {
  if (auto text = arguments.value(OPT_cpu)) {
    auto cpus = readList("--cpu", *text, misuse);
    if (!cpus || !llvm::all_of(*cpus, [&](const std::string &cpu) {
          return readPlainName("--cpu", cpu, misuse);
        }))
      return false;
    options.cpus = *cpus;
  }
  if (auto text = arguments.value(OPT_optimize)) {
    auto level = readInteger("-O", *text, 0, 3, misuse);
    if (!level)
      return false;
    options.optimize = static_cast<int>(*level);
  }
  if (auto text = arguments.value(OPT_jobs)) {
    auto jobs = readInteger("-j", *text, 1, 1024, misuse);
    if (!jobs)
      return false;
    options.jobs = static_cast<int>(*jobs);
  }
  options.reference = arguments.has(OPT_reference);
  options.verifyEach = arguments.has(OPT_verify_each);
  options.timeReport = arguments.has(OPT_time_report);
  return true;
}

std::optional<CompileArguments> readCompileArguments(const Arguments &arguments,
                                                     std::string &misuse) {
  CompileArguments result;
  std::optional<std::string> model = arguments.onlyFile("model", misuse);
  if (!model)
    return std::nullopt;
  result.model = *model;
  CompileOptions &options = result.options;
  if (!readOutput(arguments, result, misuse) || !readTarget(arguments, options, misuse) ||
      !readInterface(arguments, options, misuse) || !readCompression(arguments, options, misuse) ||
      !readFiles(arguments, options, misuse) || !readPipelineFlags(arguments, options, misuse))
    return std::nullopt;
  return result;
}

} // namespace ingot::cli
