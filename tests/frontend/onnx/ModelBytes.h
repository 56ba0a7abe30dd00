//===- ModelBytes.h - ONNX files for tests, byte by byte --------*- C++ -*-===//
//
// Writes messages with protozero, so that a test can say exactly what is in a file, wrong or right.
// Field numbers are those of onnx.proto.
//
//===----------------------------------------------------------------------===//
#ifndef INGOT_TESTS_FRONTEND_ONNX_MODELBYTES_H
#define INGOT_TESTS_FRONTEND_ONNX_MODELBYTES_H

#include "frontend/onnx/Model.h"

#include <gtest/gtest.h>
#include <protozero/pbf_writer.hpp>

namespace ingot::onnx::test {

/// A message under construction.
class Message {
public:
  Message &integer(uint32_t field, int64_t value) {
    protozero::pbf_writer(bytes).add_int64(field, value);
    return *this;
  }
  Message &integers(uint32_t field, const std::vector<int64_t> &values) {
    protozero::pbf_writer(bytes).add_packed_int64(field, values.begin(), values.end());
    return *this;
  }
  Message &real(uint32_t field, float value) {
    protozero::pbf_writer(bytes).add_float(field, value);
    return *this;
  }
  Message &reals(uint32_t field, const std::vector<float> &values) {
    protozero::pbf_writer(bytes).add_packed_float(field, values.begin(), values.end());
    return *this;
  }
  Message &doubles(uint32_t field, const std::vector<double> &values) {
    protozero::pbf_writer(bytes).add_packed_double(field, values.begin(), values.end());
    return *this;
  }
  /// A string, bytes or message.
  Message &text(uint32_t field, const std::string &value) {
    protozero::pbf_writer(bytes).add_bytes(field, value);
    return *this;
  }
  Message &message(uint32_t field, const Message &value) { return text(field, value.bytes); }

  std::string bytes;
};

inline constexpr int64_t floatType = 1, int64Type = 7;

inline Message tensor(const std::string &name, int64_t type, const std::vector<int64_t> &dims,
                      const std::string &raw) {
  return Message().integers(1, dims).integer(2, type).text(8, name).text(9, raw);
}

/// A dimension below 0 is written as such, so be it.
inline Message valueInfo(const std::string &name, int64_t type = floatType,
                         const std::vector<int64_t> &dims = {2}) {
  Message shape;
  for (int64_t dim : dims)
    shape.message(1, Message().integer(1, dim));
  Message tensorType = Message().integer(1, type).message(2, shape);
  return Message().text(1, name).message(2, Message().message(1, tensorType));
}

inline Message node(const std::string &op, const std::vector<std::string> &inputs,
                    const std::vector<std::string> &outputs, const std::string &name = "",
                    const std::vector<Message> &attributes = {}, const std::string &domain = "") {
  Message message;
  for (const std::string &input : inputs)
    message.text(1, input);
  for (const std::string &output : outputs)
    message.text(2, output);
  message.text(3, name).text(4, op);
  for (const Message &attribute : attributes)
    message.message(5, attribute);
  return domain.empty() ? message : message.text(7, domain);
}

inline Message graphAttribute(const std::string &name, const Message &graph) {
  return Message().text(1, name).message(6, graph).integer(20, 5);
}

inline Message graph(const std::vector<Message> &nodes, const std::vector<std::string> &inputs,
                     const std::vector<std::string> &outputs,
                     const std::vector<Message> &initializers = {}) {
  Message message;
  for (const Message &node : nodes)
    message.message(1, node);
  message.text(2, "g");
  for (const Message &initializer : initializers)
    message.message(5, initializer);
  for (const std::string &input : inputs)
    message.message(11, valueInfo(input));
  for (const std::string &output : outputs)
    message.message(12, valueInfo(output));
  return message;
}

inline Message function(const std::string &domain, const std::string &name,
                        const std::vector<std::string> &inputs,
                        const std::vector<std::string> &outputs,
                        const std::vector<Message> &nodes) {
  Message message = Message().text(1, name);
  for (const std::string &input : inputs)
    message.text(4, input);
  for (const std::string &output : outputs)
    message.text(5, output);
  for (const Message &node : nodes)
    message.message(7, node);
  return message.message(9, Message().text(1, "").integer(2, 21)).text(10, domain);
}

inline Message model(const Message &graph, const std::vector<Message> &functions = {}) {
  Message message = Message().integer(1, 10).text(2, "test").message(7, graph);
  message.message(8, Message().text(1, "").integer(2, 21));
  for (const Message &function : functions)
    message.message(25, function);
  return message;
}

/// A model whose only content is this initializer, also its output.
inline Message modelWithInitializer(const Message &tensor) {
  return model(graph({}, {}, {"w"}, {tensor}));
}

/// One of each: inputs, initializers in several forms, attributes of all simple kinds, a subgraph
/// that reads a value around it, a function.
inline Message smallModel() {
  Message body = graph({node("Add", {"h", "w"}, {"inner"}, "add")}, {}, {"inner"});
  Message other = graph({node("Identity", {"h"}, {"inner2"})}, {}, {"inner2"});
  std::vector<Message> attributes = {
      Message().text(1, "alpha").real(2, 0.5f).integer(20, 1),
      Message().text(1, "axis").integer(3, -1).integer(20, 2),
      Message().text(1, "mode").text(4, "edge").integer(20, 3),
      Message().text(1, "scales").reals(7, {1, 2}).integer(20, 6),
      Message().text(1, "axes").integers(8, {0, 1}).integer(20, 7),
      Message().text(1, "keys").text(9, "a").text(9, "b").integer(20, 8),
      Message().text(1, "value").message(5, tensor("", floatType, {1}, "abcd")).integer(20, 4),
  };
  Message ints = Message().integers(1, {2}).integer(2, 6).integers(5, {1, -1}).text(8, "i");
  Message strings = Message().integers(1, {1}).integer(2, 8).text(6, "s").text(8, "s");
  return model(
      graph({node("Twice", {"x"}, {"h"}, "call", {}, "local"),
             node("Anything", {"h", "", "i"}, {"k"}, "n", attributes),
             node("If", {"c"}, {"y"}, "if",
                  {graphAttribute("then_branch", body), graphAttribute("else_branch", other)})},
            {"x", "c"}, {"y"}, {tensor("w", floatType, {2}, "12345678"), ints, strings}),
      {function("local", "Twice", {"a"}, {"b"}, {node("Add", {"a", "a"}, {"b"})})});
}

struct Loaded {
  std::unique_ptr<Model> model;
  Diagnostics diagnostics{"model.onnx"};
};

inline Loaded load(const std::string &bytes, const LoadOptions &options = {}) {
  Loaded loaded;
  loaded.model = Model::loadFromMemory(bytes, "", options, loaded.diagnostics);
  return loaded;
}

/// The model is rejected with a message that contains `text`.
inline void expectError(const Message &model, const std::string &text) {
  Loaded loaded = load(model.bytes);
  EXPECT_EQ(loaded.model, nullptr);
  EXPECT_EQ(loaded.diagnostics.exitStatus(), 1);
  EXPECT_NE(loaded.diagnostics.str().find(text), std::string::npos)
      << "expected: " << text << "\ngot: " << loaded.diagnostics.str();
}

inline void expectValid(const Message &model) {
  Loaded loaded = load(model.bytes);
  EXPECT_NE(loaded.model, nullptr);
  EXPECT_EQ(loaded.diagnostics.str(), "");
}

} // namespace ingot::onnx::test

#endif // INGOT_TESTS_FRONTEND_ONNX_MODELBYTES_H
