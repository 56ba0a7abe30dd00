//===- NodeReader.cpp - operands and attributes of the node being imported --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/NodeReader.h"
#include "frontend/onnx/import/GraphImporter.h"

using namespace mlir;

namespace ingot {

NodeReader::NodeReader(GraphImporter &importer, ImportBuilder &b, const onnx::Node &node,
                       Scope &scope, ArrayRef<Value> operands, int64_t opset)
    : importer(importer), b(b), protoNode(node), scope(scope), operands(operands), version(opset) {
  while (!this->operands.empty() && !this->operands.back())
    this->operands.pop_back();
  for (const onnx::Attribute &a : node.attributes) {
    const onnx::Attribute *value = &a;
    if (!a.refName.empty())
      value = scope.attributes ? scope.attributes->lookup(a.refName) : nullptr;
    if (value) // a reference to what the call leaves out counts as left out
      attributes.push_back({a.name, value});
  }
}

//===- operands --------------------------------------------------------------------===//

Value NodeReader::anyOperand(size_t i) {
  operandsRead = std::max(operandsRead, i + 1);
  if (hasOperand(i))
    return operands[i];
  if (i < operands.size())
    error("expected input " + Twine(i) + ", but it is left out");
  else
    error("expected " + Twine(i + 1) + " or more inputs, but got " + Twine(operands.size()));
  return b.scalar(0, b.b.getF32Type());
}

Value NodeReader::operand(size_t i) {
  Value v = anyOperand(i);
  if (isa<RankedTensorType>(v.getType()))
    return v;
  std::string type;
  llvm::raw_string_ostream(type) << v.getType();
  error("expected a tensor as input " + Twine(i) + ", but got " + type);
  return b.scalar(0, b.b.getF32Type());
}

Value NodeReader::optional(size_t i) {
  operandsRead = std::max(operandsRead, i + 1);
  return hasOperand(i) ? operand(i) : Value();
}

SmallVector<Value> NodeReader::operandsFrom(size_t first) {
  SmallVector<Value> values;
  for (size_t i = first; i < operands.size(); ++i)
    values.push_back(operand(i));
  return values;
}

std::optional<SmallVector<int64_t>> NodeReader::constantOperand(size_t i, StringRef what) {
  Value v = operand(i);
  if (b.failed)
    return std::nullopt;
  if (!isa<IntegerType>(b.elementType(v))) {
    error("expected integers as " + what + ", but got " + elementTypeName(b.elementType(v)));
    return std::nullopt;
  }
  auto values = b.constants(v);
  if (!values)
    unsupported(what + " must be known when the model is compiled");
  return values;
}

size_t NodeReader::outputCount() const {
  size_t count = protoNode.outputs.size();
  while (count && protoNode.outputs[count - 1].empty())
    --count;
  return count;
}

//===- attributes ------------------------------------------------------------------===//

bool NodeReader::has(StringRef name) {
  return llvm::any_of(attributes, [&](const Entry &e) { return e.name == name; });
}

const onnx::Attribute *NodeReader::find(StringRef name, onnx::AttributeType type) {
  for (Entry &e : attributes) {
    if (e.name != name)
      continue;
    e.read = true;
    if (e.attribute->type == type)
      return e.attribute;
    error("expected attribute '" + name + "' of type " + StringRef(onnx::nameOf(type)) +
          ", but got " + StringRef(onnx::nameOf(e.attribute->type)));
    return nullptr;
  }
  return nullptr;
}

int64_t NodeReader::integer(StringRef name, int64_t byDefault) {
  auto *a = find(name, onnx::AttributeType::Int);
  return a ? a->i() : byDefault;
}

int64_t NodeReader::requiredInteger(StringRef name) {
  if (!has(name))
    error("expected attribute '" + name + "'");
  return integer(name, 0);
}

double NodeReader::real(StringRef name, double byDefault) {
  auto *a = find(name, onnx::AttributeType::Float);
  return a ? a->f() : byDefault;
}

StringRef NodeReader::string(StringRef name, StringRef byDefault) {
  auto *a = find(name, onnx::AttributeType::String);
  return a ? StringRef(a->s()) : byDefault;
}

std::optional<SmallVector<int64_t>> NodeReader::integers(StringRef name) {
  if (auto *a = find(name, onnx::AttributeType::Ints))
    return SmallVector<int64_t>(a->ints.begin(), a->ints.end());
  return std::nullopt;
}

std::optional<SmallVector<float>> NodeReader::reals(StringRef name) {
  if (auto *a = find(name, onnx::AttributeType::Floats))
    return SmallVector<float>(a->floats.begin(), a->floats.end());
  return std::nullopt;
}

std::optional<SmallVector<StringRef>> NodeReader::strings(StringRef name) {
  if (auto *a = find(name, onnx::AttributeType::Strings))
    return SmallVector<StringRef>(a->strings.begin(), a->strings.end());
  return std::nullopt;
}

const onnx::Tensor *NodeReader::tensor(StringRef name) {
  auto *a = find(name, onnx::AttributeType::Tensor);
  return a ? &a->tensor() : nullptr;
}

const onnx::SparseTensor *NodeReader::sparseTensor(StringRef name) {
  auto *a = find(name, onnx::AttributeType::SparseTensor);
  return a ? &a->sparseTensor() : nullptr;
}

const onnx::TypeProto *NodeReader::type(StringRef name) {
  auto *a = find(name, onnx::AttributeType::TypeProto);
  return a ? &a->typeProto() : nullptr;
}

const onnx::Graph *NodeReader::graph(StringRef name) {
  if (!has(name))
    error("expected attribute '" + name + "'");
  auto *a = find(name, onnx::AttributeType::Graph);
  return a ? &a->graph() : nullptr;
}

void NodeReader::ignore(std::initializer_list<StringRef> names) {
  for (Entry &e : attributes)
    e.read |= llvm::is_contained(names, e.name);
}

const onnx::TypeProto *NodeReader::declaredOutput(size_t i) const {
  const onnx::ValueInfo *info =
      i < protoNode.outputs.size() ? scope.declared.lookup(StringRef(protoNode.outputs[i])) : nullptr;
  return info ? &info->type : nullptr;
}

//===- the rest --------------------------------------------------------------------===//

SmallVector<Value> NodeReader::importGraph(const onnx::Graph &graph, ValueRange arguments) {
  SmallVector<Value> results(graph.outputs.size());
  if (b.failed)
    return results;
  if (graph.inputs.size() != arguments.size()) {
    error("expected a subgraph of " + Twine(arguments.size()) + " inputs, but got " +
          Twine(graph.inputs.size()));
    return results;
  }
  Scope inner;
  inner.around = &scope;
  inner.opsets = scope.opsets;
  inner.attributes = scope.attributes;
  inner.suffix = scope.suffix;
  inner.depth = scope.depth;
  for (auto [input, value] : llvm::zip(graph.inputs, arguments))
    inner.values[StringRef(input.name)] = {Binding::Present, value};
  importer.addInitializers(graph, inner);
  Location here = b.loc;
  SmallVector<Binding> outputs = importer.importGraph(graph, inner);
  b.loc = here;
  b.failed = false;
  for (auto [result, binding] : llvm::zip(results, outputs)) {
    result = binding.value;
    if (binding.state == Binding::Absent)
      error("expected subgraphs whose outputs are values, but got one left out");
    else if (binding.state == Binding::Broken)
      b.failed = true; // reported where it broke
  }
  return results;
}

bool NodeReader::hasOtherShapes() const { return !importer.trustDeclaredShapes; }

onnx::Diagnostics &NodeReader::diagnostics() const { return importer.diagnostics; }

void NodeReader::unsupported(const Twine &message) {
  if (!b.failed)
    importer.diagnostics.unsupported(cast<NameLoc>(b.loc).getName().str(), message.str());
  b.failed = true;
}

void NodeReader::finish(size_t resultCount) {
  if (b.failed)
    return;
  if (operands.size() > operandsRead)
    error("expected at most " + Twine(operandsRead) + " inputs, but got " + Twine(operands.size()));
  if (outputCount() > resultCount)
    error("expected at most " + Twine(resultCount) + " outputs, but got " + Twine(outputCount()));
  for (const Entry &e : attributes)
    if (!e.read)
      error("expected no attribute " + onnx::quoted(std::string_view(e.name)));
}

} // namespace ingot
