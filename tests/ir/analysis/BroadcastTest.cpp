//===- BroadcastTest.cpp - dimensions that broadcast against one another ------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/analysis/Broadcast.h"
#include <gtest/gtest.h>

namespace ingot {
namespace {

class BroadcastTest : public testing::Test {
protected:
  Dim size(const char *name, int64_t lower = 0) {
    Dim d = s.symbolDim({}, next++);
    s.info(d.terms[0].atoms[0]).name = name;
    s.info(d.terms[0].atoms[0]).lower = lower;
    return d;
  }
  /// The value of `d` where the symbols have these values.
  int64_t at(Dim d, std::vector<std::pair<Dim, int64_t>> values) {
    for (auto &[symbol, value] : values)
      d = s.substitute(d, symbol.terms[0].atoms[0], Dim(value));
    return d.constant().value_or(-1);
  }

  DimSpace s;
  int64_t next = 0;
};

TEST_F(BroadcastTest, HasTheSizeThatNumpyGives) {
  Dim a = size("a"), b = size("b"), c = size("c");
  Dim two = broadcastSize(s, a, b), three = broadcastSize(s, two, c),
      other = broadcastSize(s, c, two);
  for (int64_t n : {0, 1, 2, 7})
    for (int64_t x : {n, int64_t(1)})
      for (int64_t y : {n, int64_t(1)}) {
        EXPECT_EQ(at(two, {{a, x}, {b, y}}), x == 1 ? y : x);
        for (int64_t z : {n, int64_t(1)}) {
          int64_t expected = x == 1 && y == 1 && z == 1 ? 1 : n;
          EXPECT_EQ(at(three, {{a, x}, {b, y}, {c, z}}), expected);
          EXPECT_EQ(at(other, {{a, x}, {b, y}, {c, z}}), expected);
        }
      }
}

TEST_F(BroadcastTest, HasTheSizeThatNumpyGivesForDerivedSizes) {
  Dim a = size("a"), b = size("b"), d = s.mul(a, Dim(2));
  Dim sum = s.add(a, b), product = s.mul(a, b);
  Dim first = broadcastSize(s, broadcastSize(s, d, a), b),
      second = broadcastSize(s, product, sum);
  EXPECT_EQ(at(first, {{a, 0}, {b, 1}}), 0);
  EXPECT_EQ(at(first, {{a, 0}, {b, 0}}), 0);
  EXPECT_EQ(at(second, {{a, 0}, {b, 1}}), 0);
  EXPECT_EQ(at(second, {{a, 2}, {b, 2}}), 4);
}

TEST_F(BroadcastTest, AnOperandAgainChangesNothing) {
  Dim a = size("a"), b = size("b"), c = size("c");
  Dim two = broadcastSize(s, a, b), three = broadcastSize(s, two, c);
  EXPECT_EQ(broadcastSize(s, two, a), two);
  EXPECT_EQ(broadcastSize(s, two, b), two);
  EXPECT_EQ(broadcastSize(s, a, two), two);
  EXPECT_EQ(broadcastSize(s, three, a), three);
  EXPECT_EQ(broadcastSize(s, three, two), three);
}

TEST_F(BroadcastTest, SizesThatAreNeverZeroNeedNoCheckForIt) {
  Dim a = size("a", 1), b = size("b", 1);
  EXPECT_EQ(broadcastSize(s, a, b), s.max(a, b));
  EXPECT_EQ(s.str(broadcastSize(s, a, size("c"))), "max(a, c)*min(1, c)");
}

TEST_F(BroadcastTest, APartOfASizeHasThatSize) {
  Dim n = size("n"), m = size("m");
  EXPECT_EQ(broadcastSize(s, n, s.min(n, Dim(40))), n);
  EXPECT_EQ(broadcastSize(s, s.min(Dim(40), n), n), n);
  EXPECT_EQ(at(broadcastSize(s, n, s.min(n, m)), {{n, 1}, {m, 0}}), 0);
}

TEST_F(BroadcastTest, GrowsWithTheNumberOfOperandsAlone) {
  Dim all = size("x");
  for (int i = 0; i < 1000; ++i)
    all = broadcastSize(s, all, size("x"));
  EXPECT_LT(s.str(all).size(), 20000u);
}

TEST_F(BroadcastTest, StridesAreZeroWhereASizeIsOne) {
  Dim a = size("a"), b = size("b"), n = size("n"), result = broadcastSize(s, a, b);
  EXPECT_EQ(broadcastStride(s, Dim(1), n, Dim(5)), Dim(0));
  EXPECT_EQ(broadcastStride(s, n, n, Dim(5)), Dim(5));
  Dim stride = broadcastStride(s, a, result, s.mul(n, Dim(3)));
  EXPECT_EQ(at(stride, {{a, 1}, {b, 4}, {n, 7}}), 0);
  EXPECT_EQ(at(stride, {{a, 4}, {b, 4}, {n, 7}}), 21);
  EXPECT_EQ(at(stride, {{a, 2}, {b, 1}, {n, 7}}), 21);
  EXPECT_EQ(at(stride, {{a, 0}, {b, 1}, {n, 7}}), 0);
}

} // namespace
} // namespace ingot
