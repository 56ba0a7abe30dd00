// Executes generated transposed convolutions and compares them with ONNX's definition, summed in
// double precision.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/ConvTranspose.h"
#include "codegen/cpu/Index.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "tests/codegen/cpu/GuardedBuffer.h"
#include "tools/bench/KernelJit.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace mlir;
using namespace ingot;
using namespace ingot::cpu;
using ingot::test::GuardedBuffer;

namespace {

struct Case {
  int64_t batch, height, width, inChannels, outChannels, groups;
  int64_t kernel, stride, dilation, pad, outputPadding;
  bool unknown = false;
};

int64_t outputOf(int64_t in, const Case &c) {
  return (in - 1) * c.stride + (c.kernel - 1) * c.dilation + 1 - 2 * c.pad + c.outputPadding;
}

/// Every input adds to the outputs that it meets.
std::vector<double> reference(const Case &c, const GuardedBuffer<float> &data,
                              const GuardedBuffer<float> &weights) {
  int64_t outH = outputOf(c.height, c), outW = outputOf(c.width, c);
  int64_t groupIn = c.inChannels / c.groups, groupOut = c.outChannels / c.groups;
  std::vector<double> out(c.batch * outH * outW * c.outChannels, 0);
  for (int64_t n = 0; n < c.batch; ++n)
    for (int64_t y = 0; y < c.height; ++y)
      for (int64_t x = 0; x < c.width; ++x)
        for (int64_t tap = 0; tap < c.kernel * c.kernel; ++tap) {
          int64_t oy = y * c.stride + tap / c.kernel * c.dilation - c.pad;
          int64_t ox = x * c.stride + tap % c.kernel * c.dilation - c.pad;
          if (oy < 0 || oy >= outH || ox < 0 || ox >= outW)
            continue;
          for (int64_t in = 0; in < c.inChannels; ++in)
            for (int64_t g = 0; g < groupOut; ++g)
              out[((n * outH + oy) * outW + ox) * c.outChannels + in / groupIn * groupOut + g] +=
                  double(data[((n * c.height + y) * c.width + x) * c.inChannels + in]) *
                  weights[(in * groupOut + g) * c.kernel * c.kernel + tap];
        }
  return out;
}

void check(const char *cpu, const Case &c) {
  SCOPED_TRACE(testing::Message() << cpu << " " << c.height << "x" << c.width << " channels "
                                  << c.inChannels << "->" << c.outChannels << "/" << c.groups
                                  << " kernel " << c.kernel << " stride " << c.stride
                                  << " dilation " << c.dilation << " pad " << c.pad << " unknown "
                                  << c.unknown);
  auto target = CpuTarget::get(cpu);
  ASSERT_TRUE(bool(target));
  SmallVector<int64_t> sizes{c.batch, c.height, c.width, outputOf(c.height, c),
                             outputOf(c.width, c)};
  ConvShape shape;
  auto known = [&](unsigned i) { return c.unknown ? kUnknown : sizes[i]; };
  shape.batch = known(0);
  shape.input = {known(1), known(2)};
  shape.output = {known(3), known(4)};
  shape.kernel = {c.kernel, c.kernel};
  shape.strides = {c.stride, c.stride};
  shape.dilations = {c.dilation, c.dilation};
  shape.padsBegin = {c.pad, c.pad};
  shape.inChannels = c.inChannels;
  shape.outChannels = c.outChannels;
  shape.groups = c.groups;
  ASSERT_TRUE(hasConvTransposeForm(shape));
  ConvTransposePlan plan = planConvTranspose(*target, shape);
  auto kernel = bench::compileKernel(
      *target, "ffffi", sizes.size(),
      [&](OpBuilder &b, Location loc, ValueRange buffers, ValueRange values, Value, Value) {
        Index at{b, loc};
        auto size = [&](unsigned i) {
          return c.unknown ? OpFoldResult(values[i]) : b.getIndexAttr(sizes[i]);
        };
        ConvOperands ops;
        ops.batch = size(0);
        ops.input = {size(1), size(2)};
        ops.output = {size(3), size(4)};
        Value row = at.mul(at.value(size(2)), c.inChannels);
        ops.strides = {getAsOpFoldResult(row), b.getIndexAttr(c.inChannels)};
        ops.batchStride = getAsOpFoldResult(at.mul(row, at.value(size(1))));
        ops.data = buffers[0];
        ops.weights = buffers[1];
        ops.scratch = buffers[3];
        ops.epilogue = storeRows(buffers[2], b.getIndexAttr(c.outChannels));
        Value tiles =
            at.value(emitConvTransposeTileCount(b, loc, plan, ops.batch, ops.output));
        // In two pieces, as two threads would.
        Value half = at.div(tiles, at.constant(2));
        emitConvTranspose(b, loc, *target, plan, ops, half, tiles);
        emitConvTranspose(b, loc, *target, plan, ops, at.constant(0), half);
      });
  GuardedBuffer<float> data(c.batch * c.height * c.width * c.inChannels),
      weights(c.inChannels * c.outChannels / c.groups * c.kernel * c.kernel),
      packed(plan.weightElements), out(c.batch * sizes[3] * sizes[4] * c.outChannels),
      scratch(plan.scratchElements);
  data.fill(1);
  weights.fill(2);
  std::fill_n(out.data, out.count, NAN);
  packConvTranspose(weights.data, 4, plan, packed.data);
  (*kernel)({data.data, packed.data, out.data, scratch.data, nullptr}, sizes, 0, 0);
  std::vector<double> expected = reference(c, data, weights);
  int64_t wrong = 0;
  for (int64_t i = 0; i < out.count; ++i)
    if (!(std::abs(out[i] - expected[i]) <= 1e-4) && ++wrong == 1)
      ADD_FAILURE() << "at " << i << ": " << out[i] << " instead of " << expected[i];
  EXPECT_EQ(wrong, 0) << "of " << out.count;
}

class ConvTransposeOn : public testing::TestWithParam<const char *> {};
INSTANTIATE_TEST_SUITE_P(, ConvTransposeOn, testing::Values("host", "x86-64-v3"),
                         [](auto &info) {
                           std::string name = info.param;
                           for (char &c : name)
                             c = c == '-' ? '_' : c;
                           return name;
                         });

TEST_P(ConvTransposeOn, KnownSizes) {
  check(GetParam(), {1, 4, 5, 16, 24, 1, 4, 2, 1, 1, 0});
  check(GetParam(), {2, 6, 3, 5, 7, 1, 3, 2, 1, 1, 1});
  check(GetParam(), {1, 5, 5, 8, 16, 1, 2, 2, 1, 0, 0});
  check(GetParam(), {1, 5, 4, 8, 16, 1, 3, 1, 1, 1, 0});
  check(GetParam(), {1, 5, 4, 8, 16, 2, 3, 2, 2, 2, 0});
  check(GetParam(), {1, 4, 4, 6, 6, 6, 4, 2, 1, 1, 0});
  check(GetParam(), {1, 3, 4, 4, 4, 1, 2, 3, 1, 0, 0});
}

TEST_P(ConvTransposeOn, SizesKnownAtRunTime) {
  Case c{2, 3, 7, 6, 20, 1, 3, 2, 1, 1, 1};
  c.unknown = true;
  check(GetParam(), c);
}

} // namespace
