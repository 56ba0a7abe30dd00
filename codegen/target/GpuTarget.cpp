//===- GpuTarget.cpp - a named NVIDIA GPU ------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/target/GpuTarget.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Triple.h"
#include <memory>

namespace ingot {

llvm::Expected<GpuTarget> GpuTarget::get(llvm::StringRef name) {
  llvm::InitializeAllTargetInfos();
  llvm::InitializeAllTargetMCs();
  llvm::Triple triple("nvptx64-nvidia-cuda");
  std::string error;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return llvm::createStringError("this LLVM has no NVPTX target: " + error);
  std::unique_ptr<llvm::MCSubtargetInfo> info(target->createMCSubtargetInfo(triple, "sm_70", ""));
  GpuTarget result;
  llvm::StringRef number = name;
  if (!info || !info->isCPUStringValid(name) || !number.consume_front("sm_") ||
      number.take_while(llvm::isDigit).getAsInteger(10, result.capability))
    return llvm::createStringError("unknown GPU '" + name.str() + "'; expected for example sm_90");
  result.name = name.str();
  return result;
}

} // namespace ingot
