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

/// What the phases on tensors depend on.
struct PhaseOptions {
  bool fold = true;            ///< compute constants, unless the module itself is what folding computes
  std::optional<double> prune; ///< this part of every weight
  bool dynamicInt8 = false;
  bool reference = false; ///< plain loops: nothing is prepared for fast kernels
  bool gpu = false;       ///< kernels are placed on two devices
  bool verify = false;    ///< every form, where a phase begins or ends
};
PhaseOptions phaseOptions(const CompileOptions &options, bool fold = true);

/// The phases, each on a module: imported → simplified → compressed → fused.
void buildSimplify(mlir::OpPassManager &module, const PhaseOptions &options);
void buildCompress(mlir::OpPassManager &module, const PhaseOptions &options);
void buildFuse(mlir::OpPassManager &module, const PhaseOptions &options);
/// All of them, imported → laid out (fused, for the reference). `after`, where not empty, may add
/// passes behind each phase; it is told the form that the module then has: "simplified", "compressed",
/// "fused", "laid-out".
using PhaseHook = std::function<void(mlir::OpPassManager &, llvm::StringRef form)>;
void buildTensorPipeline(mlir::OpPassManager &module, const PhaseOptions &options,
                         const PhaseHook &after = {});

/// Registers what the pipelines load, and for command lines all passes and, as pipelines of the same
/// names, the phases.
void registerIngotDialects(mlir::DialectRegistry &registry);
void registerIngotPasses();

} // namespace ingot

#endif // INGOT_TOOLS_DRIVER_PIPELINE_H
