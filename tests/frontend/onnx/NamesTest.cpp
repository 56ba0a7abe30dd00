#include "ModelBytes.h"

namespace ingot::onnx::test {

namespace {
Message branches(const Message &body) {
  return node("If", {"x"}, {"y"}, "if", {graphAttribute("then_branch", body)});
}
} // namespace

TEST(Names, WhatIsLegal) {
  // Outputs that are inputs or initializers; initializers that are inputs; optional ones left out;
  // value_info about nothing.
  Message w = tensor("w", floatType, {2}, "12345678");
  expectValid(model(graph({}, {"x", "w"}, {"x", "w"}, {w}).message(13, valueInfo("nothing"))));
  expectValid(model(graph({node("Op", {"", "x", ""}, {"", "y", ""})}, {"x"}, {"y"})));
  expectValid(model(graph({node("Op", {"x"}, {"y"})}, {"x"}, {"y", "y"})));
  // A subgraph sees what its node sees, may pass a value of the graph around on, and its sibling
  // and the node itself may use the same names.
  Message body = graph({node("Op", {"x", "h"}, {"y"})}, {}, {"y", "h", "y"});
  expectValid(model(graph({node("Op", {"x"}, {"h"}), node("If", {"x"}, {"y"}, "if",
                                                          {graphAttribute("then_branch", body),
                                                           graphAttribute("else_branch", body)})},
                          {"x"}, {"y"})));
}

TEST(Names, NodesAreSorted) {
  // As float16 converters write them: the cast that makes 'c' comes last; 'b' reads it in a
  // subgraph.
  Message body = graph({node("Op", {"c"}, {"inner"}, "")}, {}, {"inner"});
  std::string bytes =
      model(graph({node("Op", {"b"}, {"y"}, "third"),
                   node("If", {"x"}, {"b"}, "second", {graphAttribute("then_branch", body)}),
                   node("Cast", {"x"}, {"c"}, "first")},
                  {"x"}, {"y"}))
          .bytes;
  Loaded loaded = load(bytes);
  ASSERT_NE(loaded.model, nullptr) << loaded.diagnostics.str();
  std::vector<std::string_view> order;
  for (const Node &node : loaded.model->graph.nodes)
    order.push_back(node.name);
  EXPECT_EQ(order, (std::vector<std::string_view>{"first", "second", "third"}));
}

TEST(Names, Undefined) {
  expectError(model(graph({node("Relu", {"q"}, {"y"}, "r")}, {}, {"y"})),
              "node 'r' (Relu): reads 'q', which no input, initializer or node defines");
  expectError(model(graph({}, {}, {"y"})),
              "output 'y': reads 'y', which no input, initializer or node defines");
  expectError(model(graph({branches(graph({}, {}, {"z"}))}, {"x"}, {"y"})),
              "node 'if' (If): attribute 'then_branch': output 'z': reads 'z', which no");
}

TEST(Names, CyclesAreShown) {
  expectError(model(graph({node("Add", {"x", "c"}, {"a"}, "A"), node("Mul", {"a"}, {"b"}, "B"),
                           node("Sub", {"b"}, {"c"}, "C")},
                          {"x"}, {"b"})),
              "reads 'c' in a cycle: node 'A' (Add) ← node 'C' (Sub) ← node 'B' (Mul) ← "
              "node 'A' (Add)");
  expectError(model(graph({node("Add", {"a"}, {"a"}, "A")}, {}, {"a"})),
              "reads 'a' in a cycle: node 'A' (Add) ← node 'A' (Add)");
  // Through a subgraph.
  expectError(model(graph({branches(graph({node("Neg", {"late"}, {"n"})}, {}, {"n"})),
                           node("Op", {"y"}, {"late"}, "L")},
                          {"x"}, {"y"})),
              "attribute 'then_branch': node that makes 'n' (Neg): reads 'late' in a cycle: "
              "node 'if' (If) ← node 'L' (Op) ← node 'if' (If)");
}

TEST(Names, LongCyclesAreCut) {
  std::vector<Message> nodes;
  for (int i = 0; i < 100000; ++i)
    nodes.push_back(
        node("Op", {"v" + std::to_string(i == 0 ? 99999 : i - 1)}, {"v" + std::to_string(i)}));
  expectError(model(graph(nodes, {}, {"v0"})), "← … (99983 more) ← node that makes 'v0' (Op)");
}

TEST(Names, BehindACycle) {
  expectError(model(graph({node("Op", {"b"}, {"y"}, "after"), node("Op", {"b"}, {"b"}, "loop")}, {},
                          {"y"})),
              "node 'after' (Op): reads 'b' before node 'loop' (Op) defines it, behind a cycle");
}

TEST(Names, Duplicates) {
  Message w = tensor("w", floatType, {2}, "12345678");
  expectError(model(graph({node("A", {}, {"y"}, "a"), node("B", {}, {"y"}, "b")}, {}, {"y"})),
              "'y' is defined twice: by node 'a' (A) and by node 'b' (B)");
  expectError(model(graph({node("A", {}, {"y", "y"}, "a")}, {}, {"y"})),
              "'y' is defined twice: by node 'a' (A) and by node 'a' (A)");
  expectError(model(graph({node("A", {}, {"x"}, "a")}, {"x"}, {"x"})),
              "'x' is defined twice: by an input and by node 'a' (A)");
  expectError(model(graph({node("A", {}, {"w"}, "a")}, {}, {"w"}, {w})),
              "'w' is defined twice: by an initializer and by node 'a' (A)");
  expectError(model(graph({}, {"x", "x"}, {"x"})),
              "'x' is defined twice: by an input and by an input");
  expectError(model(graph({}, {}, {"w"}, {w, w})), "there are two initializers 'w'");
}

TEST(Names, Shadowed) {
  auto expectWarning = [](const Message &model, const std::string &text) {
    Loaded loaded = load(model.bytes);
    EXPECT_NE(loaded.model, nullptr);
    EXPECT_EQ(loaded.diagnostics.exitStatus(), 0);
    EXPECT_EQ(loaded.diagnostics.str(), "model.onnx: warning: " + text + "\n");
  };
  expectWarning(
      model(graph({branches(graph({node("A", {}, {"x"}, "a")}, {}, {"x"}))}, {"x"}, {"y"})),
      "node 'if' (If): attribute 'then_branch': 'x' is defined by node 'a' (A) and shadows that of "
      "an input in a graph around");
  expectWarning(
      model(graph({node("H", {}, {"h"}, "h"), branches(graph({}, {"h"}, {"h"}))}, {"x"}, {"y"})),
      "node 'if' (If): attribute 'then_branch': 'h' is defined by an input and shadows "
      "that of node 'h' (H) in a graph around");
  // In one scope it stays an error.
  expectError(model(graph({branches(graph({node("A", {}, {"h"}, "a")}, {"h"}, {"h"}))}, {"x"},
                          {"y"})),
              "'h' is defined twice: by an input and by node 'a' (A)");
}

TEST(Names, Empty) {
  expectError(model(graph({}, {""}, {})), "an input has an empty name");
  expectError(model(graph({}, {}, {""})), "an output has an empty name");
  expectError(model(graph({}, {}, {}, {tensor("", floatType, {0}, "")})),
              "an initializer has an empty name");
}

TEST(Names, BodyInputThatIsAnInitializer) {
  Message w = tensor("w", floatType, {2}, "12345678");
  expectError(model(graph({branches(graph({}, {"w"}, {"w"}, {w}))}, {"x"}, {"y"})),
              "'w' is both an input and an initializer of a subgraph");
}

TEST(Names, SubgraphOnAnOperatorThatHasNone) {
  auto with = [](const std::string &op, const std::string &domain) {
    return graph({node(op, {}, {}, "n", {graphAttribute("body", graph({}, {}, {}))}, domain)}, {},
                 {});
  };
  expectError(model(with("Relu", "")),
              "node 'n' (Relu): has a subgraph, 'body', but Relu takes none");
  expectValid(model(with("Scan", "")));
  expectValid(model(with("Relu", "com.example")));
  expectValid(model(with("Own", ""), {function("", "Own", {}, {}, {})}));
}

TEST(Names, DefaultsFitTheirInputs) {
  expectError(model(graph({}, {"w"}, {"w"}, {tensor("w", floatType, {3}, "123456789012")})),
              "input 'w': is declared as tensor(float)[2], but its initializer is "
              "tensor(float)[3]");
  expectError(model(graph({}, {"w"}, {"w"}, {tensor("w", 6, {2}, "12345678")})),
              "input 'w': is declared as tensor(float)[2], but its initializer is "
              "tensor(int32)[2]");
}

TEST(Functions, DoNotCallThemselves) {
  auto calls = [](const std::string &name, const std::vector<Message> &nodes) {
    return function("f", name, {}, {}, nodes);
  };
  auto call = [](const std::string &name) { return node(name, {}, {}, "", {}, "f"); };
  Message empty = graph({}, {}, {});
  expectError(model(empty, {calls("A", {call("A")})}),
              "function 'f::A': calls itself: function 'f::A' → function 'f::A'");
  expectError(model(empty, {calls("A", {call("B")}), calls("B", {call("A")})}),
              "calls itself: function 'f::A' → function 'f::B' → function 'f::A'");
  Message loop = node("Loop", {}, {}, "", {graphAttribute("body", graph({call("A")}, {}, {}))});
  expectError(model(empty, {calls("A", {loop})}), "function 'f::A': calls itself");
  expectValid(
      model(empty, {calls("A", {call("B"), call("C")}), calls("B", {call("C")}), calls("C", {})}));
  std::vector<Message> chain;
  for (int i = 0; i < 20000; ++i)
    chain.push_back(calls("F" + std::to_string(i), {call("F" + std::to_string(i + 1))}));
  expectValid(model(empty, chain));
  chain.push_back(calls("F20000", {call("F0")}));
  expectError(model(empty, chain), "→ … (19985 more) → function 'f::F0'");
}

TEST(Functions, HaveScopesOfTheirOwn) {
  Message g = graph({}, {"x"}, {"x"});
  expectError(model(g, {function("f", "A", {"a"}, {"b"}, {node("Op", {"x"}, {"b"}, "n")})}),
              "function 'f::A': node 'n' (Op): reads 'x', which no");
  expectError(model(g, {function("f", "A", {"a"}, {"b"}, {})}), "output 'b': reads 'b', which no");
  expectError(model(g, {function("f", "A", {"a", "a"}, {}, {})}), "'a' is defined twice");
  expectError(model(g, {function("f", "A", {}, {}, {}), function("f", "A", {}, {}, {})}),
              "there are two functions 'f::A'");
  expectError(model(g, {function("f", "", {}, {}, {})}), "has no name");
}

TEST(Functions, ReferToTheirAttributes) {
  Message reference = Message().text(1, "axis").integer(20, 2).text(21, "dim");
  Message body = function("f", "A", {}, {}, {node("Op", {}, {}, "n", {reference})});
  expectError(model(graph({}, {}, {}), {body}),
              "node 'n' (Op): attribute 'axis': refers to the attribute 'dim', which the function "
              "does not have");
  expectValid(model(graph({}, {}, {}), {Message(body).text(6, "dim")}));
  Message standard = Message().text(1, "dim").integer(3, 1).integer(20, 2);
  expectValid(model(graph({}, {}, {}), {Message(body).message(11, standard)}));
}

} // namespace ingot::onnx::test
