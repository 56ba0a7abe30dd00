//===- Pipeline.h - the phases in order ------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_DRIVER_PIPELINE_H
#define INGOT_TOOLS_DRIVER_PIPELINE_H

#include "codegen/plan/Plan.h"
#include "mlir/Pass/PassManager.h"
#include "tools/driver/Compile.h"

namespace ingot {

/// The part of the weights that `--prune=magnitude:0.8` takes; nothing for other text.
std::optional<double> pruneFraction(llvm::StringRef text);
/// Says what is wrong with the compression options; empty when nothing is.
std::string checkCompression(const CompileOptions &options);

/// Imported → laid out, on a module. Constants are folded unless the module itself is what folding
/// computes.
///
/// `after`, where not empty, may add passes behind each phase; it is told the form that the module
/// then has: "simplified", "compressed", "fused", "laid-out".
using PhaseHook = std::function<void(mlir::OpPassManager &, llvm::StringRef form)>;
void buildTensorPipeline(mlir::OpPassManager &pm, const CompileOptions &options, bool fold = true,
                         const PhaseHook &after = {});

/// Registers what the pipelines load.
void registerIngotDialects(mlir::DialectRegistry &registry);
void registerIngotPasses();

} // namespace ingot

#endif // INGOT_TOOLS_DRIVER_PIPELINE_H
