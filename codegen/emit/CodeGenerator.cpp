//===- CodeGenerator.cpp - LLVM modules to machine code --------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/emit/Emit.h"
#include "codegen/emit/Metadata.h"
#include "codegen/emit/Optimize.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"
#include "llvm/Transforms/Instrumentation/AddressSanitizer.h"
#include "llvm/Transforms/Instrumentation/ThreadSanitizer.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include <mutex>

using namespace mlir;

namespace ingot {

static std::unique_ptr<llvm::TargetMachine> createMachine(const EmitOptions &options,
                                                          std::string &error) {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
  });
  llvm::Triple triple(options.target.triple);
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return nullptr;
  llvm::TargetOptions o;
  // One rounding per operation unless the IR asks for a fused one: results are those of the source
  // on every target.
  o.AllowFPOpFusion = llvm::FPOpFusion::Standard;
  auto level = options.optimize == 0   ? llvm::CodeGenOptLevel::None
               : options.optimize == 1 ? llvm::CodeGenOptLevel::Less
                                       : llvm::CodeGenOptLevel::Aggressive;
  return std::unique_ptr<llvm::TargetMachine>(
      target->createTargetMachine(triple, options.target.cpu, options.target.features, o,
                                  llvm::Reloc::PIC_, std::nullopt, level));
}

static void optimizeModule(llvm::Module &module, llvm::TargetMachine &machine,
                           const EmitOptions &options) {
  for (llvm::Function &f : module) {
    f.addFnAttr("target-cpu", options.target.cpu);
    if (!options.target.features.empty())
      f.addFnAttr("target-features", options.target.features);
    if (options.target.vectorBytes == 64)
      f.addFnAttr("prefer-vector-width", "512");
    f.setDoesNotThrow();
    if (options.sanitize == "address")
      f.addFnAttr(llvm::Attribute::SanitizeAddress);
    if (options.sanitize == "thread")
      f.addFnAttr(llvm::Attribute::SanitizeThread);
  }
  llvm::PipelineTuningOptions tuning;
  // Vector code is written on purpose; what is left scalar still profits.
  tuning.LoopVectorization = options.optimize >= 2;
  tuning.SLPVectorization = options.optimize >= 2;
  runDefaultPipeline(module, machine, options.optimize, tuning, [&](llvm::ModulePassManager &pm) {
    if (options.sanitize == "address")
      // Without sections of globals that only a linker's own symbols find.
      pm.addPass(llvm::AddressSanitizerPass({}, /*UseGlobalGC=*/false));
    if (options.sanitize == "thread") {
      pm.addPass(llvm::ModuleThreadSanitizerPass());
      pm.addPass(llvm::createModuleToFunctionPassAdaptor(llvm::ThreadSanitizerPass()));
    }
  });
}

/// The text of FOLDER/NAME is `write`'s.
static llvm::Error save(const EmitOptions &options, const std::string &name,
                        llvm::function_ref<void(llvm::raw_ostream &)> write) {
  std::string path = options.saveFolder + "/" + name;
  std::error_code error;
  llvm::raw_fd_ostream os(path, error);
  if (!error) {
    write(os);
    os.close();
    error = os.error();
    os.clear_error();
  }
  return error ? llvm::createStringError("cannot write " + path + ": " + error.message())
               : llvm::Error::success();
}

/// Optimizes and compiles one module; returns its object, or an error.
static llvm::Expected<llvm::SmallVector<char, 0>> compileModule(llvm::Module &module,
                                                                const std::string &name,
                                                                const EmitOptions &options,
                                                                std::mutex &textLock) {
  std::string error;
  auto machine = createMachine(options, error);
  if (!machine)
    return llvm::createStringError(error);
  module.setTargetTriple(machine->getTargetTriple());
  module.setDataLayout(machine->createDataLayout());
  optimizeModule(module, *machine, options);
  llvm::SmallVector<char, 0> object;
  auto generate = [&](llvm::CodeGenFileType kind, llvm::SmallVectorImpl<char> &out) {
    llvm::raw_svector_ostream os(out);
    llvm::legacy::PassManager pm;
    if (machine->addPassesToEmitFile(pm, os, nullptr, kind))
      return false;
    pm.run(module);
    return true;
  };
  if (options.llvmText) {
    std::lock_guard<std::mutex> lock(textLock);
    module.print(*options.llvmText, nullptr);
  }
  bool saves = !options.saveFolder.empty();
  if (saves)
    if (llvm::Error error =
            save(options, name + ".ll", [&](llvm::raw_ostream &os) { module.print(os, nullptr); }))
      return std::move(error);
  if (options.assembly || saves) {
    llvm::SmallVector<char, 0> text;
    auto copy = llvm::CloneModule(module);
    llvm::raw_svector_ostream os(text);
    llvm::legacy::PassManager pm;
    if (machine->addPassesToEmitFile(pm, os, nullptr, llvm::CodeGenFileType::AssemblyFile))
      return llvm::createStringError("this target cannot write assembly");
    pm.run(*copy);
    llvm::StringRef written(text.data(), text.size());
    if (saves)
      if (llvm::Error error =
              save(options, name + ".s", [&](llvm::raw_ostream &os) { os << written; }))
        return std::move(error);
    std::lock_guard<std::mutex> lock(textLock);
    if (options.assembly)
      *options.assembly << written;
  }
  if (!generate(llvm::CodeGenFileType::ObjectFile, object))
    return llvm::createStringError("this target cannot write objects");
  if (saves)
    if (llvm::Error error = save(options, name + ".o", [&](llvm::raw_ostream &os) {
          os << llvm::StringRef(object.data(), object.size());
        }))
      return std::move(error);
  return object;
}

llvm::Expected<EmittedCode> emitCode(ModelPlan &plan, const EmitOptions &options) {
  if (failed(lowerKernelsToLLVM(plan, options)) || failed(lowerProgramsToLLVM(plan, options)))
    return llvm::createStringError("the kernels could not be lowered");
  registerBuiltinDialectTranslation(*plan.kernelModule->getContext());
  registerLLVMDialectTranslation(*plan.kernelModule->getContext());

  // One LLVM context per module, so that they compile side by side.
  struct Unit {
    std::unique_ptr<llvm::LLVMContext> context;
    std::unique_ptr<llvm::Module> module;
    std::string name;
  };
  std::vector<Unit> units;
  auto translate = [&](ModuleOp module, const std::string &name) -> llvm::Module * {
    Unit u;
    u.name = name;
    u.context = std::make_unique<llvm::LLVMContext>();
    u.module = translateModuleToLLVMIR(module, *u.context);
    units.push_back(std::move(u));
    return units.back().module.get();
  };
  llvm::Module *program = translate(*plan.programModule, "program");
  if (!program)
    return llvm::createStringError("the program could not be translated");
  for (llvm::Function &f : *program)
    if (!f.isDeclaration())
      f.setLinkage(llvm::GlobalValue::InternalLinkage);
  emitMetadata(*program, plan, options);
  // Kernels of one module each: the function and its wrapper.
  SmallVector<Operation *> ops;
  for (Operation &op : plan.kernelModule->getBody()->getOperations())
    ops.push_back(&op);
  llvm::StringMap<SmallVector<Operation *, 2>> byKernel;
  SmallVector<std::string> names;
  for (Operation *op : ops) {
    std::string name = cast<SymbolOpInterface>(op).getName().str();
    if (StringRef(name).ends_with("_body"))
      name.resize(name.size() - 5);
    if (byKernel[name].empty())
      names.push_back(name);
    byKernel[name].push_back(op);
  }
  for (const std::string &name : names) {
    OwningOpRef<ModuleOp> single = ModuleOp::create(plan.kernelModule->getLoc());
    for (Operation *op : byKernel[name])
      single->push_back(op->clone());
    if (!translate(*single, name))
      return llvm::createStringError("a kernel could not be translated");
  }
  std::vector<llvm::Expected<llvm::SmallVector<char, 0>>> results;
  for (size_t i = 0; i < units.size(); ++i)
    results.push_back(llvm::SmallVector<char, 0>());
  std::mutex textLock;
  auto work = [&](size_t i) {
    TimingScope time = options.timing ? options.timing->nest(units[i].name) : TimingScope();
    results[i] = compileModule(*units[i].module, units[i].name, options, textLock);
  };
  if (options.jobs > 1 && units.size() > 1 && !options.llvmText && !options.assembly) {
    llvm::DefaultThreadPool pool(llvm::hardware_concurrency(options.jobs));
    for (size_t i = 0; i < units.size(); ++i) {
      (void)!results[i];
      pool.async(work, i);
    }
    pool.wait();
  } else {
    for (size_t i = 0; i < units.size(); ++i) {
      (void)!results[i];
      work(i);
    }
  }
  EmittedCode code;
  llvm::Error errors = llvm::Error::success();
  for (auto &r : results) {
    if (r)
      code.objects.push_back(std::move(*r));
    else
      errors = llvm::joinErrors(std::move(errors), r.takeError());
  }
  if (errors)
    return std::move(errors);
  return code;
}

} // namespace ingot
