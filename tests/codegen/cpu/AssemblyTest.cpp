// Reads the assembly of the kernels for CPUs that this machine need not have: the inner loop keeps
// its sums in registers and has the multiply-adds that the register tile promises.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/Conv.h"
#include "codegen/cpu/Matmul.h"
#include "codegen/cpu/Recurrence.h"
#include "tools/bench/KernelJit.h"
#include "llvm/ADT/StringExtras.h"
#include <cstdio>
#include <fstream>
#include <gtest/gtest.h>

using namespace mlir;
using namespace ingot;
using namespace ingot::cpu;

namespace {

/// Instructions of one loop without inner loops or branches.
struct Loop {
  int multiplyAdds = 0, spills = 0, instructions = 0;
  std::string text;
};

/// The straight-line loops with multiply-adds.
std::vector<Loop> innerLoops(llvm::StringRef assembly, llvm::StringRef multiplyAdd) {
  std::vector<Loop> found;
  Loop current;
  llvm::StringRef label;
  llvm::SmallVector<llvm::StringRef> lines;
  assembly.split(lines, '\n');
  for (llvm::StringRef line : lines) {
    llvm::StringRef text = line.trim();
    if (text.starts_with(".L") && text.contains(':')) {
      label = text.take_until([](char c) { return c == ':'; });
      current = {};
      continue;
    }
    if (text.empty() || text.starts_with(".") || text.starts_with("#") || text.starts_with("//"))
      continue;
    ++current.instructions;
    current.text += text.str() + "\n";
    current.multiplyAdds += text.starts_with(multiplyAdd);
    // Of vectors: an address that waits on the stack costs nothing beside so many multiply-adds.
    bool vector = text.contains("mm") || text.contains("q");
    current.spills += vector && (text.contains("(%rsp") || text.contains("[sp"));
    bool jumpsBack = (text.starts_with("j") || text.starts_with("b.") ||
                      text.starts_with("cb")) &&
                     text.ends_with(label);
    if (jumpsBack && !label.empty() && current.multiplyAdds > 0)
      found.push_back(current);
  }
  return found;
}

/// The one of them with the most.
Loop innermost(llvm::StringRef assembly, llvm::StringRef multiplyAdd) {
  Loop best;
  for (const Loop &loop : innerLoops(assembly, multiplyAdd))
    if (loop.multiplyAdds > best.multiplyAdds)
      best = loop;
  return best;
}

CpuTarget targetOf(const char *cpu, const char *triple) {
  auto target = CpuTarget::get(cpu, triple);
  EXPECT_TRUE(bool(target));
  return *target;
}

std::string matmulAssembly(const CpuTarget &target, int64_t m, int64_t n = 3072) {
  MatmulShape shape;
  shape.m = m;
  shape.k = 768;
  shape.n = n;
  MatmulPlan plan = planMatmul(target, shape);
  return bench::kernelAssembly(
      target, "ffff", 0,
      [&](OpBuilder &b, Location loc, ValueRange buffers, ValueRange, Value begin, Value end) {
        MatmulOperands ops;
        ops.batch = b.getIndexAttr(1);
        ops.m = b.getIndexAttr(m);
        ops.n = b.getIndexAttr(shape.n);
        ops.k = b.getIndexAttr(shape.k);
        ops.a = buffers[0];
        ops.aRowStride = ops.k;
        ops.aKStride = b.getIndexAttr(1);
        ops.b = buffers[1];
        ops.scratch = buffers[3];
        ops.epilogue = storeRows(buffers[2], ops.n);
        emitMatmul(b, loc, target, plan, ops, begin, end);
      });
}

/// 3×3 over 28×28 pixels of 128 channels.
std::string convAssembly(const CpuTarget &target) {
  ConvShape shape;
  shape.batch = 1;
  shape.input = shape.output = {28, 28};
  shape.kernel = {3, 3};
  shape.strides = shape.dilations = shape.padsBegin = {1, 1};
  shape.inChannels = shape.outChannels = 128;
  ConvPlan plan = planConv(target, shape);
  return bench::kernelAssembly(
      target, "ffff", 0,
      [&](OpBuilder &b, Location loc, ValueRange buffers, ValueRange, Value begin, Value end) {
        auto index = [&](int64_t i) { return OpFoldResult(b.getIndexAttr(i)); };
        ConvOperands ops;
        ops.batch = index(1);
        ops.input = ops.output = {index(28), index(28)};
        ops.data = buffers[0];
        ops.batchStride = index(28 * 28 * 128);
        ops.strides = {index(28 * 128), index(128)};
        ops.weights = buffers[1];
        ops.scratch = buffers[3];
        ops.epilogue = storeRows(buffers[2], index(128));
        emitConv(b, loc, target, plan, ops, begin, end);
      });
}

/// The products of a plain recurrent layer whose cell hands its sum on.
std::string recurrenceAssembly(const CpuTarget &target, int64_t batch) {
  RecurrenceShape shape;
  shape.hidden = 512;
  shape.batch = batch;
  shape.gates = {1};
  RecurrencePlan plan = planRecurrence(target, shape);
  return bench::kernelAssembly(
      target, "ff", 0,
      [&](OpBuilder &b, Location loc, ValueRange buffers, ValueRange, Value begin, Value end) {
        RecurrenceOperands ops;
        ops.batch = b.getIndexAttr(batch);
        ops.time = b.getIndexAttr(100);
        ops.weights = buffers[0];
        ops.scratch = buffers[1];
        ops.hooks.begin = [&](OpBuilder &at, const CellPlace &place) {
          auto type = VectorType::get(place.lanes, at.getF32Type());
          Value zero = arith::ConstantOp::create(at, loc, type, at.getZeroAttr(type));
          return std::make_pair(zero, Value());
        };
        ops.hooks.cell = [](OpBuilder &, unsigned, const CellPlace &, ValueRange sums, Value,
                            Value) { return CellResult{sums[0], {}, {}}; };
        ops.hooks.end = [](OpBuilder &, const CellPlace &, Value, Value) {};
        emitRecurrence(b, loc, target, plan, ops, begin, end);
      });
}

struct Row {
  const char *cpu, *triple, *multiplyAdd;
  int perStep; ///< multiply-adds of one k of the largest register tile
  /// Multiply-adds that start per cycle on llvm-mca's model of the CPU; its Sapphire Rapids has one
  /// port for 512-bit ones.
  int perCycle;
};
const Row kRows[] = {
    {"znver3", "x86_64-linux-gnu", "vfmadd", 12, 2},
    {"sapphirerapids", "x86_64-linux-gnu", "vfmadd", 24, 1},
    {"neoverse-n1", "aarch64-linux-gnu", "fmla", 20, 2},
};

TEST(Assembly, MatrixProductKeepsItsSumsInRegisters) {
  for (const Row &row : kRows) {
    SCOPED_TRACE(row.cpu);
    CpuTarget target = targetOf(row.cpu, row.triple);
    Loop loop = innermost(matmulAssembly(target, 126), row.multiplyAdd);
    EXPECT_EQ(loop.multiplyAdds % row.perStep, 0);
    EXPECT_GE(loop.multiplyAdds, row.perStep);
    EXPECT_EQ(loop.spills, 0);
    // Besides them: loads of B, broadcasts of A, and a little for the loop.
    EXPECT_LE(loop.instructions, loop.multiplyAdds * 2);
  }
}

TEST(Assembly, MatrixVectorProductKeepsItsSumsInRegisters) {
  for (const Row &row : kRows) {
    SCOPED_TRACE(row.cpu);
    Loop loop = innermost(matmulAssembly(targetOf(row.cpu, row.triple), 1), row.multiplyAdd);
    EXPECT_GE(loop.multiplyAdds, 4);
    EXPECT_EQ(loop.spills, 0);
  }
}

TEST(Assembly, EveryPanelOfAMatrixVectorProductHasOthersBesideIt) {
  for (const Row &row : kRows) {
    SCOPED_TRACE(row.cpu);
    // Seven panels; a panel by itself would wait for each of its sums.
    CpuTarget target = targetOf(row.cpu, row.triple);
    auto loops = innerLoops(matmulAssembly(target, 1, 7 * 16), row.multiplyAdd);
    ASSERT_FALSE(loops.empty());
    for (const Loop &loop : loops)
      EXPECT_GE(loop.multiplyAdds, 12) << loop.text;
  }
}

TEST(Assembly, LargeProductsFetchTheNextWeights) {
  for (const Row &row : kRows) {
    SCOPED_TRACE(row.cpu);
    CpuTarget target = targetOf(row.cpu, row.triple);
    const char *prefetch = target.arch == CpuTarget::Arch::X86_64 ? "prefetch" : "prfm";
    for (const std::string &assembly : {matmulAssembly(target, 126), convAssembly(target)})
      EXPECT_NE(innermost(assembly, row.multiplyAdd).text.find(prefetch), std::string::npos);
    EXPECT_EQ(matmulAssembly(target, 1).find(prefetch), std::string::npos);
  }
}

TEST(Assembly, ConvolutionKeepsItsSumsInRegisters) {
  for (const Row &row : kRows) {
    SCOPED_TRACE(row.cpu);
    Loop loop = innermost(convAssembly(targetOf(row.cpu, row.triple)), row.multiplyAdd);
    EXPECT_EQ(loop.multiplyAdds % row.perStep, 0);
    EXPECT_GE(loop.multiplyAdds, row.perStep);
    EXPECT_EQ(loop.spills, 0);
  }
}

TEST(Assembly, RecurrenceKeepsItsSumsInRegisters) {
  for (const Row &row : kRows)
    for (int64_t batch : {1, 24}) {
      SCOPED_TRACE(row.cpu + std::string(" batch ") + std::to_string(batch));
      std::string assembly = recurrenceAssembly(targetOf(row.cpu, row.triple), batch);
      Loop loop = innermost(assembly, row.multiplyAdd);
      EXPECT_GE(loop.multiplyAdds, batch == 1 ? 4 : row.perStep);
      EXPECT_EQ(loop.spills, 0);
    }
}

/// Cycles of 100 iterations on llvm-mca's model of the CPU.
double modelCycles(const Row &row, const Loop &loop) {
  std::string path = testing::TempDir() + "ingot-loop-" + row.cpu + ".s";
  std::ofstream(path) << loop.text;
  std::string command = std::string(INGOT_LLVM_MCA) + " -mtriple=" + row.triple +
                        " -mcpu=" + row.cpu + " -iterations=100 " + path + " 2>&1";
  FILE *pipe = popen(command.c_str(), "r");
  double cycles = 0;
  char line[512];
  std::string output;
  while (pipe && std::fgets(line, sizeof line, pipe)) {
    output += line;
    std::sscanf(line, "Total Cycles: %lf", &cycles);
  }
  if (pipe)
    pclose(pipe);
  EXPECT_GT(cycles, 0) << output;
  return cycles;
}

TEST(Assembly, MultiplyAddsBoundTheInnerLoop) {
  for (const Row &row : llvm::ArrayRef(kRows).take_front(2)) {
    SCOPED_TRACE(row.cpu);
    Loop loop = innermost(matmulAssembly(targetOf(row.cpu, row.triple), 126), row.multiplyAdd);
    double atBest = 100.0 * loop.multiplyAdds / row.perCycle;
    EXPECT_LT(modelCycles(row, loop), 1.12 * atBest);
  }
}

TEST(CpuTargetTest, KnowsFamiliesAndRefusesWhatLlvmDoesNotKnow) {
  EXPECT_EQ(targetOf("x86-64-v3", "x86_64-linux-gnu").vectorBytes, 32u);
  EXPECT_EQ(targetOf("x86-64-v4", "x86_64-linux-gnu").vectorBytes, 64u);
  EXPECT_EQ(targetOf("x86-64-v2", "x86_64-linux-gnu").vectorBytes, 16u);
  EXPECT_TRUE(targetOf("sapphirerapids", "x86_64-linux-gnu").amxInt8);
  EXPECT_FALSE(targetOf("x86-64-v4", "x86_64-linux-gnu").avx512vnni);
  EXPECT_EQ(targetOf("neoverse-n1", "aarch64-linux-gnu").vectorRegisters, 32u);
  auto unknown = CpuTarget::get("znver99", "x86_64-linux-gnu");
  EXPECT_EQ(llvm::toString(unknown.takeError()),
            "unknown CPU 'znver99' for target 'x86_64-unknown-linux-gnu'");
  auto elsewhere = CpuTarget::get("generic", "pdp11-unknown-none");
  EXPECT_FALSE(bool(elsewhere));
  llvm::consumeError(elsewhere.takeError());
}

} // namespace
