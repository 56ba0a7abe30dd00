#include "tools/ingot/VerifyBatch.h"

#include "gtest/gtest.h"

using namespace ingot::cli;

TEST(BatchList, LinesAreFoldersWithTolerances) {
  std::vector<BatchCase> cases;
  std::string misuse;
  ASSERT_TRUE(readBatchList("# cases\na b/c\n\nd\trtol=0.5 atol=2\ne\tatol=3 share=1e-4\n", {},
                            cases, misuse));
  ASSERT_EQ(cases.size(), 3u);
  EXPECT_EQ(cases[0].folder, "a b/c");
  EXPECT_EQ(cases[0].tolerance.rtol, 1e-3);
  EXPECT_EQ(cases[1].tolerance.rtol, 0.5);
  EXPECT_EQ(cases[1].tolerance.integerAtol, 2);
  EXPECT_EQ(cases[2].tolerance.rtol, 1e-3);
  EXPECT_EQ(cases[2].tolerance.atol, 3);
  EXPECT_EQ(cases[2].tolerance.share, 1e-4);
  EXPECT_EQ(cases[2].tolerance.integerAtol, 3);
}

TEST(BatchList, RefusesOtherFields) {
  std::vector<BatchCase> cases;
  std::string misuse;
  for (const char *line : {"a\trtol=x\n", "a\t0.5\n", "a\tatol=-1\n", "a\tshare=x\n"}) {
    EXPECT_FALSE(readBatchList(line, {}, cases, misuse));
    EXPECT_NE(misuse.find("--batch: expected"), std::string::npos);
  }
}
