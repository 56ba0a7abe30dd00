//===- Registry.h - which function imports which operator -------------------------===//
//
// One table per operator family, each in its own file of operators/. A row holds from its version
// on, until a later row of the same name; a row without a function ends the support.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_FRONTEND_ONNX_IMPORT_REGISTRY_H
#define INGOT_FRONTEND_ONNX_IMPORT_REGISTRY_H

#include "frontend/onnx/import/NodeReader.h"

namespace ingot {

/// What a node's outputs are; null for outputs that the node leaves out.
struct Results : llvm::SmallVector<mlir::Value, 2> {
  Results() = default;
  Results(mlir::Value v) { push_back(v); }
  Results(std::initializer_list<mlir::Value> values) : SmallVector(values) {}
  template <typename Range> explicit Results(const Range &values) {
    append(values.begin(), values.end());
  }
};

using ImportFunction = Results (*)(ImportBuilder &b, NodeReader &n);

struct OperatorRow {
  llvm::StringLiteral domain; ///< "" is the standard's
  llvm::StringLiteral name;
  int64_t since;
  ImportFunction function;
};

/// The newest row that is not newer than `version`; null without one. `oldest`, if given, is set to
/// the oldest version that has a row, or 0.
const OperatorRow *findOperator(llvm::StringRef domain, llvm::StringRef name, int64_t version,
                                int64_t *oldest = nullptr);

// The families.
llvm::ArrayRef<OperatorRow> activationOperators();
llvm::ArrayRef<OperatorRow> attentionOperators();
llvm::ArrayRef<OperatorRow> classicalOperators();
llvm::ArrayRef<OperatorRow> treeOperators();
llvm::ArrayRef<OperatorRow> constantOperators();
llvm::ArrayRef<OperatorRow> contractionOperators();
llvm::ArrayRef<OperatorRow> controlFlowOperators();
llvm::ArrayRef<OperatorRow> elementwiseOperators();
llvm::ArrayRef<OperatorRow> indexOperators();
llvm::ArrayRef<OperatorRow> movementOperators();
llvm::ArrayRef<OperatorRow> einsumOperators();
llvm::ArrayRef<OperatorRow> integerProductOperators();
llvm::ArrayRef<OperatorRow> quantizeOperators();
llvm::ArrayRef<OperatorRow> lossOperators();
llvm::ArrayRef<OperatorRow> determinantOperators();
llvm::ArrayRef<OperatorRow> labelOperators();
llvm::ArrayRef<OperatorRow> linearAttentionOperators();
llvm::ArrayRef<OperatorRow> mapOperators();
llvm::ArrayRef<OperatorRow> ngramOperators();
llvm::ArrayRef<OperatorRow> normalizationOperators();
llvm::ArrayRef<OperatorRow> poolOperators();
llvm::ArrayRef<OperatorRow> sequenceOperators();
llvm::ArrayRef<OperatorRow> softmaxOperators();
llvm::ArrayRef<OperatorRow> textOperators();
llvm::ArrayRef<OperatorRow> detectionOperators();
llvm::ArrayRef<OperatorRow> generateOperators();
llvm::ArrayRef<OperatorRow> recurrenceOperators();
llvm::ArrayRef<OperatorRow> reductionOperators();
llvm::ArrayRef<OperatorRow> resizeOperators();
llvm::ArrayRef<OperatorRow> optimizerOperators();
llvm::ArrayRef<OperatorRow> samplingOperators();
llvm::ArrayRef<OperatorRow> signalOperators();
llvm::ArrayRef<OperatorRow> sortOperators();
llvm::ArrayRef<OperatorRow> supportVectorOperators();

} // namespace ingot

#endif // INGOT_FRONTEND_ONNX_IMPORT_REGISTRY_H
