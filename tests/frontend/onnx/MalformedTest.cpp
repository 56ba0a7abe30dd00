#include "ModelBytes.h"

#include <cstdlib>
#include <fcntl.h>
#include <random>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ingot::onnx::test {

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define INGOT_TESTS_WITH_ASAN 1
#endif
#endif

TEST(Malformed, CutAtEveryByte) {
  std::string whole = smallModel().bytes;
  ASSERT_NE(load(whole).model, nullptr);
  for (size_t length = 0; length < whole.size(); ++length) {
    // A copy of exactly this length, so that a sanitizer sees a read beyond it.
    std::vector<char> bytes(whole.begin(), whole.begin() + length);
    Diagnostics diagnostics("m");
    std::unique_ptr<Model> model =
        Model::loadFromMemory({bytes.data(), bytes.size()}, "", {}, diagnostics);
    EXPECT_EQ(model == nullptr, diagnostics.hasErrors());
    if (model) // the cut may fall between two fields of the model
      EXPECT_EQ(model->graph.nodes.size(), 3u);
  }
}

TEST(Malformed, EveryByteFlipped) {
  std::string whole = smallModel().bytes;
  for (size_t at = 0; at < whole.size(); ++at)
    for (unsigned flip : {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff}) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ flip);
      Loaded loaded = load(bytes);
      EXPECT_EQ(loaded.model == nullptr, loaded.diagnostics.hasErrors());
    }
}

TEST(Malformed, RandomBytesOverwritten) {
  std::string whole = smallModel().bytes;
  std::mt19937 random(1); // the same models in every run
  for (int round = 0; round < 20000; ++round) {
    std::string bytes = whole;
    for (int i = 0; i < 4; ++i)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    Loaded loaded = load(bytes);
    EXPECT_EQ(loaded.model == nullptr, loaded.diagnostics.hasErrors());
  }
}

TEST(Malformed, SaysWhere) {
  struct {
    std::string bytes;
    const char *expected;
  } const cases[] = {
      {"", "not a valid ONNX file: it has no graph"},
      {"\x08\x0a\x3a\x05\x0a", "the data ends in the middle of a field at byte 2"},
      {"\x08\x0a\x3a\xff\xff\xff\xff\x0f", "the data ends in the middle of a field at byte 2"},
      {"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "more than ten bytes at byte 0"},
      {"\x08\x0a\x0f", "a field has an unknown wire type at byte 2"},
      {std::string("\x08\x0a\x02\x00", 4), "a field has an invalid number at byte 2"},
      {"\x0a\x00", "field 1 of ModelProto has wire type 2 at byte 0"},
      {"\x38\x00", "field 7 of ModelProto has wire type 0 at byte 0"},
      {"<html>not a model</html>", "not a valid ONNX file"},
      {"\x89PNG\r\n\x1a\n", "not a valid ONNX file"},
  };
  for (auto &[bytes, expected] : cases) {
    Loaded loaded = load(bytes);
    EXPECT_EQ(loaded.model, nullptr);
    EXPECT_NE(loaded.diagnostics.str().find(expected), std::string::npos)
        << "expected: " << expected << "\ngot: " << loaded.diagnostics.str();
  }
}

TEST(Malformed, DeepSubgraphs) {
  // Around and around, each message once more inside another. Built from the inside without copying
  // would be quadratic; at a hundred thousand levels the lengths alone tell the story.
  constexpr int depth = 100000;
  std::string suffix = "\x22\x02If"; // NodeProto.op_type
  std::vector<std::string> heads;
  size_t length = 0;
  auto lengthDelimited = [](uint32_t field, size_t size) {
    std::string head;
    protozero::add_varint_to_buffer(&head, field << 3 | 2);
    protozero::add_varint_to_buffer(&head, size);
    return head;
  };
  for (int i = 0; i < depth; ++i) {
    std::string attribute = "\x0a\x01g\xa0\x01\x05" + lengthDelimited(6, length); // name, type, g
    std::string node = suffix + lengthDelimited(5, attribute.size() + length);
    std::string graph = lengthDelimited(1, node.size() + attribute.size() + length);
    heads.push_back(graph + node + attribute);
    length += heads.back().size();
  }
  std::string bytes = "\x08\x0a" + lengthDelimited(7, length);
  for (size_t i = heads.size(); i-- != 0;)
    bytes += heads[i];
  Loaded loaded = load(bytes);
  EXPECT_EQ(loaded.model, nullptr);
  EXPECT_NE(loaded.diagnostics.str().find("subgraphs are nested more than 64 deep"),
            std::string::npos);
}

TEST(Malformed, DeepTypes) {
  Message type = Message().message(1, Message().integer(1, floatType));
  for (int i = 0; i < 1000; ++i)
    type = Message().message(i % 2 ? 4 : 9, Message().message(1, type));
  expectError(model(graph({}, {}, {}).message(11, Message().text(1, "x").message(2, type))),
              "input 'x': types are nested more than 64 deep");
}

TEST(Malformed, SizeLimit) {
  LoadOptions options;
  options.maxModelBytes = 10;
  Loaded loaded = load(smallModel().bytes, options);
  EXPECT_EQ(loaded.model, nullptr);
  EXPECT_NE(loaded.diagnostics.str().find("but at most 10 can be read"), std::string::npos);
}

TEST(Malformed, MoreErrorsThanAnyoneReads) {
  std::vector<Message> nodes(10000, node("", {"missing"}, {}));
  Loaded loaded = load(model(graph(nodes, {}, {})).bytes);
  EXPECT_EQ(loaded.model, nullptr);
  EXPECT_EQ(loaded.diagnostics.list().size(), Diagnostics::limit);
}

#ifndef INGOT_TESTS_WITH_ASAN // which maps more than any such limit
namespace {
/// What loading the file says in a process that may have this much memory.
std::string loadWithLimit(const std::string &path, size_t bytes) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  pid_t child = ::fork();
  if (child == 0) {
    struct rlimit limit = {bytes, bytes};
    ::setrlimit(RLIMIT_AS, &limit);
    Diagnostics diagnostics("m");
    std::unique_ptr<Model> model = Model::load(path, {}, diagnostics);
    std::string text = model ? "loaded" : diagnostics.str();
    [[maybe_unused]] ssize_t written = ::write(ends[1], text.data(), text.size());
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string text(4096, '\0');
  text.resize(std::max<ssize_t>(0, ::read(ends[0], text.data(), text.size())));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status)) << "died of signal " << WTERMSIG(status);
  return text;
}

class LimitedMemory : public testing::Test {
protected:
  void SetUp() override { file = ::mkstemp(path); }
  void TearDown() override {
    ::close(file);
    ::unlink(path);
  }
  char path[32] = "/tmp/ingot-wire-XXXXXX";
  int file = -1;
};
} // namespace

TEST_F(LimitedMemory, FileOfManyGigabytes) {
  ASSERT_EQ(::ftruncate(file, int64_t(5) << 30), 0); // sparse
  EXPECT_EQ(loadWithLimit(path, size_t(256) << 20),
            "m: error: cannot be read: has 5368709120 bytes, but at most 2147483647 can be read\n");
}

TEST_F(LimitedMemory, LengthBomb) {
  // A tensor that says it has a terabyte of raw data, and one with as many elements.
  std::string bomb = "\x08\x0a\x3a\x0a\x2a\x08\x4a\x80\x80\x80\x80\x80\x20";
  ASSERT_EQ(::write(file, bomb.data(), bomb.size()), static_cast<ssize_t>(bomb.size()));
  EXPECT_NE(loadWithLimit(path, size_t(256) << 20).find("not a valid ONNX file"),
            std::string::npos);
}

TEST_F(LimitedMemory, ManySmallNodes) {
  std::string nodes;
  while (nodes.size() < (size_t(20) << 20))
    nodes += std::string("\x0a\x03\x22\x01N", 5);
  std::string bytes = Message().integer(1, 10).text(7, nodes).bytes;
  ASSERT_EQ(::write(file, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  EXPECT_NE(loadWithLimit(path, size_t(512) << 20).find("out of memory while reading"),
            std::string::npos);
}
#endif

} // namespace ingot::onnx::test
