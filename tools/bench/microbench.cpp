// Speed of the contraction kernels alone, beside the peak of the machine's multiply-add units.
//
//   microbench [--cpu=host|NAME]... [--filter=TEXT] [--runs=N] [--dump-asm [--mtriple=TRIPLE]]
//
// One thread; each line is the fastest of several runs after a warm-up. The peak is measured again
// with every CPU name, since clocks drift: only the ratio is meant to be compared.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/Conv.h"
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
#include <random>
#include <time.h>

using namespace mlir;
using namespace ingot;

namespace {

namespace cl = llvm::cl;
cl::list<std::string> cpus("cpu", cl::desc("LLVM CPU names to generate for"));
cl::opt<std::string> triple("mtriple", cl::desc("LLVM triple, for --dump-asm"));
cl::opt<std::string> filter("filter", cl::desc("Only lines that contain this"));
cl::opt<int> runs("runs", cl::init(15), cl::desc("Runs of each kernel; the fastest counts"));
cl::opt<bool> dump("dump-asm", cl::desc("Print assembly instead of running"));

/// Processor time, so that other programs that take turns on the core are not counted.
double processorSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec * 1e-9;
}

double elapsed(llvm::function_ref<void()> call) {
  double start = processorSeconds();
  call();
  return processorSeconds() - start;
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

/// Independent chains of multiply-adds that read no memory: what the machine can do at best.
class Peak {
public:
  explicit Peak(const CpuTarget &target) : lanes(target.f32Lanes()), data(kChains * lanes) {
    kernel = bench::compileKernel(
        target, "f", 0,
        [&](OpBuilder &b, Location loc, ValueRange buffers, ValueRange, Value begin, Value end) {
          build(b, loc, buffers[0], begin, end);
        });
  }
  double gflops() {
    constexpr int64_t count = 20'000; // a tenth of a millisecond
    double taken = elapsed([&] { (*kernel)({data.data}, {}, 0, count); });
    return 2.0 * kChains * lanes * count / taken * 1e-9;
  }

private:
  void build(OpBuilder &b, Location loc, Value buffer, Value begin, Value end) {
    auto type = VectorType::get(lanes, b.getF32Type());
    Value one = arith::ConstantIndexOp::create(b, loc, 1);
    SmallVector<Value> sums, places;
    for (unsigned i = 0; i < kChains; ++i) {
      places.push_back(arith::ConstantIndexOp::create(b, loc, i * lanes));
      sums.push_back(vector::LoadOp::create(b, loc, type, buffer, places[i]));
    }
    Value x = sums[0];
    auto loop = scf::ForOp::create(b, loc, begin, end, one, sums,
                                   [&](OpBuilder &b, Location loc, Value, ValueRange carried) {
                                     SmallVector<Value> next;
                                     for (Value sum : carried)
                                       next.push_back(vector::FMAOp::create(b, loc, x, x, sum));
                                     scf::YieldOp::create(b, loc, next);
                                   });
    for (unsigned i = 0; i < kChains; ++i)
      vector::StoreOp::create(b, loc, loop.getResult(i), buffer, places[i]);
  }

  static constexpr unsigned kChains = 12;
  unsigned lanes;
  Floats data;
  std::unique_ptr<bench::CompiledKernel> kernel;
};

struct Report {
  const CpuTarget &target;
  Peak *peak; ///< null when only assembly is wanted
  /// Kernel and peak alternate, and the fastest of each counts: neighbours on the machine disturb
  /// both alike.
  void line(const std::string &name, double operations, double bytes,
            llvm::function_ref<void()> call) const {
    double best = 1e30, limit = 0;
    call();
    for (int run = 0; run < runs; ++run) {
      limit = std::max(limit, peak->gflops());
      best = std::min(best, elapsed(call));
    }
    double rate = operations / best * 1e-9;
    llvm::outs() << llvm::format("%-15s %-52s %6.1f GFLOP/s %5.1f%% of %.1f %8.3f ms %5.1f GB/s\n",
                                 target.cpu.c_str(), name.c_str(), rate, 100 * rate / limit, limit,
                                 best * 1e3, bytes / best * 1e-9);
    llvm::outs().flush();
  }
};

void benchMatmul(const Report &report, int64_t m, int64_t k, int64_t n, cpu::Product product) {
  bool integer = product != cpu::Product::F32;
  std::string name = llvm::formatv("matmul{0} {1}x{2}x{3}",
                                   !integer                         ? ""
                                   : product == cpu::Product::U8S8 ? " u8s8"
                                                                   : " s8s8",
                                   m, k, n);
  if (name.find(filter) == std::string::npos)
    return;
  cpu::MatmulShape shape;
  shape.m = m;
  shape.k = k;
  shape.product = product;
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
    if (integer)
      ops.columnSums = buffers[4];
    ops.epilogue = cpu::storeRows(buffers[2], b.getIndexAttr(n));
    cpu::emitMatmul(b, loc, report.target, plan, ops, begin, end);
  };
  std::string signature = integer ? "bbiii" : "fffff";
  if (dump) {
    llvm::outs() << bench::kernelAssembly(report.target, signature, 0, build);
    return;
  }
  auto kernel = bench::compileKernel(report.target, signature, 0, build);
  Floats a(m * k), source(k * n), b(cpu::packedMatrixElements(k, n)), c(m * n),
      scratch(plan.scratchElements), sums(n + 16);
  if (!integer)
    cpu::packMatrix(source.data, 4, k, n, n, 1, b.data);
  int64_t tiles = llvm::divideCeil(m, plan.rowBlock) *
                  llvm::divideCeil(llvm::divideCeil(n, 16), plan.panelBlock);
  double bytes = (integer ? 1.0 : 4.0) * (m * k + k * n) + 4.0 * m * n;
  name += llvm::formatv(" [{0}x{1}p k{2} {3}t]", plan.rowBlock, plan.panelBlock, plan.kBlock,
                        tiles);
  report.line(name, 2.0 * m * n * k, bytes, [&] {
    (*kernel)({a.data, b.data, c.data, scratch.data, sums.data}, {}, 0, tiles);
  });
}

/// Attention's products over `heads` heads of `size` numbers that lie side by side in a token, for
/// `rows` queries: with `transposed` the scores Q · Kᵀ, else P · V.
void benchAttention(const Report &report, int64_t heads, int64_t rows, int64_t tokens,
                    int64_t size, bool transposed) {
  std::string name =
      llvm::formatv("{0} {1} heads {2} queries {3} tokens of {4}",
                                   transposed ? "QK^T" : "PV", heads, rows, tokens, size);
  if (name.find(filter) == std::string::npos)
    return;
  int64_t width = heads * size, k = transposed ? size : tokens, n = transposed ? tokens : size;
  cpu::MatmulShape shape;
  shape.batch = heads;
  shape.m = rows;
  shape.n = n;
  shape.k = k;
  shape.b = cpu::OperandB::Strided;
  shape.bUnitN = !transposed;
  cpu::MatmulPlan plan = cpu::planMatmul(report.target, shape);
  auto build = [&](OpBuilder &b, Location loc, ValueRange buffers, ValueRange, Value begin,
                   Value end) {
    auto index = [&](int64_t i) { return OpFoldResult(b.getIndexAttr(i)); };
    auto every = [](int64_t distance) {
      return [=](OpBuilder &b, Location loc, Value batch) -> Value {
        Value factor = arith::ConstantIndexOp::create(b, loc, distance);
        return arith::MulIOp::create(b, loc, batch, factor);
      };
    };
    cpu::MatmulOperands ops;
    ops.batch = index(heads);
    ops.m = index(rows);
    ops.n = index(n);
    ops.k = index(k);
    ops.a = buffers[0];
    ops.aRowStride = index(transposed ? width : tokens);
    ops.aKStride = index(1);
    ops.aOffset = every(transposed ? size : rows * tokens);
    ops.b = buffers[1];
    ops.bKStride = index(transposed ? 1 : width);
    ops.bNStride = index(transposed ? width : 1);
    ops.bOffset = every(size);
    ops.scratch = buffers[3];
    ops.epilogue = cpu::storeRows(buffers[2], index(transposed ? tokens : width),
                                  every(transposed ? rows * tokens : size));
    cpu::emitMatmul(b, loc, report.target, plan, ops, begin, end);
  };
  if (dump) {
    llvm::outs() << bench::kernelAssembly(report.target, "ffff", 0, build);
    return;
  }
  auto kernel = bench::compileKernel(report.target, "ffff", 0, build);
  int64_t scores = heads * rows * tokens, flat = rows * width;
  Floats a(transposed ? flat : scores), b(tokens * width), c(transposed ? scores : flat),
      scratch(plan.scratchElements);
  int64_t tiles = heads * llvm::divideCeil(rows, plan.rowBlock) *
                  llvm::divideCeil(llvm::divideCeil(n, 16), plan.panelBlock);
  name += llvm::formatv(" [{0}x{1}p {2}t]", plan.rowBlock, plan.panelBlock, tiles);
  report.line(name, 2.0 * heads * rows * n * k, 4.0 * (a.count + b.count + c.count), [&] {
    (*kernel)({a.data, b.data, c.data, scratch.data}, {}, 0, tiles);
  });
}

struct ConvCase {
  int64_t size, inChannels, outChannels, kernel, stride, groups;
};

/// Square images, padded so that stride 1 keeps their size.
void benchConv(const Report &report, const ConvCase &c) {
  std::string name = llvm::formatv("conv {0}x{0} {1}->{2} {3}x{3}/{4}{5}", c.size, c.inChannels,
                                   c.outChannels, c.kernel, c.stride,
                                   c.groups > 1 ? " grouped" : "");
  if (name.find(filter) == std::string::npos)
    return;
  int64_t pad = c.kernel / 2, out = (c.size + 2 * pad - c.kernel) / c.stride + 1;
  cpu::ConvShape shape;
  shape.batch = 1;
  shape.input = {c.size, c.size};
  shape.output = {out, out};
  shape.kernel = {c.kernel, c.kernel};
  shape.strides = {c.stride, c.stride};
  shape.dilations = {1, 1};
  shape.padsBegin = {pad, pad};
  shape.inChannels = c.inChannels;
  shape.outChannels = c.outChannels;
  shape.groups = c.groups;
  shape.padded = pad > 0;
  cpu::ConvPlan plan = cpu::planConv(report.target, shape);
  auto build = [&](OpBuilder &b, Location loc, ValueRange buffers, ValueRange, Value begin,
                   Value end) {
    auto index = [&](int64_t i) { return OpFoldResult(b.getIndexAttr(i)); };
    cpu::ConvOperands ops;
    ops.batch = index(1);
    ops.input = {index(c.size), index(c.size)};
    ops.output = {index(out), index(out)};
    ops.data = buffers[0];
    ops.batchStride = index(c.size * c.size * c.inChannels);
    ops.strides = {index(c.size * c.inChannels), index(c.inChannels)};
    ops.weights = buffers[1];
    ops.scratch = buffers[3];
    ops.epilogue = cpu::storeRows(buffers[2], index(c.outChannels));
    cpu::emitConv(b, loc, report.target, plan, ops, begin, end);
  };
  if (dump) {
    llvm::outs() << bench::kernelAssembly(report.target, "ffff", 0, build);
    return;
  }
  auto kernel = bench::compileKernel(report.target, "ffff", 0, build);
  int64_t packed = plan.depthwise ? cpu::packedDepthwiseElements(shape)
                                  : cpu::packedConvElements(shape);
  Floats data(c.size * c.size * c.inChannels), weights(packed), result(out * out * c.outChannels),
      scratch(plan.scratchElements);
  // Values do not matter here, but zeros behind the weights keep them small.
  int64_t panelBlock = plan.panelBlock ? plan.panelBlock : 1;
  int64_t tiles = llvm::divideCeil(out * out, std::max<int64_t>(plan.pixelBlock, 1)) *
                  llvm::divideCeil(llvm::divideCeil(c.outChannels, 16), panelBlock);
  if (plan.depthwise)
    tiles = llvm::divideCeil(out, plan.pixelBlock);
  if (plan.product)
    tiles = llvm::divideCeil(out * out, plan.product->rowBlock) *
            llvm::divideCeil(llvm::divideCeil(c.outChannels, 16), plan.product->panelBlock);
  double work = 2.0 * out * out * c.outChannels * (c.inChannels / c.groups) * c.kernel * c.kernel;
  name += llvm::formatv(" [{0}px {1}p r{2} {3}t]", plan.pixelBlock, plan.panelBlock, plan.tapBlock,
                        tiles);
  report.line(name, work, 4.0 * (data.count + weights.count + result.count), [&] {
    (*kernel)({data.data, weights.data, result.data, scratch.data}, {}, 0, tiles);
  });
}

} // namespace

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::ParseCommandLineOptions(argc, argv, "Speed of the contraction kernels alone\n");
  std::vector<std::string> names(cpus.begin(), cpus.end());
  if (names.empty())
    names = {"znver3", "host"};
  for (const std::string &name : names) {
    auto target = CpuTarget::get(name, triple);
    if (!target) {
      llvm::errs() << llvm::toString(target.takeError()) << "\n";
      return 1;
    }
    std::optional<Peak> peak;
    if (!dump)
      peak.emplace(*target);
    Report report{*target, peak ? &*peak : nullptr};
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
      for (auto product : {cpu::Product::F32, cpu::Product::U8S8, cpu::Product::S8S8})
        benchMatmul(report, m, k, n, product);
    for (auto [rows, tokens] : {std::pair<int64_t, int64_t>{128, 128}, {512, 512}, {1, 1024}})
      for (bool transposed : {true, false})
        benchAttention(report, 12, rows, tokens, 64, transposed);
    for (const ConvCase &c : {ConvCase{56, 64, 64, 3, 1, 1},
                              {28, 128, 128, 3, 1, 1},
                              {14, 256, 256, 3, 1, 1},
                              {7, 512, 512, 3, 1, 1},
                              {56, 128, 128, 3, 2, 1},
                              {224, 3, 64, 7, 2, 1},
                              {224, 3, 32, 3, 2, 1},
                              {56, 256, 64, 1, 1, 1},
                              {14, 1024, 256, 1, 1, 1},
                              {7, 2048, 512, 1, 1, 1},
                              {56, 256, 512, 1, 2, 1},
                              {112, 16, 96, 1, 1, 1},
                              {56, 128, 128, 3, 1, 32},
                              {112, 32, 32, 3, 1, 32},
                              {112, 96, 96, 3, 2, 96},
                              {56, 144, 144, 3, 1, 144},
                              {28, 192, 192, 3, 1, 192},
                              {14, 384, 384, 3, 1, 384},
                              {7, 960, 960, 3, 1, 960}})
      benchConv(report, c);
  }
}
