#include "tools/ingot/Arguments.h"
#include "tools/ingot/OptionIds.h"

#include "gtest/gtest.h"

using namespace ingot::cli;

namespace {
std::optional<Arguments> parse(Command command, std::vector<const char *> words,
                               std::string &misuse) {
  return Arguments::parse(command, words, misuse);
}
} // namespace

TEST(Arguments, ValuesFollowAnEqualsSignOrABlank) {
  std::string misuse;
  auto arguments =
      parse(Command::Compile, {"m.onnx", "--emit=obj", "--name", "x", "-O2", "-j", "4", "-oout.o"},
            misuse);
  ASSERT_TRUE(arguments) << misuse;
  EXPECT_EQ(arguments->value(OPT_emit), "obj");
  EXPECT_EQ(arguments->value(OPT_name), "x");
  EXPECT_EQ(arguments->value(OPT_optimize), "2");
  EXPECT_EQ(arguments->value(OPT_jobs), "4");
  EXPECT_EQ(arguments->value(OPT_output), "out.o");
  EXPECT_EQ(arguments->files(), std::vector<std::string>{"m.onnx"});
}

TEST(Arguments, FlagsOfOtherCommandsAreUnknown) {
  std::string misuse;
  EXPECT_FALSE(parse(Command::Inspect, {"--emit=obj"}, misuse));
  EXPECT_NE(misuse.find("unknown flag '--emit=obj'"), std::string::npos);
  EXPECT_FALSE(parse(Command::Run, {"--runs=3"}, misuse));
}

TEST(Arguments, UnknownFlagsNameTheNearest) {
  std::string misuse;
  EXPECT_FALSE(parse(Command::Compile, {"--emt=obj"}, misuse));
  EXPECT_EQ(misuse, "unknown flag '--emt=obj'; did you mean '--emit=obj'?");
}

TEST(Arguments, AMissingValueIsMisuse) {
  std::string misuse;
  EXPECT_FALSE(parse(Command::Run, {"m.onnx", "--threads"}, misuse));
  EXPECT_EQ(misuse, "--threads: expected a value behind it");
}

TEST(Arguments, EverythingBehindTwoDashesIsAFile) {
  std::string misuse;
  auto arguments = parse(Command::Inspect, {"--", "--help"}, misuse);
  ASSERT_TRUE(arguments);
  EXPECT_FALSE(arguments->has(OPT_help));
  EXPECT_EQ(arguments->onlyFile("model", misuse), "--help");
}

TEST(Arguments, OneFileIsNeeded) {
  std::string misuse;
  EXPECT_FALSE(parse(Command::Inspect, {}, misuse)->onlyFile("model", misuse));
  EXPECT_EQ(misuse, "expected one model, but got none");
  EXPECT_FALSE(parse(Command::Inspect, {"a", "b\n"}, misuse)->onlyFile("model", misuse));
  EXPECT_EQ(misuse, "expected one model, but got 2: 'a' and 'b\\n'");
}
