//===- Entries.h - the entry points of a model, imported into one module ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_DRIVER_ENTRIES_H
#define INGOT_TOOLS_DRIVER_ENTRIES_H

#include "codegen/plan/Plan.h"
#include "frontend/onnx/import/Importer.h"
#include "tools/driver/Compile.h"

namespace ingot {

/// Imports the model once for every set of shapes (`options.entries`) and puts the functions into
/// one module: `main`, `main2`, `main3` … in the order of the flags. Equal weights are one blob
/// later, since they are compared by content. Binds `options.states`, see States.h. Null, with
/// diagnostics, after an error.
mlir::OwningOpRef<mlir::ModuleOp> importEntries(mlir::MLIRContext &context,
                                                const onnx::Model &model,
                                                const CompileOptions &options,
                                                std::vector<StatePlan> &states,
                                                onnx::Diagnostics &diagnostics);

} // namespace ingot

#endif // INGOT_TOOLS_DRIVER_ENTRIES_H
