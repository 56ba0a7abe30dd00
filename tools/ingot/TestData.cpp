//===- TestData.cpp - recorded inputs and outputs --------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/TestData.h"
#include "tools/ingot/ValueFile.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <algorithm>

namespace ingot::cli {

namespace {
/// The number behind `prefix` and before `suffix`, -1 for another name.
int64_t numberOf(llvm::StringRef name, llvm::StringRef prefix, llvm::StringRef suffix) {
  int64_t number;
  bool fits = name.consume_front(prefix) && name.consume_back(suffix) &&
              !name.getAsInteger(10, number) && number >= 0;
  return fits ? number : -1;
}

/// The numbers of the entries of a folder that are named prefix + number + suffix, sorted.
std::vector<int64_t> numbersIn(const std::string &folder, llvm::StringRef prefix,
                               llvm::StringRef suffix) {
  std::vector<int64_t> numbers;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    int64_t number = numberOf(llvm::sys::path::filename(at->path()), prefix, suffix);
    if (number >= 0)
      numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}
} // namespace

std::vector<std::string> findSamples(const std::string &folder, Failure &failure) {
  std::vector<std::string> samples;
  for (int64_t number : numbersIn(folder, "test_data_set_", ""))
    samples.push_back(folder + "/test_data_set_" + std::to_string(number));
  if (samples.empty() && !numbersIn(folder, "output_", ".pb").empty())
    samples.push_back(folder);
  if (samples.empty())
    failure.add(folder, llvm::sys::fs::is_directory(folder)
                            ? "holds neither test_data_set_*/ nor input_*.pb and output_*.pb"
                            : "no such folder");
  return samples;
}

bool readSample(const std::string &folder, const char *stem,
                const std::vector<const ingot_port *> &ports, std::vector<Value> &values,
                Failure &failure) {
  std::string prefix = std::string(stem) + "_";
  std::vector<int64_t> numbers = numbersIn(folder, prefix, ".pb");
  if (numbers.size() != ports.size())
    return failure.add(folder, "holds " + std::to_string(numbers.size()) + " files " + stem +
                                   "_*.pb, but the model has " + std::to_string(ports.size()) +
                                   " " + stem + "s");
  std::vector<NamedValue> read;
  for (size_t i = 0; i < ports.size(); ++i) {
    std::string path = folder + "/" + prefix + std::to_string(numbers[i]) + ".pb";
    std::optional<NamedValue> value = readValueFile(path, ports[i]->kind, failure);
    if (!value)
      return false;
    read.push_back(std::move(*value));
  }
  // Which value each port gets: by name if every port finds its own.
  std::vector<size_t> order;
  for (const ingot_port *port : ports) {
    auto named = [&](const NamedValue &each) { return each.name == port->name; };
    auto found = std::find_if(read.begin(), read.end(), named);
    if (found != read.end())
      order.push_back(found - read.begin());
  }
  bool byName = order.size() == ports.size();
  for (size_t i = 0; i < ports.size(); ++i)
    values.push_back(read[byName ? order[i] : i].value);
  return true;
}

} // namespace ingot::cli
