// What a caller can get wrong is a status before anything is computed, and outputs stay untouched.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "context_fixture.h"
#include "handwritten_models.h"
#include <atomic>
#include <random>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>

namespace {
/// A correct call of "scale" for a batch of 2, to be spoilt by each test.
class Checks : public ::testing::Test {
protected:
  Checks() : context(ingot_model_affine) {
    inputs = {x.value(), gain.value()};
    outputs = {y.value(), total.value()};
  }
  void expect(int32_t status, const std::string &message) {
    EXPECT_EQ(context.run(0, inputs, outputs), status);
    EXPECT_EQ(context.message, message);
    EXPECT_EQ(y.data, std::vector<float>(8, -7)) << "outputs must stay untouched";
    EXPECT_EQ(total.data, std::vector<float>(2, -7));
    // And the context works afterwards.
    std::vector<ingot_value> good = {unset(), unset()};
    EXPECT_EQ(context.run(0, {x.value(), gain.value()}, good), INGOT_OK) << context.message;
  }

  TestContext context;
  Floats x{{2, 4}, {1, 1, 1, 1, 2, 2, 2, 2}}, gain{{2}, {10, 100}};
  Floats y{{2, 4}, std::vector<float>(8, -7)}, total{{2}, std::vector<float>(2, -7)};
  std::vector<ingot_value> inputs, outputs;
};
} // namespace

TEST_F(Checks, NumberOfInputs) {
  inputs.pop_back();
  expect(INGOT_WRONG_COUNT, "'scale' takes 2 inputs, but got 1");
}

TEST_F(Checks, NumberOfOutputs) {
  outputs.push_back(unset());
  expect(INGOT_WRONG_COUNT, "'scale' has 2 outputs, but got 3");
}

TEST_F(Checks, StructSize) {
  inputs[0].struct_bytes = 0;
  expect(INGOT_INVALID_ARGUMENT,
         "input 'x': struct_bytes is 0, set it to sizeof(struct ingot_value)");
}

TEST_F(Checks, Kind) {
  inputs[0].kind = INGOT_SEQUENCE;
  expect(INGOT_WRONG_KIND, "input 'x' is a tensor, but got a sequence");
}

TEST_F(Checks, ElementType) {
  inputs[1].element_type = INGOT_INT32;
  expect(INGOT_WRONG_ELEMENT_TYPE, "input 'gain' has elements of type float, but got int32");
}

TEST_F(Checks, OutputElementType) {
  outputs[1].element_type = INGOT_DOUBLE;
  expect(INGOT_WRONG_ELEMENT_TYPE,
         "output 'total' has elements of type float, but the caller expects double");
}

TEST_F(Checks, Rank) {
  inputs[0].rank = 1;
  expect(INGOT_WRONG_RANK, "input 'x' has rank 2, but got 1");
}

TEST_F(Checks, StaticDimension) {
  x.dims[1] = 5;
  inputs[0].bytes = 1000;
  EXPECT_EQ(context.run(0, inputs, outputs), INGOT_WRONG_DIMENSION);
  EXPECT_EQ(context.message, "input 'x' has 4 as dimension 1, but got 5");
}

TEST_F(Checks, NegativeDimension) {
  int64_t negative = -1;
  inputs[1].dims = &negative;
  expect(INGOT_WRONG_DIMENSION, "input 'gain': dimension 0 is -1");
}

TEST_F(Checks, DimensionsThatDisagreeNameBothInputs) {
  int64_t other = 1;
  inputs[1].dims = &other;
  expect(INGOT_DIMENSION_CONFLICT,
         "input 'gain', dimension 0 is 1, but input 'x', dimension 0 is 2 (both are 'batch')");
}

TEST_F(Checks, DimensionBelowItsMinimum) {
  int64_t none[] = {0, 4};
  inputs[0].dims = inputs[1].dims = none;
  expect(INGOT_OUT_OF_BOUNDS, "input 'x', dimension 0 ('batch') must be at least 1, but is 0");
}

TEST_F(Checks, DimensionAboveItsMaximum) {
  std::vector<float> many(1001 * 4);
  int64_t dims[] = {1001, 4};
  inputs[0] = ingot_tensor(INGOT_FLOAT, 2, dims, many.data(), 1001 * 16);
  inputs[1] = ingot_tensor(INGOT_FLOAT, 1, dims, many.data(), 1001 * 4);
  expect(INGOT_OUT_OF_BOUNDS, "input 'x', dimension 0 ('batch') must be at most 1000, but is 1001");
}

TEST_F(Checks, DimensionsWhoseProductLeaves64Bits) {
  int64_t dims[] = {INT64_MAX / 4, 4};
  inputs[0].dims = inputs[1].dims = dims;
  inputs[0].bytes = inputs[1].bytes = INT64_MAX;
  expect(INGOT_WRONG_DIMENSION, "input 'x' would have more than 2^63 bytes");
}

TEST_F(Checks, ShortInput) {
  inputs[0].bytes = 31;
  expect(INGOT_BUFFER_TOO_SMALL, "input 'x' needs 32 bytes, but the buffer has 31");
}

TEST_F(Checks, ShortOutput) {
  outputs[0].bytes = 31;
  expect(INGOT_BUFFER_TOO_SMALL, "output 'y' needs 32 bytes, but the buffer has 31");
}

TEST_F(Checks, NullInput) {
  inputs[0].data = nullptr;
  expect(INGOT_INVALID_ARGUMENT, "input 'x': data is NULL");
}

TEST_F(Checks, NullDims) {
  inputs[0].dims = nullptr;
  expect(INGOT_INVALID_ARGUMENT, "input 'x': dims is NULL");
}

TEST_F(Checks, WrongExpectedDims) {
  int64_t three[] = {3, 4};
  outputs[0].dims = three;
  expect(INGOT_WRONG_DIMENSION, "output 'y', dimension 0 is 2, but the caller expects 3");
}

TEST_F(Checks, OutputOverInput) {
  float shared[16] = {};
  inputs[0].data = shared;
  outputs[0].data = shared + 7;
  EXPECT_EQ(context.run(0, inputs, outputs), INGOT_OVERLAP);
  EXPECT_EQ(context.message, "output 'y' overlaps input 'x' in memory");
  outputs[0].data = shared + 8;
  EXPECT_EQ(context.run(0, inputs, outputs), INGOT_OK) << context.message;
}

TEST_F(Checks, OutputOverOutput) {
  outputs[1].data = y.data.data() + 6;
  expect(INGOT_OVERLAP, "output 'total' overlaps output 'y' in memory");
}

TEST_F(Checks, InputsMayOverlap) {
  inputs[1].data = x.data.data();
  EXPECT_EQ(context.run(0, inputs, outputs), INGOT_OK) << context.message;
}

TEST_F(Checks, NullArrays) {
  EXPECT_EQ(ingot_run(context.context, 0, nullptr, 2, outputs.data(), 2), INGOT_INVALID_ARGUMENT);
  EXPECT_EQ(ingot_run(nullptr, 0, nullptr, 0, nullptr, 0), INGOT_INVALID_ARGUMENT);
}

TEST_F(Checks, MisalignedBuffersAreCopied) {
  alignas(64) char xBytes[64], yBytes[64], totalBytes[64];
  memcpy(xBytes + 1, x.data.data(), 32);
  inputs[0].data = xBytes + 1;
  outputs[0].data = yBytes + 3;
  outputs[1].data = totalBytes + 2;
  ASSERT_EQ(context.run(0, inputs, outputs), INGOT_OK) << context.message;
  EXPECT_EQ(outputs[0].data, yBytes + 3);
  float results[8], sums[2];
  memcpy(results, yBytes + 3, 32);
  memcpy(sums, totalBytes + 2, 8);
  EXPECT_EQ(results[7], 204);
  EXPECT_EQ(sums[1], 810);
}

// Every byte of an input up to the page that must not be touched, and nothing of an output beyond.
TEST_F(Checks, ReadsAndWritesNothingBeyondTheBuffers) {
  long page = sysconf(_SC_PAGESIZE);
  auto *memory = static_cast<char *>(
      mmap(nullptr, size_t(4 * page), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(memory, MAP_FAILED);
  mprotect(memory + page, size_t(page), PROT_NONE);
  mprotect(memory + 3 * page, size_t(page), PROT_NONE);
  char *input = memory + page - 32, *output = memory + 3 * page - 32;
  memcpy(input, x.data.data(), 32);
  inputs[0].data = input;
  outputs[0].data = output;
  EXPECT_EQ(context.run(0, inputs, outputs), INGOT_OK) << context.message;
  munmap(memory, size_t(4 * page));
}

TEST_F(Checks, ControlCharactersOfNamesDoNotReachTheMessage) {
  ingot_entry entry = ingot_model_affine.entries[0];
  ingot_port port = entry.inputs[0];
  port.name = "x\n\x1b[31m";
  std::vector<ingot_port> ports = {port, entry.inputs[1]};
  entry.inputs = ports.data();
  ingot_model model = ingot_model_affine;
  std::vector<ingot_entry> entries = {entry, ingot_model_affine.entries[1]};
  model.entries = entries.data();
  TestContext hostile(model);
  inputs[0].data = nullptr;
  EXPECT_EQ(hostile.run(0, inputs, outputs), INGOT_INVALID_ARGUMENT);
  EXPECT_EQ(hostile.message, "input 'x??[31m': data is NULL");
}

// Whatever the fields of the values say, the answer is a status or a correct run.
TEST_F(Checks, RandomFields) {
  std::mt19937 random(1);
  auto pick = [&](std::initializer_list<int64_t> from) {
    return from.begin()[random() % from.size()];
  };
  for (int i = 0; i < 20000; ++i) {
    int64_t dims[2][2];
    for (auto &row : dims)
      for (int64_t &dim : row)
        dim = pick({2, 2, 2, 4, 4, 0, 1, -1, INT64_MAX, INT64_MIN, int64_t(1) << 32});
    for (int k = 0; k < 2; ++k) {
      ingot_value &value = inputs[size_t(k)];
      value = k ? gain.value() : x.value();
      value.kind = int32_t(pick({1, 1, 1, 1, 1, 1, 0, 2, 3, 4, 5, -1}));
      value.element_type = int32_t(pick({1, 1, 1, 1, 1, 1, 0, 8, 26, 27, -1}));
      value.rank = int32_t(pick({2 - k, 2 - k, 2 - k, 2 - k, 0, 3, -1, INT32_MAX}));
      value.dims = random() % 8 ? dims[k] : nullptr;
      value.bytes = pick({32 >> (2 * k), 32 >> (2 * k), 0, -1, 31, INT64_MAX});
      if (value.bytes == INT64_MAX)
        value.bytes = k ? 8 : 32;
    }
    outputs[0].bytes = pick({32, 32, 32, 0, -1});
    context.run(0, inputs, outputs);
    outputs = {y.value(), total.value()};
  }
}

TEST(Busy, ASecondCallGetsAStatus) {
  // The allocator callback runs in the middle of a call: a natural place to enter it again.
  static ingot_context *entered;
  static std::atomic<int32_t> second;
  entered = nullptr;
  second = -1;
  ingot_options options = defaultOptions(1);
  options.allocate = [](void *, int64_t bytes, int64_t alignment) -> void * {
    if (entered) {
      ingot_value output = unset();
      second = ingot_run(entered, 0, nullptr, 0, &output, 1);
    }
    return aligned_alloc(size_t(alignment), size_t((bytes + 63) / 64 * 64));
  };
  options.deallocate = [](void *, void *memory, int64_t) { free(memory); };
  TestContext context(ingot_model_affine, &options);
  entered = context.context;
  Floats x({1, 4}, {1, 1, 1, 1}), gain({1}, {1});
  std::vector<ingot_value> outputs = {unset(), unset()};
  EXPECT_EQ(context.run(0, {x.value(), gain.value()}, outputs), INGOT_OK) << context.message;
  entered = nullptr;
  EXPECT_EQ(second, INGOT_BUSY);
}
