//===- Emit.h - from a plan to native code -------------------------------------===//
//
// One LLVM module per kernel, compiled side by side; one for the programs and the metadata; the
// weights section, written without LLVM.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_CODEGEN_EMIT_EMIT_H
#define INGOT_CODEGEN_EMIT_EMIT_H

#include "codegen/lower/ExpandFloats.h"
#include "codegen/lower/ExpandMath.h"
#include "codegen/plan/Plan.h"
#include "codegen/target/GpuTarget.h"
#include "mlir/Pass/PassManager.h"
#include <functional>

namespace ingot {

struct EmitOptions {
  CpuTarget target;
  std::string modelName; ///< C identifier
  int optimize = 3;
  int jobs = 2;
  bool shared = false;   ///< position and symbols for a shared artifact
  std::string sanitize;  ///< "address", "thread" or empty
  /// Every launch goes through the host table, also those that no thread could share: what measures
  /// there sees all of them.
  bool observable = false;
  bool verifyEach = false; ///< check the IR after every pass
  /// What to keep as text instead of compiling: null, or receives each module's LLVM IR.
  llvm::raw_ostream *llvmText = nullptr;
  llvm::raw_ostream *assembly = nullptr;
  /// Where not empty, a folder that receives each module as NAME.ll, NAME.s and NAME.o.
  std::string saveFolder;
  /// Where not null, receives the time of each pass and of each module.
  mlir::TimingScope *timing = nullptr;
  /// Called when all weights are written and the model's bytes are read no more; may be empty.
  std::function<void()> weightsWritten;
};

/// The machine code of a plan: ELF objects in memory, the weights aside.
struct EmittedCode {
  std::vector<llvm::SmallVector<char, 0>> objects;
};

/// Lowers the plan's modules to LLVM and compiles them.
llvm::Expected<EmittedCode> emitCode(ModelPlan &plan, const EmitOptions &options);

/// Lowers kernels and programs from scf/vector/memref to the LLVM dialect.
mlir::LogicalResult lowerKernelsToLLVM(ModelPlan &plan, const EmitOptions &options);
mlir::LogicalResult lowerProgramsToLLVM(ModelPlan &plan, const EmitOptions &options);

/// Kernels of any device from scf/vector/memref to the LLVM dialect, without library calls.
void buildKernelToLLVM(mlir::OpPassManager &pm, ExpandMathOptions math, ExpandFloatsOptions floats);

/// The plan's kernels for a GPU as PTX: one entry per kernel, whose parameters are pointers to
/// buffers in the GPU's global memory, 64-byte aligned, and dimensions as 64-bit integers, in the
/// order that a comment before the code gives. `llvmText`, where not null, receives the LLVM IR.
llvm::Expected<std::string> emitPtx(ModelPlan &plan, const GpuTarget &target, int optimize,
                                    std::string *llvmText = nullptr);

/// Name of the symbol at the start of the weights section.
inline std::string weightsSymbol(llvm::StringRef modelName) {
  return ("ingot_weights_" + modelName).str();
}

} // namespace ingot

#endif // INGOT_CODEGEN_EMIT_EMIT_H
