//===- GraphImporter.cpp - graphs, subgraphs and function bodies -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/GraphImporter.h"
#include "frontend/onnx/import/Registry.h"
#include "frontend/onnx/import/Signatures.h"
#include "frontend/onnx/import/Types.h"

using namespace mlir;

namespace ingot {

static Location locationOf(MLIRContext *context, const onnx::Node &node, const Scope &scope) {
  return NameLoc::get(StringAttr::get(context, node.describe() + scope.suffix));
}

//===- what is needed --------------------------------------------------------------===//

/// Names may include some that the graph defines itself: they are unique in all graphs that see
/// each other, so this only ever keeps too much alive.
void GraphImporter::addFreeNames(const onnx::Graph &graph, NameSet &names) {
  for (const onnx::ValueInfo &output : graph.outputs)
    names.insert(StringRef(output.name));
  liveNodes(graph.nodes, names);
}

/// Marks the nodes that `needed` depends on, and adds what these read to `needed`.
std::vector<bool> GraphImporter::liveNodes(ArrayRef<onnx::Node> nodes, NameSet &needed) {
  std::vector<bool> live(nodes.size());
  for (size_t i = nodes.size(); i-- > 0;) {
    const onnx::Node &node = nodes[i];
    live[i] = llvm::any_of(node.outputs, [&](std::string_view name) {
      return !name.empty() && needed.contains(StringRef(name));
    });
    if (!live[i])
      continue;
    for (std::string_view name : node.inputs)
      needed.insert(StringRef(name));
    for (const onnx::Attribute &a : node.attributes)
      for (const onnx::Graph &graph : a.graphs)
        addFreeNames(graph, needed);
  }
  return live;
}

//===- names -----------------------------------------------------------------------===//

void GraphImporter::addInitializers(const onnx::Graph &graph, Scope &scope,
                                    const llvm::StringSet<> &overridable) {
  for (const onnx::Tensor &t : graph.initializers)
    if (!overridable.contains(StringRef(t.name)))
      scope.initializers[StringRef(t.name)] = &t;
  for (const onnx::SparseTensor &t : graph.sparseInitializers)
    if (!overridable.contains(StringRef(t.values.name)))
      scope.sparseInitializers[StringRef(t.values.name)] = &t;
}

Binding GraphImporter::lookup(StringRef name, Scope &scope) {
  for (const Scope *s = &scope; s; s = s->around) {
    if (auto it = s->values.find(name); it != s->values.end())
      return it->second;
    // Initializers become constants when first read.
    const onnx::Tensor *dense = s->initializers.lookup(name);
    const onnx::SparseTensor *sparse = s->sparseInitializers.lookup(name);
    if (!dense && !sparse)
      continue;
    std::string where = "initializer " + onnx::quoted(std::string_view(name));
    Location loc = NameLoc::get(b.b.getStringAttr(where));
    Value v = dense ? b.pool.get(loc, *dense) : b.pool.get(loc, *sparse);
    if (!v)
      diagnostics.unsupported(where, dense ? "elements of type " +
                                                 std::string(nameOf(dense->elementType)) +
                                                 " are not supported"
                                           : "this sparse tensor is not supported");
    Binding binding{v ? Binding::Present : Binding::Broken, v};
    scope.values[name] = binding;
    return binding;
  }
  return {Binding::Broken, {}};
}

bool GraphImporter::readOperands(const onnx::Node &node, Scope &scope,
                                 SmallVectorImpl<Binding> &operands) {
  bool allGood = true;
  for (std::string_view name : node.inputs) {
    operands.push_back(name.empty() ? Binding{} : lookup(StringRef(name), scope));
    allGood &= operands.back().state != Binding::Broken;
  }
  return allGood;
}

void GraphImporter::define(const onnx::Node &node, size_t output, Binding binding, Scope &scope) {
  if (output < node.outputs.size() && !node.outputs[output].empty())
    scope.values[StringRef(node.outputs[output])] = binding;
}

//===- what is supported -----------------------------------------------------------===//

static int64_t versionOf(StringRef domain, const Scope &scope) {
  auto it = scope.opsets->find(std::string_view(domain));
  return it == scope.opsets->end() ? 1 : it->second;
}

/// A model may bring its own functions for other domains; the standard's operators are ours.
const onnx::Function *GraphImporter::functionOf(const onnx::Node &node, const Scope &scope) const {
  if (node.domain.empty() && findOperator("", StringRef(node.opType), versionOf("", scope)))
    return nullptr;
  return model.findFunction(node.domain, node.opType, node.overload);
}

bool GraphImporter::checkSupported(const onnx::Node &node, const Scope &scope) {
  if (functionOf(node, scope))
    return true;
  StringRef domain(node.domain), name(node.opType);
  int64_t version = versionOf(domain, scope), oldest = 0;
  if (findOperator(domain, name, version, &oldest))
    return true;
  std::string message = "this operator is not supported";
  if (oldest)
    message += " in version " + std::to_string(version) + " of its operator set" +
               (oldest > version ? ", but from " + std::to_string(oldest) + " on" : "");
  diagnostics.unsupported(node.describe() + scope.suffix, message);
  return false;
}

/// For nodes that are not imported: what else would be in the way.
void GraphImporter::checkSubgraphs(const onnx::Node &node, const Scope &scope) {
  for (const onnx::Attribute &a : node.attributes)
    for (const onnx::Graph &graph : a.graphs) {
      NameSet needed;
      for (const onnx::ValueInfo &output : graph.outputs)
        needed.insert(StringRef(output.name));
      std::vector<bool> live = liveNodes(graph.nodes, needed);
      for (auto [inner, isLive] : llvm::zip(graph.nodes, live))
        if (isLive) {
          checkSupported(inner, scope);
          checkSubgraphs(inner, scope);
        }
    }
}

//===- import ----------------------------------------------------------------------===//

SmallVector<Binding> GraphImporter::importGraph(const onnx::Graph &graph, Scope &scope) {
  for (const onnx::ValueInfo &info : graph.valueInfos)
    scope.declared[StringRef(info.name)] = &info;
  for (const onnx::ValueInfo &info : graph.outputs)
    scope.declared[StringRef(info.name)] = &info;
  NameSet needed;
  for (const onnx::ValueInfo &output : graph.outputs)
    needed.insert(StringRef(output.name));
  importNodes(graph.nodes, std::move(needed), scope);
  SmallVector<Binding> outputs;
  for (const onnx::ValueInfo &output : graph.outputs)
    outputs.push_back(lookup(StringRef(output.name), scope));
  return outputs;
}

void GraphImporter::importNodes(ArrayRef<onnx::Node> nodes, NameSet needed, Scope &scope) {
  NameSet wanted = needed;
  std::vector<bool> live = liveNodes(nodes, needed);
  for (auto [i, node] : llvm::enumerate(nodes)) {
    if (!live[i])
      continue;
    if (++nodeCount > maxNodes) {
      if (nodeCount == maxNodes + 1)
        diagnostics.unsupported("", "more than " + std::to_string(maxNodes) +
                                        " nodes once functions are inlined");
      return;
    }
    Location around = b.loc;
    importNode(node, scope);
    Operation *diverged = std::exchange(b.diverged, nullptr);
    if (diverged)
      importBranchwise(diverged, node, nodes.drop_front(i + 1), wanted, scope);
    b.loc = around;
    b.failed = false;
    if (diverged)
      return;
  }
}

void GraphImporter::importNode(const onnx::Node &node, Scope &scope) {
  b.loc = locationOf(b.b.getContext(), node, scope);
  b.failed = false;
  SmallVector<Binding> operands;
  bool supported = checkSupported(node, scope);
  if (!supported || !readOperands(node, scope, operands)) {
    for (size_t i = 0; i < node.outputs.size(); ++i)
      define(node, i, {Binding::Broken, {}}, scope);
    checkSubgraphs(node, scope);
    return;
  }
  if (const onnx::Function *function = functionOf(node, scope))
    return callFunction(*function, node, operands, scope);

  StringRef domain(node.domain);
  int64_t version = versionOf(domain, scope);
  SmallVector<Value> values;
  for (const Binding &operand : operands)
    values.push_back(operand.value);
  NodeReader reader(*this, b, node, scope, values, version);
  if (std::string wrong = signatureError(node, values, version, scope); !wrong.empty()) {
    b.error(wrong);
    for (size_t i = 0; i < node.outputs.size(); ++i)
      define(node, i, {Binding::Broken, {}}, scope);
    return;
  }
  Results results = findOperator(domain, StringRef(node.opType), version)->function(b, reader);
  if (b.diverged)
    return;
  reader.finish(results.size());
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    Value v = i < results.size() ? results[i] : Value();
    if (!b.failed && !v && !node.outputs[i].empty())
      reader.unsupported("output " + Twine(i) + " is not supported");
    if (!b.failed && v)
      checkDeclared(v, StringRef(node.outputs[i]), scope);
    define(node, i, {b.failed ? Binding::Broken : Binding::Present, v}, scope);
  }
}

void GraphImporter::checkDeclared(Value v, StringRef name, const Scope &scope) {
  const onnx::ValueInfo *declared = scope.declared.lookup(name);
  auto type = dyn_cast<RankedTensorType>(v.getType());
  if (!declared || !type || declared->type.kind != onnx::TypeProto::Kind::Tensor)
    return;
  Type element = elementTypeOf(v.getContext(), declared->type.elementType);
  bool agrees = !element || element == type.getElementType();
  if (declared->type.hasShape && trustDeclaredShapes) {
    agrees &= (int64_t)declared->type.shape.size() == type.getRank();
    for (auto [d, size] : llvm::zip(declared->type.shape, type.getShape()))
      agrees &= d.kind != onnx::Dimension::Kind::Value || size == ShapedType::kDynamic ||
                d.value == size;
  }
  if (agrees)
    return;
  std::string inferred = "tensor(" + elementTypeName(type.getElementType()) + ")[";
  for (int64_t i = 0; i < type.getRank(); ++i)
    inferred += (i ? ", " : "") +
                (type.isDynamicDim(i) ? std::string("?") : std::to_string(type.getDimSize(i)));
  auto node = dyn_cast<NameLoc>(b.loc);
  diagnostics.warning(node ? node.getName().str() : "",
                      onnx::quoted(std::string_view(name)) + " is " + inferred +
                          "], although the file declares " + declared->type.str());
}

void GraphImporter::callFunction(const onnx::Function &function, const onnx::Node &node,
                                 ArrayRef<Binding> operands, Scope &scope) {
  if (operands.size() > function.inputs.size())
    b.error("expected at most " + Twine(function.inputs.size()) + " inputs, but got " +
            Twine(operands.size()));
  if (node.outputs.size() > function.outputs.size())
    b.error("expected at most " + Twine(function.outputs.size()) + " outputs, but got " +
            Twine(node.outputs.size()));
  if (scope.depth >= maxDepth) {
    diagnostics.unsupported(node.describe(), "functions that call each other more than " +
                                                 std::to_string(maxDepth) + " deep");
    b.failed = true;
  }
  Scope body;
  body.opsets = &function.opsets;
  body.depth = scope.depth + 1;
  body.suffix = " in " + function.describe() + " called by " + node.describe() + scope.suffix;
  for (auto [i, name] : llvm::enumerate(function.inputs))
    body.values[StringRef(name)] = i < operands.size() ? operands[i] : Binding{};
  for (const onnx::ValueInfo &info : function.valueInfos)
    body.declared[StringRef(info.name)] = &info;

  // The call's attributes, then the defaults; a call that passes on its own caller's attribute
  // refers to it.
  llvm::DenseMap<StringRef, const onnx::Attribute *> attributes;
  for (const onnx::Attribute &a : function.attributeDefaults)
    attributes[StringRef(a.name)] = &a;
  for (const onnx::Attribute &a : node.attributes) {
    const onnx::Attribute *value = &a;
    if (!a.refName.empty())
      value = scope.attributes ? scope.attributes->lookup(StringRef(a.refName)) : nullptr;
    if (!llvm::is_contained(function.attributes, a.name) &&
        llvm::none_of(function.attributeDefaults, [&](auto &d) { return d.name == a.name; }))
      b.error("expected no attribute " + onnx::quoted(a.name));
    if (value)
      attributes[StringRef(a.name)] = value;
  }
  body.attributes = &attributes;

  bool broken = b.failed;
  if (!broken) {
    NameSet needed;
    for (size_t i = 0; i < node.outputs.size(); ++i)
      if (!node.outputs[i].empty())
        needed.insert(StringRef(function.outputs[i]));
    importNodes(function.nodes, std::move(needed), body);
  }
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    Binding result{Binding::Broken, {}};
    if (!broken && !node.outputs[i].empty())
      result = lookup(StringRef(function.outputs[i]), body);
    define(node, i, result, scope);
  }
}

} // namespace ingot
