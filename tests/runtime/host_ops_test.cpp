// Sequences, optionals, maps and table look-ups, as ONNX defines them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "host_fixture.h"
#include <cmath>

using Dims = std::vector<int64_t>;
using F = std::vector<float>;

TEST_F(HostOps, SequencesAreBuiltAndTakenApart) {
  auto a = tensor<float>(INGOT_FLOAT, {2}, {1, 2}), b = tensor<float>(INGOT_FLOAT, {1, 1}, {3});
  auto sequence = one("sequence_construct", {a, b}, 0);
  EXPECT_EQ(values<int64_t>(one("sequence_length", {sequence}, INGOT_INT64))[0], 2);
  auto last = one("sequence_at", {sequence, number(-1)}, INGOT_FLOAT);
  EXPECT_EQ(dims(last), (Dims{1, 1}));
  EXPECT_EQ(values<float>(last), F{3});

  auto longer = one("sequence_insert", {sequence, a, number(1)}, 0);
  EXPECT_EQ(values<float>(one("sequence_at", {longer, number(1)}, INGOT_FLOAT)), (F{1, 2}));
  EXPECT_EQ(values<float>(one("sequence_at", {longer, number(2)}, INGOT_FLOAT)), F{3});
  auto shorter = one("sequence_erase", {longer, number(-3)}, 0);
  EXPECT_EQ(values<int64_t>(one("sequence_length", {shorter}, INGOT_INT64))[0], 2);
  EXPECT_EQ(values<float>(one("sequence_at", {shorter, number(0)}, INGOT_FLOAT)), (F{1, 2}));
  EXPECT_EQ(values<int64_t>(one("sequence_length", {sequence}, INGOT_INT64))[0], 2)
      << "a sequence does not change";
}

TEST_F(HostOps, TwoSequencesMayGrowFromOne) {
  auto base = one("sequence_construct", {tensor<float>(INGOT_FLOAT, {}, {1})}, 0);
  auto left = one("sequence_insert", {base, tensor<float>(INGOT_FLOAT, {}, {2})}, 0);
  auto right = one("sequence_insert", {base, tensor<float>(INGOT_FLOAT, {}, {3})}, 0);
  auto leftmost = one("sequence_insert", {left, tensor<float>(INGOT_FLOAT, {}, {4})}, 0);
  EXPECT_EQ(values<float>(one("sequence_at", {left, number(1)}, INGOT_FLOAT)), F{2});
  EXPECT_EQ(values<float>(one("sequence_at", {right, number(1)}, INGOT_FLOAT)), F{3});
  EXPECT_EQ(values<float>(one("sequence_at", {leftmost, number(2)}, INGOT_FLOAT)), F{4});
  EXPECT_EQ(values<int64_t>(one("sequence_length", {base}, INGOT_INT64))[0], 1);
}

TEST_F(HostOps, AppendingInALoop) {
  auto sequence = one("sequence_empty", {number(INGOT_INT64)}, 0);
  for (int64_t i = 0; i < 2000; ++i)
    sequence = one("sequence_insert", {sequence, number(i)}, 0);
  for (int64_t i : {0, 7, 8, 1999})
    EXPECT_EQ(values<int64_t>(one("sequence_at", {sequence, number(i)}, INGOT_INT64))[0], i);
}

TEST_F(HostOps, SequenceMistakes) {
  auto empty = one("sequence_empty", {number(INGOT_FLOAT)}, 0);
  expectError("sequence_at", {empty, number(0)}, INGOT_FLOAT,
              "sequence_at: position 0 in a sequence of 0");
  expectError("sequence_erase", {empty}, 0, "sequence_erase: the sequence is empty");
  expectError("sequence_insert", {empty, number(1)}, 0,
              "sequence_insert: an element of type int64 into a sequence of float");
  expectError("sequence_length", {number(1)}, INGOT_INT64,
              "sequence_length: operand 0 is not a sequence");
  auto floats = one("sequence_construct", {tensor<float>(INGOT_FLOAT, {1}, {1})}, 0);
  expectError("sequence_at", {floats, number(0)}, INGOT_INT64,
              "sequence_at: gives float, but the model expects int64");
  std::vector<ingot_tensor_view> results = {expecting(INGOT_FLOAT, 3)};
  EXPECT_EQ(call("sequence_at", {floats, number(0)}, results), INGOT_RUN_DIMENSION);
  EXPECT_EQ(context.message, "sequence_at gives a tensor of rank 1, but the model expects rank 3");
  expectError("no_such_thing", {}, 0, "this runtime has no host operation 'no_such_thing'");
  expectError("sequence_length", {}, INGOT_INT64,
              "host operation sequence_length was called with 0 operands and 1 results");
}

TEST_F(HostOps, ConcatFromSequence) {
  auto a = tensor<float>(INGOT_FLOAT, {2, 1}, {1, 2}),
       b = tensor<float>(INGOT_FLOAT, {2, 2}, {3, 4, 5, 6});
  auto sequence = one("sequence_construct", {a, b}, 0);
  auto joined = one("concat_from_sequence", {sequence, number(-1), number(0)}, INGOT_FLOAT);
  EXPECT_EQ(dims(joined), (Dims{2, 3}));
  EXPECT_EQ(values<float>(joined), (F{1, 3, 4, 2, 5, 6}));
  expectError("concat_from_sequence", {sequence, number(0), number(0)}, INGOT_FLOAT,
              "concat_from_sequence: dimension 1 is 1 in one element and 2 in another");
  auto stacked = one("concat_from_sequence",
                     {one("sequence_construct", {a, a}, 0), number(1), number(1)}, INGOT_FLOAT);
  EXPECT_EQ(dims(stacked), (Dims{2, 2, 1}));
  EXPECT_EQ(values<float>(stacked), (F{1, 1, 2, 2}));
}

TEST_F(HostOps, SplitToSequence) {
  auto input = tensor<float>(INGOT_FLOAT, {2, 3}, {1, 2, 3, 4, 5, 6});
  auto rows = one("split_to_sequence", {input, absent(), number(0), number(0)}, 0);
  auto row = one("sequence_at", {rows, number(1)}, INGOT_FLOAT);
  EXPECT_EQ(dims(row), Dims{3});
  EXPECT_EQ(values<float>(row), (F{4, 5, 6}));
  auto columns = one("split_to_sequence", {input, number(2), number(1), number(1)}, 0);
  EXPECT_EQ(values<float>(one("sequence_at", {columns, number(0)}, INGOT_FLOAT)), (F{1, 2, 4, 5}));
  auto rest = one("sequence_at", {columns, number(1)}, INGOT_FLOAT);
  EXPECT_EQ(dims(rest), (Dims{2, 1}));
  EXPECT_EQ(values<float>(rest), (F{3, 6}));
  auto lengths = tensor<int64_t>(INGOT_INT64, {3}, {1, 0, 2});
  auto uneven = one("split_to_sequence", {input, lengths, number(-1), number(1)}, 0);
  EXPECT_EQ(dims(one("sequence_at", {uneven, number(1)}, INGOT_FLOAT)), (Dims{2, 0}));
  expectError("split_to_sequence", {input, lengths, number(0), number(1)}, 0,
              "split_to_sequence: the pieces add up to 3 of 2");
}

TEST_F(HostOps, Optionals) {
  auto full = one("optional_make", {number(5)}, 0), empty = one("optional_empty", {}, 0);
  EXPECT_EQ(values<uint8_t>(one("optional_has", {full}, INGOT_BOOL))[0], 1);
  EXPECT_EQ(values<uint8_t>(one("optional_has", {empty}, INGOT_BOOL))[0], 0);
  EXPECT_EQ(values<int64_t>(one("optional_get", {full}, INGOT_INT64))[0], 5);
  expectError("optional_get", {empty}, INGOT_INT64, "optional_get: the optional is empty");
  auto nested = one("optional_make", {one("sequence_construct", {number(9)}, 0)}, 0);
  auto sequence = one("optional_get", {nested}, 0);
  EXPECT_EQ(values<int64_t>(one("sequence_at", {sequence, number(0)}, INGOT_INT64))[0], 9);
}

TEST_F(HostOps, RequiredConditions) {
  auto row = tensor<float>(INGOT_FLOAT, {2}, {1, 2});
  auto passed = one("require", {number(1), number(1), row}, INGOT_FLOAT);
  EXPECT_EQ(values<float>(passed), (F{1, 2}));
  EXPECT_NE(passed.data, row.data);
  expectError("require", {number(0), number(1), row}, INGOT_FLOAT,
              "the dimensions of the inputs lead into a branch of the model that is not valid");
}

TEST_F(HostOps, Maps) {
  auto scores = tensor<float>(INGOT_FLOAT, {2, 3}, {1, 2, 3, 4, 5, 6});
  auto maps = one("zip_map", {scores, strings({3}, {"a", "b", "c"})}, 0);
  auto second = one("sequence_at", {maps, number(1)}, 0);
  EXPECT_EQ(texts_(one("map_keys", {second}, INGOT_STRING)),
            (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(values<float>(one("map_values", {second}, INGOT_FLOAT)), (F{4, 5, 6}));
  auto row = one("dict_vectorizer", {second, strings({4}, {"c", "x", "a", "c"})}, INGOT_FLOAT);
  EXPECT_EQ(dims(row), (Dims{1, 4}));
  EXPECT_EQ(values<float>(row), (F{6, 0, 4, 6}));
  expectError("zip_map", {scores, strings({2}, {"a", "b"})}, 0,
              "zip_map: operand 1 is not a list of 3 elements");
}

TEST_F(HostOps, LabelEncoder) {
  auto names = strings({2, 2}, {"dog", "cat", "", "bird"});
  auto keys = strings({3}, {"cat", "dog", ""});
  auto codes =
      one("label_encoder", {names, keys, tensor<int64_t>(INGOT_INT64, {3}, {1, 2, 3}), number(-1)},
          INGOT_INT64);
  EXPECT_EQ(dims(codes), (Dims{2, 2}));
  EXPECT_EQ(values<int64_t>(codes), (std::vector<int64_t>{2, 1, 3, -1}));
  auto words = one("label_encoder",
                   {codes, tensor<int64_t>(INGOT_INT64, {2}, {1, 2}), strings({2}, {"one", "two"}),
                    text("many")},
                   INGOT_STRING);
  EXPECT_EQ(texts_(words), (std::vector<std::string>{"two", "one", "many", "many"}));
  auto numbers = tensor<float>(INGOT_FLOAT, {4}, {NAN, -0.0f, 7, -NAN});
  auto found = one("label_encoder",
                   {numbers, tensor<float>(INGOT_FLOAT, {2}, {0, NAN}),
                    tensor<int64_t>(INGOT_INT64, {2}, {10, 20}), number(-1)},
                   INGOT_INT64);
  EXPECT_EQ(values<int64_t>(found), (std::vector<int64_t>{20, 10, -1, 20}));
}
