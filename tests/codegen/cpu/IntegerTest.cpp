// Executes generated 8-bit products over extreme values and compares them with exact sums.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/PackingInteger.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "tests/codegen/cpu/GuardedBuffer.h"
#include "tools/bench/KernelJit.h"
#include <gtest/gtest.h>

using namespace mlir;
using namespace ingot;
using namespace ingot::cpu;
using ingot::test::GuardedBuffer;

namespace {

/// Every fourth byte is an end of the range, where saturating instructions would give way.
void fillExtreme(GuardedBuffer<int8_t> &buffer, unsigned seed) {
  buffer.fill(seed);
  for (int64_t i = 0; i < buffer.count; i += 4)
    buffer[i] = i & 4 ? int8_t(0x7f) : i & 8 ? int8_t(0x80) : int8_t(0xff);
}

int32_t valueOf(int8_t byte, bool isSigned) { return isSigned ? byte : uint8_t(byte); }

CpuTarget targetOf(const char *name) {
  auto target = CpuTarget::get(name);
  EXPECT_TRUE(bool(target));
  return *target;
}

Value constant(OpBuilder &b, Location loc, int32_t value) {
  return arith::ConstantIntOp::create(b, loc, value, 32);
}

void checkMatmul(const char *cpu, Product product, int64_t m, int64_t k, int64_t n,
                 bool unsignedWeights = false) {
  SCOPED_TRACE(testing::Message() << cpu << " " << m << "x" << k << "x" << n << " product "
                                  << int(product) << " unsigned weights " << unsignedWeights);
  CpuTarget target = targetOf(cpu);
  bool signedA = product == Product::S8S8;
  int32_t zeroPoint = signedA ? -7 : 131;
  MatmulShape shape;
  shape.m = m;
  shape.k = k;
  shape.n = n;
  shape.product = product;
  MatmulPlan plan = planMatmul(target, shape);
  auto kernel = bench::compileKernel(
      target, "bbiii", 0,
      [&](OpBuilder &b, Location loc, ValueRange buffers, ValueRange, Value begin, Value end) {
        MatmulOperands ops;
        ops.batch = b.getIndexAttr(1);
        ops.m = b.getIndexAttr(m);
        ops.n = b.getIndexAttr(n);
        ops.k = b.getIndexAttr(k);
        ops.a = buffers[0];
        ops.aRowStride = ops.k;
        ops.aKStride = b.getIndexAttr(1);
        ops.b = buffers[1];
        ops.columnSums = buffers[3];
        ops.zeroPoint = constant(b, loc, zeroPoint);
        ops.scratch = buffers[4];
        ops.epilogue = storeRows(buffers[2], b.getIndexAttr(n));
        emitMatmul(b, loc, target, plan, ops, begin, end);
      });
  GuardedBuffer<int8_t> a(m * k), source(k * n), packed(packedMatrixBytes(k, n));
  GuardedBuffer<int32_t> out(m * n), sums(llvm::alignTo(n, 16)), scratch(plan.scratchElements);
  fillExtreme(a, 1);
  fillExtreme(source, 2);
  packMatrixInteger(target, {source.data, unsignedWeights}, k, n, n, 1, packed.data, sums.data);
  int64_t tiles = llvm::divideCeil(m, plan.rowBlock) *
                  llvm::divideCeil(llvm::divideCeil(n, 16), plan.panelBlock);
  (*kernel)({a.data, packed.data, out.data, sums.data, scratch.data}, {}, 0, tiles);
  for (int64_t row = 0; row < m; ++row)
    for (int64_t column = 0; column < n; ++column) {
      int32_t expected = 0;
      for (int64_t i = 0; i < k; ++i)
        expected += (valueOf(a[row * k + i], signedA) - zeroPoint) *
                    (valueOf(source[i * n + column], !unsignedWeights) -
                     (unsignedWeights ? 128 : 0));
      ASSERT_EQ(out[row * n + column], expected) << "at " << row << ", " << column;
    }
}

struct ConvCase {
  int64_t size, inChannels, outChannels, groups, kernel, stride, pad;
};

void checkConv(const char *cpu, Product product, const ConvCase &c) {
  SCOPED_TRACE(testing::Message() << cpu << " size " << c.size << " channels " << c.inChannels
                                  << "->" << c.outChannels << "/" << c.groups << " kernel "
                                  << c.kernel << " product " << int(product));
  CpuTarget target = targetOf(cpu);
  bool signedA = product == Product::S8S8;
  int32_t zeroPoint = signedA ? 5 : 120;
  int64_t out = (c.size + 2 * c.pad - c.kernel) / c.stride + 1;
  ConvShape shape;
  shape.batch = 1;
  shape.input = {c.size, c.size};
  shape.output = {out, out};
  shape.kernel = {c.kernel, c.kernel};
  shape.strides = {c.stride, c.stride};
  shape.dilations = {1, 1};
  shape.padsBegin = {c.pad, c.pad};
  shape.inChannels = c.inChannels;
  shape.outChannels = c.outChannels;
  shape.groups = c.groups;
  shape.padded = c.pad > 0;
  shape.product = product;
  ConvPlan plan = planConv(target, shape);
  int64_t tiles = 0;
  auto kernel = bench::compileKernel(
      target, "bbiii", 0,
      [&](OpBuilder &b, Location loc, ValueRange buffers, ValueRange, Value begin, Value end) {
        auto index = [&](int64_t i) { return OpFoldResult(b.getIndexAttr(i)); };
        ConvOperands ops;
        ops.batch = index(1);
        ops.input = {index(c.size), index(c.size)};
        ops.output = {index(out), index(out)};
        ops.data = buffers[0];
        ops.batchStride = index(c.size * c.size * c.inChannels);
        ops.strides = {index(c.size * c.inChannels), index(c.inChannels)};
        ops.weights = buffers[1];
        ops.columnSums = buffers[3];
        ops.zeroPoint = constant(b, loc, zeroPoint);
        ops.scratch = buffers[4];
        ops.epilogue = storeRows(buffers[2], index(c.outChannels));
        tiles = *getConstantIntValue(emitConvTileCount(b, loc, plan, ops.batch, ops.output));
        emitConv(b, loc, target, plan, ops, begin, end);
      });
  int64_t groupIn = c.inChannels / c.groups, taps = c.kernel * c.kernel;
  GuardedBuffer<int8_t> data(c.size * c.size * c.inChannels), source(c.outChannels * groupIn * taps),
      packed(packedConvBytes(shape));
  GuardedBuffer<int32_t> result(out * out * c.outChannels), sums(convColumnSums(shape)),
      scratch(plan.scratchElements);
  fillExtreme(data, 1);
  fillExtreme(source, 2);
  packConvInteger(target, {source.data}, shape, uint8_t(zeroPoint), packed.data, sums.data);
  (*kernel)({data.data, packed.data, result.data, sums.data, scratch.data}, {}, 0, tiles);
  for (int64_t y = 0; y < out; ++y)
    for (int64_t x = 0; x < out; ++x)
      for (int64_t channel = 0; channel < c.outChannels; ++channel) {
        int32_t expected = 0;
        int64_t firstIn = channel / (c.outChannels / c.groups) * groupIn;
        for (int64_t tap = 0; tap < taps; ++tap) {
          int64_t iy = y * c.stride + tap / c.kernel - c.pad;
          int64_t ix = x * c.stride + tap % c.kernel - c.pad;
          if (iy < 0 || iy >= c.size || ix < 0 || ix >= c.size)
            continue;
          for (int64_t i = 0; i < groupIn; ++i)
            expected +=
                (valueOf(data[(iy * c.size + ix) * c.inChannels + firstIn + i], signedA) -
                 zeroPoint) *
                source[(channel * groupIn + i) * taps + tap];
        }
        ASSERT_EQ(result[(y * out + x) * c.outChannels + channel], expected)
            << "at " << y << ", " << x << ", " << channel;
      }
}

/// What this machine runs; AssemblyTest reads the code for all others.
std::vector<const char *> runnable() {
  std::vector<const char *> cpus{"host", "x86-64-v3", "x86-64-v2"};
  CpuTarget host = targetOf("host");
  if (host.avx512f && host.avx512bw && host.avx512vl && host.avx512dq)
    cpus.push_back("x86-64-v4");
  return cpus;
}

class IntegerOn : public testing::TestWithParam<const char *> {};
INSTANTIATE_TEST_SUITE_P(, IntegerOn, testing::ValuesIn(runnable()),
                         [](auto &info) {
                           std::string name = info.param;
                           for (char &c : name)
                             c = c == '-' ? '_' : c;
                           return name;
                         });

TEST_P(IntegerOn, MatrixProductsAreExact) {
  for (Product product : {Product::U8S8, Product::S8S8})
    for (auto [m, k, n] : {std::array<int64_t, 3>{1, 3, 5},
                           {2, 64, 40},
                           {5, 17, 33},
                           {13, 130, 16},
                           {40, 35, 70}})
      checkMatmul(GetParam(), product, m, k, n);
  checkMatmul(GetParam(), Product::U8S8, 7, 21, 18, /*unsignedWeights=*/true);
}

TEST_P(IntegerOn, ConvolutionsAreExact) {
  for (Product product : {Product::U8S8, Product::S8S8}) {
    checkConv(GetParam(), product, {7, 16, 32, 1, 3, 1, 1});
    checkConv(GetParam(), product, {9, 3, 20, 1, 3, 2, 1});
    checkConv(GetParam(), product, {6, 13, 16, 1, 1, 1, 0});
    checkConv(GetParam(), product, {6, 12, 24, 4, 3, 1, 1});
    checkConv(GetParam(), product, {5, 8, 8, 8, 3, 1, 1});
  }
}

} // namespace
