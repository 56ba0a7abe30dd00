// String operators, with the examples of the ONNX standard and Python's behaviour where it refers
// to it. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "host_fixture.h"
#include <clocale>
#include <cmath>

using Dims = std::vector<int64_t>;
using Texts = std::vector<std::string>;
using Bools = std::vector<uint8_t>;

TEST_F(HostOps, StringConcatBroadcasts) {
  auto joined = one("string_concat", {strings({2, 1}, {"a", "b"}), strings({3}, {"x", "", "z"})},
                    INGOT_STRING);
  EXPECT_EQ(dims(joined), (Dims{2, 3}));
  EXPECT_EQ(texts_(joined), (Texts{"ax", "a", "az", "bx", "b", "bz"}));
  EXPECT_EQ(texts_(one("string_concat", {text("a"), text("b")}, INGOT_STRING)), Texts{"ab"});
  expectError("string_concat", {strings({2}, {"a", "b"}), strings({3}, {"", "", ""})}, INGOT_STRING,
              "string_concat: the dimensions do not broadcast");
  EXPECT_EQ(dims(one("string_concat", {strings({0}, {}), text("x")}, INGOT_STRING)), Dims{0});
}

TEST_F(HostOps, StringEqualComparesBytes) {
  auto same =
      one("string_equal", {strings({3}, {"a", std::string("a\0b", 3), ""}), text("a")}, INGOT_BOOL);
  EXPECT_EQ(values<uint8_t>(same), (Bools{1, 0, 0}));
}

TEST_F(HostOps, StringSplitAsPythonDoes) {
  struct Case {
    std::string text, delimiter;
    int64_t most;
    Texts parts;
  };
  const Case cases[] = {
      {"abc.com", ".", -1, {"abc", "com"}},
      {"a..b", ".", -1, {"a", "", "b"}},
      {"a..b", "..", -1, {"a", "b"}},
      {".a.", ".", -1, {"", "a", ""}},
      {"", ".", -1, {""}},
      {"a.b.c", ".", 1, {"a", "b.c"}},
      {"a.b.c", ".", 0, {"a.b.c"}},
      {"hello  world ", "", -1, {"hello", "world"}},
      {"  a b  c ", "", 1, {"a", "b  c "}},
      {"   ", "", -1, {}},
      {"", "", -1, {}},
      {"\ta\nb", "", -1, {"a", "b"}},
  };
  for (const Case &test : cases) {
    std::vector<ingot_tensor_view> results = {expecting(INGOT_STRING), expecting(INGOT_INT64)};
    ASSERT_EQ(call("string_split",
                   {strings({1}, {test.text}), text(test.delimiter), number(test.most)}, results),
              INGOT_OK)
        << context.message;
    EXPECT_EQ(texts_(results[0]), test.parts) << "'" << test.text << "'";
    EXPECT_EQ(values<int64_t>(results[1]), Dims{int64_t(test.parts.size())});
  }
}

TEST_F(HostOps, StringSplitPadsWithEmptyStrings) {
  std::vector<ingot_tensor_view> results = {expecting(INGOT_STRING, 3), expecting(INGOT_INT64, 2)};
  ASSERT_EQ(call("string_split",
                 {strings({2, 1}, {"hello world", "hello there big world"}), absent(), absent()},
                 results),
            INGOT_OK)
      << context.message;
  EXPECT_EQ(dims(results[0]), (Dims{2, 1, 4}));
  EXPECT_EQ(texts_(results[0]),
            (Texts{"hello", "world", "", "", "hello", "there", "big", "world"}));
  EXPECT_EQ(values<int64_t>(results[1]), (Dims{2, 4}));
}

TEST_F(HostOps, StringNormalizer) {
  auto days = strings({4}, {"monday", "tuesday", "wednesday", "thursday"});
  auto some = one("string_normalizer", {days, text("NONE"), number(1), strings({1}, {"monday"})},
                  INGOT_STRING);
  EXPECT_EQ(texts_(some), (Texts{"tuesday", "wednesday", "thursday"}));
  auto upper = one("string_normalizer", {days, text("UPPER"), number(1), strings({1}, {"monday"})},
                   INGOT_STRING);
  EXPECT_EQ(texts_(upper), (Texts{"TUESDAY", "WEDNESDAY", "THURSDAY"}));
  auto mixed = strings({1, 3}, {"Monday", "tuesday", "MONDAY"});
  auto insensitive = one("string_normalizer",
                         {mixed, text("NONE"), number(0), strings({1}, {"monDAY"})}, INGOT_STRING);
  EXPECT_EQ(dims(insensitive), (Dims{1, 1}));
  EXPECT_EQ(texts_(insensitive), Texts{"tuesday"});
  auto none =
      one("string_normalizer",
          {strings({2}, {"a", "a"}), text("LOWER"), number(1), strings({1}, {"a"})}, INGOT_STRING);
  EXPECT_EQ(texts_(none), Texts{""});
  expectError("string_normalizer", {days, text("TITLE"), number(1), absent()}, INGOT_STRING,
              "string_normalizer: unknown change of case");
}

TEST_F(HostOps, StringNormalizerKnowsLettersBeyondAscii) {
  auto lower =
      one("string_normalizer",
          {strings({2}, {"\xc3\x89T\xc3\x89", "a\xff\x80"}), text("LOWER"), number(1), absent()},
          INGOT_STRING);
  EXPECT_EQ(texts_(lower), (Texts{"\xc3\xa9t\xc3\xa9", "a\xff\x80"}));
}

TEST_F(HostOps, RegexFullMatch) {
  struct Case {
    std::string pattern;
    Texts match, differ;
  };
  const Case cases[] = {
      {R"(www\.[\w.-]+\.com)",
       {"www.google.com", "www.a-b.c.com"},
       {"www.google.org", "xwww.a.com"}},
      {R"((\W|^)[\w.\-]{0,25}@(yahoo|gmail)\.com(\W|$))", {"a.b@gmail.com"}, {"a@hotmail.com"}},
      {R"(\d+)", {"0", "123"}, {"", "12a", "a12"}},
      {R"(a|bc)", {"a", "bc"}, {"abc", "b"}},
      {R"(a.c)",
       {"abc", "a\xc3\xa9"
               "c"},
       {"ac", "a\nc", "abbc"}},
      {R"((?:ab)+?)", {"ab", "abab"}, {"aba"}},
      {R"((?P<year>\d{4})-\d\d)", {"2024-01"}, {"24-01"}},
      {R"((?i)abc)", {"ABC", "abc"}, {"abd"}},
      {R"([^\]\[]*)", {"abc", ""}, {"a]", "[b"}},
      {R"([a\-z\\]+)", {"a-z", "\\"}, {"b"}},
      {R"([[:alpha:]]+)", {"abc"}, {"a1"}},
      {R"(\s\S\D)", {" xy"}, {"xxy", " x1"}},
      {R"(\{x\}\$)", {"{x}$"}, {"x$"}},
      {"", {""}, {"a"}},
  };
  for (const Case &test : cases) {
    for (int expected : {0, 1}) {
      const Texts &texts = expected ? test.match : test.differ;
      if (texts.empty())
        continue;
      auto result = one("regex_full_match",
                        {strings({int64_t(texts.size())}, texts), text(test.pattern)}, INGOT_BOOL);
      EXPECT_EQ(values<uint8_t>(result), Bools(texts.size(), uint8_t(expected))) << test.pattern;
    }
  }
  auto input = strings({1}, {"a"});
  expectError(
      "regex_full_match", {input, text(R"(\ba)")}, INGOT_BOOL,
      "regex_full_match: the pattern has an escape of a letter or digit, which this runtime "
      "does not support");
  auto nested = [&](size_t depth) {
    return std::string(depth, '(') + "a" + std::string(depth, ')');
  };
  // Beside each other they are not nested.
  std::string row = nested(32);
  for (int i = 0; i < 40; ++i)
    row += "(b?)";
  EXPECT_EQ(values<uint8_t>(one("regex_full_match", {input, text(row)}, INGOT_BOOL)), (Bools{1}));
  for (size_t depth : {33, 20000})
    expectError("regex_full_match", {input, text(nested(depth))}, INGOT_BOOL,
                "regex_full_match: the pattern has groups nested more than 32 deep, which this "
                "runtime does not support");
  std::vector<ingot_tensor_view> results = {expecting(INGOT_BOOL)};
  for (const char *bad : {"(", "[a", "a\\", "(?=a)", "a**", "[b-a]", "x{2"})
    EXPECT_NE(call("regex_full_match", {input, text(bad)}, results), INGOT_OK) << bad;
}

TEST_F(HostOps, NumbersBecomeTheShortestText) {
  auto singles = tensor<float>(INGOT_FLOAT, {9},
                               {0.1f, 1, -2.5f, 1e-7f, 3.4e38f, NAN, -INFINITY, -0.0f, 1e15f});
  EXPECT_EQ(texts_(one("string_from_number", {singles}, INGOT_STRING)),
            (Texts{"0.1", "1.0", "-2.5", "1e-07", "3.4e+38", "nan", "-inf", "-0.0",
                   "1000000000000000.0"}));
  auto doubles = tensor<double>(INGOT_DOUBLE, {2}, {0.1, 1.0 / 3});
  EXPECT_EQ(texts_(one("string_from_number", {doubles}, INGOT_STRING)),
            (Texts{"0.1", "0.3333333333333333"}));
  auto halves = tensor<uint16_t>(INGOT_FLOAT16, {3}, {0x3c00, 0x2e66, 0x7c00});
  EXPECT_EQ(texts_(one("string_from_number", {halves}, INGOT_STRING)),
            (Texts{"1.0", "0.1", "inf"}));
  auto whole = tensor<int64_t>(INGOT_INT64, {2}, {INT64_MIN, 7});
  EXPECT_EQ(texts_(one("string_from_number", {whole}, INGOT_STRING)),
            (Texts{"-9223372036854775808", "7"}));
  auto truth = tensor<uint8_t>(INGOT_BOOL, {2}, {1, 0});
  EXPECT_EQ(texts_(one("string_from_number", {truth}, INGOT_STRING)), (Texts{"True", "False"}));
}

TEST_F(HostOps, TextBecomesNumbers) {
  auto input = strings({5}, {"0.1", "1e-7", "NaN", "-INF", "  3 "});
  auto numbers = values<float>(one("string_to_number", {input}, INGOT_FLOAT));
  EXPECT_EQ(numbers[0], 0.1f);
  EXPECT_EQ(numbers[1], 1e-7f);
  EXPECT_TRUE(std::isnan(numbers[2]));
  EXPECT_EQ(numbers[3], -INFINITY);
  EXPECT_EQ(numbers[4], 3);
  auto whole = strings({2}, {"-12", "300"});
  EXPECT_EQ(values<int64_t>(one("string_to_number", {whole}, INGOT_INT64)), (Dims{-12, 300}));
  EXPECT_EQ(values<int8_t>(one("string_to_number", {whole}, INGOT_INT8)),
            (std::vector<int8_t>{-12, 44}));
  auto halves = values<uint16_t>(
      one("string_to_number", {strings({4}, {"0.1", "65520", "1e-8", "6e-8"})}, INGOT_FLOAT16));
  EXPECT_EQ(halves, (std::vector<uint16_t>{0x2e66, 0x7c00, 0, 1}));
  expectError("string_to_number", {text("12x")}, INGOT_INT32,
              "string_to_number: '12x' is not a number");
  expectError("string_to_number", {text("")}, INGOT_FLOAT, "string_to_number: '' is not a number");
}
