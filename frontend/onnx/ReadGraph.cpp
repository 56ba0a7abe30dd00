//===- ReadGraph.cpp - GraphProto, NodeProto, AttributeProto --------------===//
#include "frontend/onnx/Reader.h"

#include <algorithm>

namespace ingot::onnx {

void Reader::graph(std::string_view bytes, Graph &graph, const Where &where, unsigned depth) {
  if (depth > options.maxSubgraphDepth)
    return error(where, "subgraphs are nested more than " +
                            std::to_string(options.maxSubgraphDepth) + " deep");
  Fields field = fields(bytes, "GraphProto");
  while (field.next())
    switch (field.number()) {
    case 1:
      node(field.bytes(), graph.nodes.emplace_back(), where, depth);
      break;
    case 2:
      graph.name = field.bytes();
      break;
    case 5:
      tensor(field.bytes(), graph.initializers.emplace_back(), Where(where, "initializer", ""));
      break;
    case 11:
      valueInfo(field.bytes(), graph.inputs.emplace_back(), "input", where);
      break;
    case 12:
      valueInfo(field.bytes(), graph.outputs.emplace_back(), "output", where);
      break;
    case 13:
      valueInfo(field.bytes(), graph.valueInfos.emplace_back(), "value", where);
      break;
    case 15:
      sparseTensor(field.bytes(), graph.sparseInitializers.emplace_back(),
                   Where(where, "sparse initializer", ""));
      break;
    default:
      field.skip();
    }
}

void Reader::node(std::string_view bytes, Node &node, const Where &outer, unsigned depth) {
  std::vector<std::string_view> attributes;
  Fields field = fields(bytes, "NodeProto");
  while (field.next())
    switch (field.number()) {
    case 1:
      node.inputs.push_back(field.bytes());
      break;
    case 2:
      node.outputs.push_back(field.bytes());
      break;
    case 3:
      node.name = field.bytes();
      break;
    case 4:
      node.opType = field.bytes();
      break;
    case 5:
      attributes.push_back(field.bytes());
      break;
    case 7:
      node.domain = field.bytes();
      break;
    case 8:
      node.overload = field.bytes();
      break;
    default:
      field.skip();
    }
  if (node.domain == "ai.onnx")
    node.domain = "";
  Where where(outer, node);
  if (node.opType.empty())
    error(where, "has no operator");
  for (std::string_view content : attributes)
    attribute(content, node.attributes.emplace_back(), where, depth);
  checkAttributeNames(node.attributes, where);
}

void Reader::checkAttributeNames(const std::vector<Attribute> &attributes, const Where &where) {
  std::vector<std::string_view> names;
  for (const Attribute &attribute : attributes) {
    if (attribute.name.empty())
      error(where, "has an attribute without a name");
    names.push_back(attribute.name);
  }
  std::sort(names.begin(), names.end());
  for (size_t i = 1; i < names.size(); ++i)
    if (names[i] == names[i - 1] && !names[i].empty())
      error(where, "has two attributes " + quoted(names[i]));
}

void Reader::attribute(std::string_view bytes, Attribute &attribute, const Where &outer,
                       unsigned depth) {
  AttributeFields all;
  Fields field = fields(bytes, "AttributeProto");
  while (field.next())
    switch (field.number()) {
    case 1:
      attribute.name = field.bytes();
      break;
    case 2:
      all.f = field.real();
      break;
    case 3:
      all.i = field.integer();
      break;
    case 4:
      all.s = field.bytes();
      break;
    case 7:
      field.reals(attribute.floats);
      break;
    case 8:
      field.integers(attribute.ints);
      break;
    case 9:
      attribute.strings.push_back(field.bytes());
      break;
    case 20:
      all.type = field.integer();
      break;
    case 21:
      attribute.refName = field.bytes();
      break;
    case 5:  // t
    case 6:  // g
    case 10: // tensors
    case 11: // graphs
    case 14: // tp
    case 15: // type_protos
    case 22: // sparse_tensor
    case 23: // sparse_tensors
      all.messages.push_back({field.number(), field.bytes()});
      break;
    default:
      field.skip();
    }
  Where where(outer, "attribute", attribute.name);
  for (auto [number, content] : all.messages)
    switch (number) {
    case 5:
    case 10:
      tensor(content, attribute.tensors.emplace_back(), where);
      break;
    case 6:
    case 11:
      graph(content, attribute.graphs.emplace_back(), where, depth + 1);
      break;
    case 14:
    case 15:
      type(content, attribute.types.emplace_back(), where, 0);
      break;
    default:
      sparseTensor(content, attribute.sparseTensors.emplace_back(), where);
    }
  settle(attribute, all, where);
}

/// Makes the attribute what its type says. The values of other kinds than the type's are an error;
/// a missing number or string is 0 or "", because writers that follow proto3 leave such values out.
void Reader::settle(Attribute &attribute, const AttributeFields &all, const Where &where) {
  struct Kind {
    AttributeType type;
    size_t present;
  };
  size_t counts[24] = {}; // by field number
  for (auto [number, content] : all.messages)
    ++counts[number];
  const Kind kinds[] = {
      {AttributeType::Float, all.f.has_value()},
      {AttributeType::Int, all.i.has_value()},
      {AttributeType::String, all.s.has_value()},
      {AttributeType::Floats, attribute.floats.size()},
      {AttributeType::Ints, attribute.ints.size()},
      {AttributeType::Strings, attribute.strings.size()},
      {AttributeType::Tensor, counts[5]},
      {AttributeType::Graph, counts[6]},
      {AttributeType::Tensors, counts[10]},
      {AttributeType::Graphs, counts[11]},
      {AttributeType::TypeProto, counts[14]},
      {AttributeType::TypeProtos, counts[15]},
      {AttributeType::SparseTensor, counts[22]},
      {AttributeType::SparseTensors, counts[23]},
  };
  const Kind *found = nullptr;
  for (const Kind &kind : kinds) {
    if (kind.present == 0)
      continue;
    if (found)
      return error(where, "has values of two types, " + std::string(nameOf(found->type)) + " and " +
                              std::string(nameOf(kind.type)));
    found = &kind;
  }
  if (all.type < 0 || all.type > static_cast<int64_t>(AttributeType::TypeProtos))
    return error(where, "attribute type " + std::to_string(all.type) + " is not defined");
  if (all.type == 0 && !found)
    return error(where, "has neither a type nor a value");
  attribute.type = all.type == 0 ? found->type : static_cast<AttributeType>(all.type);
  if (found && found->type != attribute.type)
    return error(where, "expected a value of type " + std::string(nameOf(attribute.type)) +
                            ", but got " + std::string(nameOf(found->type)));
  if (!attribute.refName.empty()) {
    if (found)
      error(where, "has both a value and a reference to an attribute of the function");
    return;
  }
  switch (attribute.type) {
  case AttributeType::Float:
    attribute.floats = {all.f.value_or(0)};
    break;
  case AttributeType::Int:
    attribute.ints = {all.i.value_or(0)};
    break;
  case AttributeType::String:
    attribute.strings = {all.s.value_or("")};
    break;
  case AttributeType::Tensor:
  case AttributeType::Graph:
  case AttributeType::SparseTensor:
  case AttributeType::TypeProto:
    if (!found || found->present != 1)
      error(where, "expected one value of type " + std::string(nameOf(attribute.type)) +
                       ", but got " + std::to_string(found ? found->present : 0));
    break;
  default:
    break;
  }
}

} // namespace ingot::onnx
