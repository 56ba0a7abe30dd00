//===- SavedForms.h - the IR of every phase as files ------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===---------------------------------------------------------------------------------------===//
#ifndef INGOT_TOOLS_DRIVER_SAVEDFORMS_H
#define INGOT_TOOLS_DRIVER_SAVEDFORMS_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include <string>

namespace ingot {

/// Writes DIR/FORM.mlir for `--save-temps=DIR`: imported, simplified, compressed, fused, laid-out,
/// planned. Large constants are left out of the text; locations, which name the nodes, are kept.
/// Of a compilation that fails, the forms before the failure stay.
class SavedForms {
public:
  explicit SavedForms(std::string folder) : folder(std::move(folder)) {}

  /// Makes the folder where it is missing; false, with `why`, where it cannot be.
  bool prepare(std::string &why) const;
  /// Writes modules one after the other.
  mlir::LogicalResult write(llvm::StringRef form, llvm::ArrayRef<mlir::ModuleOp> modules) const;
  /// Writes the module that a pipeline has made so far.
  std::unique_ptr<mlir::Pass> pass(llvm::StringRef form) const;

private:
  std::string folder;
};

} // namespace ingot

#endif // INGOT_TOOLS_DRIVER_SAVEDFORMS_H
