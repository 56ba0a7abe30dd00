//===- DimTest.cpp - arithmetic of dimensions ---------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/analysis/Dim.h"
#include <gtest/gtest.h>

namespace ingot {
namespace {

class DimTest : public testing::Test {
protected:
  /// A size that is 0 or more, of the given name.
  Dim size(const char *name, int64_t lower = 0, int64_t upper = INT64_MAX) {
    Dim d = s.symbolDim({}, next++);
    DimAtom &atom = s.info(d.terms[0].atoms[0]);
    atom.name = name;
    atom.lower = lower;
    atom.upper = upper;
    return d;
  }
  /// An integer of either sign.
  Dim integer(const char *name) {
    Dim d = s.symbolElement({}, next++);
    s.info(d.terms[0].atoms[0]).name = name;
    return d;
  }

  DimSpace s;
  int64_t next = 0;
};

TEST_F(DimTest, EqualPolynomialsAreEqualHoweverTheyCameAbout) {
  Dim n = size("n"), m = size("m");
  EXPECT_EQ(s.add(n, m), s.add(m, n));
  EXPECT_EQ(s.mul(s.add(n, m), s.sub(n, m)), s.sub(s.mul(n, n), s.mul(m, m)));
  EXPECT_EQ(s.sub(s.add(n, Dim(3)), n), Dim(3));
  EXPECT_EQ(s.mul(n, Dim(0)), Dim(0));
  EXPECT_EQ(s.product({n, Dim(2), m}), s.mul(s.add(m, m), n));
  EXPECT_EQ(s.product({}), Dim(1));
  EXPECT_NE(n, m);
  EXPECT_FALSE(n.constant());
  EXPECT_TRUE(Dim(0).is(0));
}

TEST_F(DimTest, EqualOperationsAreOneAtom) {
  Dim n = size("n"), m = size("m");
  EXPECT_EQ(s.floorDiv(n, Dim(2)), s.floorDiv(n, Dim(2)));
  EXPECT_NE(s.floorDiv(n, Dim(2)), s.floorDiv(n, Dim(3)));
  EXPECT_EQ(s.max(n, m), s.max(n, m));
  EXPECT_NE(s.max(n, m), s.min(n, m));
}

TEST_F(DimTest, DividesConstantsTowardTheFloor) {
  for (auto [a, b, quotient, rest] : {std::tuple<int64_t, int64_t, int64_t, int64_t>{7, 2, 3, 1},
                                      {-7, 2, -4, 1},
                                      {7, -2, -4, -1},
                                      {-7, -2, 3, -1},
                                      {6, 3, 2, 0},
                                      {0, 5, 0, 0}}) {
    EXPECT_EQ(s.floorDiv(Dim(a), Dim(b)), Dim(quotient)) << a << " / " << b;
    EXPECT_EQ(s.mod(Dim(a), Dim(b)), Dim(rest)) << a << " mod " << b;
  }
  EXPECT_EQ(s.ceilDiv(Dim(7), Dim(2)), Dim(4));
  EXPECT_EQ(s.ceilDiv(Dim(8), Dim(2)), Dim(4));
}

TEST_F(DimTest, DividesPolynomialsThatHaveAQuotient) {
  Dim n = size("n"), m = size("m");
  EXPECT_EQ(s.exactDiv(s.mul(n, m), m), n);
  EXPECT_EQ(s.exactDiv(s.mul(s.add(n, m), s.add(n, Dim(1))), s.add(n, m)), s.add(n, Dim(1)));
  EXPECT_EQ(s.exactDiv(s.mul(n, Dim(6)), Dim(3)), s.mul(n, Dim(2)));
  EXPECT_EQ(s.exactDiv(Dim(0), n), Dim(0));
  EXPECT_FALSE(s.exactDiv(n, Dim(2)));
  EXPECT_FALSE(s.exactDiv(n, m));
  EXPECT_FALSE(s.exactDiv(s.add(n, Dim(1)), n));
  EXPECT_FALSE(s.exactDiv(n, Dim(0)));
  EXPECT_EQ(s.floorDiv(s.mul(n, m), n), m);
}

TEST_F(DimTest, TakesOutOfAFloorWhatDividesExactly) {
  Dim n = size("n");
  Dim d = s.floorDiv(s.add(s.mul(n, Dim(4)), Dim(7)), Dim(4));
  EXPECT_EQ(d, s.add(n, Dim(1)));
  Dim half = s.floorDiv(s.add(n, Dim(3)), Dim(2));
  EXPECT_EQ(half, s.add(s.floorDiv(s.add(n, Dim(1)), Dim(2)), Dim(1)));
  EXPECT_EQ(s.mod(s.mul(n, Dim(4)), Dim(2)), Dim(0));
}

TEST_F(DimTest, BoundsSumsAndProductsOfSizes) {
  Dim n = size("n", 1, 32), m = size("m"), i = integer("i");
  EXPECT_EQ(s.lowerBound(s.add(n, m)), 1);
  EXPECT_EQ(s.upperBound(s.add(n, m)), INT64_MAX);
  EXPECT_EQ(s.upperBound(s.mul(n, s.add(n, Dim(2)))), 32 * 32 + 64);
  EXPECT_EQ(s.lowerBound(s.sub(Dim(40), n)), 8);
  EXPECT_EQ(s.lowerBound(i), INT64_MIN);
  // A negative factor would turn the bounds of the other around.
  EXPECT_EQ(s.lowerBound(s.mul(n, i)), INT64_MIN);
  EXPECT_EQ(s.upperBound(s.floorDiv(n, Dim(5))), 6);
  EXPECT_EQ(s.lowerBound(s.floorDiv(m, Dim(5))), 0);
}

TEST_F(DimTest, ChoosesTheExtremeThatBoundsDecide) {
  Dim n = size("n", 1, 32), m = size("m"), i = integer("i");
  EXPECT_EQ(s.max(n, Dim(0)), n);
  EXPECT_EQ(s.min(n, Dim(32)), n);
  EXPECT_EQ(s.max(n, Dim(40)), Dim(40));
  EXPECT_EQ(s.max(s.add(m, n), m), s.add(m, n));
  EXPECT_EQ(s.min(s.add(m, n), m), m);
  EXPECT_EQ(s.max(Dim(3), Dim(-3)), Dim(3));
  // min(m, n) is never more than m, max(m, n) never less.
  EXPECT_EQ(s.max(m, s.min(m, n)), m);
  EXPECT_EQ(s.min(s.max(m, n), m), m);
  // What a chain chooses from already changes nothing.
  EXPECT_EQ(s.max(s.max(s.max(m, n), i), m), s.max(s.max(m, n), i));
  EXPECT_EQ(s.min(m, s.min(m, n)), s.min(m, n));
  EXPECT_EQ(s.str(s.max(s.max(m, n), i)), "max(m, n, i)");
  Dim cut = s.max(Dim(0), i);
  EXPECT_EQ(s.lowerBound(cut), 0);
  EXPECT_NE(cut, i);
}

TEST_F(DimTest, SubstitutesWithinOperations) {
  Dim n = size("n"), m = size("m");
  Dim d = s.add(s.mul(n, m), s.add(s.floorDiv(n, Dim(2)), s.max(n, s.add(m, Dim(1)))));
  AtomId id = n.terms[0].atoms[0];
  EXPECT_EQ(s.substitute(d, id, Dim(6)),
            s.add(s.mul(m, Dim(6)), s.add(Dim(3), s.max(Dim(6), s.add(m, Dim(1))))));
  EXPECT_EQ(s.substitute(m, id, Dim(6)), m);
}

TEST_F(DimTest, NamesSymbolsOnceEach) {
  Dim n = size("n"), m = size("m");
  llvm::SmallVector<AtomId> symbols;
  s.collectSymbols(s.add(s.floorDiv(s.mul(n, m), Dim(2)), n), symbols);
  EXPECT_EQ(symbols.size(), 2u);
  EXPECT_EQ(s.str(s.floorDiv(s.mul(n, m), Dim(2))), "floordiv(n*m, 2)");
  EXPECT_EQ(s.str(s.sub(n, Dim(1))), "-1 + n");
  EXPECT_EQ(s.str(s.mul(n, Dim(2))), "2*n");
  EXPECT_EQ(s.str(Dim(0)), "0");
}

TEST_F(DimTest, SaysWhenANumberLeaves64Bits) {
  constexpr int64_t least = INT64_MIN, most = INT64_MAX;
  Dim n = size("n");
  for (auto compute : {+[](DimSpace &s, const Dim &) { return s.add(Dim(most), Dim(1)); },
                       +[](DimSpace &s, const Dim &) { return s.mul(Dim(most), Dim(2)); },
                       +[](DimSpace &s, const Dim &) { return s.sub(Dim(0), Dim(least)); },
                       +[](DimSpace &s, const Dim &n) {
                         Dim large = s.mul(n, Dim(most));
                         return s.add(large, large);
                       }}) {
    s.overflowed = false;
    compute(s, n);
    EXPECT_TRUE(s.overflowed);
  }
  s.overflowed = false;
  s.add(s.mul(n, Dim(most)), Dim(most));
  EXPECT_FALSE(s.overflowed);
}

TEST_F(DimTest, DividesTheLowestIntegerByMinusOneWithoutATrap) {
  EXPECT_FALSE(s.exactDiv(Dim(INT64_MIN), Dim(-1)));
  s.overflowed = false;
  s.floorDiv(Dim(INT64_MIN), Dim(-1));
  EXPECT_TRUE(s.overflowed);
}

} // namespace
} // namespace ingot
