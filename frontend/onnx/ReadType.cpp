//===- ReadType.cpp - TypeProto, TensorShapeProto, ValueInfoProto ---------===//
#include "frontend/onnx/Reader.h"

namespace ingot::onnx {

namespace {
constexpr unsigned maxTypeDepth = 64;
}

void Reader::valueInfo(std::string_view bytes, ValueInfo &info, const char *kind,
                       const Where &where) {
  std::string_view typeBytes;
  bool hasType = false;
  Fields field = fields(bytes, "ValueInfoProto");
  while (field.next())
    if (field.number() == 1)
      info.name = field.bytes();
    else if (field.number() == 2) {
      Where place(where, kind, info.name);
      if (hasType)
        error(place, "has two types");
      typeBytes = field.bytes();
      hasType = true;
    } else
      field.skip();
  if (hasType)
    type(typeBytes, info.type, Where(where, kind, info.name), 0);
}

void Reader::type(std::string_view bytes, TypeProto &type, const Where &where, unsigned depth) {
  if (depth > maxTypeDepth)
    return error(where, "types are nested more than " + std::to_string(maxTypeDepth) + " deep");
  Fields field = fields(bytes, "TypeProto");
  while (field.next()) {
    uint32_t number = field.number();
    if (number != 1 && number != 4 && number != 5 && (number < 7 || number > 9)) {
      field.skip();
      continue;
    }
    std::string_view content = field.bytes();
    if (type.kind != TypeProto::Kind::None)
      return error(where, "is of two types at once");
    switch (number) {
    case 1:
      type.kind = TypeProto::Kind::Tensor;
      tensorType(content, type, where);
      break;
    case 8:
      type.kind = TypeProto::Kind::SparseTensor;
      tensorType(content, type, where);
      break;
    case 4:
      type.kind = TypeProto::Kind::Sequence;
      containerType(content, type, where, depth);
      break;
    case 5:
      type.kind = TypeProto::Kind::Map;
      containerType(content, type, where, depth);
      break;
    case 9:
      type.kind = TypeProto::Kind::Optional;
      containerType(content, type, where, depth);
      break;
    case 7:
      type.kind = TypeProto::Kind::Opaque;
      unsupported(where, "opaque types");
      break;
    }
  }
}

void Reader::tensorType(std::string_view bytes, TypeProto &type, const Where &where) {
  Fields field = fields(bytes, "TypeProto.Tensor");
  while (field.next())
    if (field.number() == 1) {
      // 0 stands for an element type left open, which shape inference tools write.
      int64_t number = field.integer();
      if (number != 0)
        type.elementType = elementType(number, where);
    } else if (field.number() == 2) {
      std::string_view shapeBytes = field.bytes();
      if (type.hasShape)
        return error(where, "has two shapes");
      type.hasShape = true;
      shape(shapeBytes, type.shape, where);
    } else
      field.skip();
}

/// Sequence and Optional hold their element type in field 1; Map its key in 1 and its values in 2.
void Reader::containerType(std::string_view bytes, TypeProto &type, const Where &where,
                           unsigned depth) {
  bool isMap = type.kind == TypeProto::Kind::Map;
  uint32_t innerNumber = isMap ? 2 : 1;
  type.inner = std::make_unique<TypeProto>();
  Fields field = fields(bytes, isMap ? "TypeProto.Map" : "TypeProto.Sequence");
  bool hasInner = false;
  while (field.next())
    if (field.number() == innerNumber) {
      std::string_view innerBytes = field.bytes();
      if (hasInner)
        return error(where, "is of two types at once");
      hasInner = true;
      this->type(innerBytes, *type.inner, where, depth + 1);
    } else if (isMap && field.number() == 1)
      type.elementType = elementType(field.integer(), where);
    else
      field.skip();
  if (!isMap)
    return;
  switch (type.elementType) {
  case ElementType::Undefined: // reported, or absent
  case ElementType::Float:
  case ElementType::Double:
  case ElementType::Float16:
  case ElementType::BFloat16:
  case ElementType::Complex64:
  case ElementType::Complex128:
  case ElementType::Bool:
    error(where, "expected an integer or string as the key type of a map, but got " +
                     std::string(nameOf(type.elementType)));
    break;
  default:
    break;
  }
}

void Reader::shape(std::string_view bytes, std::vector<Dimension> &shape, const Where &where) {
  Fields field = fields(bytes, "TensorShapeProto");
  while (field.next()) {
    if (field.number() != 1) {
      field.skip();
      continue;
    }
    Dimension &dimension = shape.emplace_back();
    Fields inner = fields(field.bytes(), "TensorShapeProto.Dimension");
    while (inner.next())
      if (inner.number() == 1) {
        dimension.kind = Dimension::Kind::Value;
        dimension.value = inner.integer();
      } else if (inner.number() == 2) {
        dimension.param = inner.bytes();
        // "?" is what some exporters call every dimension that they do not know.
        bool unnamed = dimension.param.empty() || dimension.param == "?";
        dimension.kind = unnamed ? Dimension::Kind::Unknown : Dimension::Kind::Param;
      } else
        inner.skip();
    // Paddle's exporter writes -1 where it means a dynamic dimension; nothing else negative has a
    // meaning.
    if (dimension.kind == Dimension::Kind::Value && dimension.value == -1)
      dimension.kind = Dimension::Kind::Unknown;
    if (dimension.kind == Dimension::Kind::Value && dimension.value < 0)
      error(where, "dimension " + std::to_string(shape.size() - 1) +
                       " is negative: " + std::to_string(dimension.value) +
                       " (a dynamic dimension has a name or nothing at all)");
  }
}

} // namespace ingot::onnx
