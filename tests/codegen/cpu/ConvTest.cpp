// Executes generated convolutions and compares every bit with one chain of fused multiply-adds per
// element, over (kernel position, input channel).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/Conv.h"
#include "codegen/cpu/Index.h"
#include "codegen/cpu/Packing.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "tests/codegen/cpu/GuardedBuffer.h"
#include "tools/bench/KernelJit.h"
#include <cmath>
#include <cstdlib>
#include <gtest/gtest.h>

using namespace mlir;
using namespace ingot;
using namespace ingot::cpu;
using ingot::test::GuardedBuffer;

namespace {

using List = SmallVector<int64_t, 3>;

struct Case {
  int64_t batch = 1;
  List input;
  int64_t inChannels, outChannels, groups = 1;
  List kernel, strides, dilations, pads; ///< the same at both ends, but for
  List morePads = {0, 0, 0};             ///< pads at the far end beyond these
  bool unknown = false, dense = true, longEpilogue = false;
};

int64_t product(ArrayRef<int64_t> list) {
  int64_t result = 1;
  for (int64_t x : list)
    result *= x;
  return result;
}

ConvShape shapeOf(const Case &c) {
  ConvShape s;
  s.batch = c.batch;
  s.input = c.input;
  s.kernel = c.kernel;
  s.strides = c.strides;
  s.dilations = c.dilations;
  s.padsBegin = c.pads;
  s.inChannels = c.inChannels;
  s.outChannels = c.outChannels;
  s.groups = c.groups;
  s.dense = c.dense;
  s.longEpilogue = c.longEpilogue;
  auto positive = [](int64_t pad) { return pad > 0; };
  s.padded = llvm::any_of(c.pads, positive) || llvm::any_of(c.morePads, positive);
  for (size_t d = 0; d < c.input.size(); ++d)
    s.output.push_back((c.input[d] + 2 * c.pads[d] + c.morePads[d] -
                        (c.kernel[d] - 1) * c.dilations[d] - 1) /
                           c.strides[d] +
                       1);
  return s;
}

/// Calls visit with every position below `extents`.
void forEach(ArrayRef<int64_t> extents, llvm::function_ref<void(ArrayRef<int64_t>)> visit) {
  List position(extents.size(), 0);
  int64_t count = product(extents);
  for (int64_t i = 0; i < count; ++i) {
    int64_t rest = i;
    for (size_t d = extents.size(); d-- > 0; rest /= extents[d])
      position[d] = rest % extents[d];
    visit(position);
  }
}

struct Reference {
  const ConvShape &s;
  int64_t pixelStride;
  const GuardedBuffer<float> &data, &weights;
  bool fma;

  float at(int64_t image, ArrayRef<int64_t> out, int64_t channel) const {
    int64_t groupIn = s.inChannels / s.groups;
    int64_t firstIn = channel / (s.outChannels / s.groups) * groupIn;
    float sum = 0;
    int64_t tap = 0;
    forEach(s.kernel, [&](ArrayRef<int64_t> k) {
      int64_t pixel = image;
      bool inside = true;
      for (size_t d = 0; d < k.size(); ++d) {
        int64_t p = out[d] * s.strides[d] + k[d] * s.dilations[d] - s.padsBegin[d];
        inside &= p >= 0 && p < s.input[d];
        pixel = pixel * s.input[d] + p;
      }
      for (int64_t i = 0; inside && i < groupIn; ++i) {
        float x = data[pixel * pixelStride + firstIn + i];
        float w = weights[(channel * groupIn + i) * product(s.kernel) + tap];
        sum = fma ? std::fma(x, w, sum) : sum + x * w;
      }
      ++tap;
    });
    return sum;
  }
};

void check(const char *cpu, const Case &c) {
  ConvShape known = shapeOf(c), shape = known;
  SCOPED_TRACE(testing::Message()
               << cpu << " batch " << c.batch << " in " << testing::PrintToString(c.input)
               << " channels " << c.inChannels << "->" << c.outChannels << "/" << c.groups
               << " kernel " << testing::PrintToString(c.kernel) << " strides "
               << testing::PrintToString(c.strides) << " dilations "
               << testing::PrintToString(c.dilations) << " pads "
               << testing::PrintToString(c.pads) << " + " << testing::PrintToString(c.morePads)
               << " unknown " << c.unknown << " dense "
               << c.dense << " long " << c.longEpilogue);
  if (c.unknown) {
    shape.batch = kUnknown;
    shape.input.assign(c.input.size(), kUnknown);
    shape.output.assign(c.input.size(), kUnknown);
  }
  auto target = CpuTarget::get(cpu);
  ASSERT_TRUE(bool(target));
  ConvPlan plan = planConv(*target, shape);
  unsigned rank = c.input.size();
  int64_t pixelStride = c.inChannels + (c.dense ? 0 : 5);
  SmallVector<int64_t> sizes{c.batch};
  sizes.append(c.input.begin(), c.input.end());
  sizes.append(known.output.begin(), known.output.end());

  auto operands = [&](OpBuilder &b, Location loc, ValueRange values) {
    Index at{b, loc};
    auto size = [&](unsigned i) {
      return c.unknown ? OpFoldResult(values[i]) : b.getIndexAttr(sizes[i]);
    };
    ConvOperands ops;
    ops.batch = size(0);
    ops.strides.resize(rank);
    Value stride = at.constant(pixelStride);
    for (unsigned d = 0; d < rank; ++d) {
      ops.input.push_back(size(1 + d));
      ops.output.push_back(size(1 + rank + d));
    }
    for (unsigned d = rank; d-- > 0;) {
      ops.strides[d] = getAsOpFoldResult(stride);
      stride = at.mul(stride, at.value(ops.input[d]));
    }
    ops.batchStride = getAsOpFoldResult(stride);
    return ops;
  };
  auto kernel = bench::compileKernel(
      *target, "ffff", sizes.size(),
      [&](OpBuilder &b, Location loc, ValueRange buffers, ValueRange values, Value begin,
          Value end) {
        ConvOperands ops = operands(b, loc, values);
        ops.data = buffers[0];
        ops.weights = buffers[1];
        ops.scratch = buffers[3];
        ops.epilogue = storeRows(buffers[2], b.getIndexAttr(c.outChannels));
        emitConv(b, loc, *target, plan, ops, begin, end);
      });
  auto counter = bench::compileKernel(
      *target, "i", sizes.size(),
      [&](OpBuilder &b, Location loc, ValueRange buffers, ValueRange values, Value, Value) {
        ConvOperands ops = operands(b, loc, values);
        Index at{b, loc};
        Value count = at.value(emitConvTileCount(b, loc, plan, ops.batch, ops.output));
        Value narrow = arith::IndexCastOp::create(b, loc, b.getI32Type(), count);
        memref::StoreOp::create(b, loc, narrow, buffers[0], ValueRange{at.constant(0)});
      });

  int64_t pixels = c.batch * product(known.output);
  GuardedBuffer<float> data(c.batch * product(c.input) * pixelStride - (pixelStride - c.inChannels)),
      source(c.outChannels * (c.inChannels / c.groups) * product(c.kernel)),
      packed(plan.depthwise ? packedDepthwiseElements(shape) : packedConvElements(shape)),
      out(pixels * c.outChannels), scratch(plan.scratchElements);
  data.fill(1);
  source.fill(2);
  std::fill_n(out.data, out.count, -77.0f);
  if (plan.depthwise)
    packDepthwise(source.data, 4, shape, packed.data);
  else
    packConv(source.data, 4, shape, packed.data);
  int32_t tiles = 0;
  (*counter)({&tiles}, sizes, 0, 0);
  for (int64_t tile = tiles - 1; tile >= 0; --tile)
    (*kernel)({data.data, packed.data, out.data, scratch.data}, sizes, tile, tile + 1);

  Reference reference{known, pixelStride, data, source, target->fma};
  int64_t wrong = 0, element = 0;
  for (int64_t image = 0; image < c.batch; ++image)
    forEach(known.output, [&](ArrayRef<int64_t> position) {
      for (int64_t channel = 0; channel < c.outChannels; ++channel, ++element) {
        float expected = reference.at(image, position, channel);
        if (out[element] != expected && ++wrong == 1)
          ADD_FAILURE() << "at " << testing::PrintToString(List(position)) << " channel "
                        << channel << ": " << out[element] << " instead of " << expected;
      }
    });
  EXPECT_EQ(wrong, 0) << "of " << out.count;
}

class ConvOn : public testing::TestWithParam<const char *> {};
INSTANTIATE_TEST_SUITE_P(, ConvOn, testing::Values("host", "x86-64-v3", "x86-64-v2"),
                         [](auto &info) {
                           std::string name = info.param;
                           for (char &c : name)
                             c = c == '-' ? '_' : c;
                           return name;
                         });

TEST_P(ConvOn, SquareKernels) {
  check(GetParam(), {1, {9, 11}, 16, 32, 1, {3, 3}, {1, 1}, {1, 1}, {1, 1}});
  check(GetParam(), {2, {7, 7}, 20, 48, 1, {3, 3}, {1, 1}, {1, 1}, {1, 1}});
  check(GetParam(), {1, {14, 15}, 3, 21, 1, {7, 7}, {2, 2}, {1, 1}, {3, 3}});
  check(GetParam(), {2, {8, 9}, 5, 7, 1, {3, 3}, {2, 2}, {1, 1}, {1, 1}});
  check(GetParam(), {1, {13, 13}, 8, 16, 1, {3, 3}, {1, 1}, {2, 2}, {2, 2}});
  check(GetParam(), {1, {5, 5}, 8, 16, 1, {3, 3}, {1, 1}, {1, 1}, {0, 0}});
}

TEST_P(ConvOn, Pointwise) {
  check(GetParam(), {2, {7, 5}, 30, 35, 1, {1, 1}, {1, 1}, {1, 1}, {0, 0}});
  check(GetParam(), {2, {7, 6}, 30, 35, 1, {1, 1}, {2, 2}, {1, 1}, {0, 0}});
}

TEST_P(ConvOn, UnusualShapes) {
  Case small{1, {2, 2}, 4, 18, 1, {5, 5}, {1, 1}, {1, 1}, {2, 2}};
  check(GetParam(), small);
  Case gaps{2, {6, 7}, 12, 40, 1, {3, 2}, {1, 1}, {1, 1}, {1, 1}};
  gaps.dense = false;
  check(GetParam(), gaps);
  gaps.longEpilogue = true;
  check(GetParam(), gaps);
}

TEST_P(ConvOn, OneAndThreeDimensions) {
  check(GetParam(), {2, {33}, 9, 20, 1, {5}, {2}, {1}, {2}});
  check(GetParam(), {2, {40}, 16, 16, 1, {3}, {1}, {4}, {4}});
  check(GetParam(), {1, {4, 5, 6}, 6, 17, 1, {3, 3, 3}, {1, 2, 1}, {1, 1, 1}, {1, 1, 1}});
}

TEST_P(ConvOn, Groups) {
  check(GetParam(), {1, {6, 6}, 8, 64, 2, {3, 3}, {1, 1}, {1, 1}, {1, 1}});
  check(GetParam(), {1, {6, 6}, 8, 40, 2, {3, 3}, {1, 1}, {1, 1}, {1, 1}});
  check(GetParam(), {1, {6, 6}, 20, 20, 5, {3, 3}, {1, 1}, {1, 1}, {1, 1}});
  check(GetParam(), {2, {5, 6}, 12, 36, 12, {3, 3}, {2, 2}, {1, 1}, {1, 1}});
}

TEST_P(ConvOn, WeightsBeyondTheCache) {
  check(GetParam(), {1, {5, 6}, 700, 33, 1, {3, 3}, {1, 1}, {1, 1}, {1, 1}});
}

TEST_P(ConvOn, SizesKnownAtRunTime) {
  Case c{2, {9, 8}, 10, 40, 1, {3, 3}, {1, 1}, {1, 1}, {1, 1}};
  c.unknown = true;
  check(GetParam(), c);
}

TEST_P(ConvOn, Depthwise) {
  for (int64_t channels : {8, 16, 35})
    for (int64_t width : {7, 15, 66}) {
      check(GetParam(), {2, {5, width}, channels, channels, channels, {3, 3}, {1, 1}, {1, 1}, {1, 1}});
      check(GetParam(), {1, {5, width}, channels, channels, channels, {5, 5}, {2, 2}, {1, 1}, {2, 2}});
    }
  check(GetParam(), {1, {9, 70}, 16, 16, 16, {3, 3}, {1, 1}, {2, 2}, {2, 2}});
  check(GetParam(), {1, {4, 4, 4}, 6, 6, 6, {3, 3, 3}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}});
  check(GetParam(), {2, {30}, 6, 6, 6, {7}, {1}, {1}, {3}});
}

TEST_P(ConvOn, DepthwiseSizesKnownAtRunTime) {
  for (int64_t width : {1, 2, 40}) {
    Case c{2, {5, width}, 19, 19, 19, {3, 3}, {1, 1}, {1, 1}, {1, 1}};
    c.unknown = true;
    check(GetParam(), c);
    c.strides = {2, 2};
    check(GetParam(), c);
  }
}

/// Whatever a model may hold: more cases with INGOT_CONV_CASES.
TEST_P(ConvOn, RandomShapes) {
  const char *wanted = std::getenv("INGOT_CONV_CASES");
  std::minstd_rand random(wanted ? std::random_device()() : 7);
  auto below = [&](int64_t limit) { return int64_t(random() >> 8) % limit; };
  for (int i = 0, count = wanted ? std::atoi(wanted) : 12; i < count; ++i) {
    Case c;
    int64_t rank = 1 + below(3);
    c.batch = 1 + below(3);
    for (int64_t d = 0; d < rank; ++d) {
      c.kernel.push_back(1 + below(4));
      c.strides.push_back(1 + below(3));
      c.dilations.push_back(1 + below(3));
      c.pads.push_back(below(4));
      c.morePads[d] = below(3);
      int64_t reach = (c.kernel[d] - 1) * c.dilations[d] + 1;
      c.input.push_back(std::max<int64_t>(1, reach - 2 * c.pads[d]) + below(rank == 1 ? 80 : 9));
    }
    c.groups = 1 + below(4);
    bool depthwise = below(3) == 0;
    c.inChannels = c.groups * (1 + below(12));
    c.outChannels = c.groups * (1 + below(30));
    if (depthwise)
      c.groups = c.outChannels = c.inChannels;
    c.unknown = below(3) == 0;
    c.dense = below(4) != 0;
    c.longEpilogue = below(4) == 0;
    check(GetParam(), c);
  }
}

} // namespace
