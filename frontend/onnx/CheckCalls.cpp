//===- CheckCalls.cpp - Functions of a model and who calls whom -----------===//
#include "frontend/onnx/Checks.h"
#include "frontend/onnx/Where.h"

#include <algorithm>
#include <unordered_map>

namespace ingot::onnx {

namespace {
using Callees = std::vector<const Function *>;

/// Subgraphs are nested as deep as the reader allows, so that this may recurse.
void addCallees(const std::vector<Node> &nodes, const FunctionIndex &index, Callees &callees) {
  for (const Node &node : nodes) {
    auto found = index.find({node.domain, node.opType, node.overload});
    if (found != index.end())
      callees.push_back(found->second);
    for (const Attribute &attribute : node.attributes)
      for (const Graph &graph : attribute.graphs)
        addCallees(graph.nodes, index, callees);
  }
}

/// Depth first with an explicit stack: a chain of calls may be as long as the file allows.
class CallChecker {
public:
  CallChecker(const FunctionIndex &index, Diagnostics &diagnostics)
      : index(index), diagnostics(diagnostics) {}

  void visit(const Function &root) {
    if (state[&root] != State::New)
      return;
    enter(root);
    while (!stack.empty()) {
      Frame &top = stack.back();
      if (top.next == top.callees.size()) {
        state[top.function] = State::Done;
        stack.pop_back();
        continue;
      }
      const Function &callee = *top.callees[top.next++];
      if (state[&callee] == State::New)
        enter(callee);
      else if (state[&callee] == State::Open)
        reportCircle(callee);
    }
  }

private:
  enum class State { New, Open, Done };
  struct Frame {
    const Function *function;
    Callees callees;
    size_t next = 0;
  };

  void enter(const Function &function) {
    state[&function] = State::Open;
    Frame frame = {&function, {}};
    addCallees(function.nodes, index, frame.callees);
    std::sort(frame.callees.begin(), frame.callees.end());
    frame.callees.erase(std::unique(frame.callees.begin(), frame.callees.end()),
                        frame.callees.end());
    stack.push_back(std::move(frame));
  }

  void reportCircle(const Function &callee) {
    size_t first = stack.size() - 1;
    while (stack[first].function != &callee)
      --first;
    constexpr size_t shown = 16;
    std::string text = callee.describe();
    for (size_t i = first + 1; i < stack.size(); ++i)
      if (i - first < shown)
        text += " → " + stack[i].function->describe();
      else {
        text += " → … (" + std::to_string(stack.size() - i) + " more)";
        break;
      }
    report(diagnostics, Where(Where(), callee),
           "calls itself: " + text + " → " + callee.describe());
  }

  const FunctionIndex &index;
  Diagnostics &diagnostics;
  std::unordered_map<const Function *, State> state;
  std::vector<Frame> stack;
};
} // namespace

void checkCalls(const Model &model, FunctionIndex &index, Diagnostics &diagnostics) {
  for (const Function &function : model.functions)
    if (!index.try_emplace({function.domain, function.name, function.overload}, &function).second)
      report(diagnostics, Where(),
             "there are two functions " + function.describe().substr(std::strlen("function ")));
  CallChecker checker(index, diagnostics);
  for (const Function &function : model.functions)
    checker.visit(function);
}

} // namespace ingot::onnx
