#include "ModelBytes.h"

namespace ingot::onnx::test {

TEST(Diagnostics, ReadLikeCompilers) {
  Diagnostics diagnostics("model.onnx");
  EXPECT_EQ(diagnostics.exitStatus(), 0);
  diagnostics.warning("", "careful");
  EXPECT_EQ(diagnostics.exitStatus(), 0);
  diagnostics.unsupported("node 'a' (Foo)", "operator");
  EXPECT_EQ(diagnostics.exitStatus(), 3);
  diagnostics.error("node 'b' (Bar)", "wrong");
  EXPECT_EQ(diagnostics.exitStatus(), 1);
  EXPECT_EQ(diagnostics.str(), "model.onnx: warning: careful\n"
                               "model.onnx: error: unsupported: node 'a' (Foo): operator\n"
                               "model.onnx: error: node 'b' (Bar): wrong\n");
}

TEST(Diagnostics, AreCountedBeyondTheLimit) {
  Diagnostics diagnostics("m");
  for (size_t i = 0; i < Diagnostics::limit + 5; ++i)
    diagnostics.error("", "x");
  EXPECT_EQ(diagnostics.list().size(), Diagnostics::limit);
  EXPECT_EQ(diagnostics.dropped(), 5u);
  EXPECT_NE(diagnostics.str().find("m: and 5 more\n"), std::string::npos);
}

TEST(Diagnostics, WarningsAreSaidOnceAndLeaveRoomForErrors) {
  Diagnostics diagnostics("m");
  for (size_t i = 0; i < Diagnostics::limit; ++i) {
    diagnostics.warning("here", "the same");
    diagnostics.warning("here", std::to_string(i));
  }
  EXPECT_EQ(diagnostics.list().size(), Diagnostics::warningLimit);
  EXPECT_EQ(diagnostics.exitStatus(), 0);
  auto mark = diagnostics.mark();
  diagnostics.error("", "wrong");
  EXPECT_EQ(diagnostics.list().back().message, "wrong");
  diagnostics.takeBack(mark);
  EXPECT_EQ(diagnostics.list().size(), Diagnostics::warningLimit);
}

TEST(Escaped, HostileNames) {
  struct {
    std::string_view name, expected;
  } const cases[] = {
      {"conv1/weight:0", "conv1/weight:0"},
      {"größe 重み", "größe 重み"},
      {"\x1b[31mred\x1b[0m", "\\x1B[31mred\\x1B[0m"},
      {"two\nlines\r\t", "two\\nlines\\r\\t"},
      {"it's \\ here", "it\\'s \\\\ here"},
      {std::string_view("\0nul", 4), "\\x00nul"},
      {"<script>alert(1)</script>", "<script>alert(1)</script>"},
      {"\x7f", "\\x7F"},
      {"bad \xff utf8 \xc3", "bad \\xFF utf8 \\xC3"},
      {"\xc0\xaf", "\\xC0\\xAF"},                // overlong '/'
      {"\xed\xa0\x80", "\\xED\\xA0\\x80"},       // a surrogate
      {"\xc2\x9b", "\\xC2\\x9B"},                // the one-byte form of ESC [
      {"\xe2\x80\xaegnp", "\\xE2\\x80\\xAEgnp"}, // right-to-left override
      {"while", "while"},
      {"", ""},
  };
  for (auto &[name, expected] : cases)
    EXPECT_EQ(escaped(name), expected);
}

TEST(Escaped, LongNamesAreCutAtACharacter) {
  EXPECT_EQ(escaped(std::string(200, 'a')), std::string(200, 'a'));
  EXPECT_EQ(escaped(std::string(1000000, 'a')), std::string(200, 'a') + "… (1000000 bytes)");
  std::string umlauts = "x";
  while (umlauts.size() < 300)
    umlauts += "ä";
  EXPECT_EQ(escaped(umlauts), umlauts.substr(0, 199) + "… (301 bytes)");
}

TEST(Escaped, NamesInMessagesOfAModel) {
  expectError(
      model(graph({node("Re\nlu", {"\x1b[2J"}, {"y"}, std::string(1000000, 'n'))}, {}, {"y"})),
      "node '" + std::string(200, 'n') +
          "… (1000000 bytes)' (Re\\nlu): reads '\\x1B[2J', which no input");
}

} // namespace ingot::onnx::test
