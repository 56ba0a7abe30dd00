//===- Unfused.cpp - the imported, the simplified and the compressed form -----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/analysis/Identity.h"
#include "ir/forms/Tensors.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Contraction.h"
#include "ir/ops/Movement.h"
#include "ir/ops/Quantize.h"

using namespace mlir;

namespace ingot {
#define GEN_PASS_DEF_VERIFYIMPORTED
#define GEN_PASS_DEF_VERIFYSIMPLIFIED
#define GEN_PASS_DEF_VERIFYCOMPRESSED
#include "ir/forms/Forms.h.inc"

//===- imported ---------------------------------------------------------------------===//

static LogicalResult checkPortNames(func::FuncOp function, StringRef form) {
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    if (!function.getArgAttrOfType<StringAttr>(i, "ingot.name"))
      return breaks(function, form) << "expected a name of input " << i;
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    if (!function.getResultAttrOfType<StringAttr>(i, "ingot.name"))
      return breaks(function, form) << "expected a name of output " << i;
  return success();
}

static LogicalResult checkLocations(func::FuncOp function, StringRef form) {
  WalkResult result = function.walk([&](Operation *op) -> WalkResult {
    // Constants stand for many nodes, and what ends a block for none.
    if (op == function || isa<ConstantOp, NoneOp>(op) || op->hasTrait<OpTrait::IsTerminator>() ||
        op->getLoc()->findInstanceOf<NameLoc>())
      return WalkResult::advance();
    return breaks(op, form) << "expected the name of a node for its location";
  });
  return failure(result.wasInterrupted());
}

LogicalResult verifyImported(func::FuncOp function) {
  StringRef form = "imported";
  DimAnalysis dims;
  return failure(failed(checkStructure(function, form)) ||
                 failed(checkNothingFused(function, form)) ||
                 failed(checkConstants(function, form)) ||
                 failed(checkTypes(function, form, Types::Consistent, dims)) ||
                 failed(checkPortNames(function, form)) || failed(checkLocations(function, form)));
}

//===- simplified -------------------------------------------------------------------===//

static LogicalResult checkNothingIdle(func::FuncOp function, StringRef form, DimAnalysis &dims) {
  WalkResult result = function.walk([&](Operation *op) -> WalkResult {
    if (op == function)
      return WalkResult::advance();
    if (isOpTriviallyDead(op))
      return breaks(op, form) << "expected a reader of its result";
    if (isIdentity(op, dims))
      return breaks(op, form) << "expected no operator that returns its operand";
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

static LogicalResult verifySimplifiedAs(func::FuncOp function, StringRef form, DimAnalysis &dims) {
  return failure(failed(checkStructure(function, form)) ||
                 failed(checkNothingFused(function, form)) ||
                 failed(checkConstants(function, form)) ||
                 failed(checkTypes(function, form, Types::Refined, dims)) ||
                 failed(checkNothingIdle(function, form, dims)));
}

LogicalResult verifySimplified(func::FuncOp function) {
  DimAnalysis dims;
  return verifySimplifiedAs(function, "simplified", dims);
}

//===- compressed -------------------------------------------------------------------===//

/// Whether `v` is dequantized from at most 8 bits to f32, by one scale and one zero point.
static bool isDequantizedAsOne(Value v, DimAnalysis &dims) {
  if (auto transpose = v.getDefiningOp<TransposeOp>())
    v = transpose.getInput();
  auto op = v.getDefiningOp<DequantizeOp>();
  if (!op || !op.getTo().isF32() || !dims.elementType(op.getScale()).isF32())
    return false;
  for (Value part : {op.getX(), op.getZeroPoint()})
    if (Type t = dims.elementType(part); !isInteger(t) || storageBits(t) > 8)
      return false;
  for (Value part : {op.getScale(), op.getZeroPoint()})
    if (!llvm::all_of(dims.dims(part), [](const Dim &d) { return d.is(1); }))
      return false;
  return true;
}

static bool isOne(Value v, DimAnalysis &dims) {
  return llvm::all_of(dims.dims(v), [](const Dim &d) { return d.is(1); });
}

/// Whether a zero point is one number, or one along dimension `axis` of `of` alone.
static bool liesAlong(Value zero, Value of, int64_t axis, DimAnalysis &dims) {
  int64_t rank = dims.rank(of), own = dims.rank(zero);
  for (int64_t i = 0; i < own; ++i)
    if (rank - own + i != axis && !dims.dim(zero, i).is(1))
      return false;
  return true;
}

static LogicalResult checkContraction(Operation *op, StringRef form, DimAnalysis &dims) {
  if (isa<MatMulOp, ConvOp>(op)) {
    bool transposed = llvm::any_of(op->getOperands().take_front(2), [](Value v) {
      return v.getDefiningOp<TransposeOp>() != nullptr;
    });
    if (isDequantizedAsOne(op->getOperand(0), dims) && isDequantizedAsOne(op->getOperand(1), dims) &&
        !(isa<ConvOp>(op) && transposed))
      return breaks(op, form) << "expected a product of integers, since both operands were";
  }
  if (auto product = dyn_cast<MatMulIntegerOp>(op)) {
    int64_t rank = dims.rank(product->getOperand(0)), wRank = dims.rank(product->getOperand(1));
    if (!liesAlong(product->getOperand(2), product->getOperand(0), rank - 2, dims) ||
        !liesAlong(product->getOperand(3), product->getOperand(1), wRank - 1, dims))
      return breaks(op, form) << "expected zero points that are constant along the sums";
  }
  if (isa<ConvIntegerOp>(op) && (!isOne(op->getOperand(2), dims)))
    return breaks(op, form) << "expected one zero point of the input";
  return success();
}

LogicalResult verifyCompressed(func::FuncOp function) {
  StringRef form = "compressed";
  DimAnalysis dims;
  if (failed(verifySimplifiedAs(function, form, dims)))
    return failure();
  if (Attribute lines = function->getAttr("ingot.compression")) {
    auto list = dyn_cast<ArrayAttr>(lines);
    if (!list || !llvm::all_of(list, llvm::IsaPred<DictionaryAttr>))
      return breaks(function, form) << "expected ingot.compression to be a list of layers";
  }
  WalkResult result = function.walk([&](Operation *op) -> WalkResult {
    return WalkResult(checkContraction(op, form, dims));
  });
  return failure(result.wasInterrupted());
}

//===- passes -----------------------------------------------------------------------===//

namespace {

struct VerifyImportedPass : impl::VerifyImportedBase<VerifyImportedPass> {
  void runOnOperation() override {
    if (failed(verifyImported(getOperation())))
      signalPassFailure();
    markAllAnalysesPreserved();
  }
};

struct VerifySimplifiedPass : impl::VerifySimplifiedBase<VerifySimplifiedPass> {
  void runOnOperation() override {
    if (failed(verifySimplified(getOperation())))
      signalPassFailure();
    markAllAnalysesPreserved();
  }
};

struct VerifyCompressedPass : impl::VerifyCompressedBase<VerifyCompressedPass> {
  void runOnOperation() override {
    if (failed(verifyCompressed(getOperation())))
      signalPassFailure();
    markAllAnalysesPreserved();
  }
};

} // namespace
} // namespace ingot
