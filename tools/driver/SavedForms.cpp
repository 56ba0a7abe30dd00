//===- SavedForms.cpp - the IR of every phase as files ----------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===---------------------------------------------------------------------------------------===//
#include "tools/driver/SavedForms.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace ingot {

namespace {
struct WriteFormPass : PassWrapper<WriteFormPass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(WriteFormPass)
  WriteFormPass(SavedForms forms, std::string form)
      : forms(std::move(forms)), form(std::move(form)) {}
  StringRef getName() const override { return "WriteForm"; }
  void runOnOperation() override {
    if (failed(forms.write(form, getOperation())))
      signalPassFailure();
  }

  SavedForms forms;
  std::string form;
};
} // namespace

bool SavedForms::prepare(std::string &why) const {
  std::error_code error = llvm::sys::fs::create_directories(folder);
  if (!error && !llvm::sys::fs::is_directory(folder))
    error = std::make_error_code(std::errc::not_a_directory);
  why = error.message();
  return !error;
}

LogicalResult SavedForms::write(StringRef form, ArrayRef<ModuleOp> modules) const {
  std::error_code error;
  llvm::raw_fd_ostream os(folder + "/" + form.str() + ".mlir", error);
  OpPrintingFlags flags;
  flags.elideLargeElementsAttrs(64).elideLargeResourceString(64).enableDebugInfo(true);
  if (!error)
    for (ModuleOp module : modules) {
      module->print(os, flags);
      os << "\n";
    }
  os.close();
  if (os.has_error()) {
    error = os.error();
    os.clear_error();
  }
  if (error)
    return modules.front()->emitError("--save-temps: cannot write ")
           << form << ".mlir: " << error.message();
  return success();
}

std::unique_ptr<Pass> SavedForms::pass(StringRef form) const {
  return std::make_unique<WriteFormPass>(*this, form.str());
}

} // namespace ingot
