//===- Optimize.h - LLVM's own pipeline, set up -----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_CODEGEN_EMIT_OPTIMIZE_H
#define INGOT_CODEGEN_EMIT_OPTIMIZE_H

#include "llvm/Passes/PassBuilder.h"

namespace llvm {
class TargetMachine;
} // namespace llvm

namespace ingot {

/// Runs LLVM's default pipeline of the level, 0 to 3, then what `extend` adds to it.
void runDefaultPipeline(llvm::Module &module, llvm::TargetMachine &machine, int level,
                        const llvm::PipelineTuningOptions &tuning = {},
                        llvm::function_ref<void(llvm::ModulePassManager &)> extend = {});

} // namespace ingot

#endif // INGOT_CODEGEN_EMIT_OPTIMIZE_H
