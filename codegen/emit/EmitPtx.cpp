//===- EmitPtx.cpp - kernels for a GPU as PTX -------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/emit/Emit.h"
#include "codegen/emit/Optimize.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"

using namespace mlir;

namespace ingot {

/// Makes the entry of a lowered kernel: plain pointers instead of memrefs.
static void wrapEntry(ModuleOp module, const PlannedKernel &kernel, StringRef name) {
  MLIRContext *context = module.getContext();
  auto body = module.lookupSymbol<LLVM::LLVMFuncOp>(name);
  Location loc = body.getLoc();
  OpBuilder b(context);
  b.setInsertionPointToEnd(module.getBody());
  Type ptr = LLVM::LLVMPointerType::get(context), i64 = b.getI64Type();
  std::string inner = (name + "_body").str();
  body.setSymName(inner);
  body.setLinkage(LLVM::Linkage::Internal);
  body.setAlwaysInline(true);
  SmallVector<Type> types;
  for (const LaunchArgument &a : kernel.arguments)
    types.push_back(a.kind == LaunchArgument::Symbol ? i64 : ptr);
  auto entry = LLVM::LLVMFuncOp::create(
      b, loc, name, LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(context), types));
  entry->setAttr(NVVM::NVVMDialect::getKernelFuncAttrName(), b.getUnitAttr());
  entry->setAttr(NVVM::NVVMDialect::getReqntidAttrName(),
                 b.getDenseI32ArrayAttr({(int32_t)kernel.threads, 1, 1}));
  b.setInsertionPointToStart(entry.addEntryBlock(b));
  SmallVector<Value> args;
  auto constant = [&](int64_t v) -> Value {
    return LLVM::ConstantOp::create(b, loc, i64, b.getI64IntegerAttr(v));
  };
  for (auto [i, a] : llvm::enumerate(kernel.arguments)) {
    Value v = entry.getArgument(i);
    if (a.kind == LaunchArgument::Symbol) {
      args.push_back(v);
      continue;
    }
    entry.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(), b.getUnitAttr());
    entry.setArgAttr(i, LLVM::LLVMDialect::getAlignAttrName(), b.getI64IntegerAttr(64));
    body.setArgAttr(args.size() + 1, LLVM::LLVMDialect::getNoAliasAttrName(), b.getUnitAttr());
    // The memref's fields: allocated and aligned pointer, offset, size (not used), stride.
    args.append({v, v, constant(0), constant(INT64_MAX), constant(1)});
  }
  LLVM::CallOp::create(b, loc, TypeRange{}, inner, args);
  LLVM::ReturnOp::create(b, loc, ValueRange{});
}

/// What the kernels are, for who launches them.
static std::string describe(const ModelPlan &plan, const GpuTarget &target) {
  std::string text = "// Kernels for " + target.name + "\n";
  for (const PlannedKernel &k : plan.kernels) {
    func::FuncOp function = k.function;
    if (k.onGpu())
      text += "// " + function.getSymName().str() + ": " + k.anchor + " (" + k.lowering +
              "): " + k.signature + "\n";
  }
  for (const EntryPlan &e : plan.entries) {
    text += "// " + e.name + ": arena of " + std::to_string(e.deviceArenaBytes) +
            " bytes on the GPU, " + std::to_string(e.arenaBytes) + " on the host";
    if (!e.lifetimes.empty())
      text +=
          ", and " + std::to_string(e.lifetimes.size()) + " buffers of sizes that a run decides";
    text += "\n";
  }
  return text;
}

llvm::Expected<std::string> emitPtx(ModelPlan &plan, const GpuTarget &target, int optimize,
                                    std::string *llvmText) {
  llvm::InitializeAllTargets();
  llvm::InitializeAllAsmPrinters();
  std::string ptx = describe(plan, target);
  ModuleOp source = *plan.gpuModule;
  SmallVector<std::pair<const PlannedKernel *, std::string>> kernels;
  for (PlannedKernel &k : plan.kernels)
    if (k.onGpu())
      kernels.push_back({&k, k.function.getSymName().str()});
  PassManager pm(source.getContext());
  buildKernelToLLVM(pm, {}, {});
  if (failed(pm.run(source)))
    return llvm::createStringError("the kernels could not be lowered");
  for (auto &[kernel, name] : kernels)
    wrapEntry(source, *kernel, name);

  registerBuiltinDialectTranslation(*source.getContext());
  registerLLVMDialectTranslation(*source.getContext());
  registerNVVMDialectTranslation(*source.getContext());
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module = translateModuleToLLVMIR(source, context);
  if (!module)
    return llvm::createStringError("the kernels could not be translated");
  llvm::Triple triple("nvptx64-nvidia-cuda");
  std::string error;
  const llvm::Target *found = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!found)
    return llvm::createStringError(error);
  llvm::TargetOptions o;
  o.AllowFPOpFusion = llvm::FPOpFusion::Standard; // one rounding per operation, as on the host
  std::unique_ptr<llvm::TargetMachine> machine(found->createTargetMachine(
      triple, target.name, "", o, std::nullopt, std::nullopt, llvm::CodeGenOptLevel::Aggressive));
  module->setTargetTriple(triple);
  module->setDataLayout(machine->createDataLayout());
  // There is no library to link: math is our own.
  for (llvm::Function &f : *module)
    if (f.isDeclaration() && !f.isIntrinsic())
      return llvm::createStringError("a kernel calls " + f.getName() + ", which a GPU lacks");
  runDefaultPipeline(*module, *machine, optimize);
  if (llvmText) {
    llvm::raw_string_ostream os(*llvmText);
    module->print(os, nullptr);
  }
  llvm::SmallVector<char, 0> text;
  llvm::raw_svector_ostream os(text);
  llvm::legacy::PassManager codegen;
  if (machine->addPassesToEmitFile(codegen, os, nullptr, llvm::CodeGenFileType::AssemblyFile))
    return llvm::createStringError("this LLVM cannot write PTX");
  codegen.run(*module);
  ptx.append(text.data(), text.size());
  if (llvm::StringRef(ptx).contains(".extern"))
    return llvm::createStringError("a kernel needs a function that a GPU lacks");
  return ptx;
}

} // namespace ingot
