//===- Pipeline.h - the phases in order ------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_DRIVER_PIPELINE_H
#define INGOT_TOOLS_DRIVER_PIPELINE_H

#include "codegen/plan/Plan.h"
#include "mlir/Pass/PassManager.h"
#include "tools/driver/Compile.h"

namespace ingot {

/// Imported → fused form, on one function.
void buildTensorPipeline(mlir::OpPassManager &pm, const CompileOptions &options);

/// Registers what the pipelines load.
void registerIngotDialects(mlir::DialectRegistry &registry);
void registerIngotPasses();

} // namespace ingot

#endif // INGOT_TOOLS_DRIVER_PIPELINE_H
