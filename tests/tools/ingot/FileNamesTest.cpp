#include "tools/ingot/FileNames.h"

#include "gtest/gtest.h"

using namespace ingot::cli;

TEST(FileNames, NamesBecomeOneSafeComponent) {
  auto name = [](const std::string &text) { return fileNames({text})[0]; };
  EXPECT_EQ(name("scores"), "scores");
  EXPECT_EQ(name("scope/x:0"), "scope_x_0");
  EXPECT_EQ(name("../../etc/passwd"), "_.._.._etc_passwd");
  EXPECT_EQ(name(".hidden"), "_.hidden");
  EXPECT_EQ(name("-rf"), "_-rf");
  EXPECT_EQ(name(""), "_");
  EXPECT_EQ(name("a\nb\x1b;$(x)"), "a_b____x_");
  EXPECT_EQ(name(std::string(1000000, 'x')).size(), 200u);
}

TEST(FileNames, NamesAreUnique) {
  EXPECT_EQ(fileNames({"a/b", "a_b", "A_B"}), (std::vector<std::string>{"a_b", "a_b_2", "A_B_3"}));
}
