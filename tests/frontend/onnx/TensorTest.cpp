#include "ModelBytes.h"

#include "frontend/onnx/Value.h"

namespace ingot::onnx::test {

namespace {
struct Read {
  std::unique_ptr<std::string> bytes; // what the tensor views
  bool valid;
  Tensor tensor;
  std::string messages;
};

Read read(const Message &message) {
  Read result;
  Diagnostics diagnostics("t.pb");
  result.bytes = std::make_unique<std::string>(message.bytes);
  result.valid = readTensor(*result.bytes, result.tensor, diagnostics);
  result.messages = diagnostics.str();
  return result;
}

Message header(int64_t type, const std::vector<int64_t> &dims) {
  return Message().integers(1, dims).integer(2, type);
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (unsigned char byte : bytes) {
    char pair[3];
    std::snprintf(pair, sizeof(pair), "%02x", byte);
    text += pair;
  }
  return text;
}

void expectTensorError(const Message &message, const std::string &text) {
  Read result = read(message);
  EXPECT_FALSE(result.valid);
  EXPECT_NE(result.messages.find(text), std::string::npos)
      << "expected: " << text << "\ngot: " << result.messages;
}
} // namespace

TEST(Tensor, RawDataHasExactlyTheLengthOfItsShape) {
  for (int64_t number = 1; number <= 28; ++number) {
    ElementType type = *elementTypeOf(number);
    if (type == ElementType::String)
      continue;
    for (int64_t count : {0, 1, 2, 3, 4, 5, 7, 8, 9}) {
      int64_t bytes = (count * bitWidth(type) + 7) / 8;
      EXPECT_EQ(packedBytes(type, count), bytes);
      Read right = read(header(number, {count}).text(9, std::string(bytes, '\1')));
      EXPECT_TRUE(right.valid) << right.messages;
      EXPECT_EQ(right.tensor.data, std::string(bytes, '\1'));
      EXPECT_EQ(right.tensor.storage, nullptr);
      expectTensorError(header(number, {count}).text(9, std::string(bytes + 1, '\1')),
                        "raw_data has " + std::to_string(bytes + 1) +
                            " bytes, but the shape needs " + std::to_string(bytes));
      if (bytes > 1)
        expectTensorError(header(number, {count}).text(9, std::string(bytes - 1, '\1')),
                          "raw_data has " + std::to_string(bytes - 1) + " bytes");
      if (bytes > 0)
        expectTensorError(header(number, {count}),
                          "has no data, but the shape needs " + std::to_string(bytes) + " bytes");
    }
  }
}

TEST(Tensor, TypedIntegersBecomeRawData) {
  struct {
    ElementType type;
    uint32_t field;
    std::vector<int64_t> dims, values;
    std::string expected;
  } const cases[] = {
      {ElementType::Int8, 5, {2}, {-1, 127}, "ff7f"},
      {ElementType::UInt8, 5, {2}, {255, 0}, "ff00"},
      {ElementType::Int16, 5, {2}, {-2, 258}, "feff0201"},
      {ElementType::UInt16, 5, {1}, {65535}, "ffff"},
      {ElementType::Int32, 5, {2}, {-1, 1}, "ffffffff01000000"},
      {ElementType::Bool, 5, {3}, {0, 1, 2}, "000101"},
      {ElementType::Float16, 5, {1}, {0x3c00}, "003c"},
      {ElementType::BFloat16, 5, {1}, {0x3f80}, "803f"},
      {ElementType::Float8E4M3FN, 5, {1}, {0x7f}, "7f"},
      {ElementType::Float8E8M0, 5, {1}, {0xff}, "ff"},
      {ElementType::Int4, 5, {3}, {0x21, 0x0f}, "210f"}, // two to an entry
      {ElementType::Float4E2M1, 5, {2}, {0x76}, "76"},
      {ElementType::UInt2, 5, {5}, {0xe4, 0x01}, "e401"},         // four to an entry
      {ElementType::Float6E2M3, 5, {4}, {1, 2, 3, 63}, "8130fc"}, // one to an entry
      {ElementType::Float6E3M2, 5, {2}, {33, 63}, "e10f"},
      {ElementType::Int64, 7, {2}, {-1, INT64_MAX}, "ffffffffffffffffffffffffffffff7f"},
      {ElementType::UInt32, 11, {1}, {4294967295}, "ffffffff"},
      {ElementType::UInt64, 11, {1}, {-1}, "ffffffffffffffff"},
  };
  for (auto &[type, field, dims, values, expected] : cases) {
    Message message = header(static_cast<int64_t>(type), dims);
    Read packed = read(Message(message).integers(field, values));
    EXPECT_TRUE(packed.valid) << packed.messages;
    EXPECT_EQ(hex(packed.tensor.data), expected) << nameOf(type);
    for (int64_t value : values)
      message.integer(field, value);
    Read unpacked = read(message);
    EXPECT_TRUE(unpacked.valid) << unpacked.messages;
    EXPECT_EQ(hex(unpacked.tensor.data), expected) << nameOf(type);
  }
}

TEST(Tensor, ValuesOutsideTheTypeAreRejected) {
  struct {
    ElementType type;
    uint32_t field;
    int64_t value;
  } const cases[] = {
      {ElementType::Int8, 5, 128},         {ElementType::UInt8, 5, -1},
      {ElementType::Int16, 5, -32769},     {ElementType::UInt16, 5, 65536},
      {ElementType::Int32, 5, 2147483648}, {ElementType::Float16, 5, 65536},
      {ElementType::Int4, 5, 256},         {ElementType::Float6E2M3, 5, 64},
      {ElementType::UInt32, 11, -1},       {ElementType::Float8E5M2, 5, -1},
  };
  for (auto &[type, field, value] : cases)
    expectTensorError(header(static_cast<int64_t>(type), {1}).integers(field, {value}),
                      "_data[0] is " + std::to_string(value) + ", which is not in the range of " +
                          std::string(nameOf(type)));
}

TEST(Tensor, TypedRealsAreViewedWhenPacked) {
  Message packed = header(1, {2}).reals(4, {1, 2});
  Read whole = read(packed);
  EXPECT_EQ(whole.tensor.copyAs<float>(), (std::vector<float>{1, 2}));
  EXPECT_EQ(whole.tensor.storage, nullptr);
  Message pieces = header(1, {3}).reals(4, {1, 2}).real(4, 3);
  Read joined = read(pieces);
  EXPECT_EQ(joined.tensor.copyAs<float>(), (std::vector<float>{1, 2, 3}));
  Message complex = header(14, {1}).reals(4, {1, 2});
  EXPECT_EQ(read(complex).tensor.copyAs<float>(), (std::vector<float>{1, 2}));
  Message doubles = header(11, {1}).doubles(10, {0.5});
  EXPECT_EQ(read(doubles).tensor.copyAs<double>(), (std::vector<double>{0.5}));
  expectTensorError(header(1, {3}).reals(4, {1, 2}),
                    "float_data has 8 bytes of elements, but the shape needs 12");
  expectTensorError(header(1, {1}).text(4, "abc"), "has 3 bytes, which is not a multiple of 4");
}

TEST(Tensor, BoolsBecomeZeroOrOne) {
  Message message = header(9, {3}).text(9, std::string("\0\x01\xff", 3));
  EXPECT_EQ(hex(read(message).tensor.data), "000101");
}

TEST(Tensor, Strings) {
  Message message = header(8, {2}).text(6, "").text(6, std::string("a\0b", 3));
  EXPECT_EQ(read(message).tensor.strings,
            (std::vector<std::string_view>{"", std::string_view("a\0b", 3)}));
  expectTensorError(header(8, {2}).text(6, "one"),
                    "string_data has 1 elements, but the shape needs 2");
  expectTensorError(header(8, {1}).text(9, "raw"),
                    "has data in raw_data, but elements of type string belong into string_data");
}

TEST(Tensor, RankZeroAndEmpty) {
  Message scalar = header(1, {}).text(9, "abcd");
  EXPECT_EQ(read(scalar).tensor.elementCount, 1);
  Message empty = header(1, {3, 0, 5});
  EXPECT_TRUE(read(empty).valid);
  EXPECT_EQ(read(empty).tensor.elementCount, 0);
}

TEST(Tensor, DataInTwoPlacesOrTheWrongOne) {
  expectTensorError(header(1, {1}).text(9, "abcd").reals(4, {1}),
                    "has data in two places: raw_data and float_data");
  expectTensorError(header(6, {1}).integers(5, {1}).integers(7, {1}),
                    "has data in two places: int32_data and int64_data");
  expectTensorError(header(1, {1}).integers(5, {1}),
                    "has data in int32_data, but elements of type float belong into float_data "
                    "or raw_data");
  expectTensorError(header(1, {1}).text(9, "abcd").integer(14, 1),
                    "has data in two places: external_data and raw_data");
  expectTensorError(header(1, {1}).text(9, "abcd").text(13, ""),
                    "has external_data, but its data location is not EXTERNAL");
  expectTensorError(header(1, {1}).text(9, "abcd").integer(14, 2),
                    "data location 2 is not defined");
}

TEST(Tensor, ShapesThatCannotBe) {
  constexpr int64_t two32 = int64_t(1) << 32, two62 = int64_t(1) << 62;
  struct {
    int64_t type;
    std::vector<int64_t> dims;
    const char *expected;
  } const cases[] = {
      {1, {2, -1}, "dimension 1 is negative: -1"},
      {1, {INT64_MIN}, "dimension 0 is negative: -9223372036854775808"},
      {2, {two32, two32}, "the number of elements exceeds 63 bits"},
      {2, {two62 + 2, 2}, "the number of elements exceeds 63 bits"},
      {2, {0, two62, 4}, "the number of elements exceeds 63 bits"},
      {1, {two62 + 2}, "the number of bytes exceeds 63 bits"},
      {15, {INT64_MAX}, "the number of bytes exceeds 63 bits"},
      {2, {two62 + 2}, "has no data, but the shape needs 4611686018427387906 bytes"},
      {22, {INT64_MAX}, "has no data, but the shape needs 4611686018427387904 bytes"},
      {0, {1}, "has no element type"},
      {29, {1}, "element type 29 is not defined"},
      {-1, {1}, "element type -1 is not defined"},
  };
  for (auto &[type, dims, expected] : cases)
    expectTensorError(header(type, dims), expected);
}

TEST(Tensor, SegmentsAreUnsupported) {
  Read result = read(header(1, {1}).message(3, Message().integer(1, 0)));
  EXPECT_FALSE(result.valid);
  EXPECT_EQ(result.messages, "t.pb: error: unsupported: data in segments\n");
}

TEST(Tensor, IsNamedInMessages) {
  expectError(modelWithInitializer(tensor("w", 1, {2}, "abc")),
              "model.onnx: error: initializer 'w': raw_data has 3 bytes");
}

TEST(SparseTensor, IndicesAreInsideAndAscending) {
  auto sparse = [](const std::vector<int64_t> &shape, const std::vector<int64_t> &indices,
                   const std::vector<int64_t> &dims = {4, 5}) {
    Message values = header(1, {2}).reals(4, {1, 2}).text(8, "s");
    Message positions = header(7, shape).integers(7, indices);
    Message all = Message().message(1, values).message(2, positions).integers(3, dims);
    return model(graph({}, {}, {}).message(15, all));
  };
  expectValid(sparse({2}, {0, 19}));
  expectValid(sparse({2, 2}, {0, 4, 3, 4}));
  expectError(sparse({2}, {0, 20}), "sparse initializer 's': index 1 is outside the shape");
  expectError(sparse({2}, {-1, 2}), "index 0 is outside the shape");
  expectError(sparse({2, 2}, {0, 5, 3, 4}), "index 0 is outside the shape");
  expectError(sparse({2}, {3, 3}), "index 1 is not in ascending order");
  expectError(sparse({3}, {0, 1, 2}), "expected values of shape [N] and int64 indices");
  expectError(sparse({2, 3}, {0, 0, 0, 0, 0, 1}), "indices of shape [N] or [N, 2]");
  expectError(sparse({2}, {0, 1}, {4, -5}), "dimension 1 is negative: -5");
}

} // namespace ingot::onnx::test
