//===- CheckNames.cpp - Definitions, uses and their order -----------------===//
//
// IR.md of ONNX: a graph is in static single assignment form and its nodes are in topological
// order; a subgraph sees the values that its node sees. It should not define their names again, but
// exporters do: the inner value is the one read inside.
//
//===----------------------------------------------------------------------===//
#include "frontend/onnx/Checks.h"
#include "frontend/onnx/Where.h"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace ingot::onnx {

namespace {
struct Definition {
  enum class Kind { Input, Initializer, Node };
  Kind kind;
  size_t node = 0;
};

/// The names of one graph. Values of nodes are entered before the walk and visible once the walk
/// has passed their node.
struct Scope {
  const Scope *outer = nullptr;
  const std::vector<Node> *nodes = nullptr;
  std::unordered_map<std::string_view, Definition> names = {};
  size_t current = 0; // the node the walk is at

  bool visible(const Definition &definition) const {
    return definition.kind != Definition::Kind::Node || definition.node < current;
  }
  std::string describe(const Definition &definition) const {
    switch (definition.kind) {
    case Definition::Kind::Input:
      return "an input";
    case Definition::Kind::Initializer:
      return "an initializer";
    case Definition::Kind::Node:
      return (*nodes)[definition.node].describe();
    }
    return "";
  }
};

class NameChecker {
public:
  NameChecker(const Model &model, Diagnostics &diagnostics, const Function *function)
      : model(model), diagnostics(diagnostics), function(function) {}

  void graph(const Graph &graph, const Scope *outer, const Where &where);
  void functionBody(const Where &where);

private:
  void define(Scope &scope, std::string_view name, Definition definition, const Where &where);
  void initializers(const Graph &graph, Scope &scope, const Where &where);
  bool mayHaveSubgraphs(const Node &node) const;
  void walk(Scope &scope, const Where &where);
  void attribute(const Attribute &attribute, const Scope &scope, const Where &where);
  void read(const Scope &scope, std::string_view name, const Where &where);
  void readTooEarly(const Scope &scope, std::string_view name, size_t definedBy,
                    const Where &where);
  void error(const Where &where, std::string message) {
    report(diagnostics, where, std::move(message));
  }

  const Model &model;
  Diagnostics &diagnostics;
  const Function *function; // null: the model's graph
  std::set<const Node *> inReportedCycle;
  /// Each search for a cycle walks the graph: enough of them to tell a person what is wrong.
  unsigned searchesLeft = 20;
};
} // namespace

void NameChecker::define(Scope &scope, std::string_view name, Definition definition,
                         const Where &where) {
  if (name.empty())
    return error(where, scope.describe(definition) + " has an empty name");
  auto [entry, isNew] = scope.names.try_emplace(name, definition);
  if (!isNew)
    return error(where, quoted(name) + " is defined twice: by " + scope.describe(entry->second) +
                            " and by " + scope.describe(definition));
  for (const Scope *outer = scope.outer; outer; outer = outer->outer) {
    auto found = outer->names.find(name);
    if (found != outer->names.end() && outer->visible(found->second))
      return diagnostics.warning(where.str(), quoted(name) + " is defined by " +
                                                  scope.describe(definition) +
                                                  " and shadows that of " +
                                                  outer->describe(found->second) +
                                                  " in a graph around");
  }
}

void NameChecker::initializers(const Graph &graph, Scope &scope, const Where &where) {
  std::set<std::string_view> seen;
  auto add = [&](std::string_view name) {
    if (!name.empty() && !seen.insert(name).second)
      return error(where, "there are two initializers " + quoted(name));
    auto found = scope.names.find(name);
    if (name.empty() || found == scope.names.end())
      return define(scope, name, {Definition::Kind::Initializer}, where);
    if (scope.outer)
      error(where, quoted(name) + " is both an input and an initializer of a subgraph");
  };
  for (const Tensor &tensor : graph.initializers)
    add(tensor.name);
  for (const SparseTensor &tensor : graph.sparseInitializers)
    add(tensor.values.name);
}

void NameChecker::graph(const Graph &graph, const Scope *outer, const Where &where) {
  Scope scope = {outer, &graph.nodes};
  for (const ValueInfo &input : graph.inputs)
    define(scope, input.name, {Definition::Kind::Input}, where);
  initializers(graph, scope, where);
  walk(scope, where);
  // One value may well be listed twice.
  for (const ValueInfo &output : graph.outputs) {
    if (output.name.empty())
      error(where, "an output has an empty name");
    else
      read(scope, output.name, Where(where, "output", output.name));
  }
}

void NameChecker::functionBody(const Where &where) {
  Scope scope = {nullptr, &function->nodes};
  for (std::string_view input : function->inputs)
    define(scope, input, {Definition::Kind::Input}, where);
  walk(scope, where);
  for (std::string_view output : function->outputs)
    read(scope, output, Where(where, "output", output));
}

/// Of the standard's own operators these four have subgraphs, in all versions so far.
bool NameChecker::mayHaveSubgraphs(const Node &node) const {
  constexpr std::string_view takers[] = {"If", "Loop", "Scan", "SequenceMap"};
  return !node.domain.empty() ||
         std::find(std::begin(takers), std::end(takers), node.opType) != std::end(takers) ||
         model.findFunction(node.domain, node.opType, node.overload);
}

void NameChecker::walk(Scope &scope, const Where &where) {
  const std::vector<Node> &nodes = *scope.nodes;
  for (size_t i = 0; i < nodes.size(); ++i)
    for (std::string_view output : nodes[i].outputs)
      if (!output.empty())
        define(scope, output, {Definition::Kind::Node, i}, where);
  for (size_t i = 0; i < nodes.size(); ++i) {
    scope.current = i;
    Where place(where, nodes[i]);
    for (std::string_view input : nodes[i].inputs)
      if (!input.empty())
        read(scope, input, place);
    bool takesGraphs = mayHaveSubgraphs(nodes[i]);
    for (const Attribute &each : nodes[i].attributes) {
      if (!each.graphs.empty() && !takesGraphs)
        error(place, "has a subgraph, " + quoted(each.name) + ", but " + escaped(nodes[i].opType) +
                         " takes none");
      attribute(each, scope, Where(place, "attribute", each.name));
    }
  }
  scope.current = nodes.size();
}

void NameChecker::attribute(const Attribute &attribute, const Scope &scope, const Where &where) {
  for (const Graph &subgraph : attribute.graphs)
    graph(subgraph, &scope, where);
  if (attribute.refName.empty())
    return;
  if (!function)
    return error(where, "refers to the attribute " + quoted(attribute.refName) +
                            " of a function, but is in none");
  const auto &names = function->attributes;
  bool known = std::find(names.begin(), names.end(), attribute.refName) != names.end();
  for (const Attribute &other : function->attributeDefaults)
    known = known || other.name == attribute.refName;
  if (!known)
    error(where, "refers to the attribute " + quoted(attribute.refName) +
                     ", which the function does not have");
}

void NameChecker::read(const Scope &from, std::string_view name, const Where &where) {
  for (const Scope *scope = &from; scope; scope = scope->outer) {
    auto found = scope->names.find(name);
    if (found == scope->names.end())
      continue;
    if (!scope->visible(found->second))
      readTooEarly(*scope, name, found->second.node, where);
    return;
  }
  error(where, "reads " + quoted(name) + ", which no input, initializer or node defines");
}

void NameChecker::readTooEarly(const Scope &scope, std::string_view name, size_t definedBy,
                               const Where &where) {
  const std::vector<Node> &nodes = *scope.nodes;
  const Node &definer = nodes[definedBy];
  if (inReportedCycle.count(&nodes[scope.current]) && inReportedCycle.count(&definer))
    return;
  std::vector<size_t> chain;
  if (searchesLeft != 0) {
    --searchesLeft;
    chain = findDependency(nodes, definedBy, scope.current);
  }
  if (chain.empty())
    return error(where, "reads " + quoted(name) + " before " + definer.describe() +
                            " defines it, behind a cycle");
  constexpr size_t shown = 16;
  std::string text = nodes[scope.current].describe();
  for (size_t i = 0; i < chain.size(); ++i) {
    inReportedCycle.insert(&nodes[chain[i]]);
    if (i < shown || i + 1 == chain.size())
      text += " ← " + nodes[chain[i]].describe();
    else if (i == shown)
      text += " ← … (" + std::to_string(chain.size() - shown - 1) + " more)";
  }
  error(where, "reads " + quoted(name) + " in a cycle: " + text);
}

namespace {
void checkDefaults(const Graph &graph, Diagnostics &diagnostics) {
  std::unordered_map<std::string_view, const Tensor *> tensors;
  for (const Tensor &tensor : graph.initializers)
    tensors.emplace(tensor.name, &tensor);
  for (const ValueInfo &input : graph.inputs) {
    auto found = tensors.find(input.name);
    if (found == tensors.end() || input.type.kind == TypeProto::Kind::None)
      continue;
    const Tensor &tensor = *found->second;
    TypeProto type;
    type.kind = TypeProto::Kind::Tensor;
    type.elementType = tensor.elementType;
    type.hasShape = true;
    bool fits = input.type.kind == type.kind &&
                (input.type.elementType == tensor.elementType ||
                 input.type.elementType == ElementType::Undefined) &&
                (!input.type.hasShape || input.type.shape.size() == tensor.dims.size());
    for (size_t i = 0; i < tensor.dims.size(); ++i) {
      type.shape.push_back({Dimension::Kind::Value, tensor.dims[i], {}});
      fits = fits && (!input.type.hasShape || input.type.shape[i].kind != Dimension::Kind::Value ||
                      input.type.shape[i].value == tensor.dims[i]);
    }
    if (!fits)
      report(diagnostics, Where(Where(), "input", input.name),
             "is declared as " + input.type.str() + ", but its initializer is " + type.str());
  }
}
} // namespace

void checkNames(const Model &model, Diagnostics &diagnostics) {
  Where file;
  NameChecker(model, diagnostics, nullptr).graph(model.graph, nullptr, file);
  for (const Function &function : model.functions)
    NameChecker(model, diagnostics, &function).functionBody(Where(file, function));
  checkDefaults(model.graph, diagnostics);
}

} // namespace ingot::onnx
