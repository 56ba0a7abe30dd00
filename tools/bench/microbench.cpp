// Speed of the contraction kernels alone, beside the peak of the machine's multiply-add units.
//
//   microbench [--cpu=host|NAME]... [--filter=TEXT] [--runs=N]
//
// One thread; each line is the fastest of several runs after a warm-up. The peak is measured again
// with every CPU name, since clocks drift: only the ratio is meant to be compared.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/Matmul.h"
#include "codegen/cpu/Packing.h"
#include "tools/bench/KernelJit.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/InitLLVM.h"
#include <chrono>
#include <random>

using namespace mlir;
using namespace ingot;

namespace {

namespace cl = llvm::cl;
cl::list<std::string> cpus("cpu", cl::desc("LLVM CPU names to generate for"));
cl::opt<std::string> filter("filter", cl::desc("Only lines that contain this"));
cl::opt<int> runs("runs", cl::init(7), cl::desc("Runs of each kernel; the fastest counts"));
cl::opt<bool> dump("dump-asm", cl::desc("Print assembly instead of running"));

double seconds(llvm::function_ref<void()> call) {
  double best = 1e30;
  call();
  for (int run = 0; run < runs; ++run) {
    auto start = std::chrono::steady_clock::now();
    call();
    std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    best = std::min(best, taken.count());
  }
  return best;
}

/// 64-byte aligned floats in [-1, 1).
struct Floats {
  explicit Floats(int64_t count) : count(count) {
    data = static_cast<float *>(std::aligned_alloc(64, llvm::alignTo(count * 4 + 64, 64)));
    std::minstd_rand random(1);
    for (int64_t i = 0; i < count; ++i)
      data[i] = float(random() % 2001) / 1000.0f - 1.0f;
  }
  Floats(const Floats &) = delete;
  ~Floats() { std::free(data); }
  int64_t count;
  float *data;
};

/// Independent chains of multiply-adds that read no memory, in GFLOP/s.
double measurePeak(const CpuTarget &target) {
  unsigned lanes = target.f32Lanes();
  constexpr unsigned chains = 12;
  auto kernel = bench::compileKernel(
      target, "f", 0,
      [&](OpBuilder &b, Location loc, ValueRange buffers, ValueRange, Value begin, Value end) {
        auto type = VectorType::get(lanes, b.getF32Type());
        Value zero = arith::ConstantIndexOp::create(b, loc, 0);
        Value one = arith::ConstantIndexOp::create(b, loc, 1);
        Value x = vector::LoadOp::create(b, loc, type, buffers[0], zero);
        SmallVector<Value> sums(chains, x);
        for (unsigned i = 0; i < chains; ++i) {
          Value at = arith::ConstantIndexOp::create(b, loc, i * lanes);
          sums[i] = vector::LoadOp::create(b, loc, type, buffers[0], at);
        }
        auto loop = scf::ForOp::create(
            b, loc, begin, end, one, sums,
            [&](OpBuilder &b, Location loc, Value, ValueRange carried) {
              SmallVector<Value> next;
              for (Value sum : carried)
                next.push_back(vector::FMAOp::create(b, loc, x, x, sum));
              scf::YieldOp::create(b, loc, next);
            });
        for (unsigned i = 0; i < chains; ++i) {
          Value at = arith::ConstantIndexOp::create(b, loc, i * lanes);
          vector::StoreOp::create(b, loc, loop.getResult(i), buffers[0], at);
        }
      });
  Floats data(chains * lanes);
  int64_t count = 3'000'000;
  return 2.0 * chains * lanes * count /
         seconds([&] { (*kernel)({data.data}, {}, 0, count); }) * 1e-9;
}

struct Report {
  const CpuTarget &target;
  double peak;
  void line(const std::string &name, double operations, double taken, double bytes) const {
    double rate = operations / taken * 1e-9;
    llvm::outs() << llvm::format("%-16s %-34s %8.1f GFLOP/s %5.1f%% of %.1f  %8.3f ms  %5.1f GB/s\n",
                                 target.cpu.c_str(), name.c_str(), rate, 100 * rate / peak, peak,
                                 taken * 1e3, bytes / taken * 1e-9);
    llvm::outs().flush();
  }
};

void benchMatmul(const Report &report, int64_t m, int64_t k, int64_t n) {
  std::string name = "matmul " + std::to_string(m) + "x" + std::to_string(k) + "x" +
                     std::to_string(n);
  if (name.find(filter) == std::string::npos)
    return;
  cpu::MatmulShape shape;
  shape.m = m;
  shape.k = k;
  shape.n = n;
  cpu::MatmulPlan plan = cpu::planMatmul(report.target, shape);
  auto build = [&](OpBuilder &b, Location loc, ValueRange buffers, ValueRange, Value begin,
                   Value end) {
    cpu::MatmulOperands ops;
    ops.batch = b.getIndexAttr(1);
    ops.m = b.getIndexAttr(m);
    ops.n = b.getIndexAttr(n);
    ops.k = b.getIndexAttr(k);
    ops.a = buffers[0];
    ops.aRowStride = b.getIndexAttr(k);
    ops.aKStride = b.getIndexAttr(1);
    ops.b = buffers[1];
    ops.scratch = buffers[3];
    ops.epilogue = cpu::storeRows(buffers[2], b.getIndexAttr(n));
    cpu::emitMatmul(b, loc, report.target, plan, ops, begin, end);
  };
  if (dump) {
    llvm::outs() << bench::kernelAssembly(report.target, "ffff", 0, build);
    return;
  }
  auto kernel = bench::compileKernel(report.target, "ffff", 0, build);
  Floats a(m * k), source(k * n), b(cpu::packedMatrixElements(k, n)), c(m * n),
      scratch(plan.scratchElements);
  cpu::packMatrix(source.data, 4, k, n, n, 1, b.data);
  int64_t tiles = llvm::divideCeil(m, plan.rowBlock) *
                  llvm::divideCeil(llvm::divideCeil(n, 16), plan.panelBlock);
  double taken = seconds([&] { (*kernel)({a.data, b.data, c.data, scratch.data}, {}, 0, tiles); });
  double bytes = 4.0 * (m * k + k * n + m * n);
  report.line(name + llvm::formatv(" [{0}x{1}p k{2} {3}t]", plan.rowBlock, plan.panelBlock,
                                   plan.kBlock, tiles)
                         .str(),
              2.0 * m * n * k, taken, bytes);
}

} // namespace

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::ParseCommandLineOptions(argc, argv, "Speed of the contraction kernels alone\n");
  std::vector<std::string> names(cpus.begin(), cpus.end());
  if (names.empty())
    names = {"znver3", "host"};
  for (const std::string &name : names) {
    auto target = CpuTarget::get(name);
    if (!target) {
      llvm::errs() << llvm::toString(target.takeError()) << "\n";
      return 1;
    }
    Report report{*target, measurePeak(*target)};
    for (auto [m, k, n] : {std::array<int64_t, 3>{1008, 1024, 1024},
                           {1024, 1024, 1024},
                           {126, 768, 768},
                           {126, 768, 3072},
                           {128, 768, 3072},
                           {126, 3072, 768},
                           {522, 512, 512},
                           {3136, 64, 256},
                           {196, 1024, 256},
                           {49, 2048, 512},
                           {4, 768, 3072},
                           {1, 768, 3072},
                           {1, 768, 50257},
                           {1, 2048, 1000}})
      benchMatmul(report, m, k, n);
  }
}
