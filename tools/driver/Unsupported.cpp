//===- Unsupported.cpp - options that no phase reads -------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------------------===//
#include "tools/driver/Unsupported.h"
#include "llvm/ADT/StringRef.h"

namespace ingot {

std::string unsupportedOption(const CompileOptions &options) {
  struct Row {
    bool set;
    const char *what;
  };
  const Row rows[] = {
      {options.cpus.size() > 1, "--cpu with several names"},
      // Kernels of a GPU exist as text so far; nothing launches them.
      {!options.gpu.empty() && options.emit != EmitKind::Ptx && options.emit != EmitKind::Llvm &&
           options.emit != EmitKind::Mlir,
       "--gpu without --emit=ptx, llvm or mlir"},
      {!options.gpu.empty() && options.reference, "--gpu with --reference"},
      {!options.calibrateFolder.empty(), "--calibrate"},
      {llvm::StringRef(options.quantize).starts_with("static"),
       "--quantize with ranges from calibration (static-…)"},
      {options.sidecarWeights, "--weights=sidecar"},
  };
  for (const Row &row : rows)
    if (row.set)
      return row.what;
  return "";
}

} // namespace ingot
