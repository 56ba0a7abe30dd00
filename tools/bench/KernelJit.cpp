// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/bench/KernelJit.h"
#include "codegen/emit/Optimize.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;

namespace ingot::bench {

namespace {

template <typename T>
T check(llvm::Expected<T> value) {
  if (!value)
    llvm::reportFatalUsageError(value.takeError());
  return std::move(*value);
}

/// The descriptor of a linear buffer, made from a pointer in the argument array.
Value loadBuffer(OpBuilder &b, Location loc, Value args, unsigned i, Type element) {
  auto pointer = LLVM::LLVMPointerType::get(b.getContext());
  auto i64 = b.getI64Type();
  Value slot = LLVM::GEPOp::create(b, loc, pointer, pointer, args, ArrayRef<LLVM::GEPArg>{int(i)});
  Value base = LLVM::LoadOp::create(b, loc, pointer, slot);
  auto array = LLVM::LLVMArrayType::get(i64, 1);
  auto type = LLVM::LLVMStructType::getLiteral(b.getContext(),
                                               {pointer, pointer, i64, array, array});
  Value d = LLVM::PoisonOp::create(b, loc, type);
  auto set = [&](Value v, ArrayRef<int64_t> at) {
    d = LLVM::InsertValueOp::create(b, loc, d, v, at);
  };
  Value zero = LLVM::ConstantOp::create(b, loc, i64, 0), one = LLVM::ConstantOp::create(b, loc, i64, 1);
  Value size = LLVM::ConstantOp::create(b, loc, i64, INT64_MAX / 8);
  set(base, 0);
  set(base, 1);
  set(zero, 2);
  set(size, {3, 0});
  set(one, {4, 0});
  auto memref = MemRefType::get({ShapedType::kDynamic}, element);
  return UnrealizedConversionCastOp::create(b, loc, memref, d).getResult(0);
}

Type elementType(OpBuilder &b, char letter) {
  return letter == 'f' ? Type(b.getF32Type())
                       : Type(b.getIntegerType(letter == 'b' ? 8 : 32));
}

OwningOpRef<ModuleOp> buildModule(MLIRContext &context, const Signature &buffers, unsigned sizes,
                                  const BuildBody &body) {
  OpBuilder b(&context);
  Location loc = b.getUnknownLoc();
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  b.setInsertionPointToEnd(module->getBody());
  auto pointer = LLVM::LLVMPointerType::get(&context);
  Type i64 = b.getI64Type(), index = b.getIndexType();
  auto func = func::FuncOp::create(b, loc, "kernel",
                                   b.getFunctionType({pointer, pointer, i64, i64}, {}));
  Block *entry = func.addEntryBlock();
  b.setInsertionPointToStart(entry);
  SmallVector<Value> memrefs, extents;
  for (unsigned i = 0; i < buffers.size(); ++i)
    memrefs.push_back(
        loadBuffer(b, loc, entry->getArgument(0), i, elementType(b, buffers[i])));
  for (unsigned i = 0; i < sizes; ++i) {
    Value slot = LLVM::GEPOp::create(b, loc, pointer, i64, entry->getArgument(1),
                                     ArrayRef<LLVM::GEPArg>{int(i)});
    Value size = LLVM::LoadOp::create(b, loc, i64, slot);
    extents.push_back(arith::IndexCastOp::create(b, loc, index, size));
  }
  Value begin = arith::IndexCastOp::create(b, loc, index, entry->getArgument(2));
  Value end = arith::IndexCastOp::create(b, loc, index, entry->getArgument(3));
  body(b, loc, memrefs, extents, begin, end);
  func::ReturnOp::create(b, loc);
  return module;
}

void lower(ModuleOp module) {
  if (failed(verify(module)))
    llvm::reportFatalUsageError("the kernel does not verify");
  PassManager pm(module.getContext());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createSCFToControlFlowPass());
  pm.addPass(createConvertVectorToLLVMPass());
  pm.addPass(createFinalizeMemRefToLLVMConversionPass());
  pm.addPass(createArithToLLVMConversionPass());
  pm.addPass(createConvertFuncToLLVMPass());
  pm.addPass(createConvertControlFlowToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  if (failed(pm.run(module)))
    llvm::reportFatalUsageError("the kernel does not lower to LLVM");
}

std::unique_ptr<llvm::TargetMachine> createMachine(const CpuTarget &target) {
  static const bool initialized = [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
    llvm::InitializeAllAsmParsers();
    return true;
  }();
  (void)initialized;
  std::string message;
  llvm::Triple triple(target.triple);
  const llvm::Target *found = llvm::TargetRegistry::lookupTarget(triple, message);
  if (!found)
    llvm::reportFatalUsageError(llvm::Twine(message));
  return std::unique_ptr<llvm::TargetMachine>(
      found->createTargetMachine(triple, target.cpu, target.features, {}, llvm::Reloc::PIC_,
                                 std::nullopt, llvm::CodeGenOptLevel::Aggressive));
}

std::unique_ptr<llvm::Module> translate(const CpuTarget &target, llvm::TargetMachine &machine,
                                        const Signature &buffers, unsigned sizes,
                                        const BuildBody &body, llvm::LLVMContext &llvmContext) {
  DialectRegistry registry;
  registry.insert<arith::ArithDialect, func::FuncDialect, LLVM::LLVMDialect, memref::MemRefDialect,
                  scf::SCFDialect, vector::VectorDialect>();
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  OwningOpRef<ModuleOp> module = buildModule(context, buffers, sizes, body);
  if (getenv("INGOT_DUMP_MLIR"))
    module->dump();
  lower(*module);
  std::unique_ptr<llvm::Module> result = translateModuleToLLVMIR(*module, llvmContext);
  if (!result)
    llvm::reportFatalUsageError("the kernel does not translate to LLVM IR");
  result->setTargetTriple(machine.getTargetTriple());
  result->setDataLayout(machine.createDataLayout());
  runDefaultPipeline(*result, machine, 3);
  return result;
}

struct JittedKernel : CompiledKernel {
  JittedKernel(std::unique_ptr<llvm::orc::LLJIT> owned) : jit(std::move(owned)) {
    entry = check(jit->lookup("kernel")).toPtr<decltype(entry)>();
  }
  std::unique_ptr<llvm::orc::LLJIT> jit;
};

} // namespace

std::unique_ptr<CompiledKernel> compileKernel(const CpuTarget &target, const Signature &buffers,
                                              unsigned sizes, const BuildBody &body) {
  auto machine = createMachine(target);
  auto context = std::make_unique<llvm::LLVMContext>();
  auto module = translate(target, *machine, buffers, sizes, body, *context);
  llvm::orc::JITTargetMachineBuilder builder{llvm::Triple(target.triple)};
  builder.setCPU(target.cpu);
  builder.getFeatures() = llvm::SubtargetFeatures(target.features);
  builder.setCodeGenOptLevel(llvm::CodeGenOptLevel::Aggressive);
  auto jit = check(llvm::orc::LLJITBuilder().setJITTargetMachineBuilder(builder).create());
  llvm::orc::ThreadSafeModule safe(std::move(module), std::move(context));
  if (llvm::Error error = jit->addIRModule(std::move(safe)))
    llvm::reportFatalUsageError(std::move(error));
  return std::make_unique<JittedKernel>(std::move(jit));
}

std::string kernelAssembly(const CpuTarget &target, const Signature &buffers, unsigned sizes,
                           const BuildBody &body) {
  auto machine = createMachine(target);
  llvm::LLVMContext context;
  auto module = translate(target, *machine, buffers, sizes, body, context);
  llvm::SmallString<0> text;
  llvm::raw_svector_ostream stream(text);
  llvm::legacy::PassManager passes;
  if (machine->addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::AssemblyFile))
    llvm::reportFatalUsageError("no assembly for this target");
  passes.run(*module);
  return std::string(text);
}

} // namespace ingot::bench
