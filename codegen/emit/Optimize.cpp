//===- Optimize.cpp - LLVM's own pipeline, set up ---------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/emit/Optimize.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

namespace ingot {

void runDefaultPipeline(llvm::Module &module, llvm::TargetMachine &machine, int level,
                        const llvm::PipelineTuningOptions &tuning,
                        llvm::function_ref<void(llvm::ModulePassManager &)> extend) {
  static const llvm::OptimizationLevel levels[] = {
      llvm::OptimizationLevel::O0, llvm::OptimizationLevel::O1, llvm::OptimizationLevel::O2,
      llvm::OptimizationLevel::O3};
  llvm::PassBuilder builder(&machine, tuning);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager sccs;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(sccs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, sccs, modules);
  llvm::ModulePassManager pm = level == 0 ? builder.buildO0DefaultPipeline(levels[0])
                                          : builder.buildPerModuleDefaultPipeline(levels[level]);
  if (extend)
    extend(pm);
  pm.run(module, modules);
}

} // namespace ingot
