//===- main.cpp - a model as a program of its own --------------------------------------------===//
//
//   PROGRAM [--threads=N] [--output-dir=DIR] NAME=FILE...
//
// Reads every input from a .npy or .pb file, runs the model once, writes the outputs. Exit status:
// 0 done, 1 failed, 2 misused.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "frontend/onnx/Diagnostics.h"
#include "tools/ingot/FileNames.h"
#include "tools/ingot/Npy.h"
#include "tools/ingot/OnnxValue.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <vector>

using namespace ingot;
using namespace ingot::cli;

/// The model that this program was linked with.
extern "C" const ingot_model ingot_artifact;

namespace {
const ingot_entry &entry() { return ingot_artifact.entries[0]; }

int fail(const std::string &message, int status = 1) {
  std::fprintf(stderr, "%s: error: %s\n", ingot_artifact.name, message.c_str());
  return status;
}

struct Settings {
  int threads = 0;
  std::string folder = ".";
  std::vector<std::string> inputs; // "NAME=FILE"
};

void printUsage() {
  std::printf("%s, compiled by %s\n\nUSAGE: PROGRAM [--threads=N] [--output-dir=DIR] "
              "NAME=FILE...\n\nFiles are .npy or .pb (TensorProto and its kin).\n",
              ingot_artifact.name, ingot_artifact.producer);
  for (int32_t i = 0; i < entry().input_count; ++i)
    std::printf("input %s\n", onnx::quoted(entry().inputs[i].name).c_str());
  for (int32_t i = 0; i < entry().output_count; ++i)
    std::printf("output %s\n", onnx::quoted(entry().outputs[i].name).c_str());
}

/// The text behind `flag` and '=', null when the word is another.
const char *valueOf(const char *word, const char *flag) {
  size_t length = std::strlen(flag);
  return std::strncmp(word, flag, length) == 0 && word[length] == '=' ? word + length + 1 : nullptr;
}

/// False, after a message, for words that are no arguments.
bool readArguments(int argc, char **argv, Settings &settings) {
  for (int i = 1; i < argc; ++i) {
    if (const char *threads = valueOf(argv[i], "--threads")) {
      char *end;
      long count = std::strtol(threads, &end, 10);
      if (*threads == '\0' || *end != '\0' || count < 1 || count > 4096) {
        fail("--threads: expected a number from 1 to 4096, but got " + onnx::quoted(threads));
        return false;
      }
      settings.threads = static_cast<int>(count);
    } else if (const char *folder = valueOf(argv[i], "--output-dir")) {
      settings.folder = folder;
    } else if (argv[i][0] != '-' && std::strchr(argv[i], '=')) {
      settings.inputs.push_back(argv[i]);
    } else {
      fail("expected --threads=N, --output-dir=DIR or NAME=FILE, but got " + onnx::quoted(argv[i]));
      return false;
    }
  }
  return true;
}

/// The value in a file; nothing after a message.
std::optional<Value> readFile(const std::string &path, int32_t kind) {
  struct stat facts;
  if (stat(path.c_str(), &facts) == 0 && !S_ISREG(facts.st_mode)) {
    fail(onnx::escaped(path, 4096) + ": not a regular file");
    return std::nullopt;
  }
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) {
    fail(onnx::escaped(path, 4096) + ": cannot be read");
    return std::nullopt;
  }
  std::string bytes = text.str(), message;
  std::optional<Value> value;
  onnx::Diagnostics diagnostics(path);
  onnx::Value read;
  if (looksLikeNpy(bytes))
    value = readNpy(bytes, message);
  else if (onnx::readValue(bytes, onnxKind(kind), read, diagnostics))
    value = fromOnnx(read, message);
  else
    diagnostics.print(stderr);
  if (!message.empty())
    fail(onnx::escaped(path, 4096) + ": " + message);
  return value;
}

/// The file of an input, given exactly once; "" after a message.
std::string fileOf(const ingot_port &port, const Settings &settings) {
  std::string file;
  for (const std::string &each : settings.inputs)
    if (const char *path = valueOf(each.c_str(), port.name))
      file = path;
  if (file.empty())
    fail("input " + onnx::quoted(port.name) + " is missing: give NAME=FILE");
  return file;
}

bool writeOutput(const Settings &settings, const std::string &file, const char *name,
                 const Value &value) {
  bool isNpy = fitsNpy(value);
  std::string path = settings.folder + "/" + file + (isNpy ? ".npy" : ".pb");
  std::string bytes = isNpy ? writeNpy(value) : onnx::writeValue(borrowOnnx(value, name));
  std::ofstream stream(path, std::ios::binary);
  stream << bytes;
  stream.close();
  if (!stream) {
    fail(onnx::escaped(path, 4096) + ": cannot be written");
    return false;
  }
  std::printf("%s: %s, wrote %s\n", onnx::escaped(name).c_str(), value.type().c_str(),
              onnx::escaped(path, 4096).c_str());
  return true;
}

int writeOutputs(const Settings &settings, const std::vector<ingot_value> &outputs) {
  std::vector<std::string> names;
  for (int32_t i = 0; i < entry().output_count; ++i)
    names.push_back(entry().outputs[i].name);
  std::vector<std::string> files = fileNames(names);
  mkdir(settings.folder.c_str(), 0777); // writing says why, if that fails
  for (size_t i = 0; i < outputs.size(); ++i)
    if (!writeOutput(settings, files[i], names[i].c_str(), copyOf(outputs[i])))
      return 1;
  return 0;
}

int run(const Settings &settings, const std::vector<Value> &inputs) {
  ingot_options options = {};
  options.struct_bytes = sizeof options;
  options.threads = settings.threads;
  ingot_context *context = nullptr;
  char why[1024] = "";
  if (int32_t status = ingot_context_create(&ingot_artifact, &options, &context, why, sizeof why))
    return fail(std::string(ingot_status_name(status)) + ": " + why);
  std::vector<BorrowedValue> borrowed;
  for (const Value &input : inputs)
    borrowed.emplace_back(input);
  std::vector<ingot_value> arguments, outputs;
  for (const BorrowedValue &input : borrowed)
    arguments.push_back(input.get());
  for (int32_t i = 0; i < entry().output_count; ++i) {
    const ingot_port &port = entry().outputs[i];
    outputs.push_back(ingot_tensor(port.element_type, -1, nullptr, nullptr, 0));
    outputs.back().kind = port.kind;
  }
  int32_t status = ingot_run(context, 0, arguments.data(), static_cast<int32_t>(arguments.size()),
                             outputs.data(), static_cast<int32_t>(outputs.size()));
  int result =
      status ? fail(std::string(ingot_status_name(status)) + ": " + ingot_context_message(context))
             : writeOutputs(settings, outputs);
  ingot_context_destroy(context);
  return result;
}
} // namespace

int main(int argc, char **argv) {
  if (argc == 2 && (!std::strcmp(argv[1], "--help") || !std::strcmp(argv[1], "-h"))) {
    printUsage();
    return 0;
  }
  Settings settings;
  if (!readArguments(argc, argv, settings))
    return 2;
  std::vector<Value> inputs;
  for (int32_t i = 0; i < entry().input_count; ++i) {
    std::string file = fileOf(entry().inputs[i], settings);
    if (file.empty())
      return 2;
    std::optional<Value> value = readFile(file, entry().inputs[i].kind);
    if (!value)
      return 1;
    inputs.push_back(std::move(*value));
  }
  if (settings.inputs.size() != inputs.size())
    return fail("more inputs are given than the model has, which --help lists", 2);
  return run(settings, inputs);
}
