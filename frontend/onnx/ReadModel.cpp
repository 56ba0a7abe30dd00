//===- ReadModel.cpp - ModelProto and FunctionProto -----------------------===//
#include "frontend/onnx/Reader.h"

namespace ingot::onnx {

namespace {
/// IR_VERSION of ONNX 1.23.
constexpr int64_t newestIrVersion = 14;
} // namespace

void Reader::unsupported(const Where &where, std::string message) {
  diagnostics.unsupported(where.str(), std::move(message));
}

void Reader::model(std::string_view bytes, Model &model) {
  Where where;
  bool hasGraph = false;
  Fields field = fields(bytes, "ModelProto");
  while (field.next())
    switch (field.number()) {
    case 1:
      model.irVersion = field.integer();
      break;
    case 2:
      model.producerName = field.bytes();
      break;
    case 3:
      model.producerVersion = field.bytes();
      break;
    case 4:
      model.domain = field.bytes();
      break;
    case 5:
      model.modelVersion = field.integer();
      break;
    case 7: {
      std::string_view content = field.bytes();
      if (hasGraph) {
        error(where, "has two graphs");
        break;
      }
      hasGraph = true;
      graph(content, model.graph, where, 0);
      break;
    }
    case 8:
      opset(field.bytes(), model.opsets, where);
      break;
    case 14:
      model.metadata.push_back(stringEntry(field.bytes()));
      break;
    case 25:
      function(field.bytes(), model.functions.emplace_back());
      break;
    default:
      field.skip();
    }
  if (!hasGraph)
    return error(where, "not a valid ONNX file: it has no graph");
  if (model.irVersion <= 0)
    return error(where, "not a valid ONNX file: it has no IR version");
  if (model.irVersion > newestIrVersion)
    unsupported(where, "IR version " + std::to_string(model.irVersion) + "; the newest known is " +
                           std::to_string(newestIrVersion));
  // Before version 3 a model could leave its operator set open, which means the first.
  if (model.irVersion < 3)
    model.opsets.try_emplace("", 1);
}

void Reader::opset(std::string_view bytes, OpsetImports &opsets, const Where &where) {
  std::string_view domain;
  int64_t version = 0;
  Fields field = fields(bytes, "OperatorSetIdProto");
  while (field.next())
    if (field.number() == 1)
      domain = field.bytes();
    else if (field.number() == 2)
      version = field.integer();
    else
      field.skip();
  if (domain == "ai.onnx")
    domain = "";
  std::string name = "operator set " + quoted(domain.empty() ? "ai.onnx" : domain);
  if (version <= 0)
    return error(where, name + " has version " + std::to_string(version));
  auto [entry, isNew] = opsets.try_emplace(domain, version);
  if (!isNew && entry->second != version)
    error(where, name + " is imported in two versions: " + std::to_string(entry->second) + " and " +
                     std::to_string(version));
}

void Reader::function(std::string_view bytes, Function &function) {
  std::vector<std::string_view> nodes, defaults, infos, opsets;
  Fields field = fields(bytes, "FunctionProto");
  while (field.next())
    switch (field.number()) {
    case 1:
      function.name = field.bytes();
      break;
    case 4:
      function.inputs.push_back(field.bytes());
      break;
    case 5:
      function.outputs.push_back(field.bytes());
      break;
    case 6:
      function.attributes.push_back(field.bytes());
      break;
    case 7:
      nodes.push_back(field.bytes());
      break;
    case 9:
      opsets.push_back(field.bytes());
      break;
    case 10:
      function.domain = field.bytes();
      break;
    case 11:
      defaults.push_back(field.bytes());
      break;
    case 12:
      infos.push_back(field.bytes());
      break;
    case 13:
      function.overload = field.bytes();
      break;
    default:
      field.skip();
    }
  if (function.domain == "ai.onnx")
    function.domain = "";
  Where file, where(file, function);
  if (function.name.empty())
    error(where, "has no name");
  for (std::string_view content : opsets)
    opset(content, function.opsets, where);
  for (std::string_view content : defaults)
    attribute(content, function.attributeDefaults.emplace_back(), where, 0);
  checkAttributeNames(function.attributeDefaults, where);
  for (std::string_view content : nodes)
    node(content, function.nodes.emplace_back(), where, 0);
  for (std::string_view content : infos)
    valueInfo(content, function.valueInfos.emplace_back(), "value", where);
}

} // namespace ingot::onnx
