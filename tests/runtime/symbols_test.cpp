// Dimensions that follow from inputs: elements of a shape tensor, computed output dimensions,
// guards, and the arena that is planned from them. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
#include "context_fixture.h"
#include "handwritten_models.h"
#include "ingot/kernel_abi.h"
#include <algorithm>
#include <cstdlib>

namespace {
// x [n] float, shape [2] int32 -> y [shape0, shape1] float, twice [2n] float.
const int64_t xDims[] = {INGOT_DIM_SYMBOL(0)}, shapeDims[] = {2};
const int64_t yDims[] = {INGOT_DIM_SYMBOL(1), INGOT_DIM_SYMBOL(2)};
const int64_t twiceDims[] = {INGOT_DIM_COMPUTED};
const ingot_port inputs[] = {
    {"x", INGOT_TENSOR, INGOT_FLOAT, 1, 0, xDims, nullptr, 4, -1},
    {"shape", INGOT_TENSOR, INGOT_INT32, 1, 0, shapeDims, nullptr, 4, -1},
};
const ingot_port outputs[] = {
    {"y", INGOT_TENSOR, INGOT_FLOAT, 2, 0, yDims, nullptr, 4, -1},
    {"twice", INGOT_TENSOR, INGOT_FLOAT, 1, 0, twiceDims, nullptr, 4, -1},
};
const ingot_symbol symbols[] = {
    {"n", 0, INT64_MAX, INGOT_SOURCE_DIM, 0, 0},
    {"rows", INT64_MIN, 100, INGOT_SOURCE_ELEMENT, 1, 0},
    {"columns", INT64_MIN, INT64_MAX, INGOT_SOURCE_ELEMENT, 1, 1},
};

int32_t outputDims(const int64_t *symbols, int64_t *dims) {
  dims[0] = symbols[1];
  dims[1] = symbols[2];
  return __builtin_mul_overflow(symbols[0], int64_t(2), &dims[2]) ? INGOT_OUT_OF_BOUNDS : INGOT_OK;
}

int32_t guard(const ingot_host *host, const int64_t *symbols) {
  if (symbols[1] * symbols[2] == symbols[0])
    return INGOT_OK;
  host->fail(host->context, INGOT_GUARD_FAILED, "node 'reshape': rows times columns is not n");
  return INGOT_GUARD_FAILED;
}

// What the planner gave the program in its last run.
int64_t lastOffsets[2];
char *lastArena;
int sizesCalls;

int32_t run(const ingot_host *, void *const *, void *const *, const int64_t *symbols, void *arena,
            const int64_t *offsets, const void *) {
  lastArena = static_cast<char *>(arena);
  for (int i = 0; i < 2; ++i)
    lastOffsets[i] = offsets[i];
  for (int64_t i = 0; i < symbols[0] * 4; ++i) // under ASan: all of both buffers can be written
    lastArena[offsets[0] + i] = lastArena[offsets[1] + i] = 1;
  return INGOT_OK;
}

void sizes(const int64_t *symbols, int64_t *sizes) {
  ++sizesCalls;
  if (__builtin_mul_overflow(symbols[0], int64_t(4), &sizes[0]))
    sizes[0] = -1;
  sizes[1] = sizes[0];
}

const ingot_lifetime lifetimes[] = {{0, 1}, {1, 2}};
const ingot_entry entry = {"reshape", 2, 2, 3, 0, inputs, outputs, symbols, outputDims, guard};
const ingot_program program = {run, 128, 0, 2, 0, lifetimes, sizes};
const ingot_target target = {"any", 0, 0, nullptr, &program};

ingot_model reshapeModel() {
  ingot_model model = ingot_model_affine;
  model.name = "reshape";
  model.entry_count = model.target_count = 1;
  model.entries = &entry;
  model.targets = &target;
  return model;
}

class Symbols : public ::testing::Test {
protected:
  Symbols() : context(model) {}
  int32_t run(int64_t n, int32_t rows, int32_t columns) {
    std::vector<float> x(static_cast<size_t>(n));
    int32_t shape[] = {rows, columns};
    int64_t two = 2;
    results = {unset(), unset()};
    return context.run(0,
                       {ingot_tensor(INGOT_FLOAT, 1, &n, x.data(), n * 4),
                        ingot_tensor(INGOT_INT32, 1, &two, shape, 8)},
                       results);
  }
  ingot_model model = reshapeModel();
  TestContext context;
  std::vector<ingot_value> results;
};
} // namespace

TEST_F(Symbols, ComeFromElementsOfAnInput) {
  ASSERT_EQ(context.status, INGOT_OK) << context.message;
  ASSERT_EQ(run(6, 2, 3), INGOT_OK) << context.message;
  EXPECT_EQ(results[0].dims[0], 2);
  EXPECT_EQ(results[0].dims[1], 3);
  EXPECT_EQ(results[1].dims[0], 12);
}

TEST_F(Symbols, GuardsRunBeforeAnythingElse) {
  EXPECT_EQ(run(6, 2, 2), INGOT_GUARD_FAILED);
  EXPECT_EQ(context.message, "node 'reshape': rows times columns is not n");
}

TEST_F(Symbols, NegativeDimensionsAreRefused) {
  EXPECT_EQ(run(6, -2, -3), INGOT_OUT_OF_BOUNDS);
  EXPECT_EQ(context.message, "output 'y': dimension 0 would be -2");
}

TEST_F(Symbols, BoundsHoldForElementsToo) {
  EXPECT_EQ(run(101, 101, 1), INGOT_OUT_OF_BOUNDS);
  EXPECT_EQ(context.message, "input 'shape', element 0 ('rows') must be at most 100, but is 101");
}

TEST_F(Symbols, OutputDimensionsNeedTheElements) {
  int64_t n = 6, two = 2;
  int32_t shape[] = {3, 2};
  ingot_value values[] = {ingot_tensor(INGOT_FLOAT, 1, &n, nullptr, 0),
                          ingot_tensor(INGOT_INT32, 1, &two, shape, 8)};
  ingot_value described[2];
  ASSERT_EQ(ingot_output_dims(context.context, 0, values, 2, described, 2), INGOT_OK)
      << ingot_context_message(context.context);
  EXPECT_EQ(described[0].dims[0], 3);
  EXPECT_EQ(described[1].bytes, 48);
  values[1].data = nullptr;
  EXPECT_EQ(ingot_output_dims(context.context, 0, values, 2, described, 2), INGOT_INVALID_ARGUMENT);
}

TEST_F(Symbols, BuffersDoNotOverlapTheStaticPart) {
  ASSERT_EQ(run(100, 10, 10), INGOT_OK);
  EXPECT_GE(lastOffsets[0], 128);
  EXPECT_GE(lastOffsets[1], 128);
  EXPECT_GE(std::abs(lastOffsets[0] - lastOffsets[1]), 448);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(lastArena) % 64, 0u);
}

TEST_F(Symbols, EqualShapesArePlannedOnce) {
  sizesCalls = 0;
  for (int i = 0; i < 10; ++i)
    ASSERT_EQ(run(100, 10, 10), INGOT_OK);
  EXPECT_EQ(sizesCalls, 1);
}

TEST_F(Symbols, AGrowingDimensionRarelyMovesTheBuffers) {
  int moves = 0;
  int64_t before = -1;
  for (int32_t n = 1; n <= 2000; ++n) {
    ASSERT_EQ(run(n, 1, n), INGOT_OK) << context.message;
    int64_t place = std::max(lastOffsets[0], lastOffsets[1]);
    moves += place != before;
    before = place;
  }
  EXPECT_LT(moves, 80);
  ASSERT_EQ(run(1, 1, 1), INGOT_OK); // and a small one does not stay spread out
  EXPECT_LT(std::max(lastOffsets[0], lastOffsets[1]), 1000);
}
