#include "frontend/onnx/Model.h"

#include "frontend/onnx/MappedFile.h"
#include "frontend/onnx/Where.h"

namespace ingot::onnx {

namespace {
std::string qualified(std::string_view domain, const char *separator, std::string_view name) {
  return domain.empty() ? escaped(name) : escaped(domain) + separator + escaped(name);
}
} // namespace

Model::Model() = default;
Model::~Model() = default;

const Function *Model::findFunction(std::string_view domain, std::string_view name,
                                    std::string_view overload) const {
  auto found = functionIndex.find({domain, name, overload});
  return found == functionIndex.end() ? nullptr : found->second;
}

void Model::releaseFiles() const {
  for (const auto &file : files)
    file->release();
}

const Attribute *Node::find(std::string_view attribute) const {
  for (const Attribute &candidate : attributes)
    if (candidate.name == attribute)
      return &candidate;
  return nullptr;
}

std::string Node::describe() const {
  std::string text = "node ";
  if (!name.empty())
    text += quoted(name) + " ";
  else
    for (std::string_view output : outputs)
      if (!output.empty()) {
        text += "that makes " + quoted(output) + " ";
        break;
      }
  return text + "(" + qualified(domain, ".", opType) + ")";
}

std::string Function::describe() const {
  std::string text = "function '" + qualified(domain, "::", name);
  if (!overload.empty())
    text += ":" + escaped(overload);
  return text + "'";
}

std::string_view nameOf(AttributeType type) {
  constexpr std::string_view names[] = {
      "UNDEFINED",      "FLOAT",      "INT",        "STRING",  "TENSOR", "GRAPH",
      "FLOATS",         "INTS",       "STRINGS",    "TENSORS", "GRAPHS", "SPARSE_TENSOR",
      "SPARSE_TENSORS", "TYPE_PROTO", "TYPE_PROTOS"};
  return names[static_cast<int32_t>(type)];
}

std::string TypeProto::str() const {
  auto shapeText = [&] {
    if (!hasShape)
      return std::string();
    std::string text = "[";
    for (const Dimension &dimension : shape) {
      text += text.size() > 1 ? ", " : "";
      text += dimension.kind == Dimension::Kind::Value   ? std::to_string(dimension.value)
              : dimension.kind == Dimension::Kind::Param ? escaped(dimension.param)
                                                         : "?";
    }
    return text + "]";
  };
  std::string element(nameOf(elementType));
  switch (kind) {
  case Kind::None:
    return "unknown";
  case Kind::Tensor:
    return "tensor(" + element + ")" + shapeText();
  case Kind::SparseTensor:
    return "sparse_tensor(" + element + ")" + shapeText();
  case Kind::Sequence:
    return "seq(" + inner->str() + ")";
  case Kind::Map:
    return "map(" + element + ", " + inner->str() + ")";
  case Kind::Optional:
    return "optional(" + inner->str() + ")";
  case Kind::Opaque:
    return "opaque";
  }
  return "";
}

std::string Where::str() const {
  std::string text = outer ? outer->str() : "";
  std::string own = node       ? node->describe()
                    : function ? function->describe()
                    : kind     ? kind + (name.empty() ? "" : " " + quoted(name))
                               : "";
  return text + (text.empty() || own.empty() ? "" : ": ") + own;
}

void report(Diagnostics &diagnostics, const Where &where, std::string message) {
  diagnostics.error(where.str(), std::move(message));
  if (diagnostics.dropped() != 0)
    throw TooManyErrors();
}

} // namespace ingot::onnx
