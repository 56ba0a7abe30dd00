//===- ErrorsTest.cpp - what the importer rejects, and how it says so --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "tests/frontend/onnx/import/Imported.h"

namespace ingot::onnx::test {
namespace {

struct Case {
  Message node;
  std::vector<Input> inputs;
  std::string message;
};

Message one(const std::string &op, const std::vector<std::string> &inputs,
            const std::vector<Message> &attributes = {}) {
  return node(op, inputs, {"y"}, "n", attributes);
}

TEST(ImportErrors, NameTheNodeAndWhatIsExpected) {
  Input image{"x", {1, 3, 8, 8}}, weight{"w", {4, 3, 3, 3}}, row{"x", {5}}, matrix{"x", {2, 5}};
  Input sequence{"x", {5, 2, 3}};
  const Case cases[] = {
      {one("Conv", {"x", "w"}), {image, {"w", {4, 3, 3}}},
       "expected weight of rank 4, but got 3"},
      {one("Conv", {"x", "w"}), {image, {"w", {4, 2, 3, 3}}},
       "expected weight for 3 input channels, but got 2"},
      {one("Conv", {"x"}), {image}, "expected 2 or more inputs, but got 1"},
      {one("Conv", {"x", "w"}, {integersAttribute("pads", {1, 1})}), {image, weight},
       "expected pads of 4 numbers, but got 2"},
      {one("Conv", {"x", "w"}, {integersAttribute("strides", {0, 1})}), {image, weight},
       "expected strides of at least 1, but got 0"},
      {one("Conv", {"x", "w"}, {textAttribute("auto_pad", "ALL")}), {image, weight},
       "expected auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER, but got 'ALL'"},
      {one("Conv", {"x", "w"}, {integerAttribute("grupp", 1)}), {image, weight},
       "expected no attribute 'grupp'"},
      {one("Conv", {"x", "w"}, {textAttribute("group", "1")}), {image, weight},
       "expected attribute 'group' of type INT, but got STRING"},
      {one("MatMul", {"x", "w"}), {matrix, {"w", {4, 2}}},
       "expected inner dimensions to agree, but got 5 and 4"},
      {one("MatMul", {"x", "w"}), {matrix, {"w", {5, 2}, int64Type}},
       "expected operands of one element type, but got float and int64"},
      {one("Gemm", {"x", "x"}), {row}, "expected matrices, but got operands of rank 1 and 1"},
      {one("Relu", {"x", "x"}), {row}, "expected at most 1 inputs, but got 2"},
      {one("Softmax", {"x"}, {integerAttribute("axis", 2)}), {matrix},
       "expected axis in [-2, 2), but got 2"},
      {one("MaxPool", {"x"}), {image}, "expected attribute 'kernel_shape'"},
      {one("MaxPool", {"x"}, {integersAttribute("kernel_shape", {2, 2})}), {matrix},
       "expected input of rank 3 or more, but got 2"},
      {one("GroupNormalization", {"x", "w", "w"}, {integerAttribute("num_groups", 2)}),
       {image, {"w", {3}}}, "expected a number of groups that divides the channels, but got 2"},
      {one("LRN", {"x"}), {image}, "expected attribute 'size'"},
      {one("Einsum", {"x"}, {textAttribute("equation", "ijk->i")}), {matrix},
       "expected a term for an operand of rank 2, but got 'ijk'"},
      {one("LSTM", {"x", "w", "r"}), {sequence, {"w", {1, 16, 3}}, {"r", {1, 12, 4}}},
       "expected recurrent with dimension 1 of 16, but got 12"},
      {one("GRU", {"x", "w", "r"}, {integerAttribute("hidden_size", 5)}),
       {sequence, {"w", {1, 12, 3}}, {"r", {1, 12, 4}}},
       "expected hidden_size of the last dimension of R, 4, but got 5"},
      {one("RNN", {"x", "w", "r"}, {textAttribute("direction", "both")}),
       {sequence, {"w", {1, 4, 3}}, {"r", {1, 4, 4}}},
       "expected direction forward, reverse or bidirectional, but got 'both'"},
      {one("RNN", {"x", "w", "r"}), {matrix, {"w", {1, 4, 3}}, {"r", {1, 4, 4}}},
       "expected X of rank 3, but got 2"},
      {one("Gelu", {"x"}, {textAttribute("approximate", "sin")}), {row},
       "expected approximate none or tanh, but got 'sin'"},
  };
  for (const Case &c : cases) {
    Imported imported = import(model(typedGraph({c.node}, c.inputs, {"y"})));
    EXPECT_EQ(imported.status, 1) << c.message;
    expectContains(imported.messages, "model.onnx: error: node 'n' (");
    expectContains(imported.messages, c.message);
    EXPECT_EQ(imported.ir, "");
  }
}

TEST(ImportErrors, ListAllUnsupportedOperatorsInOneRun) {
  Imported imported = import(
      model(typedGraph({node("Foo", {"x"}, {"a"}, "first"), node("Relu", {"a"}, {"b"}),
                        node("Bar", {"b"}, {"y"}, "second", {}, "com.example")},
                       {{"x", {2}}}, {"y"})));
  EXPECT_EQ(imported.status, 3);
  expectContains(imported.messages, "node 'first' (Foo): this operator is not supported");
  expectContains(imported.messages, "node 'second' (com.example.Bar): this operator is not");
}

TEST(ImportErrors, GoOnBehindABadNode) {
  Imported imported = import(model(typedGraph(
      {node("MaxPool", {"x"}, {"a"}, "first"), node("Relu", {"a"}, {"b"}),
       node("Softmax", {"x"}, {"c"}, "second", {integerAttribute("axis", 9)})},
      {{"x", {1, 1, 4, 4}}}, {"b", "c"})));
  EXPECT_EQ(imported.status, 1);
  expectContains(imported.messages, "node 'first'");
  expectContains(imported.messages, "node 'second'");
}

TEST(ImportErrors, ShowBothShapesWhereTheFileContradictsItself) {
  Message g = typedGraph({node("Relu", {"x"}, {"y"}, "n")}, {{"x", {2, 3}}}, {});
  g.message(12, valueInfo("y", floatType, {2, 4}));
  Imported imported = import(model(g));
  EXPECT_EQ(imported.status, 0);
  EXPECT_EQ(imported.messages, "model.onnx: warning: node 'n' (Relu): 'y' is tensor(float)[2, 3], "
                               "although the file declares tensor(float)[2, 4]\n");
  expectContains(imported.ir, "-> (tensor<2x3xf32> {ingot.name = \"y\"})");
}

TEST(ImportErrors, WrongShapeOptions) {
  Message m = model(typedGraph({node("Relu", {"x"}, {"y"})}, {{"x", {2, 3}}}, {"y"}));
  ImportOptions options;
  options.shapes = {{"x", {{2, 2}, {4, 4}}}};
  expectContains(import(m, options).messages,
                 "expected dimension 1 of 3, but the shape given has 4");
  options.shapes = {{"z", {{2, 2}}}};
  expectContains(import(m, options).messages, ", which is no input of the model");
  options.shapes = {};
  options.overridable = {"z"};
  expectContains(import(m, options).messages,
                 "'z' cannot be overridable: it is no input of the model");
}

TEST(ImportErrors, ShapeOptionsThatContradictEachOther) {
  Message shape = Message().message(1, Message().text(2, "n"));
  Message type = Message().integer(1, floatType).message(2, shape);
  Message g = typedGraph({node("Add", {"x", "z"}, {"y"})}, {}, {"y"});
  for (const char *name : {"x", "z"})
    g.message(11, Message().text(1, name).message(2, Message().message(1, type)));
  ImportOptions options;
  options.shapes = {{"x", {{2, 2}}}, {"z", {{3, 3}}}};
  expectContains(import(model(g), options).messages,
                 "the sizes given for dimension 'n' contradict each other");
}

} // namespace
} // namespace ingot::onnx::test
