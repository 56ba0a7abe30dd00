//===- GraphTest.cpp - how graphs, functions and names are imported ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "tests/frontend/onnx/import/Imported.h"

namespace ingot::onnx::test {
namespace {

size_t count(const std::string &text, const std::string &part) {
  size_t n = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++n;
  return n;
}

TEST(ImportGraph, NamesArgumentsAndResults) {
  Imported imported = import(model(typedGraph({node("Relu", {"x"}, {"y"})}, {{"x", {2, 3}}}, {"y"})));
  expectContains(imported.ir, "ingot.name = \"x\"");
  expectContains(imported.ir, "-> (tensor<2x3xf32> {ingot.name = \"y\"})");
}

TEST(ImportGraph, LeavesDeadNodesOut) {
  Imported imported = import(model(typedGraph(
      {node("Relu", {"x"}, {"y"}), node("NoSuchOperator", {"x"}, {"unused"})}, {{"x", {2}}},
      {"y"})));
  EXPECT_EQ(imported.messages, "");
  EXPECT_EQ(count(imported.ir, "ingot.max"), 1u);
}

TEST(ImportGraph, MergesEqualInitializers) {
  std::string raw(32, '\1');
  Imported imported = import(model(typedGraph(
      {node("Add", {"x", "a"}, {"s"}), node("Mul", {"s", "b"}, {"y"})}, {{"x", {8}}}, {"y"},
      {tensor("a", floatType, {8}, raw), tensor("b", floatType, {8}, raw)})));
  EXPECT_EQ(count(imported.ir, "ingot.constant"), 1u);
}

TEST(ImportGraph, OverridableInitializersStayInputs) {
  Message m = model(typedGraph({node("Add", {"x", "a"}, {"y"})}, {{"x", {2}}, {"a", {2}}}, {"y"},
                               {tensor("a", floatType, {2}, "12345678")}));
  EXPECT_EQ(count(import(m).ir, "ingot.name"), 2u); // x and y
  ImportOptions options;
  options.overridable = {"a"};
  EXPECT_EQ(count(import(m, options).ir, "ingot.name"), 3u);
}

TEST(ImportGraph, ImportsOnlyTheBranchThatIsTaken) {
  Message taken = typedGraph({node("Relu", {"x"}, {"t"})}, {}, {"t"});
  Message other = typedGraph({node("NoSuchOperator", {"x"}, {"e"})}, {}, {"e"});
  Message condition = tensor("c", 9, {}, std::string(1, '\1'));
  Imported imported = import(model(typedGraph(
      {node("If", {"c"}, {"y"}, "if",
            {graphAttribute("then_branch", taken), graphAttribute("else_branch", other)})},
      {{"x", {2}}}, {"y"}, {condition})));
  EXPECT_EQ(imported.messages, "");
  EXPECT_EQ(count(imported.ir, "ingot.max"), 1u);
}

/// y of what follows t, which is x of [1, 4] or, squeezed, of [4].
Imported importDiverging(const Message &following, const std::vector<Input> &more,
                         const std::vector<Message> &initializers) {
  Message squeezed = typedGraph({node("Squeeze", {"x"}, {"s"})}, {}, {"s"});
  Message kept = typedGraph({node("Identity", {"x"}, {"k"})}, {}, {"k"});
  std::vector<Input> inputs = {{"x", {1, 4}}, {"c", {}, 9}};
  inputs.insert(inputs.end(), more.begin(), more.end());
  return import(model(typedGraph(
      {node("If", {"c"}, {"t"}, "if",
            {graphAttribute("then_branch", squeezed), graphAttribute("else_branch", kept)}),
       following},
      inputs, {"y"}, initializers)));
}

TEST(ImportGraph, RepeatsWhatFollowsBranchesOfDifferentRanks) {
  std::string four("\4\0\0\0\0\0\0\0", 8);
  Imported imported = importDiverging(node("Reshape", {"t", "shape"}, {"y"}), {},
                                      {tensor("shape", int64Type, {1}, four)});
  EXPECT_EQ(imported.messages, "");
  expectContains(imported.ir, "ingot.if %arg1 : (tensor<i1>) -> tensor<4xf32>");
  EXPECT_EQ(count(imported.ir, "ingot.yield"), 2u);
}

TEST(ImportGraph, RequiresTheBranchThatAloneIsValid) {
  Imported imported = importDiverging(node("Gemm", {"t", "w"}, {"y"}), {{"w", {4, 2}}}, {});
  EXPECT_EQ(imported.messages, "");
  EXPECT_EQ(count(imported.ir, "ingot.if"), 0u);
  expectContains(imported.ir, "ingot.host_call \"require\"(%arg1, ");
}

TEST(ImportGraph, ReportsWhatIsValidInNoBranch) {
  Imported imported = importDiverging(node("Conv", {"t", "w"}, {"y"}), {{"w", {4, 1, 3}}}, {});
  EXPECT_EQ(imported.status, 1);
  expectContains(imported.messages, "(Conv): expected ");
}

TEST(ImportGraph, InlinesFunctions) {
  Imported imported = import(model(
      typedGraph({node("Twice", {"x"}, {"h"}, "a", {}, "local"),
                  node("Twice", {"h"}, {"y"}, "b", {}, "local")},
                 {{"x", {2}}}, {"y"}),
      {function("local", "Twice", {"v"}, {"w"}, {node("Add", {"v", "v"}, {"w"})})}));
  EXPECT_EQ(imported.messages, "");
  EXPECT_EQ(count(imported.ir, "ingot.add"), 2u);
}

TEST(ImportGraph, ErrorsInFunctionsNameTheCall) {
  Imported imported = import(model(
      typedGraph({node("Twice", {"x"}, {"y"}, "caller", {}, "local")}, {{"x", {2}}}, {"y"}),
      {function("local", "Twice", {"v"}, {"w"}, {node("MatMul", {"v"}, {"w"}, "inner")})}));
  expectContains(imported.messages, "node 'inner' (MatMul) in function 'local::Twice' called by "
                                    "node 'caller'");
}

TEST(ImportGraph, BoundsBecomeNamesOfDimensions) {
  Message shape = Message().message(1, Message().text(2, "batch")).message(1, Message().integer(1, 3));
  Message type = Message().integer(1, floatType).message(2, shape);
  Message g = typedGraph({node("Relu", {"x"}, {"y"})}, {}, {"y"});
  g.message(11, Message().text(1, "x").message(2, Message().message(1, type)));
  expectContains(import(model(g)).ir, "ingot.dims = [\"batch\", \"\"]");
  ImportOptions options;
  options.shapes = {{"x", {{1, 32}, {3, 3}}}};
  expectContains(import(model(g), options).ir, "ingot.dims = [\"batch:1..32\", \"\"]");
  options.shapes = {{"x", {{4, 4}, {3, 3}}}};
  expectContains(import(model(g), options).ir, "tensor<4x3xf32>");
}

TEST(ImportGraph, ShapeComputationsAreKnownWhileImporting) {
  Imported imported = import(model(typedGraph(
      {node("Shape", {"x"}, {"s"}), node("ConstantOfShape", {"s"}, {"y"})}, {{"x", {2, 7}}},
      {"y"})));
  expectContains(imported.ir, "-> (tensor<2x7xf32>");
}

} // namespace
} // namespace ingot::onnx::test
