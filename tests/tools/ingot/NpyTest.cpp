#include "tools/ingot/Npy.h"

#include "gtest/gtest.h"

#include <cstring>
#include <random>

using namespace ingot::cli;

namespace {
/// A file of version 1.0 with this dictionary.
std::string file(const std::string &dictionary, const std::string &data, char version = 1) {
  std::string text = "\x93NUMPY";
  text += {version, '\0', static_cast<char>(dictionary.size() & 0xff),
           static_cast<char>(dictionary.size() >> 8)};
  if (version > 1)
    text += std::string(2, '\0');
  return text + dictionary + data;
}

std::string header(const std::string &descr, const std::string &shape,
                   const std::string &fortran = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
}

template <typename T> std::string bytesOf(std::vector<T> values) {
  return std::string(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T));
}

std::string refusal(const std::string &bytes) {
  std::string message;
  EXPECT_FALSE(readNpy(bytes, message).has_value());
  return message;
}

Value accepted(const std::string &bytes) {
  std::string message;
  std::optional<Value> value = readNpy(bytes, message);
  EXPECT_TRUE(value.has_value()) << message;
  return value.value_or(Value());
}
} // namespace

TEST(Npy, ReadsAFloatMatrix) {
  Value value = accepted(file(header("<f4", "(2, 3)"), bytesOf<float>({1, 2, 3, 4, 5, 6})));
  EXPECT_EQ(value.elementType, INGOT_FLOAT);
  EXPECT_EQ(value.dims, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(std::string(value.data.begin(), value.data.end()), bytesOf<float>({1, 2, 3, 4, 5, 6}));
}

TEST(Npy, ReadsVersions1To3) {
  for (char version : {1, 2, 3})
    EXPECT_EQ(accepted(file(header("<i8", "(1,)"), bytesOf<int64_t>({7}), version)).dims.size(),
              1u);
}

TEST(Npy, ReadsScalarsAndEmptyArrays) {
  EXPECT_TRUE(accepted(file(header("<f8", "()"), bytesOf<double>({1}))).dims.empty());
  EXPECT_EQ(accepted(file(header("<f8", "(0, 5)"), "")).elementCount(), 0);
  EXPECT_EQ(accepted(file(header("<f8", "(4611686018427387904, 4611686018427387904, 0)"), ""))
                .elementCount(),
            0);
}

TEST(Npy, ReadsEveryElementType) {
  struct {
    const char *descr;
    int32_t type;
    int bytes;
  } rows[] = {{"|b1", INGOT_BOOL, 1},      {"|i1", INGOT_INT8, 1},        {"|u1", INGOT_UINT8, 1},
              {"<i2", INGOT_INT16, 2},     {"<u2", INGOT_UINT16, 2},      {"<i4", INGOT_INT32, 4},
              {"<u4", INGOT_UINT32, 4},    {"<i8", INGOT_INT64, 8},       {"<u8", INGOT_UINT64, 8},
              {"<f2", INGOT_FLOAT16, 2},   {"<f4", INGOT_FLOAT, 4},       {"<f8", INGOT_DOUBLE, 8},
              {"<c8", INGOT_COMPLEX64, 8}, {"<c16", INGOT_COMPLEX128, 16}};
  for (auto &row : rows)
    EXPECT_EQ(
        accepted(file(header(row.descr, "(2,)"), std::string(2 * row.bytes, '\1'))).elementType,
        row.type);
}

TEST(Npy, TurnsBigEndianAround) {
  Value value = accepted(file(header(">i4", "(2,)"), std::string("\0\0\0\1\0\0\1\0", 8)));
  EXPECT_EQ(std::string(value.data.begin(), value.data.end()), bytesOf<int32_t>({1, 256}));
  value = accepted(file(header(">c8", "(1,)"), std::string("\x3f\x80\0\0\x40\0\0\0", 8)));
  EXPECT_EQ(std::string(value.data.begin(), value.data.end()), bytesOf<float>({1, 2}));
}

TEST(Npy, TransposesFortranOrder) {
  Value value = accepted(file(header("|u1", "(2, 3)", "True"), std::string("\1\4\2\5\3\6", 6)));
  EXPECT_EQ(std::string(value.data.begin(), value.data.end()), std::string("\1\2\3\4\5\6", 6));
  value = accepted(file(header("|u1", "(0, 3)", "True"), ""));
  EXPECT_EQ(value.dims, (std::vector<int64_t>{0, 3}));
}

TEST(Npy, RefusesPickles) {
  EXPECT_EQ(refusal(file(header("|O", "(1,)"), "\x80\x04.")),
            "holds Python objects (a pickle), which are never read");
}

TEST(Npy, RefusesStringsAndOtherTypes) {
  EXPECT_NE(refusal(file(header("<U3", "(1,)"), std::string(12, ' '))).find("strings"),
            std::string::npos);
  for (const char *descr : {"<V2", "<f16", "<f3", "<M8[ns]", "f4", "", "<", "|f4"})
    EXPECT_NE(refusal(file(header(descr, "(1,)"), std::string(16, ' '))).find("not supported"),
              std::string::npos)
        << descr;
  EXPECT_NE(
      refusal(file("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "abcd"))
          .find("records"),
      std::string::npos);
}

TEST(Npy, RefusesBoolsThatAreNeither0Nor1) {
  EXPECT_NE(refusal(file(header("|b1", "(1,)"), "\2")).find("neither 0 nor 1"), std::string::npos);
}

TEST(Npy, RefusesOtherAmountsOfData) {
  EXPECT_EQ(refusal(file(header("<f4", "(2,)"), "1234567")),
            "its shape needs 8 bytes of data, but there are 7");
  EXPECT_EQ(refusal(file(header("<f4", "(2,)"), "123456789")),
            "its shape needs 8 bytes of data, but there are 9");
  EXPECT_EQ(refusal(file(header("<f4", "(4611686018427387904, 4)"), "")),
            "its shape needs more than 2^63 bytes of data, but there are 0");
}

TEST(Npy, RefusesBadHeaders) {
  for (const char *text :
       {"", "{", "{}", "{'descr': '<f4'}", "[]", "{'descr' '<f4'}",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1 2,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } x",
        "{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,), }"})
    EXPECT_NE(refusal(file(text, "abcd")).find("bad header at its byte"), std::string::npos)
        << text;
}

TEST(Npy, RefusesLongHeadersAndOtherVersions) {
  std::string longHeader = header("<f4", "(1,)") + std::string(20000, ' ');
  EXPECT_NE(refusal(file(longHeader, "abcd")).find("is more than the"), std::string::npos);
  EXPECT_NE(refusal(file(header("<f4", "(1,)"), "abcd", 4)).find("version"), std::string::npos);
  std::string bomb("\x93NUMPY\2\0\xff\xff\xff\xff", 12);
  EXPECT_NE(refusal(bomb).find("is more than the"), std::string::npos);
}

TEST(Npy, RefusesEveryPrefixOfAFile) {
  std::string whole = file(header("<f4", "(2,)"), "12345678");
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(refusal(whole.substr(0, size)).empty());
}

TEST(Npy, WritesWhatItReads) {
  Value value;
  value.elementType = INGOT_INT16;
  for (std::vector<int64_t> dims : {std::vector<int64_t>{}, {3}, {2, 0, 5}, {2, 3, 4}}) {
    value.dims = dims;
    value.data.assign(2 * value.elementCount(), '\3');
    std::string written = writeNpy(value);
    EXPECT_EQ((written.size() - value.data.size()) % 64, 0u);
    Value again = accepted(written);
    EXPECT_EQ(again.dims, dims);
    EXPECT_EQ(again.data, value.data);
  }
}

// Row 46 of the list of bad inputs: whatever is changed, the result is a tensor that fits its data
// or a message. Run under sanitizers too.
TEST(Npy, SurvivesChangedFiles) {
  const std::string seeds[] = {
      file(header("<f4", "(2, 3)"), std::string(24, '\1')),
      file(header(">c16", "(2,)", "True"), std::string(32, '\1')),
      file(header("|u1", "(2, 2, 2)", "True"), std::string(8, '\1'), 2),
  };
  std::mt19937 random(46);
  const std::string letters = "0123456789(),'{}: TFLbiufcOUSV<>|\x93\xff";
  for (int round = 0; round < 60000; ++round) {
    std::string bytes = seeds[round % 3];
    for (unsigned change = random() % 4 + 1; change-- > 0;) {
      size_t at = random() % (bytes.size() + 1);
      switch (random() % 4) {
      case 0:
        bytes.insert(at, 1, letters[random() % letters.size()]);
        break;
      case 1:
        bytes.erase(at, random() % 4);
        break;
      case 2:
        bytes.resize(at);
        break;
      default:
        if (at < bytes.size())
          bytes[at] = static_cast<char>(random());
      }
    }
    std::string message;
    std::optional<Value> value = readNpy(bytes, message);
    EXPECT_EQ(value.has_value(), message.empty());
    if (value)
      EXPECT_EQ(accepted(writeNpy(*value)).data, value->data);
  }
}
