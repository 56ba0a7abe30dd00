//===- Order.cpp - Topological order of nodes, and cycles -----------------===//
#include "frontend/onnx/Checks.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <unordered_map>
#include <unordered_set>

namespace ingot::onnx {

namespace {
using Visit = std::function<void(std::string_view)>;

/// Calls `visit` with every name that the node reads from the graph it stands in.
void visitReads(const Node &node, const Visit &visit);

void visitReads(const Graph &graph, const Visit &visit) {
  std::unordered_set<std::string_view> own;
  for (const ValueInfo &input : graph.inputs)
    own.insert(input.name);
  for (const Tensor &tensor : graph.initializers)
    own.insert(tensor.name);
  for (const SparseTensor &tensor : graph.sparseInitializers)
    own.insert(tensor.values.name);
  for (const Node &node : graph.nodes)
    own.insert(node.outputs.begin(), node.outputs.end());
  Visit visitFree = [&](std::string_view name) {
    if (!own.count(name))
      visit(name);
  };
  for (const Node &node : graph.nodes)
    visitReads(node, visitFree);
  for (const ValueInfo &output : graph.outputs)
    visitFree(output.name);
}

void visitReads(const Node &node, const Visit &visit) {
  for (std::string_view input : node.inputs)
    visit(input);
  for (const Attribute &attribute : node.attributes)
    for (const Graph &graph : attribute.graphs)
      visitReads(graph, visit);
}

using Producers = std::unordered_map<std::string_view, size_t>;

Producers producersOf(const std::vector<Node> &nodes) {
  Producers producers;
  for (size_t i = 0; i < nodes.size(); ++i)
    for (std::string_view output : nodes[i].outputs)
      if (!output.empty())
        producers.emplace(output, i);
  return producers;
}

/// Every pair of nodes (i, j) where i reads what j makes.
void visitEdges(const std::vector<Node> &nodes, const std::function<void(size_t, size_t)> &visit) {
  Producers producers = producersOf(nodes);
  for (size_t i = 0; i < nodes.size(); ++i)
    visitReads(nodes[i], [&](std::string_view name) {
      auto producer = producers.find(name);
      if (producer != producers.end())
        visit(i, producer->second);
    });
}
} // namespace

void sortNodes(std::vector<Node> &nodes) {
  for (Node &node : nodes)
    for (Attribute &attribute : node.attributes)
      for (Graph &graph : attribute.graphs)
        sortNodes(graph.nodes);

  bool sorted = true;
  visitEdges(nodes, [&](size_t reader, size_t maker) { sorted = sorted && maker < reader; });
  if (sorted)
    return;
  std::vector<size_t> waitsFor(nodes.size(), 0);
  std::vector<std::vector<size_t>> readers(nodes.size());
  visitEdges(nodes, [&](size_t reader, size_t maker) {
    readers[maker].push_back(reader);
    ++waitsFor[reader];
  });
  // Of the nodes that are ready the first in the file goes first, so that little moves.
  std::priority_queue<size_t, std::vector<size_t>, std::greater<size_t>> ready;
  for (size_t i = 0; i < nodes.size(); ++i)
    if (waitsFor[i] == 0)
      ready.push(i);
  std::vector<Node> order;
  std::vector<bool> placed(nodes.size());
  order.reserve(nodes.size());
  while (!ready.empty()) {
    size_t node = ready.top();
    ready.pop();
    placed[node] = true;
    order.push_back(std::move(nodes[node]));
    for (size_t reader : readers[node])
      if (--waitsFor[reader] == 0)
        ready.push(reader);
  }
  for (size_t i = 0; i < nodes.size(); ++i)
    if (!placed[i]) // in a cycle, or behind one
      order.push_back(std::move(nodes[i]));
  nodes = std::move(order);
}

std::vector<size_t> findDependency(const std::vector<Node> &nodes, size_t from, size_t to) {
  Producers producers = producersOf(nodes);
  // Breadth first, so that the cycle shown is a short one.
  constexpr size_t unseen = ~size_t(0);
  std::vector<size_t> reader(nodes.size(), unseen), queue = {from};
  reader[from] = from;
  for (size_t head = 0; head < queue.size() && reader[to] == unseen; ++head)
    visitReads(nodes[queue[head]], [&](std::string_view name) {
      auto producer = producers.find(name);
      if (producer == producers.end() || reader[producer->second] != unseen)
        return;
      reader[producer->second] = queue[head];
      queue.push_back(producer->second);
    });
  if (reader[to] == unseen)
    return {};
  std::vector<size_t> chain = {to};
  while (chain.back() != from)
    chain.push_back(reader[chain.back()]);
  std::reverse(chain.begin(), chain.end());
  return chain;
}

} // namespace ingot::onnx
