// The planner: no two live buffers overlap, and it comes close to the least that is possible.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/planner.h"
#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <vector>

using ingot::runtime::planArena;
using ingot::runtime::planScratch;

namespace {
struct Plan {
  Plan(std::vector<int64_t> sizes, std::vector<ingot_lifetime> lifetimes)
      : sizes(std::move(sizes)), lifetimes(std::move(lifetimes)), offsets(this->sizes.size()) {
    auto count = int64_t(this->sizes.size());
    std::vector<int32_t> scratch(static_cast<size_t>(planScratch(count)));
    total = planArena(this->sizes.data(), this->lifetimes.data(), count, offsets.data(),
                      scratch.data());
  }
  /// The most bytes that are alive at any step.
  int64_t peak() const {
    int64_t peak = 0;
    for (const ingot_lifetime &at : lifetimes) {
      int64_t live = 0;
      for (size_t i = 0; i < sizes.size(); ++i)
        if (lifetimes[i].first <= at.first && at.first <= lifetimes[i].last)
          live += (sizes[i] + 63) / 64 * 64;
      peak = std::max(peak, live);
    }
    return peak;
  }
  void check() const {
    ASSERT_GE(total, 0);
    EXPECT_EQ(total % 64, 0);
    for (size_t i = 0; i < sizes.size(); ++i) {
      EXPECT_EQ(offsets[i] % 64, 0);
      EXPECT_GE(offsets[i], 0);
      EXPECT_LE(offsets[i] + sizes[i], total);
      for (size_t j = 0; j < i; ++j) {
        bool meet = lifetimes[i].first <= lifetimes[j].last &&
                    lifetimes[j].first <= lifetimes[i].last && sizes[i] > 0 && sizes[j] > 0;
        if (meet)
          ASSERT_TRUE(offsets[i] + sizes[i] <= offsets[j] || offsets[j] + sizes[j] <= offsets[i]);
      }
    }
  }

  std::vector<int64_t> sizes;
  std::vector<ingot_lifetime> lifetimes;
  std::vector<int64_t> offsets;
  int64_t total;
};
} // namespace

TEST(Planner, NothingToPlan) { EXPECT_EQ(Plan({}, {}).total, 0); }

TEST(Planner, BuffersThatFollowEachOtherShareTheirPlace) {
  EXPECT_EQ(Plan({100, 100, 100}, {{0, 1}, {2, 3}, {4, 5}}).total, 128);
}

TEST(Planner, BuffersThatMeetDoNot) { EXPECT_EQ(Plan({100, 100}, {{0, 1}, {1, 2}}).total, 256); }

TEST(Planner, AChainNeedsTwoPlaces) {
  std::vector<int64_t> sizes(50, 1000);
  std::vector<ingot_lifetime> lifetimes;
  for (int32_t i = 0; i < 50; ++i)
    lifetimes.push_back({i, i + 1});
  EXPECT_EQ(Plan(sizes, lifetimes).total, 2048);
}

TEST(Planner, SmallBuffersGoIntoGaps) {
  // The large first one is dead when the two others live on either side of a gap of its size.
  Plan plan({640, 320, 320, 64}, {{0, 1}, {2, 3}, {2, 3}, {0, 3}});
  EXPECT_EQ(plan.total, 704);
}

TEST(Planner, RandomPlansAreCorrectAndCloseToThePeak) {
  std::mt19937 random(7);
  double worst = 0, sum = 0;
  for (int round = 0; round < 300; ++round) {
    std::vector<int64_t> sizes;
    std::vector<ingot_lifetime> lifetimes;
    int count = 1 + int(random() % 120);
    for (int i = 0; i < count; ++i) {
      sizes.push_back(random() % 8 == 0 ? 0 : int64_t(random() % 100000));
      auto first = int32_t(random() % 100);
      lifetimes.push_back({first, first + int32_t(random() % (round % 2 ? 5 : 50))});
    }
    Plan plan(sizes, lifetimes);
    plan.check();
    int64_t peak = plan.peak();
    double ratio = peak ? double(plan.total) / double(peak) : 1;
    worst = std::max(worst, ratio);
    sum += ratio;
    // The same question has the same answer.
    EXPECT_EQ(Plan(sizes, lifetimes).offsets, plan.offsets);
  }
  EXPECT_LT(worst, 1.5);
  EXPECT_LT(sum / 300, 1.15);
}

TEST(Planner, RefusesWhatCannotBe) {
  EXPECT_EQ(Plan({-1}, {{0, 0}}).total, -1);
  EXPECT_EQ(Plan({1}, {{1, 0}}).total, -1);
  EXPECT_EQ(Plan({INT64_MAX}, {{0, 0}}).total, -1);
  EXPECT_EQ(Plan({int64_t(1) << 62, int64_t(1) << 62}, {{0, 1}, {0, 1}}).total, -1);
  EXPECT_EQ(Plan({int64_t(1) << 62, int64_t(1) << 62}, {{0, 1}, {2, 3}}).total, int64_t(1) << 62);
}
