//===- Views.cpp - operands at affine positions, and epilogues ------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/lower/Views.h"

using namespace mlir;

namespace ingot {

std::optional<StridedView> resolveView(DimAnalysis &dims, Value v,
                                       llvm::function_ref<ArrayRef<int64_t>(Value)> order) {
  if (isa<BlockArgument>(v)) {
    StridedView view;
    view.base = v;
    view.dims = llvm::to_vector(dims.dims(v));
    view.strides = physicalStrides(dims, v, order(v));
    return view;
  }
  auto op = dyn_cast<ViewOp>(v.getDefiningOp());
  if (!op)
    return std::nullopt;
  std::optional<StridedView> view = resolveView(dims, op->getOperand(0), order);
  if (!view || failed(op.mapStrides(dims, *view)))
    return std::nullopt;
  return view;
}

std::optional<StridedView> resolveView(KernelFunction &f, Value v) {
  return resolveView(f.dims, v, [&](Value argument) { return f.order(argument); });
}

OpFoldResult foldResult(KernelFunction &f, const Dim &d) {
  if (auto c = d.constant())
    return IntegerAttr::get(IndexType::get(f.op.getContext()), *c);
  return f.emit(d);
}

int64_t knownOr(const Dim &d) { return d.constant().value_or(cpu::kUnknown); }

bool isLongEpilogue(KernelOp kernel) {
  static constexpr llvm::StringLiteral costly[] = {"exp",  "tanh", "erf",  "log",  "pow",
                                                   "sin",  "cos",  "sigmoid", "div", "log1p"};
  int64_t count = 0;
  for (Operation &op : kernel.block()) {
    if (llvm::is_contained(costly, op.getName().stripDialect()))
      return true;
    count += isa<ElementwiseOp>(op);
  }
  return count > 6;
}

bool emitEpilogue(KernelFunction &f, OpBuilder &b, Value anchorResult,
                  const cpu::OutputVector &out, ArrayRef<Index> at, ArrayRef<int64_t> order,
                  Index position) {
  KernelEmitter e(f, b, out.lanes);
  e.known[anchorResult] = out.sums;
  e.mask = out.mask;
  e.canonical = KernelEmitter::Canonical{llvm::to_vector(at),
                                         llvm::to_vector(f.dims.dims(anchorResult)),
                                         llvm::to_vector(order), position};
  for (auto [i, v] : llvm::enumerate(f.op.yield()->getOperands())) {
    FailureOr<Value> element = e.read(v, at);
    if (failed(element) || e.failed)
      return false;
    e.storeResult(i, at, *element);
  }
  return !e.failed;
}

} // namespace ingot
