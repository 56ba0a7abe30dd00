// States: context-owned, updated without copies, resettable.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "context_fixture.h"
#include "handwritten_models.h"

namespace {
class State : public ::testing::Test {
protected:
  State() : context(ingot_model_recorder) {}
  int64_t step(std::vector<float> x) {
    Floats value({2, int64_t(x.size() / 2)}, x);
    std::vector<ingot_value> outputs = {unset()};
    if (context.run(0, {value.value()}, outputs) != INGOT_OK)
      return -1;
    return *static_cast<const int64_t *>(outputs[0].data);
  }
  std::vector<float> read(int32_t state) {
    ingot_value value;
    EXPECT_EQ(ingot_state_read(context.context, state, &value), INGOT_OK);
    return floats(value);
  }
  TestContext context;
};
} // namespace

TEST_F(State, GrowsInPlace) {
  ASSERT_EQ(context.status, INGOT_OK) << context.message;
  EXPECT_EQ(read(0), std::vector<float>{});
  EXPECT_EQ(step({1, 2, 3, 4}), 2);
  EXPECT_EQ(step({5, 6}), 3);
  EXPECT_EQ(read(0), (std::vector<float>{1, 2, 5, 3, 4, 6}));
  EXPECT_EQ(read(1), std::vector<float>{21});
}

TEST_F(State, AFullStateIsAStatusAndStaysAsItIs) {
  EXPECT_EQ(step(std::vector<float>(14, 1)), 7);
  EXPECT_EQ(step({1, 1, 1, 1}), -1);
  EXPECT_EQ(context.message, "state 'history' has room for 8 along dimension 1, but needs 9");
  EXPECT_EQ(read(1), std::vector<float>{14});
  EXPECT_EQ(step({1, 1}), 8);
}

TEST_F(State, BeginsAnewAfterAReset) {
  step({1, 2, 3, 4});
  EXPECT_EQ(ingot_state_reset(context.context), INGOT_OK);
  EXPECT_EQ(read(1), std::vector<float>{0});
  EXPECT_EQ(step({7, 8}), 1);
  EXPECT_EQ(read(0), (std::vector<float>{7, 8}));
}

TEST_F(State, CanBeSavedAndRestored) {
  step({1, 2, 3, 4});
  std::vector<float> history = read(0), sum = read(1);
  step({5, 6});
  Floats saved({2, 2}, history), savedSum({}, sum);
  ingot_value value = saved.value(), sumValue = savedSum.value();
  ASSERT_EQ(ingot_state_write(context.context, 0, &value), INGOT_OK);
  ASSERT_EQ(ingot_state_write(context.context, 1, &sumValue), INGOT_OK);
  EXPECT_EQ(step({9, 10}), 3);
  EXPECT_EQ(read(0), (std::vector<float>{1, 2, 9, 3, 4, 10}));
  EXPECT_EQ(read(1), std::vector<float>{29});
}

TEST_F(State, WritesAreChecked) {
  Floats tooLong({2, 9}, std::vector<float>(18)), wrongRank({2}, {1, 1}), wrong({3, 1}, {1, 1, 1});
  ingot_value value = tooLong.value();
  EXPECT_EQ(ingot_state_write(context.context, 0, &value), INGOT_WRONG_DIMENSION);
  value = wrongRank.value();
  EXPECT_EQ(ingot_state_write(context.context, 0, &value), INGOT_WRONG_RANK);
  value = wrong.value();
  EXPECT_EQ(ingot_state_write(context.context, 0, &value), INGOT_WRONG_DIMENSION);
  value.element_type = INGOT_INT32;
  EXPECT_EQ(ingot_state_write(context.context, 0, &value), INGOT_WRONG_ELEMENT_TYPE);
  EXPECT_EQ(ingot_state_write(context.context, 2, &value), INGOT_NOT_FOUND);
  EXPECT_EQ(ingot_state_write(context.context, 0, nullptr), INGOT_INVALID_ARGUMENT);
}

TEST_F(State, ContextsHaveTheirOwn) {
  TestContext other(ingot_model_recorder);
  step({1, 2});
  ingot_value value;
  ASSERT_EQ(ingot_state_read(other.context, 1, &value), INGOT_OK);
  EXPECT_EQ(floats(value), std::vector<float>{0});
}
