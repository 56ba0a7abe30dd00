//===- Planned.h - the planned form, shown and checked --------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_CODEGEN_PLAN_PLANNED_H
#define INGOT_CODEGEN_PLAN_PLANNED_H

#include "codegen/plan/Plan.h"
#include "ir/ops/Program.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Pass/Pass.h"

namespace ingot {

#define GEN_PASS_DECL
#include "codegen/plan/Plan.h.inc"
#define GEN_PASS_REGISTRATION
#include "codegen/plan/Plan.h.inc"

/// The form's guarantees, see VerifyPlanned in Plan.td. A module that is null holds nothing.
mlir::LogicalResult verifyPlanned(mlir::ModuleOp kernels, mlir::ModuleOp gpuKernels,
                                  mlir::ModuleOp program);

/// Kernels by their names.
using KernelTable = llvm::StringMap<mlir::func::FuncOp>;

/// An entry of `ingot.buffers`.
struct ArenaBuffer {
  bool onGpu = false, dynamic = false;
  int64_t at = 0, bytes = 0;
  int64_t first = 0, last = 0;

  bool meets(const ArenaBuffer &other) const { return first <= other.last && other.first <= last; }
  /// Whether the two may have bytes in common.
  bool mayShare(const ArenaBuffer &other) const;
};

/// Whether reads of the arenas' buffers find what was last written there, on every path of
/// `program`, and launches write to no other buffer of theirs.
mlir::LogicalResult verifyData(mlir::func::FuncOp program, llvm::ArrayRef<ArenaBuffer> buffers,
                               const KernelTable &kernels);

} // namespace ingot

#endif // INGOT_CODEGEN_PLAN_PLANNED_H
