//===- BenchCommand.cpp - ingot bench --------------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "frontend/onnx/Diagnostics.h"
#include "tools/ingot/Commands.h"
#include "tools/ingot/Flags.h"
#include "tools/ingot/Inputs.h"
#include "tools/ingot/Interrupt.h"
#include "tools/ingot/KernelTimes.h"
#include "tools/ingot/OptionIds.h"
#include "tools/ingot/Program.h"
#include "tools/ingot/Statistics.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <sys/resource.h>

namespace ingot::cli {

namespace {
struct Measured {
  std::vector<double> milliseconds; ///< of each timed run
  double megabytesBefore = 0;       ///< before the model was opened
};

struct BenchArguments {
  std::string file;
  ProgramOptions program;
  InputFlags inputs;
  int64_t runs = 0; ///< 0: at least 20 and one second
  bool perKernel = false, json = false;
};

std::optional<BenchArguments> readBenchArguments(const Arguments &arguments, std::string &misuse) {
  BenchArguments result;
  auto file = arguments.onlyFile("model or artifact", misuse);
  if (!file || !readProgramOptions(arguments, result.program, misuse) ||
      !readInputFlags(arguments, result.inputs, misuse))
    return std::nullopt;
  result.file = *file;
  if (auto text = arguments.value(OPT_runs)) {
    auto runs = readInteger("--runs", *text, 1, 1000000000, misuse);
    if (!runs)
      return std::nullopt;
    result.runs = *runs;
  }
  result.perKernel = arguments.has(OPT_per_kernel);
  result.json = arguments.has(OPT_json);
  if (result.perKernel) {
    result.program.compile.observable = true;
    result.program.wrap = [](const ingot_model &model) { return measuringCopy(model); };
  }
  return result;
}

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Milliseconds of each timed run, after runs that are not counted: caches, page faults and the
/// clock of the CPU settle in the first ones.
bool measure(Program &program, const std::vector<Value> &inputs, int64_t wanted,
             std::vector<double> &times, Failure &failure) {
  constexpr double warmSeconds = 0.1, timedSeconds = 1;
  constexpr size_t leastWarm = 2, leastRuns = 20;
  std::vector<BorrowedValue> borrowed;
  for (const Value &input : inputs)
    borrowed.emplace_back(input);
  std::vector<ingot_value> results;
  double start = now();
  for (size_t i = 0; i < leastWarm || now() - start < warmSeconds; ++i)
    if (!program.run(borrowed, results, failure))
      return false;
  takeKernelTimes();
  start = now();
  auto enough = [&] {
    return wanted ? static_cast<int64_t>(times.size()) >= wanted
                  : times.size() >= leastRuns && now() - start >= timedSeconds;
  };
  while (!enough()) {
    double begin = now();
    if (!program.run(borrowed, results, failure))
      return false;
    times.push_back((now() - begin) * 1000);
  }
  return true;
}

/// The most memory that this process has held so far. The program itself brings about 100 MB, most
/// of it LLVM's; compiling a model adds what the compiler needs.
double peakMegabytes() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024; // Linux counts in KiB
}

/// Null where it is not known.
const KernelCost *costOf(const Program &program, const std::string &kernel) {
  auto found = program.kernelCosts().find(kernel);
  return found == program.kernelCosts().end() ? nullptr : &found->second;
}

llvm::json::Array kernelObjects(double runs, const Program &program,
                                const std::vector<KernelTime> &times) {
  llvm::json::Array kernels;
  for (const KernelTime &kernel : times) {
    std::string name = symbolAt(kernel.function);
    llvm::json::Object object{{"name", llvm::json::fixUTF8(name)},
                              {"launches_per_run", static_cast<double>(kernel.launches) / runs},
                              {"ms_per_run", kernel.seconds * 1000 / runs}};
    if (const KernelCost *cost = costOf(program, name)) {
      object["operations_per_run"] = cost->operations;
      object["bytes_per_run"] = cost->bytes;
    }
    kernels.push_back(std::move(object));
  }
  return kernels;
}

/// Milliseconds per run that no launch has seen: the program's own, the runtime's, and those of small
/// kernels that an artifact calls directly.
double otherMilliseconds(const std::vector<double> &times, const std::vector<KernelTime> &kernels) {
  double total = 0, runs = static_cast<double>(times.size());
  for (double time : times)
    total += time / runs;
  for (const KernelTime &kernel : kernels)
    total -= kernel.seconds * 1000 / runs;
  return total;
}

void printJson(const BenchArguments &arguments, const Program &program, const Measured &measured) {
  const std::vector<double> &times = measured.milliseconds;
  llvm::json::Object object{
      {"model", llvm::json::fixUTF8(arguments.file)},
      {"threads", ingot_context_threads(program.context())},
      {"runs", static_cast<int64_t>(times.size())},
      {"min_ms", percentile(times, 0)},
      {"median_ms", percentile(times, 50)},
      {"p90_ms", percentile(times, 90)},
      {"p99_ms", percentile(times, 99)},
      {"load_ms", program.loadMilliseconds()},
      {"rss_mb", peakMegabytes()},
      {"rss_before_mb", measured.megabytesBefore},
      {"target", ingot_context_target(program.context())},
  };
  if (program.compileMilliseconds() > 0)
    object["compile_ms"] = program.compileMilliseconds();
  if (arguments.perKernel) {
    std::vector<KernelTime> kernels = takeKernelTimes();
    object["kernels"] = kernelObjects(static_cast<double>(times.size()), program, kernels);
    object["other_ms_per_run"] = otherMilliseconds(times, kernels);
  }
  llvm::outs() << llvm::json::Value(std::move(object)) << "\n";
}

/// "     12.3", of 10^9 in a second; "        -" where the count is not known.
std::string rate(const KernelCost *cost, double KernelCost::*count, double milliseconds) {
  std::string text = "-";
  if (cost && milliseconds > 0) {
    text.clear();
    llvm::raw_string_ostream(text) << llvm::format("%.1f", cost->*count / milliseconds / 1e6);
  }
  return std::string(text.size() < 9 ? 9 - text.size() : 0, ' ') + text;
}

void printKernels(const Program &program, const std::vector<double> &times) {
  double total = 0, runs = static_cast<double>(times.size());
  for (double time : times)
    total += time / runs;
  llvm::outs() << "  ms per run  share  launches    Gop/s     GB/s  kernel\n";
  std::vector<KernelTime> kernels = takeKernelTimes();
  for (const KernelTime &kernel : kernels) {
    double milliseconds = kernel.seconds * 1000 / runs;
    std::string name = symbolAt(kernel.function);
    const KernelCost *cost = costOf(program, name);
    llvm::outs() << llvm::format("%12.4f %5.1f%% %9.1f", milliseconds, 100 * milliseconds / total,
                                 static_cast<double>(kernel.launches) / runs)
                 << rate(cost, &KernelCost::operations, milliseconds)
                 << rate(cost, &KernelCost::bytes, milliseconds) << "  " << onnx::escaped(name)
                 << "\n";
  }
  double other = otherMilliseconds(times, kernels);
  llvm::outs() << llvm::format("%12.4f %5.1f%%                              outside of launches\n",
                               other, 100 * other / total);
}

void printText(const BenchArguments &arguments, const Program &program, const Measured &measured) {
  const std::vector<double> &times = measured.milliseconds;
  llvm::outs() << onnx::escaped(arguments.file, 4096) << ": target "
               << ingot_context_target(program.context()) << ", "
               << ingot_context_threads(program.context()) << " threads, " << times.size()
               << " runs\n"
               << llvm::format("min %.4f ms, median %.4f ms, p90 %.4f ms, p99 %.4f ms\n",
                               percentile(times, 0), percentile(times, 50), percentile(times, 90),
                               percentile(times, 99))
               << llvm::format("load %.2f ms, memory %.1f MB, %.1f MB before the model\n",
                               program.loadMilliseconds(), peakMegabytes(),
                               measured.megabytesBefore);
  if (arguments.perKernel)
    printKernels(program, times);
}
} // namespace

int benchCommand(const Arguments &arguments) {
  std::string misuse;
  std::optional<BenchArguments> read = readBenchArguments(arguments, misuse);
  if (!read)
    return misused(Command::Bench, misuse);
  cleanUpOnSignals();
  Failure failure;
  Measured measured;
  measured.megabytesBefore = peakMegabytes();
  std::unique_ptr<Program> program = Program::open(read->file, read->program, failure);
  std::vector<Value> inputs;
  std::vector<ingot_value> results;
  if (!program || !makeInputsAndRun(*program, read->inputs, inputs, results, failure) ||
      !measure(*program, inputs, read->runs, measured.milliseconds, failure))
    return failure.print();
  if (read->json)
    printJson(*read, *program, measured);
  else
    printText(*read, *program, measured);
  return 0;
}

} // namespace ingot::cli
