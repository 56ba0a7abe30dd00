//===- Reader.h - From bytes to the structs of Model.h ----------*- C++ -*-===//
//
// One function per message of the schema. A message that is protobuf but makes no sense becomes a
// diagnostic and reading goes on; malformed protobuf ends it (Fields.h). The functions recurse as
// the messages nest and count how deep, so that no file can exhaust the stack.
//
// A message is read in two steps where a diagnostic about one field names another: the fields are
// collected, then interpreted.
//
//===----------------------------------------------------------------------===//
#ifndef INGOT_FRONTEND_ONNX_READER_H
#define INGOT_FRONTEND_ONNX_READER_H

#include "frontend/onnx/ExternalData.h"
#include "frontend/onnx/Fields.h"
#include "frontend/onnx/Value.h"
#include "frontend/onnx/Where.h"

#include <functional>

namespace ingot::onnx {

struct TensorFields;

class Reader {
public:
  /// `external` may be null: external data is an error then.
  Reader(const LoadOptions &options, Diagnostics &diagnostics, ExternalFiles *external)
      : options(options), diagnostics(diagnostics), external(external) {}

  /// Runs `read`, which reads `bytes`; what it throws becomes a diagnostic. False if there are
  /// errors.
  bool run(std::string_view bytes, const char *format, const std::function<void(Reader &)> &read);

  void model(std::string_view bytes, Model &model);
  void tensor(std::string_view bytes, Tensor &tensor, const Where &where);
  void value(std::string_view bytes, Value::Kind kind, Value &value, const Where &where,
             unsigned depth = 0);

private:
  /// Of an AttributeProto: the scalars, and the nested messages by field number.
  struct AttributeFields {
    int64_t type = 0;
    std::optional<float> f;
    std::optional<int64_t> i;
    std::optional<std::string_view> s;
    std::vector<std::pair<uint32_t, std::string_view>> messages;
  };

  void function(std::string_view bytes, Function &function);
  void opset(std::string_view bytes, OpsetImports &opsets, const Where &where);
  void graph(std::string_view bytes, Graph &graph, const Where &where, unsigned depth);
  void node(std::string_view bytes, Node &node, const Where &where, unsigned depth);
  void attribute(std::string_view bytes, Attribute &attribute, const Where &where, unsigned depth);
  void settle(Attribute &attribute, const AttributeFields &all, const Where &where);
  void checkAttributeNames(const std::vector<Attribute> &attributes, const Where &where);
  void valueInfo(std::string_view bytes, ValueInfo &info, const char *kind, const Where &where);
  void type(std::string_view bytes, TypeProto &type, const Where &where, unsigned depth);
  void tensorType(std::string_view bytes, TypeProto &type, const Where &where);
  void containerType(std::string_view bytes, TypeProto &type, const Where &where, unsigned depth);
  void shape(std::string_view bytes, std::vector<Dimension> &shape, const Where &where);
  void sparseTensor(std::string_view bytes, SparseTensor &sparse, const Where &where);
  void container(std::string_view bytes, Value &value, const Where &where, unsigned depth);
  void map(std::string_view bytes, Value &value, const Where &where, unsigned depth);
  void keys(int64_t keyType, const std::vector<int64_t> &numbers,
            std::vector<std::string_view> strings, Value &value, const Where &where);

  bool checkDims(const std::vector<int64_t> &dims, int64_t &count, const Where &where);
  void interpret(TensorFields &fields, Tensor &tensor, const Where &where);
  std::optional<const char *> dataField(const TensorFields &fields, const Tensor &tensor,
                                        const Where &where);
  void externalData(const TensorFields &fields, Tensor &tensor, const Where &where);
  void checkIndices(const SparseTensor &sparse, int64_t count, const Where &where);
  std::pair<std::string_view, std::string_view> stringEntry(std::string_view bytes);
  ElementType elementType(int64_t number, const Where &where);

  void error(const Where &where, std::string message) {
    report(diagnostics, where, std::move(message));
  }
  void unsupported(const Where &where, std::string message);

  Fields fields(std::string_view bytes, const char *message) {
    return Fields(bytes, message, position);
  }

  const LoadOptions &options;
  Diagnostics &diagnostics;
  ExternalFiles *external;
  const char *position = nullptr; // where the field starts that was read last
};

} // namespace ingot::onnx

#endif // INGOT_FRONTEND_ONNX_READER_H
