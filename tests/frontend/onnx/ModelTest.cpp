#include "ModelBytes.h"

namespace ingot::onnx::test {

TEST(Model, ReadsEveryPart) {
  std::string bytes = smallModel().bytes;
  Loaded loaded = load(bytes);
  ASSERT_NE(loaded.model, nullptr) << loaded.diagnostics.str();
  const Model &model = *loaded.model;
  EXPECT_EQ(model.irVersion, 10);
  EXPECT_EQ(model.opsets.at(""), 21);
  EXPECT_EQ(model.producerName, "test");
  ASSERT_EQ(model.graph.nodes.size(), 3u);
  const Node &node = model.graph.nodes[1];
  EXPECT_EQ(node.inputs, (std::vector<std::string_view>{"h", "", "i"}));
  EXPECT_EQ(node.find("alpha")->f(), 0.5f);
  EXPECT_EQ(node.find("axis")->i(), -1);
  EXPECT_EQ(node.find("mode")->s(), "edge");
  EXPECT_EQ(node.find("scales")->floats, (std::vector<float>{1, 2}));
  EXPECT_EQ(node.find("axes")->ints, (std::vector<int64_t>{0, 1}));
  EXPECT_EQ(node.find("keys")->strings, (std::vector<std::string_view>{"a", "b"}));
  EXPECT_EQ(node.find("value")->tensor().data, "abcd");
  EXPECT_EQ(node.find("absent"), nullptr);
  const Graph &branch = model.graph.nodes[2].find("then_branch")->graph();
  EXPECT_EQ(branch.nodes[0].describe(), "node 'add' (Add)");
  EXPECT_EQ(model.graph.initializers[1].copyAs<int32_t>(), (std::vector<int32_t>{1, -1}));
  EXPECT_EQ(model.graph.initializers[2].strings[0], "s");
  const TypeProto &type = model.graph.inputs[0].type;
  EXPECT_EQ(type.str(), "tensor(float)[2]");
  const Function *function = model.findFunction("local", "Twice", "");
  ASSERT_NE(function, nullptr);
  EXPECT_EQ(function->describe(), "function 'local::Twice'");
  EXPECT_EQ(model.findFunction("local", "Thrice", ""), nullptr);
}

TEST(Model, DataIsNotCopied) {
  std::string bytes = smallModel().bytes;
  Loaded loaded = load(bytes);
  std::string_view data = loaded.model->graph.initializers[0].data;
  EXPECT_GE(data.data(), bytes.data());
  EXPECT_LT(data.data(), bytes.data() + bytes.size());
}

TEST(Model, NodesAreDescribed) {
  Node node;
  node.opType = "Gelu";
  EXPECT_EQ(node.describe(), "node (Gelu)");
  node.outputs = {"", "y"};
  EXPECT_EQ(node.describe(), "node that makes 'y' (Gelu)");
  node.domain = "com.microsoft";
  node.name = "it's\n";
  EXPECT_EQ(node.describe(), "node 'it\\'s\\n' (com.microsoft.Gelu)");
}

TEST(Model, LongNameOfTheStandardDomainIsShort) {
  Loaded loaded =
      load(model(graph({node("Relu", {"x"}, {"y"}, "", {}, "ai.onnx")}, {"x"}, {"y"})).bytes);
  EXPECT_EQ(loaded.model->graph.nodes[0].domain, "");
}

TEST(Model, ContainerTypes) {
  Message tensorType = Message().message(1, Message().integer(1, floatType));
  Message sequence = Message().message(4, Message().message(1, tensorType));
  Message map = Message().message(5, Message().integer(1, int64Type).message(2, sequence));
  Message optional = Message().message(9, Message().message(1, map));
  Message g = graph({}, {}, {}).message(11, Message().text(1, "x").message(2, optional));
  std::string bytes = model(g).bytes;
  Loaded loaded = load(bytes);
  ASSERT_NE(loaded.model, nullptr) << loaded.diagnostics.str();
  EXPECT_EQ(loaded.model->graph.inputs[0].type.str(), "optional(map(int64, seq(tensor(float))))");
}

TEST(Model, UnnamedDimensionIsUnknown) {
  Message shape = Message().message(1, Message().text(2, "N")).message(1, Message());
  shape.message(1, Message().text(2, ""));
  Message type = Message().message(1, Message().integer(1, floatType).message(2, shape));
  Message g = graph({}, {}, {}).message(11, Message().text(1, "x").message(2, type));
  std::string bytes = model(g).bytes;
  EXPECT_EQ(load(bytes).model->graph.inputs[0].type.str(), "tensor(float)[N, ?, ?]");
}

TEST(Model, OldVersionsLeaveTheOperatorSetOpen) {
  Message old = Message().integer(1, 2).message(7, graph({}, {}, {}));
  EXPECT_EQ(load(old.bytes).model->opsets.at(""), 1);
}

TEST(Model, NewerIrIsUnsupportedButStillRead) {
  Message newer = Message().integer(1, 99).message(7, graph({}, {}, {}));
  Loaded loaded = load(newer.bytes);
  EXPECT_NE(loaded.model, nullptr);
  EXPECT_EQ(loaded.diagnostics.exitStatus(), 3);
  EXPECT_EQ(loaded.diagnostics.str(),
            "model.onnx: error: unsupported: IR version 99; the newest known is 14\n");
}

TEST(Model, MissingParts) {
  expectError(Message(), "not a valid ONNX file: it has no graph");
  expectError(Message().message(7, graph({}, {}, {})), "it has no IR version");
  expectError(model(graph({}, {}, {})).message(7, graph({}, {}, {})), "has two graphs");
  expectError(model(graph({node("", {}, {"y"})}, {}, {"y"})),
              "node that makes 'y' (): has no operator");
}

TEST(Model, OperatorSets) {
  Message two = model(graph({}, {}, {})).message(8, Message().text(1, "ai.onnx").integer(2, 20));
  expectError(two, "operator set 'ai.onnx' is imported in two versions: 21 and 20");
  Message same = model(graph({}, {}, {})).message(8, Message().text(1, "").integer(2, 21));
  expectValid(same);
  Message negative = model(graph({}, {}, {})).message(8, Message().text(1, "d").integer(2, -1));
  expectError(negative, "operator set 'd' has version -1");
}

TEST(Model, UndefinedTypesAndEnums) {
  for (int64_t type : {-1, 29, 1000})
    expectError(model(graph({}, {}, {}).message(11, valueInfo("x", type))),
                "input 'x': element type " + std::to_string(type) + " is not defined");
  // Equal to FLOAT when cut to 32 bits, as protobuf does.
  expectError(model(graph({}, {}, {}).message(11, valueInfo("x", (int64_t(1) << 32) + 1))),
              "element type 4294967297 is not defined");
  expectError(model(graph({}, {}, {}).message(11, valueInfo("x", floatType, {2, -2}))),
              "input 'x': dimension 1 is negative: -2");
  Message map = Message().message(5, Message().integer(1, floatType));
  expectError(model(graph({}, {}, {}).message(11, Message().text(1, "m").message(2, map))),
              "expected an integer or string as the key type of a map, but got float");
  Message both = Message().message(1, Message()).message(4, Message());
  expectError(model(graph({}, {}, {}).message(11, Message().text(1, "m").message(2, both))),
              "input 'm': is of two types at once");
}

TEST(Model, Attributes) {
  auto with = [](const Message &attribute) {
    return model(graph({node("Op", {}, {"y"}, "n", {attribute})}, {}, {"y"}));
  };
  auto named = [] { return Message().text(1, "a"); };
  expectError(with(named().integer(20, 15)),
              "node 'n' (Op): attribute 'a': attribute type 15 is not defined");
  expectError(with(named()), "has neither a type nor a value");
  expectError(with(named().integer(3, 1).real(2, 1).integer(20, 2)),
              "has values of two types, FLOAT and INT");
  expectError(with(named().integer(3, 1).integer(20, 1)),
              "expected a value of type FLOAT, but got INT");
  expectError(with(named().integer(20, 4)), "expected one value of type TENSOR, but got 0");
  expectError(with(named().message(6, Message()).message(6, Message()).integer(20, 5)),
              "expected one value of type GRAPH, but got 2");
  expectError(with(Message().integer(3, 1).integer(20, 2)), "has an attribute without a name");
  expectError(with(named().integer(20, 2).text(21, "r")),
              "refers to the attribute 'r' of a function, but is in none");
  expectValid(with(named().integer(3, 1)));  // the first IR version had no types
  expectValid(with(named().integer(20, 2))); // proto3 leaves 0 out
  expectValid(with(named().integer(20, 7))); // an empty list
  expectError(
      model(graph({node("Op", {}, {"y"}, "n", {named().integer(20, 2), named().integer(20, 2)})},
                  {}, {"y"})),
      "node 'n' (Op): has two attributes 'a'");
}

} // namespace ingot::onnx::test
