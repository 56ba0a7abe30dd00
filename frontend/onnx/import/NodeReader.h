//===- NodeReader.h - operands and attributes of the node being imported ----------===//
//
// Every access states what the operator expects; what does not fit is an error of the node ("expected
// X, but got Y"), after which a harmless value is returned. What is never asked for does not belong
// to the operator, which `finish` reports.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_FRONTEND_ONNX_IMPORT_NODEREADER_H
#define INGOT_FRONTEND_ONNX_IMPORT_NODEREADER_H

#include "frontend/onnx/import/ImportBuilder.h"

namespace ingot {

class GraphImporter;
struct Scope;

class NodeReader {
public:
  /// `operands` holds null for inputs left out.
  NodeReader(GraphImporter &importer, ImportBuilder &b, const onnx::Node &node, Scope &scope,
             llvm::ArrayRef<mlir::Value> operands, int64_t opset);

  const onnx::Node &node() const { return protoNode; }
  /// The version of the operator's domain in this model.
  int64_t opset() const { return version; }

  // Operands.
  size_t operandCount() const { return operands.size(); }
  bool hasOperand(size_t i) const { return i < operands.size() && operands[i]; }
  /// A required tensor.
  mlir::Value operand(size_t i);
  /// A tensor, or null.
  mlir::Value optional(size_t i);
  /// A required value of any type.
  mlir::Value anyOperand(size_t i);
  /// All operands from `first` on, none of which may be left out.
  llvm::SmallVector<mlir::Value> operandsFrom(size_t first);
  /// The known values of an integer operand; an unsupported message where they are not known.
  std::optional<llvm::SmallVector<int64_t>> constantOperand(size_t i, llvm::StringRef what);

  // Outputs.
  size_t outputCount() const;
  /// What the file says about an output, or null.
  const onnx::TypeProto *declaredOutput(size_t i) const;
  bool wantsOutput(size_t i) const {
    return i < protoNode.outputs.size() && !protoNode.outputs[i].empty();
  }

  // Attributes.
  bool has(llvm::StringRef name);
  int64_t integer(llvm::StringRef name, int64_t byDefault);
  int64_t requiredInteger(llvm::StringRef name);
  bool boolean(llvm::StringRef name, bool byDefault) { return integer(name, byDefault) != 0; }
  double real(llvm::StringRef name, double byDefault);
  llvm::StringRef string(llvm::StringRef name, llvm::StringRef byDefault);
  std::optional<llvm::SmallVector<int64_t>> integers(llvm::StringRef name);
  std::optional<llvm::SmallVector<float>> reals(llvm::StringRef name);
  std::optional<llvm::SmallVector<llvm::StringRef>> strings(llvm::StringRef name);
  const onnx::Tensor *tensor(llvm::StringRef name);
  const onnx::SparseTensor *sparseTensor(llvm::StringRef name);
  const onnx::TypeProto *type(llvm::StringRef name);
  /// A required attribute.
  const onnx::Graph *graph(llvm::StringRef name);
  /// For attributes that do not matter here.
  void ignore(std::initializer_list<llvm::StringRef> names);

  /// Imports a subgraph where the builder stands, with its inputs bound to `arguments`; null values
  /// after an error. Sees all names around the node.
  llvm::SmallVector<mlir::Value> importGraph(const onnx::Graph &graph, mlir::ValueRange arguments);

  /// Whether the user gave inputs other shapes than the file, which need not fit every branch.
  bool hasOtherShapes() const;
  onnx::Diagnostics &diagnostics() const;
  void error(const llvm::Twine &message) { b.error(message); }
  /// Reports something valid that Ingot cannot compile.
  void unsupported(const llvm::Twine &message);
  /// Reports attributes and operands that nobody asked for.
  void finish(size_t resultCount);

private:
  const onnx::Attribute *find(llvm::StringRef name, onnx::AttributeType type);

  struct Entry {
    llvm::StringRef name;
    const onnx::Attribute *attribute;
    bool read = false;
  };

  GraphImporter &importer;
  ImportBuilder &b;
  const onnx::Node &protoNode;
  Scope &scope;
  llvm::SmallVector<mlir::Value> operands;
  int64_t version;
  size_t operandsRead = 0;
  llvm::SmallVector<Entry> attributes;
};

} // namespace ingot

#endif // INGOT_FRONTEND_ONNX_IMPORT_NODEREADER_H
