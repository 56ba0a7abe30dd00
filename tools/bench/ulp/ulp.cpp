// Prints the largest error of each math function as Markdown.
//
//   ulp [--stride=N] [--f64=COUNT] [--level=host|v2|v3|v4] [--asm] [NAME...]
//
// f32 functions of one argument go through every N-th pattern of binary32 (1: all of them), those of
// two through 2^32/N pseudo-random pairs; f64 functions through COUNT pseudo-random patterns.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/bench/ulp/Functions.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <random>
#include <thread>

using namespace ingot::bench;
using llvm::cl::desc;
using llvm::cl::init;

namespace {

llvm::cl::opt<uint64_t> stride("stride", desc("step through binary32"), init(257));
llvm::cl::opt<uint64_t> f64Count("f64", desc("f64 samples"), init(1 << 20));
llvm::cl::opt<unsigned> workerCount("workers", desc("threads to use"), init(1));
llvm::cl::opt<bool> printAssembly("asm", desc("print the assembly of the f32 functions instead"));
llvm::cl::opt<Level> level(
    "level", desc("instruction set"), init(Level::X86_64_v3),
    llvm::cl::values(clEnumValN(Level::Host, "host", ""), clEnumValN(Level::X86_64_v2, "v2", ""),
                     clEnumValN(Level::X86_64_v3, "v3", ""),
                     clEnumValN(Level::X86_64_v4, "v4", "")));
llvm::cl::list<std::string> names(llvm::cl::Positional, desc("functions"));

struct Worst {
  double ulp = 0, at = 0, at2 = 0;
  void include(const Worst &other) {
    if (other.ulp > ulp)
      *this = other;
  }
};

constexpr int64_t kBlock = 4096;

template <typename T, typename Fill, typename Reference>
Worst measureBlocks(const Elementwise &kernel, uint64_t blocks, Fill fill, Reference reference) {
  std::vector<Worst> worst(workerCount);
  std::vector<std::thread> workers;
  for (unsigned t = 0; t < workerCount; ++t)
    workers.emplace_back([&, t] {
      std::vector<T> a(kBlock), b(kBlock), out(kBlock);
      for (uint64_t block = t; block < blocks; block += workerCount) {
        fill(block, a.data(), b.data());
        kernel.run(a.data(), b.data(), out.data(), kBlock);
        for (int64_t i = 0; i < kBlock; ++i) {
          double ulp = ulpError(out[i], reference(a[i], b[i]));
          if (ulp > worst[t].ulp)
            worst[t] = {ulp, double(a[i]), double(b[i])};
        }
      }
    });
  Worst result;
  for (unsigned t = 0; t < workerCount; ++t) {
    workers[t].join();
    result.include(worst[t]);
  }
  return result;
}

ElementwiseSpec specFor(const MathFunction &function, bool isDouble) {
  ElementwiseSpec spec;
  spec.first = [isDouble](mlir::MLIRContext *context) -> mlir::Type {
    if (isDouble)
      return mlir::Float64Type::get(context);
    return mlir::Float32Type::get(context);
  };
  if (function.arity == 2)
    spec.second = spec.first;
  spec.result = spec.first;
  spec.body = function.build;
  spec.lanes = level == Level::X86_64_v4 ? (isDouble ? 8 : 16) : (isDouble ? 4 : 8);
  spec.level = level;
  return spec;
}

Worst measureSingle(const MathFunction &function, const Elementwise &kernel) {
  uint64_t patterns = ((uint64_t(1) << 32) + stride - 1) / stride;
  auto fill = [&](uint64_t block, float *a, float *b) {
    std::mt19937 random(uint32_t(block) + 1);
    for (int64_t i = 0; i < kBlock; ++i) {
      uint32_t pattern = uint32_t(std::min((block * kBlock + i) * stride, uint64_t(0xffffffff)));
      a[i] = llvm::bit_cast<float>(function.arity == 1 ? pattern : uint32_t(random()));
      b[i] = llvm::bit_cast<float>(uint32_t(random()));
      // Half of the pairs where powers neither overflow nor vanish.
      if (function.arity == 2 && (i & 1)) {
        a[i] = std::ldexp(float(1 + random() % 0xffffff), int(random() % 40) - 44);
        b[i] = (float(random() % 0xffffff) - 0x800000) * 0x1p-19f;
      }
    }
  };
  return measureBlocks<float>(kernel, (patterns + kBlock - 1) / kBlock, fill,
                              [&](float a, float b) { return function.single(a, b); });
}

Worst measureDouble(const MathFunction &function, const Elementwise &kernel) {
  auto fill = [&](uint64_t block, double *a, double *b) {
    std::mt19937_64 random(block + 1);
    auto number = [&](int64_t kind) {
      uint64_t pattern = random();
      // All patterns; exponents near 1; and the range where results are ordinary.
      if (kind % 3 == 1)
        pattern = (pattern & 0x803fffffffffffff) | 0x3fc0000000000000;
      if (kind % 3 == 2)
        return std::ldexp(double(int64_t(pattern)), -53);
      return llvm::bit_cast<double>(pattern);
    };
    for (int64_t i = 0; i < kBlock; ++i) {
      a[i] = number(i);
      b[i] = number(i / 3);
    }
  };
  return measureBlocks<double>(kernel, (f64Count + kBlock - 1) / kBlock, fill,
                               [&](double a, double b) { return function.full(a, b); });
}

bool report(const MathFunction &function, bool isDouble) {
  auto kernel = Elementwise::compile(specFor(function, isDouble));
  if (!kernel) {
    llvm::errs() << "ulp: error: " << function.name << ": " << toString(kernel.takeError()) << "\n";
    return false;
  }
  Worst worst =
      isDouble ? measureDouble(function, **kernel) : measureSingle(function, **kernel);
  llvm::outs() << llvm::format(" %.3f | %a", worst.ulp, worst.at);
  if (function.arity == 2)
    llvm::outs() << llvm::format(", %a", worst.at2);
  llvm::outs() << " |";
  llvm::outs().flush();
  return true;
}

} // namespace

int main(int argc, char **argv) {
  llvm::cl::ParseCommandLineOptions(argc, argv, "error of the math functions in ulp\n");
  if (!isRunnable(level)) {
    llvm::errs() << "ulp: error: this machine does not run the code of that level\n";
    return 1;
  }
  bool ok = true;
  if (!printAssembly)
    llvm::outs() << "| function | f32 ulp | at | f64 ulp | at |\n|---|---|---|---|---|\n";
  for (const MathFunction &function : mathFunctions()) {
    if (!names.empty() && !llvm::is_contained(names, function.name))
      continue;
    if (printAssembly) {
      auto text = assemble(specFor(function, false));
      llvm::outs() << (text ? *text : toString(text.takeError())) << "\n";
      continue;
    }
    llvm::outs() << "| " << function.name << " |";
    ok &= report(function, false);
    ok &= report(function, true);
    llvm::outs() << "\n";
  }
  return ok ? 0 : 1;
}
