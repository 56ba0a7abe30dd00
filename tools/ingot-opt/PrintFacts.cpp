//===- PrintFacts.cpp - what operators state about themselves, for tests ---------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "tools/ingot-opt/PrintFacts.h"
#include "ir/Dialect.h"
#include "ir/ops/Structure.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;

namespace ingot {
namespace {

void printAxis(raw_ostream &os, StringRef what, std::optional<int64_t> axis) {
  os << ", " << what << " ";
  if (axis)
    os << *axis;
  else
    os << "none";
}

void printContraction(raw_ostream &os, ContractionOp op) {
  os << "  data " << op.dataOperand().getOperandNumber() << ", weights "
     << op.weightsOperand().getOperandNumber();
  // Zero points are values: their operands are those with these.
  auto number = [&](Value v) -> std::optional<int64_t> {
    for (OpOperand &operand : op->getOpOperands())
      if (v && operand.get() == v)
        return operand.getOperandNumber();
    return std::nullopt;
  };
  printAxis(os, "zero points", number(op.dataZero()));
  printAxis(os, "and", number(op.weightsZero()));
  printAxis(os, "channels", op.weightsChannelAxis());
  printAxis(os, "of result", op.resultChannelAxis());
  os << (op.sharesWeights() ? "" : ", batch of weights") << "\n";
  if (auto convolution = dyn_cast<ConvolutionOp>(*op)) {
    os << "  window: strides";
    for (int64_t stride : convolution.getStrides())
      os << " " << stride;
    os << ", groups " << convolution.getGroups()
       << (convolution.isTransposed() ? ", transposed" : "") << "\n";
  }
  auto quantizable = dyn_cast<QuantizableOp>(*op);
  if (!quantizable) {
    os << "  no integer form\n";
    return;
  }
  OpBuilder b(op);
  Operation *integer =
      quantizable.createInteger(b, {op.data(), op.weights(), op.data(), op.weights()});
  os << "  integer form " << integer->getName().stripDialect();
  printAxis(os, "data scale", quantizable.dataScaleAxis());
  os << "\n";
  integer->erase();
}

void printFacts(raw_ostream &os, func::FuncOp function, DimAnalysis &dims) {
  os << "@" << function.getSymName() << "\n";
  function.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (!isa_and_nonnull<IngotDialect>(op->getDialect()))
      return;
    Cost cost = costOf(op, dims);
    os << op->getName().stripDialect() << ": " << roleName(fusionRole(op)) << ", "
       << dims.space.str(cost.operations) << " operations, " << dims.space.str(cost.bytes)
       << " bytes\n";
    if (auto contraction = dyn_cast<ContractionOp>(op))
      printContraction(os, contraction);
  });
}

/// On modules, so that functions come one after the other.
struct PrintFactsPass : PassWrapper<PrintFactsPass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(PrintFactsPass)
  StringRef getArgument() const override { return "ingot-print-facts"; }
  StringRef getDescription() const override {
    return "Prints what operators state about themselves";
  }
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      DimAnalysis dims;
      if (failed(dims.run(function)))
        return signalPassFailure();
      printFacts(llvm::outs(), function, dims);
    }
  }
};

} // namespace

void registerPrintFactsPass() { PassRegistration<PrintFactsPass>(); }

} // namespace ingot
