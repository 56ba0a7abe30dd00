//===- Importer.h - from an ONNX model to the ingot dialect ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_FRONTEND_ONNX_IMPORT_IMPORTER_H
#define INGOT_FRONTEND_ONNX_IMPORT_IMPORTER_H

#include "frontend/onnx/Model.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace ingot {

/// The dimensions of one input: inclusive bounds, equal for a fixed size, INT64_MAX where open.
struct InputShape {
  std::string input;
  std::vector<std::pair<int64_t, int64_t>> dims;
};

struct ImportOptions {
  /// Take precedence over what the file says; the only way to import an input of unknown rank. A
  /// size given for one dimension named `batch` holds for all of that name.
  std::vector<InputShape> shapes;
  /// Initializers that stay inputs although the file gives them a value. All others are constants.
  std::vector<std::string> overridable;
};

/// The versions of the standard's operators that have rows in the registry.
constexpr int64_t oldestOpset = 7, newestOpset = 28;

/// Makes a module with one `func.func @main` of `ingot` operators on ranked tensors. Large constants
/// view the model's bytes, so `model` must outlive the module.
///
/// Arguments carry `ingot.name` (the ONNX name) and `ingot.dims` (one string for every dimension,
/// see DimAnalysis), results `ingot.name`; every op's location names its node. Null after errors or
/// where something is unsupported; all of both that one run can find are in `diagnostics`.
/// Loads the dialects it needs into `context`.
mlir::OwningOpRef<mlir::ModuleOp> importModel(mlir::MLIRContext &context, const onnx::Model &model,
                                              const ImportOptions &options,
                                              onnx::Diagnostics &diagnostics);

} // namespace ingot

#endif // INGOT_FRONTEND_ONNX_IMPORT_IMPORTER_H
