#include "tools/ingot/ValueFile.h"

#include "gtest/gtest.h"

#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace ingot::cli;

namespace {
class ValueFile : public testing::Test {
protected:
  void SetUp() override {
    folder =
        std::filesystem::temp_directory_path() / ("ingot-value-file-" + std::to_string(getpid()));
    std::filesystem::create_directory(folder);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  /// The value after a file, read as the kind it has.
  Value roundTrip(const Value &value) {
    std::string path = folder / ("value" + std::string(extensionFor(value)));
    Failure failure;
    EXPECT_TRUE(writeFile(path, writeValueFile(value, "name"), failure));
    auto read = readValueFile(path, value.kind, failure);
    EXPECT_TRUE(read) << (failure.messages.empty() ? "" : failure.messages[0]);
    return read ? read->value : Value();
  }

  std::filesystem::path folder;
};

Value tensor(int32_t type, std::vector<int64_t> dims, const std::string &data) {
  Value value;
  value.elementType = type;
  value.dims = dims;
  value.data.assign(data.begin(), data.end());
  return value;
}

Value strings(std::vector<std::string> texts) {
  Value value;
  value.kind = INGOT_STRING_TENSOR;
  value.elementType = INGOT_STRING;
  value.dims = {static_cast<int64_t>(texts.size())};
  value.strings = texts;
  return value;
}

Value container(int32_t kind, std::vector<Value> elements) {
  Value value;
  value.kind = kind;
  value.elements = elements;
  return value;
}

void expectEqual(const Value &a, const Value &b) {
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.elementType, b.elementType);
  EXPECT_EQ(a.dims, b.dims);
  EXPECT_EQ(a.data, b.data);
  EXPECT_EQ(a.strings, b.strings);
  ASSERT_EQ(a.elements.size(), b.elements.size());
  for (size_t i = 0; i < a.elements.size(); ++i)
    expectEqual(a.elements[i], b.elements[i]);
}
} // namespace

TEST_F(ValueFile, TensorsSurvive) {
  for (const Value &value :
       {tensor(INGOT_FLOAT, {2}, "12345678"), tensor(INGOT_BFLOAT16, {1, 2}, "abcd"),
        tensor(INGOT_INT4, {3}, std::string("\x21\x03", 2)), tensor(INGOT_INT64, {0}, ""),
        tensor(INGOT_FLOAT8E5M2, {}, "1"), strings({"a", "", "b\n"})}) {
    SCOPED_TRACE(value.type());
    expectEqual(roundTrip(value), value);
  }
}

TEST_F(ValueFile, ContainersSurvive) {
  Value one = tensor(INGOT_FLOAT, {1}, "1234"), two = tensor(INGOT_FLOAT, {2}, "12345678");
  Value keys = tensor(INGOT_INT64, {2}, std::string(8, '\1') + std::string(8, '\2'));
  for (const Value &value :
       {container(INGOT_SEQUENCE, {one, two}), container(INGOT_SEQUENCE, {}),
        container(INGOT_OPTIONAL, {}), container(INGOT_OPTIONAL, {one}),
        container(INGOT_OPTIONAL, {container(INGOT_SEQUENCE, {two})}),
        container(INGOT_MAP, {keys, two}),
        container(INGOT_SEQUENCE, {container(INGOT_MAP, {strings({"a", "b"}), two})})}) {
    SCOPED_TRACE(value.type());
    expectEqual(roundTrip(value), value);
  }
}

TEST_F(ValueFile, FormatsAreToldByContent) {
  Failure failure;
  std::string path = folder / "really-npy.pb";
  Value value = tensor(INGOT_FLOAT, {1}, "1234");
  ASSERT_TRUE(writeFile(path, writeValueFile(value, ""), failure));
  auto read = readValueFile(path, INGOT_TENSOR, failure);
  ASSERT_TRUE(read);
  expectEqual(read->value, value);
}

TEST_F(ValueFile, OtherFilesAreRefused) {
  Failure failure;
  EXPECT_FALSE(readValueFile(folder / "absent.npy", INGOT_TENSOR, failure));
  EXPECT_FALSE(readValueFile(folder, INGOT_TENSOR, failure));
  std::ofstream(folder / "noise.pb") << "\xff\xff\xff\xff noise";
  EXPECT_FALSE(readValueFile(folder / "noise.pb", INGOT_TENSOR, failure));
  ASSERT_GE(failure.messages.size(), 3u);
  EXPECT_NE(failure.messages[0].find("absent.npy: error: No such file"), std::string::npos);
  EXPECT_NE(failure.messages[1].find("not a regular file"), std::string::npos);
  EXPECT_NE(failure.messages[2].find("noise.pb: error: "), std::string::npos);
}

TEST_F(ValueFile, AFailedWriteLeavesTheOldFile) {
  Failure failure;
  EXPECT_FALSE(writeFile(folder / "no-such-folder" / "x.npy", "bytes", failure));
  EXPECT_EQ(failure.messages.size(), 1u);
}
