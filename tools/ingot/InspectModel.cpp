//===- InspectModel.cpp - what an ONNX file holds --------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------------------------===//
#include "tools/ingot/Inspect.h"

#include "llvm/ADT/STLExtras.h"

#include <set>

namespace ingot::cli {

namespace {
/// What the nodes of a graph, its subgraphs and the model's functions are made of.
struct Census {
  std::map<std::string, int64_t> operators;
  int64_t parameters = 0, parameterBytes = 0, subgraphs = 0;

  void add(const std::vector<onnx::Node> &nodes) {
    for (const onnx::Node &node : nodes) {
      std::string name(node.opType);
      ++operators[node.domain.empty() ? name : std::string(node.domain) + "." + name];
      for (const onnx::Attribute &attribute : node.attributes)
        for (const onnx::Graph &graph : attribute.graphs) {
          ++subgraphs;
          add(graph);
        }
    }
  }
  void add(const onnx::Graph &graph) {
    for (const onnx::Tensor &tensor : graph.initializers)
      add(tensor);
    for (const onnx::SparseTensor &tensor : graph.sparseInitializers)
      add(tensor.values);
    add(graph.nodes);
  }
  void add(const onnx::Tensor &tensor) {
    parameters += tensor.elementCount;
    parameterBytes += static_cast<int64_t>(tensor.data.size());
  }
};

std::string ports(const char *word, const std::vector<onnx::ValueInfo> &values,
                  const std::set<std::string_view> &hidden) {
  std::string text;
  for (const onnx::ValueInfo &value : values)
    if (!hidden.count(value.name))
      text += std::string(word) + " " + onnx::quoted(value.name) + ": " + value.type.str() + "\n";
  return text;
}

std::string histogram(const std::map<std::string, int64_t> &operators) {
  std::vector<std::pair<std::string, int64_t>> rows(operators.begin(), operators.end());
  llvm::sort(rows, [](const auto &a, const auto &b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  std::string text;
  for (const auto &[name, count] : rows)
    text += "  " + std::to_string(count) + " " + onnx::escaped(name) + "\n";
  return text;
}
} // namespace

std::string describeModel(const onnx::Model &model) {
  std::string text = "ONNX model, IR version " + std::to_string(model.irVersion) + ", producer " +
                     onnx::quoted(model.producerName) + " " + onnx::quoted(model.producerVersion) +
                     "\n";
  for (const auto &[domain, version] : model.opsets)
    text += "opset " + (domain.empty() ? std::string("ai.onnx") : onnx::escaped(domain)) + " " +
            std::to_string(version) + "\n";
  std::set<std::string_view> initializers;
  for (const onnx::Tensor &tensor : model.graph.initializers)
    initializers.insert(tensor.name);
  text += ports("input", model.graph.inputs, initializers);
  text += ports("output", model.graph.outputs, {});
  Census census;
  census.add(model.graph);
  for (const onnx::Function &function : model.functions)
    census.add(function.nodes);
  int64_t nodes = 0;
  for (const auto &[name, count] : census.operators)
    nodes += count;
  text += "parameters " + std::to_string(census.parameters) + " (" +
          std::to_string(census.parameterBytes) + " bytes) in " +
          std::to_string(model.graph.initializers.size() + model.graph.sparseInitializers.size()) +
          " initializers\n";
  if (!model.functions.empty())
    text += "functions " + std::to_string(model.functions.size()) + "\n";
  if (census.subgraphs)
    text += "subgraphs " + std::to_string(census.subgraphs) + "\n";
  text += "nodes " + std::to_string(nodes) + "\n";
  return text + histogram(census.operators);
}

} // namespace ingot::cli
