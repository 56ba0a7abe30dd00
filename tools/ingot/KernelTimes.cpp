//===- KernelTimes.cpp - where the time of a run goes ----------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/KernelTimes.h"

#include "ingot/kernel_abi.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Object/ObjectFile.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <dlfcn.h>
#include <map>

namespace ingot::cli {

namespace {
/// The generated code calls plain functions, which find what they need here.
struct Measurement {
  std::map<const void *, KernelTime> times;
  decltype(ingot_host::parallel_for) launch = nullptr; // the runtime's own, during a run
  std::deque<ingot_program> programs;                  // the originals
  std::vector<std::vector<ingot_program>> copies;
  std::vector<ingot_target> targets;
  ingot_model model;
};
Measurement &measurement() {
  static auto *instance = new Measurement;
  return *instance;
}

void timedLaunch(void *context, ingot_kernel_fn kernel, void *const *arguments, int64_t tiles,
                 int64_t grain) {
  Measurement &state = measurement();
  auto start = std::chrono::steady_clock::now();
  state.launch(context, kernel, arguments, tiles, grain);
  auto *address = reinterpret_cast<const void *>(kernel);
  KernelTime &time = state.times.try_emplace(address, KernelTime{address, 0, 0, 0}).first->second;
  time.launches += 1;
  time.tiles += tiles;
  time.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Stands in for program number N: a C function has no room for more than its own address.
template <size_t N>
int32_t timedRun(const ingot_host *host, void *const *inputs, void *const *outputs,
                 const int64_t *symbols, void *arena, const int64_t *offsets, const void *weights) {
  ingot_program_fn original = measurement().programs[N].run;
  if (!host || !host->parallel_for)
    return original(host, inputs, outputs, symbols, arena, offsets, weights);
  ingot_host table = *host;
  measurement().launch = host->parallel_for;
  table.parallel_for = timedLaunch;
  return original(&table, inputs, outputs, symbols, arena, offsets, weights);
}

template <size_t... N> ingot_program_fn timedRunAt(size_t number, std::index_sequence<N...>) {
  static constexpr ingot_program_fn functions[] = {timedRun<N>...};
  return number < sizeof...(N) ? functions[number] : nullptr;
}
/// Programs (entries x targets) that can be measured; those beyond run unmeasured.
constexpr size_t maxPrograms = 32;
} // namespace

const ingot_model *measuringCopy(const ingot_model &model) {
  Measurement &state = measurement();
  state.model = model;
  for (int32_t t = 0; t < model.target_count; ++t) {
    const ingot_program *first = model.targets[t].programs;
    std::vector<ingot_program> copies(first, first + model.entry_count);
    for (ingot_program &copy : copies) {
      if (auto timed = timedRunAt(state.programs.size(), std::make_index_sequence<maxPrograms>())) {
        state.programs.push_back(copy);
        copy.run = timed;
      }
    }
    state.copies.push_back(std::move(copies));
    state.targets.push_back(model.targets[t]);
    state.targets.back().programs = state.copies.back().data();
  }
  state.model.targets = state.targets.data();
  return &state.model;
}

std::vector<KernelTime> takeKernelTimes() {
  std::vector<KernelTime> times;
  for (auto &[address, time] : measurement().times)
    times.push_back(time);
  measurement().times.clear();
  std::sort(times.begin(), times.end(),
            [](const KernelTime &a, const KernelTime &b) { return a.seconds > b.seconds; });
  return times;
}

std::string symbolAt(const void *address) {
  Dl_info info;
  if (!dladdr(address, &info) || !info.dli_fname)
    return "";
  auto file = llvm::object::ObjectFile::createObjectFile(info.dli_fname);
  if (!file) {
    llvm::consumeError(file.takeError());
    return "";
  }
  // A shared object's addresses count from where it was loaded.
  uint64_t wanted =
      reinterpret_cast<uintptr_t>(address) - reinterpret_cast<uintptr_t>(info.dli_fbase);
  for (const llvm::object::SymbolRef &symbol : file->getBinary()->symbols()) {
    llvm::Expected<uint64_t> place = symbol.getAddress();
    llvm::Expected<llvm::StringRef> name = symbol.getName();
    if (place && name && *place == wanted && !name->empty())
      return name->str();
    if (!place)
      llvm::consumeError(place.takeError());
    if (!name)
      llvm::consumeError(name.takeError());
  }
  return "";
}

} // namespace ingot::cli
