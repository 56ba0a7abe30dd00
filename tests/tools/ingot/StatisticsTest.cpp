#include "tools/ingot/Statistics.h"

#include "gtest/gtest.h"

using namespace ingot::cli;

TEST(Statistics, PercentilesByNearestRank) {
  std::vector<double> times;
  for (int i = 100; i > 0; --i)
    times.push_back(i);
  EXPECT_EQ(percentile(times, 0), 1);
  EXPECT_EQ(percentile(times, 50), 50.5);
  EXPECT_EQ(percentile(times, 90), 90);
  EXPECT_EQ(percentile(times, 99), 99);
  EXPECT_EQ(percentile({3}, 99), 3);
  EXPECT_EQ(percentile({3, 1, 2}, 50), 2);
  EXPECT_EQ(percentile({}, 50), 0);
}
