//===- Imported.h - models built in tests, imported --------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_TESTS_FRONTEND_ONNX_IMPORT_IMPORTED_H
#define INGOT_TESTS_FRONTEND_ONNX_IMPORT_IMPORTED_H

#include "frontend/onnx/import/Importer.h"
#include "tests/frontend/onnx/ModelBytes.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"

namespace ingot::onnx::test {

struct Input {
  std::string name;
  std::vector<int64_t> dims;
  int64_t type = floatType;
};

/// The type of an output is left open.
inline Message typedGraph(const std::vector<Message> &nodes, const std::vector<Input> &inputs,
                          const std::vector<std::string> &outputs,
                          const std::vector<Message> &initializers = {}) {
  Message message;
  for (const Message &node : nodes)
    message.message(1, node);
  message.text(2, "g");
  for (const Message &initializer : initializers)
    message.message(5, initializer);
  for (const Input &input : inputs)
    message.message(11, valueInfo(input.name, input.type, input.dims));
  for (const std::string &output : outputs)
    message.message(12, Message().text(1, output));
  return message;
}

inline Message integerAttribute(const std::string &name, int64_t value) {
  return Message().text(1, name).integer(3, value).integer(20, 2);
}
inline Message integersAttribute(const std::string &name, const std::vector<int64_t> &values) {
  return Message().text(1, name).integers(8, values).integer(20, 7);
}
inline Message textAttribute(const std::string &name, const std::string &value) {
  return Message().text(1, name).text(4, value).integer(20, 3);
}

struct Imported {
  std::string ir;       ///< empty after an error
  std::string messages;
  int status;
};

inline Imported import(const Message &bytes, const ImportOptions &options = {}) {
  Loaded loaded = load(bytes.bytes);
  Imported result;
  if (loaded.model) {
    mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
    auto module = importModel(context, *loaded.model, options, loaded.diagnostics);
    if (module) {
      llvm::raw_string_ostream stream(result.ir);
      module->print(stream);
      EXPECT_TRUE(mlir::succeeded(mlir::verify(*module)));
    }
  }
  result.messages = loaded.diagnostics.str();
  result.status = loaded.diagnostics.exitStatus();
  return result;
}

inline void expectContains(const std::string &text, const std::string &part) {
  EXPECT_NE(text.find(part), std::string::npos) << "expected: " << part << "\nin: " << text;
}

} // namespace ingot::onnx::test

#endif // INGOT_TESTS_FRONTEND_ONNX_IMPORT_IMPORTED_H
