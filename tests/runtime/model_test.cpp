// Hand-written models run as their comments say.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "context_fixture.h"
#include "handwritten_models.h"
#include <cmath>
#include <cstring>
#include <thread>

TEST(Model, RunsIntoTheCallersBuffers) {
  TestContext context(ingot_model_affine);
  ASSERT_EQ(context.status, INGOT_OK) << context.message;
  Floats x({2, 4}, {1, 1, 1, 1, 2, 2, 2, 2}), gain({2}, {10, 100});
  Floats y({2, 4}, std::vector<float>(8)), total({2}, std::vector<float>(2));
  std::vector<ingot_value> outputs = {y.value(), total.value()};
  ASSERT_EQ(context.run(0, {x.value(), gain.value()}, outputs), INGOT_OK) << context.message;
  EXPECT_EQ(y.data, (std::vector<float>{11, 12, 13, 14, 201, 202, 203, 204}));
  EXPECT_EQ(total.data, (std::vector<float>{50, 810}));
  EXPECT_EQ(outputs[0].data, y.data.data());
  EXPECT_EQ(context.message, "");
}

TEST(Model, ProvidesMemoryForOutputsThatHaveNone) {
  TestContext context(ingot_model_affine);
  Floats x({1, 4}, {1, 2, 3, 4}), gain({1}, {2});
  std::vector<ingot_value> outputs = {unset(), unset()};
  ASSERT_EQ(context.run(0, {x.value(), gain.value()}, outputs), INGOT_OK) << context.message;
  EXPECT_EQ(floats(outputs[0]), (std::vector<float>{3, 6, 9, 12}));
  EXPECT_EQ(outputs[0].rank, 2);
  EXPECT_EQ(outputs[0].dims[0], 1);
  EXPECT_EQ(outputs[0].bytes, 16);
  EXPECT_EQ(outputs[0].element_type, INGOT_FLOAT);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(outputs[0].data) % INGOT_ALIGNMENT, 0u);
}

TEST(Model, OutputsOfOneRunCanBeInputsOfTheNext) {
  TestContext context(ingot_model_affine);
  Floats x({1, 4}, {1, 1, 1, 1}), gain({1}, {1});
  std::vector<ingot_value> outputs = {unset(), unset()};
  ASSERT_EQ(context.run(0, {x.value(), gain.value()}, outputs), INGOT_OK);
  for (int i = 0; i < 20; ++i) {
    ingot_value previous = outputs[0];
    outputs = {unset(), unset()};
    ASSERT_EQ(context.run(0, {previous, gain.value()}, outputs), INGOT_OK) << context.message;
  }
  EXPECT_EQ(floats(outputs[0]), (std::vector<float>{22, 43, 64, 85}));
}

TEST(Model, SizesBornInsideTheRunAreReported) {
  TestContext context(ingot_model_affine);
  Floats values({5}, {1, -1, 2, 0, 3});
  std::vector<ingot_value> outputs = {unset()};
  ASSERT_EQ(context.run(1, {values.value()}, outputs), INGOT_OK) << context.message;
  EXPECT_EQ(floats(outputs[0]), (std::vector<float>{1, 2, 3}));

  float room[4];
  outputs = {ingot_tensor(INGOT_FLOAT, -1, nullptr, room, sizeof room)};
  ASSERT_EQ(context.run(1, {values.value()}, outputs), INGOT_OK) << context.message;
  EXPECT_EQ(outputs[0].data, room);
  EXPECT_EQ(outputs[0].dims[0], 3);

  outputs = {ingot_tensor(INGOT_FLOAT, -1, nullptr, room, 8)};
  EXPECT_EQ(context.run(1, {values.value()}, outputs), INGOT_RUN_BUFFER_TOO_SMALL);
  EXPECT_EQ(context.message, "output 'kept' needs 12 bytes, but the buffer has 8");
}

TEST(Model, EmptyTensorsNeedNoData) {
  TestContext context(ingot_model_affine);
  int64_t none[] = {0};
  std::vector<ingot_value> outputs = {unset()};
  ASSERT_EQ(context.run(1, {ingot_tensor(INGOT_FLOAT, 1, none, nullptr, 0)}, outputs), INGOT_OK)
      << context.message;
  EXPECT_EQ(outputs[0].dims[0], 0);
}

TEST(Model, TellsOutputDimensionsBeforehand) {
  TestContext context(ingot_model_affine);
  int64_t rows[] = {7, 4};
  ingot_value inputs[] = {ingot_tensor(INGOT_FLOAT, 2, rows, nullptr, 0),
                          ingot_tensor(INGOT_FLOAT, 1, rows, nullptr, 0)};
  ingot_value outputs[2];
  ASSERT_EQ(ingot_output_dims(context.context, 0, inputs, 2, outputs, 2), INGOT_OK)
      << ingot_context_message(context.context);
  EXPECT_EQ(outputs[0].rank, 2);
  EXPECT_EQ(outputs[0].dims[0], 7);
  EXPECT_EQ(outputs[0].dims[1], 4);
  EXPECT_EQ(outputs[0].bytes, 7 * 16);
  EXPECT_EQ(outputs[1].dims[0], 7);
  ASSERT_EQ(ingot_output_dims(context.context, 1, inputs + 1, 1, outputs, 1), INGOT_OK);
  EXPECT_EQ(outputs[0].dims[0], -1);
  EXPECT_EQ(outputs[0].bytes, -1);
}

TEST(Model, SameBitsForEveryThreadCountAndShapeOrder) {
  std::vector<float> expected;
  for (int32_t threads = 1; threads <= 5; ++threads) {
    ingot_options options = defaultOptions(threads);
    TestContext context(ingot_model_affine, &options);
    for (int64_t batch : {3, 1000, 17, 512, 1000}) {
      Floats x({batch, 4}, {}), gain({batch}, {});
      for (int64_t i = 0; i < batch * 4; ++i)
        x.data.push_back(std::sin(float(i)));
      for (int64_t i = 0; i < batch; ++i)
        gain.data.push_back(std::cos(float(i)));
      std::vector<ingot_value> outputs = {unset(), unset()};
      ASSERT_EQ(context.run(0, {x.value(), gain.value()}, outputs), INGOT_OK) << context.message;
      if (batch != 1000)
        continue;
      if (expected.empty())
        expected = floats(outputs[1]);
      EXPECT_EQ(floats(outputs[1]), expected);
    }
  }
}

TEST(Model, IsSharedByManyThreads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 64; ++t)
    threads.emplace_back([t] {
      ingot_options options = defaultOptions(2);
      TestContext context(ingot_model_affine, &options);
      for (int i = 0; i < 10; ++i) {
        int64_t batch = 1 + (t * 37 + i * 11) % 300;
        Floats x({batch, 4}, std::vector<float>(size_t(batch) * 4, 1)),
            gain({batch}, std::vector<float>(size_t(batch), float(t)));
        std::vector<ingot_value> outputs = {unset(), unset()};
        ASSERT_EQ(context.run(0, {x.value(), gain.value()}, outputs), INGOT_OK) << context.message;
        EXPECT_EQ(floats(outputs[1]), std::vector<float>(size_t(batch), 4 * float(t) + 10));
      }
    });
  for (std::thread &thread : threads)
    thread.join();
}

TEST(Model, StringsAndSequencesComeBack) {
  TestContext context(ingot_model_greeter);
  ASSERT_EQ(context.status, INGOT_OK) << context.message;
  ingot_string names[] = {{"Ada", 3}, {nullptr, 0}, {"Grace", 5}};
  int64_t three = 3;
  std::vector<ingot_value> outputs = {unset(), unset()};
  ASSERT_EQ(context.run(0, {ingot_tensor(INGOT_STRING, 1, &three, names, sizeof names)}, outputs),
            INGOT_OK)
      << context.message;
  auto *greetings = static_cast<const ingot_string *>(outputs[0].data);
  EXPECT_EQ(std::string(greetings[0].data, size_t(greetings[0].bytes)), "hello Ada");
  EXPECT_EQ(std::string(greetings[1].data, size_t(greetings[1].bytes)), "hello ");
  ASSERT_EQ(outputs[1].kind, INGOT_SEQUENCE);
  ASSERT_EQ(outputs[1].dims[0], 3);
  auto *parts = static_cast<const ingot_value *>(outputs[1].data);
  EXPECT_EQ(parts[2].rank, 1);
  auto *grace = static_cast<const ingot_string *>(parts[2].data);
  EXPECT_EQ(std::string(grace->data, size_t(grace->bytes)), "Grace");
  EXPECT_NE(grace->data, names[2].data) << "results must not point into the caller's inputs";
}

TEST(Model, SequencesGoIn) {
  TestContext context(ingot_model_greeter);
  float numbers[] = {5, 6};
  ingot_value elements[] = {ingot_tensor(INGOT_FLOAT, 0, nullptr, &numbers[0], 4),
                            ingot_tensor(INGOT_FLOAT, 0, nullptr, &numbers[1], 4)};
  int64_t two = 2, at = -1;
  ingot_value sequence = ingot_tensor(0, 1, &two, elements, sizeof elements);
  sequence.kind = INGOT_SEQUENCE;
  std::vector<ingot_value> outputs = {unset()};
  ASSERT_EQ(context.run(1, {sequence, ingot_tensor(INGOT_INT64, 0, nullptr, &at, 8)}, outputs),
            INGOT_OK)
      << context.message;
  EXPECT_EQ(floats(outputs[0])[0], 6);
  at = 2;
  EXPECT_EQ(context.run(1, {sequence, ingot_tensor(INGOT_INT64, 0, nullptr, &at, 8)}, outputs),
            INGOT_RUN_INVALID_DATA);
  EXPECT_EQ(context.message, "sequence_at: position 2 in a sequence of 2");
}

TEST(Model, MapsGoInAndComeBack) {
  TestContext context(ingot_model_greeter);
  ASSERT_EQ(context.status, INGOT_OK) << context.message;
  ingot_string keys[] = {{"a", 1}, {"b", 1}, {"c", 1}};
  char scores[13]; // misaligned by one
  float numbers[] = {1, 2, 3};
  memcpy(scores + 1, numbers, 12);
  int64_t three = 3;
  ingot_value parts[] = {ingot_tensor(INGOT_STRING, 1, &three, keys, sizeof keys),
                         ingot_tensor(INGOT_FLOAT, 1, &three, scores + 1, 12)};
  ingot_value map = ingot_tensor(0, 0, nullptr, parts, sizeof parts);
  map.kind = INGOT_MAP;
  std::vector<ingot_value> outputs = {unset(), unset()};
  ASSERT_EQ(context.run(2, {map}, outputs), INGOT_OK) << context.message;
  EXPECT_EQ(floats(outputs[0]), (std::vector<float>{2, 1}));
  ASSERT_EQ(outputs[1].kind, INGOT_MAP);
  auto *same = static_cast<const ingot_value *>(outputs[1].data);
  EXPECT_EQ(static_cast<const ingot_string *>(same[0].data)[2].data[0], 'c');
  EXPECT_EQ(floats(same[1]), (std::vector<float>{1, 2, 3}));

  int64_t two = 2;
  parts[1].dims = &two;
  outputs = {unset(), unset()};
  EXPECT_EQ(context.run(2, {map}, outputs), INGOT_WRONG_DIMENSION);
  EXPECT_EQ(context.message, "input 'scores' has 3 keys and 2 values");
  parts[1].element_type = INGOT_DOUBLE;
  EXPECT_EQ(context.run(2, {map}, outputs), INGOT_WRONG_ELEMENT_TYPE);
}

TEST(Model, EntryPointsAreFoundByName) {
  EXPECT_EQ(ingot_find_entry(&ingot_model_affine, "positive"), 1);
  EXPECT_EQ(ingot_find_entry(&ingot_model_affine, "negative"), -1);
  TestContext context(ingot_model_affine);
  EXPECT_STREQ(ingot_context_target(context.context), "any");
  std::vector<ingot_value> outputs;
  EXPECT_EQ(context.run(2, {}, outputs), INGOT_NOT_FOUND);
}
