#include "tools/ingot/Flags.h"

#include "gtest/gtest.h"

using namespace ingot;
using namespace ingot::cli;

TEST(Flags, IntegersAreDigitsWithinBounds) {
  std::string misuse;
  EXPECT_EQ(readInteger("-j", "8", 1, 16, misuse), 8);
  for (const char *text : {"", "0", "17", "-1", "+1", "0x1", "1.5", "1 ", "99999999999999999999"}) {
    EXPECT_FALSE(readInteger("-j", text, 1, 16, misuse)) << text;
    EXPECT_EQ(misuse, std::string("-j: expected a number from 1 to 16, but got '") + text + "'");
  }
}

TEST(Flags, RealsAreFiniteAndNotNegative) {
  std::string misuse;
  EXPECT_EQ(readReal("--rtol", "1e-3", misuse), 1e-3);
  EXPECT_EQ(readReal("--rtol", "0", misuse), 0);
  for (const char *text : {"", "-1", "nan", "inf", "1x", " 1", "1e999"})
    EXPECT_FALSE(readReal("--rtol", text, misuse)) << text;
  EXPECT_NE(misuse.find("--rtol: expected"), std::string::npos);
}

TEST(Flags, ShapesHaveFixedDimensionsAndBounds) {
  std::string misuse;
  auto shape = readShape("image:1..32x3x?x8..", true, misuse);
  ASSERT_TRUE(shape);
  EXPECT_EQ(shape->input, "image");
  std::vector<std::pair<int64_t, int64_t>> expected = {
      {1, 32}, {3, 3}, {0, INT64_MAX}, {8, INT64_MAX}};
  EXPECT_EQ(shape->dims, expected);
}

TEST(Flags, InputNamesOfShapesMayContainColons) {
  std::string misuse;
  auto shape = readShape("scope/x:0:1x2", true, misuse);
  ASSERT_TRUE(shape);
  EXPECT_EQ(shape->input, "scope/x:0");
  EXPECT_EQ(shape->dims.size(), 2u);
  shape = readShape("x:", true, misuse);
  ASSERT_TRUE(shape);
  EXPECT_TRUE(shape->dims.empty());
}

TEST(Flags, RefusesBadShapes) {
  std::string misuse;
  for (const char *text : {"", "x", ":1", "x:1x", "x:x1", "x:-1", "x:5..2", "x:a", "x:1...2",
                           "x:..3", "x:1X2", "x:99999999999999999999"}) {
    EXPECT_FALSE(readShape(text, true, misuse)) << text;
    EXPECT_NE(misuse.find("--shape: expected INPUT:DIMS"), std::string::npos);
  }
  EXPECT_FALSE(readShape("x:1..2", false, misuse));
  EXPECT_FALSE(readShape("x:?", false, misuse));
}

TEST(Flags, NamesAreIdentifiersOfC) {
  std::string misuse;
  EXPECT_EQ(readIdentifier("--name", "digits_2", misuse), "digits_2");
  for (const char *text : {"", "2digits", "a-b", "a b", "int", "class", "naïve", "a;b"})
    EXPECT_FALSE(readIdentifier("--name", text, misuse)) << text;
  EXPECT_FALSE(readIdentifier("--name", std::string(201, 'a'), misuse));
}

TEST(Flags, StatesAreAPairAndMaybeAnAxis) {
  std::string misuse;
  for (const char *text : {"past:present", "past:present:2=1024"})
    EXPECT_EQ(readState(text, misuse), text);
  for (const char *text : {"", "past", "past:", ":present", "past:2=1024", ":2=3"})
    EXPECT_FALSE(readState(text, misuse)) << text;
}

TEST(Flags, ListsHaveNoEmptyNames) {
  std::string misuse;
  EXPECT_EQ(readList("--cpu", "x86-64-v3,x86-64-v4", misuse)->size(), 2u);
  for (const char *text : {"", ",", "a,", ",a", "a,,b"})
    EXPECT_FALSE(readList("--cpu", text, misuse)) << text;
}

TEST(Flags, MessagesEscapeWhatWasGiven) {
  std::string misuse;
  readChoice("--weights", "a\n\x1b[31m", {"embed", "sidecar"}, misuse);
  EXPECT_EQ(misuse, "--weights: expected one of embed, sidecar, but got 'a\\n\\x1B[31m'");
}
