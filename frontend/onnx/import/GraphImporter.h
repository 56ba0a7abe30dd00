//===- GraphImporter.h - graphs, subgraphs and function bodies ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_FRONTEND_ONNX_IMPORT_GRAPHIMPORTER_H
#define INGOT_FRONTEND_ONNX_IMPORT_GRAPHIMPORTER_H

#include "frontend/onnx/import/ImportBuilder.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringSet.h"

namespace ingot {

/// What a name of the file stands for.
struct Binding {
  enum State {
    Present,
    Absent, ///< an optional input of a function that its call leaves out
    Broken  ///< its node was not imported, which has been reported
  };
  State state = Absent;
  mlir::Value value;
};

/// The names of one graph; those around it are visible, save for function bodies.
struct Scope {
  const Scope *around = nullptr;
  const onnx::OpsetImports *opsets = nullptr;
  /// Set in function bodies and the graphs inside: what `ref_attr_name` refers to.
  const llvm::DenseMap<llvm::StringRef, const onnx::Attribute *> *attributes = nullptr;
  /// Appended to locations: " in function 'f' called by node 'x' (f)".
  std::string suffix;
  unsigned depth = 0;

  llvm::DenseMap<llvm::StringRef, Binding> values;
  llvm::DenseMap<llvm::StringRef, const onnx::Tensor *> initializers;
  llvm::DenseMap<llvm::StringRef, const onnx::SparseTensor *> sparseInitializers;
  /// Types that the file states for values of this graph.
  llvm::DenseMap<llvm::StringRef, const onnx::ValueInfo *> declared;
};

class GraphImporter {
public:
  GraphImporter(ImportBuilder &b, const onnx::Model &model, onnx::Diagnostics &diagnostics)
      : b(b), model(model), diagnostics(diagnostics) {}

  /// Imports what the outputs of `graph` need; inputs must be bound in `scope` before.
  llvm::SmallVector<Binding> importGraph(const onnx::Graph &graph, Scope &scope);
  void addInitializers(const onnx::Graph &graph, Scope &scope,
                       const llvm::StringSet<> &overridable = {});
  Binding lookup(llvm::StringRef name, Scope &scope);

  ImportBuilder &b;
  const onnx::Model &model;
  onnx::Diagnostics &diagnostics;
  /// False where the user gave other shapes than the file.
  bool trustDeclaredShapes = true;

private:
  using NameSet = llvm::DenseSet<llvm::StringRef>;
  static std::vector<bool> liveNodes(llvm::ArrayRef<onnx::Node> nodes, NameSet &needed);
  static void addFreeNames(const onnx::Graph &graph, NameSet &names);

  void importNodes(llvm::ArrayRef<onnx::Node> nodes, NameSet needed, Scope &scope);
  void importNode(const onnx::Node &node, Scope &scope);
  /// Imports what follows `node`, whose `branch` diverged, into both branches; defines the names in
  /// `wanted` that `node` and the rest define.
  void importBranchwise(mlir::Operation *branch, const onnx::Node &node,
                        llvm::ArrayRef<onnx::Node> rest, const NameSet &wanted, Scope &scope);
  /// False when a name it reads is broken.
  bool readOperands(const onnx::Node &node, Scope &scope, llvm::SmallVectorImpl<Binding> &operands);
  /// Reports what the registry lacks.
  bool checkSupported(const onnx::Node &node, const Scope &scope);
  void checkSubgraphs(const onnx::Node &node, const Scope &scope);
  /// Warns of what contradicts the file's own statement about a value: exporters leave stale ones
  /// behind, and what the operators say holds.
  void checkDeclared(mlir::Value v, llvm::StringRef name, const Scope &scope);
  void callFunction(const onnx::Function &function, const onnx::Node &node,
                    llvm::ArrayRef<Binding> operands, Scope &scope);
  void define(const onnx::Node &node, size_t output, Binding binding, Scope &scope);
  const onnx::Function *functionOf(const onnx::Node &node, const Scope &scope) const;

  /// Function calls can grow a file of a few kilobytes to any size.
  static constexpr int64_t maxNodes = 4'000'000;
  static constexpr unsigned maxDepth = 64;
  int64_t nodeCount = 0;
  /// Every divergence doubles what follows.
  static constexpr unsigned maxDivergences = 64;
  unsigned divergences = 0;
};

} // namespace ingot

#endif // INGOT_FRONTEND_ONNX_IMPORT_GRAPHIMPORTER_H
