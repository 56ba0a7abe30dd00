//===- ReadTensor.cpp - TensorProto and SparseTensorProto -----------------===//
//
// Whatever field holds the elements, a Tensor ends up with the bytes of raw_data.
//
//===----------------------------------------------------------------------===//
#include "frontend/onnx/Reader.h"
#include "frontend/onnx/TensorFields.h"

namespace ingot::onnx {

void Reader::tensor(std::string_view bytes, Tensor &tensor, const Where &where) {
  TensorFields all;
  Fields field = fields(bytes, "TensorProto");
  while (field.next())
    switch (field.number()) {
    case 1:
      field.integers(tensor.dims);
      break;
    case 2:
      all.dataType = field.integer();
      break;
    case 3:
      all.segmented = true;
      field.skip();
      break;
    case 4:
      field.fixed<4>(all.floatBytes, all.floatView);
      break;
    case 5:
      field.integers(all.int32s);
      break;
    case 6:
      all.strings.push_back(field.bytes());
      break;
    case 7:
      field.integers(all.int64s);
      break;
    case 8:
      tensor.name = field.bytes();
      break;
    case 9:
      all.raw = field.bytes();
      break;
    case 10:
      field.fixed<8>(all.doubleBytes, all.doubleView);
      break;
    case 11:
      field.integers(all.uint64s);
      break;
    case 13:
      all.external.push_back(field.bytes());
      break;
    case 14:
      all.location = field.integer();
      break;
    default:
      field.skip();
    }
  interpret(all, tensor, where.named(tensor.name));
}

bool Reader::checkDims(const std::vector<int64_t> &dims, int64_t &count, const Where &where) {
  int64_t product = 1; // of the dimensions that are not 0: the strides must fit too
  count = 1;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] < 0) {
      error(where, "dimension " + std::to_string(i) + " is negative: " + std::to_string(dims[i]));
      return false;
    }
    if (dims[i] == 0)
      count = 0;
    else if (__builtin_mul_overflow(product, dims[i], &product)) {
      error(where, "the number of elements exceeds 63 bits");
      return false;
    }
  }
  count = count == 0 ? 0 : product;
  return true;
}

ElementType Reader::elementType(int64_t number, const Where &where) {
  if (std::optional<ElementType> type = elementTypeOf(number))
    return *type;
  error(where, number == 0 ? "has no element type"
                           : "element type " + std::to_string(number) + " is not defined");
  return ElementType::Undefined;
}

/// The field that holds the elements; error messages about more than one or the wrong one. Null:
/// none.
std::optional<const char *> Reader::dataField(const TensorFields &fields, const Tensor &tensor,
                                              const Where &where) {
  const char *found = nullptr;
  auto use = [&](bool used, const char *name) {
    if (!used)
      return true;
    if (found) {
      error(where, std::string("has data in two places: ") + found + " and " + name);
      return false;
    }
    found = name;
    return true;
  };
  if (!use(fields.location == 1, "external_data") || !use(!fields.raw.empty(), "raw_data"))
    return std::nullopt;
  for (Storage storage : storages)
    if (!use(fields.uses(storage), fieldName(storage)))
      return std::nullopt;
  const char *typed = fieldName(storageOf(tensor.elementType));
  bool anyField = tensor.elementType != ElementType::String; // strings have no raw form
  bool raw = fields.location == 1 || !fields.raw.empty();
  if (found && found != std::string_view(typed) && !(raw && anyField)) {
    error(where, std::string("has data in ") + found + ", but elements of type " +
                     std::string(nameOf(tensor.elementType)) + " belong into " + typed +
                     (anyField ? " or raw_data" : ""));
    return std::nullopt;
  }
  return found;
}

void Reader::interpret(TensorFields &fields, Tensor &tensor, const Where &where) {
  tensor.elementType = elementType(fields.dataType, where);
  if (!checkDims(tensor.dims, tensor.elementCount, where) ||
      tensor.elementType == ElementType::Undefined)
    return;
  std::optional<int64_t> need = packedBytes(tensor.elementType, tensor.elementCount);
  if (!need)
    return error(where, "the number of bytes exceeds 63 bits");
  if (fields.segmented)
    return unsupported(where, "data in segments");
  if (fields.location != 0 && fields.location != 1)
    return error(where, "data location " + std::to_string(fields.location) + " is not defined");
  if (fields.location == 0 && !fields.external.empty())
    return error(where, "has external_data, but its data location is not EXTERNAL");
  std::optional<const char *> field = dataField(fields, tensor, where);
  if (!field)
    return;

  if (tensor.elementType == ElementType::String) {
    if (static_cast<int64_t>(fields.strings.size()) != tensor.elementCount)
      error(where, "string_data has " + std::to_string(fields.strings.size()) +
                       " elements, but the shape needs " + std::to_string(tensor.elementCount));
    tensor.strings = std::move(fields.strings);
    return;
  }
  if (fields.location == 1)
    externalData(fields, tensor, where);
  else if (*field && fields.raw.empty()) {
    std::string wrong = convertTyped(fields, tensor);
    if (!wrong.empty())
      return error(where, wrong);
  } else {
    if (static_cast<int64_t>(fields.raw.size()) != *need)
      return error(where, (*field ? "raw_data has " + std::to_string(fields.raw.size()) + " bytes"
                                  : std::string("has no data")) +
                              ", but the shape needs " + std::to_string(*need) + " bytes");
    tensor.data = fields.raw;
  }
  if (tensor.elementType == ElementType::Bool)
    normalizeBools(tensor);
}

void Reader::externalData(const TensorFields &fields, Tensor &tensor, const Where &where) {
  ExternalLocation location;
  for (std::string_view bytes : fields.external) {
    auto [key, value] = stringEntry(bytes);
    bool repeated = false;
    if (key == "location") {
      repeated = !location.location.empty();
      location.location = value;
    } else if (key == "offset") {
      repeated = location.offset.has_value();
      location.offset = value;
    } else if (key == "length") {
      repeated = location.length.has_value();
      location.length = value;
    }
    if (repeated)
      return error(where, "external data has two entries " + quoted(key));
  }
  if (!external)
    return error(where, "external data, which only a model may have");
  std::string wrong;
  int64_t need = *packedBytes(tensor.elementType, tensor.elementCount);
  if (std::optional<std::string_view> view = external->find(location, need, where.str(), wrong))
    tensor.data = *view;
  else
    error(where, wrong);
}

std::pair<std::string_view, std::string_view> Reader::stringEntry(std::string_view bytes) {
  std::pair<std::string_view, std::string_view> entry;
  Fields field = fields(bytes, "StringStringEntryProto");
  while (field.next())
    if (field.number() == 1)
      entry.first = field.bytes();
    else if (field.number() == 2)
      entry.second = field.bytes();
    else
      field.skip();
  return entry;
}

void Reader::sparseTensor(std::string_view bytes, SparseTensor &sparse, const Where &where) {
  std::string_view values, indices;
  Fields field = fields(bytes, "SparseTensorProto");
  while (field.next())
    if (field.number() == 1)
      values = field.bytes();
    else if (field.number() == 2)
      indices = field.bytes();
    else if (field.number() == 3)
      field.integers(sparse.dims);
    else
      field.skip();
  tensor(values, sparse.values, where);
  Where place = where.named(sparse.values.name);
  tensor(indices, sparse.indices, Where(place, "indices", sparse.indices.name));
  int64_t count;
  if (checkDims(sparse.dims, count, place))
    checkIndices(sparse, count, place);
}

/// Indices must name elements that exist, each once and in order: consumers scatter by them.
void Reader::checkIndices(const SparseTensor &sparse, int64_t count, const Where &where) {
  const Tensor &indices = sparse.indices;
  int64_t nonZeros = sparse.values.elementCount;
  size_t rank = sparse.dims.size();
  bool linear = indices.dims.size() == 1;
  if (sparse.values.dims.size() != 1 || indices.elementType != ElementType::Int64 ||
      !(linear || (indices.dims.size() == 2 && indices.dims[1] == static_cast<int64_t>(rank))) ||
      indices.dims[0] != nonZeros)
    return error(where, "expected values of shape [N] and int64 indices of shape [N] or [N, " +
                            std::to_string(rank) + "]");
  std::vector<int64_t> numbers = indices.copyAs<int64_t>();
  if (static_cast<int64_t>(numbers.size()) != indices.elementCount)
    return; // reported with the tensor
  int64_t previous = -1;
  for (int64_t i = 0; i < nonZeros; ++i) {
    int64_t position = linear ? numbers[i] : 0;
    bool inside = true;
    for (size_t axis = 0; !linear && axis < rank; ++axis) {
      int64_t index = numbers[i * rank + axis];
      inside = inside && index >= 0 && index < sparse.dims[axis];
      position = inside ? position * sparse.dims[axis] + index : 0;
    }
    if (!inside || position < 0 || position >= count)
      return error(where, "index " + std::to_string(i) + " is outside the shape");
    if (position <= previous)
      return error(where, "index " + std::to_string(i) + " is not in ascending order");
    previous = position;
  }
}

} // namespace ingot::onnx
