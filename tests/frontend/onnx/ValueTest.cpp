#include "frontend/onnx/Value.h"

#include "ModelBytes.h"

namespace ingot::onnx::test {

namespace {
Value tensorValue(const std::string &raw, int64_t floats) {
  Value value;
  value.tensor.elementType = ElementType::Float;
  value.tensor.dims = {floats};
  value.tensor.elementCount = floats;
  value.tensor.storage = std::make_shared<const std::string>(raw);
  value.tensor.data = *value.tensor.storage;
  return value;
}

/// Reads what was written; the bytes outlive the value.
struct RoundTrip {
  explicit RoundTrip(const Value &from) : bytes(writeValue(from)) {
    Diagnostics diagnostics("v.pb");
    EXPECT_TRUE(readValue(bytes, from.kind, value, diagnostics)) << diagnostics.str();
  }
  std::string bytes;
  Value value;
};

std::string readError(const Message &message, Value::Kind kind) {
  Diagnostics diagnostics("v.pb");
  Value value;
  EXPECT_FALSE(readValue(message.bytes, kind, value, diagnostics));
  return diagnostics.str();
}

Message floatTensor() { return tensor("", floatType, {1}, "abcd"); }
} // namespace

TEST(Value, TensorsComeBack) {
  Value from = tensorValue("12345678", 2);
  from.name = "x";
  RoundTrip trip(from);
  EXPECT_EQ(trip.value.name, "x");
  EXPECT_EQ(trip.value.tensor.dims, (std::vector<int64_t>{2}));
  EXPECT_EQ(trip.value.tensor.data, "12345678");

  Value strings;
  strings.tensor.elementType = ElementType::String;
  strings.tensor.dims = {2, 1};
  strings.tensor.elementCount = 2;
  strings.tensor.strings = {"", "two"};
  RoundTrip second(strings);
  EXPECT_EQ(second.value.tensor.strings, strings.tensor.strings);

  Value scalar = tensorValue("1234", 1);
  scalar.tensor.dims = {};
  EXPECT_EQ(RoundTrip(scalar).value.tensor.dims.size(), 0u);
}

TEST(Value, SequencesComeBack) {
  Value sequence;
  sequence.kind = Value::Kind::Sequence;
  sequence.elements.push_back(tensorValue("1234", 1));
  sequence.elements.push_back(tensorValue("12345678", 2));
  RoundTrip trip(sequence);
  ASSERT_EQ(trip.value.elements.size(), 2u);
  EXPECT_EQ(trip.value.elements[1].tensor.data, "12345678");

  Value empty;
  empty.kind = Value::Kind::Sequence;
  empty.elementKind = Value::Kind::Sequence;
  EXPECT_EQ(RoundTrip(empty).value.elementKind, Value::Kind::Sequence);
}

TEST(Value, OptionalsComeBack) {
  Value none;
  none.kind = Value::Kind::Optional;
  EXPECT_TRUE(RoundTrip(none).value.elements.empty());
  Value some;
  some.kind = Value::Kind::Optional;
  some.elements.push_back(tensorValue("1234", 1));
  RoundTrip trip(some);
  ASSERT_EQ(trip.value.elements.size(), 1u);
  EXPECT_EQ(trip.value.elements[0].tensor.data, "1234");
}

TEST(Value, MapsComeBack) {
  Value map;
  map.kind = Value::Kind::Map;
  map.elements.push_back(tensorValue("1234", 1));
  map.elements.push_back(tensorValue("5678", 1));
  map.keys.elementType = ElementType::Int16;
  map.keys.elementCount = 2;
  map.keys.data = std::string_view("\xff\xff\x01\x02", 4);
  RoundTrip trip(map);
  EXPECT_EQ(trip.value.keys.copyAs<int16_t>(), (std::vector<int16_t>{-1, 513}));
  EXPECT_EQ(trip.value.elements[1].tensor.data, "5678");

  map.keys = {};
  map.keys.elementType = ElementType::String;
  map.keys.strings = {"a", "b"};
  RoundTrip second(map);
  EXPECT_EQ(second.value.keys.strings, map.keys.strings);
}

TEST(Value, WrongOnes) {
  EXPECT_EQ(
      readError(Message().message(3, floatTensor()).message(5, Message()), Value::Kind::Sequence),
      "v.pb: error: SequenceProto has elements of two kinds\n");
  EXPECT_EQ(readError(Message().integer(2, 3).message(3, floatTensor()), Value::Kind::Sequence),
            "v.pb: error: SequenceProto has elements of another kind than it says\n");
  EXPECT_EQ(readError(Message().integer(2, 6), Value::Kind::Sequence),
            "v.pb: error: SequenceProto has element kind 6, which is not defined\n");
  EXPECT_EQ(readError(Message().message(3, floatTensor()).message(3, floatTensor()),
                      Value::Kind::Optional),
            "v.pb: error: OptionalProto has more than one value\n");
  EXPECT_EQ(readError(Message().integer(2, 7).integers(3, {1}), Value::Kind::Map),
            "v.pb: error: MapProto has 1 keys, but 0 values\n");
  EXPECT_EQ(readError(Message().integer(2, 1), Value::Kind::Map),
            "v.pb: error: expected integers or strings as keys of a map, but got float\n");
  Message external = Message().integers(1, {1}).integer(2, 1).integer(14, 1);
  EXPECT_EQ(readError(external, Value::Kind::Tensor),
            "v.pb: error: external data, which only a model may have\n");
  Message nested;
  for (int i = 0; i < 1000; ++i)
    nested = Message().message(5, nested);
  EXPECT_NE(readError(nested, Value::Kind::Sequence).find("nested more than 64 deep"),
            std::string::npos);
}

TEST(Value, CutAtEveryByte) {
  Value sequence;
  sequence.kind = Value::Kind::Sequence;
  sequence.elements.push_back(tensorValue("1234", 1));
  std::string whole = writeValue(sequence);
  for (size_t length = 0; length < whole.size(); ++length) {
    std::vector<char> bytes(whole.begin(), whole.begin() + length);
    Diagnostics diagnostics("v.pb");
    Value value;
    bool valid = readValue({bytes.data(), bytes.size()}, Value::Kind::Sequence, value, diagnostics);
    EXPECT_EQ(valid, !diagnostics.hasErrors());
  }
}

} // namespace ingot::onnx::test
