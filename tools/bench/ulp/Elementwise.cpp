// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tools/bench/ulp/Elementwise.h"

#include "codegen/emit/Optimize.h"
#include "codegen/lower/ExpandFloats.h"
#include "codegen/lower/ExpandMath.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVMPass.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVMPass.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"

using namespace mlir;

namespace ingot::bench {
namespace {

constexpr llvm::StringLiteral kEntry = "ingot_elementwise";

bool isX86() { return llvm::Triple(llvm::sys::getProcessTriple()).isX86(); }

llvm::Expected<llvm::orc::JITTargetMachineBuilder> targetFor(Level level) {
  static bool initialized = [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    return true;
  }();
  (void)initialized;
  auto builder = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!builder || level == Level::Host || !isX86())
    return builder;
  llvm::orc::JITTargetMachineBuilder named{builder->getTargetTriple()};
  named.setCPU(level == Level::X86_64_v2   ? "x86-64-v2"
               : level == Level::X86_64_v3 ? "x86-64-v3"
                                           : "x86-64-v4");
  return named;
}

// void f(a, b, out, count): a loop over groups of lanes.
void buildFunction(ModuleOp module, const ElementwiseSpec &spec) {
  MLIRContext *context = module.getContext();
  OpBuilder builder(module.getBodyRegion());
  Location loc = builder.getUnknownLoc();
  Type pointer = LLVM::LLVMPointerType::get(context);
  auto type = builder.getFunctionType({pointer, pointer, pointer, builder.getIndexType()}, {});
  auto function = func::FuncOp::create(builder, loc, kEntry, type);
  builder.setInsertionPointToStart(function.addEntryBlock());
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
  Value step = arith::ConstantIndexOp::create(builder, loc, spec.lanes);
  auto loop = scf::ForOp::create(builder, loc, zero, function.getArgument(3), step);
  func::ReturnOp::create(builder, loc);

  builder.setInsertionPointToStart(loop.getBody());
  Value index = arith::IndexCastOp::create(builder, loc, builder.getI64Type(),
                                           loop.getInductionVar());
  auto address = [&](unsigned argument, Type element) -> Value {
    return LLVM::GEPOp::create(builder, loc, pointer, element, function.getArgument(argument),
                               ArrayRef<LLVM::GEPArg>{index});
  };
  auto group = [&](Type element) -> Type {
    return spec.lanes == 1 ? element : VectorType::get({int64_t(spec.lanes)}, element);
  };
  SmallVector<Value> arguments;
  unsigned alignment = 1;
  auto load = [&](unsigned argument, Type element) {
    arguments.push_back(LLVM::LoadOp::create(builder, loc, group(element),
                                             address(argument, element), alignment));
  };
  load(0, spec.first(context));
  if (spec.second)
    load(1, spec.second(context));
  Value result = spec.body(builder, loc, arguments);
  LLVM::StoreOp::create(builder, loc, result, address(2, spec.result(context)), alignment);
}

LogicalResult lower(ModuleOp module, Level level) {
  bool hasFma = level != Level::X86_64_v2 || !isX86();
  PassManager manager(module.getContext());
  manager.addPass(createExpandMath({hasFma}));
  manager.addPass(createExpandFloats({/*expandF16=*/!hasFma}));
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addPass(createSCFToControlFlowPass());
  manager.addPass(createConvertVectorToLLVMPass());
  manager.addPass(createConvertMathToLLVMPass());
  manager.addPass(createArithToLLVMConversionPass());
  manager.addPass(createConvertControlFlowToLLVMPass());
  manager.addPass(createConvertFuncToLLVMPass());
  manager.addPass(createReconcileUnrealizedCastsPass());
  return manager.run(module);
}

llvm::Error failure(const char *message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

llvm::Expected<std::unique_ptr<llvm::Module>>
generate(const ElementwiseSpec &spec, llvm::TargetMachine &machine, llvm::LLVMContext &context) {
  DialectRegistry registry;
  registry.insert<arith::ArithDialect, cf::ControlFlowDialect, func::FuncDialect,
                  LLVM::LLVMDialect, math::MathDialect, scf::SCFDialect, vector::VectorDialect>();
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  MLIRContext mlirContext(registry, MLIRContext::Threading::DISABLED);
  mlirContext.loadAllAvailableDialects();
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&mlirContext));
  buildFunction(*module, spec);
  if (failed(lower(*module, spec.level)))
    return failure("lowering failed");
  std::unique_ptr<llvm::Module> result = translateModuleToLLVMIR(*module, context);
  if (!result)
    return failure("no LLVM IR");
  result->setDataLayout(machine.createDataLayout());
  result->setTargetTriple(machine.getTargetTriple());
  runDefaultPipeline(*result, machine, 2);
  return result;
}

} // namespace

bool isRunnable(Level level) {
  if (level == Level::Host || !isX86())
    return true;
  llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  auto has = [&](const char *name) { return features.lookup(name); };
  if (level == Level::X86_64_v2)
    return has("sse4.2");
  if (level == Level::X86_64_v3)
    return has("avx2") && has("fma") && has("f16c");
  return has("avx512f") && has("avx512vl") && has("avx512dq") && has("avx512bw");
}

Elementwise::Elementwise() = default;
Elementwise::~Elementwise() = default;

llvm::Expected<std::unique_ptr<Elementwise>> Elementwise::compile(const ElementwiseSpec &spec) {
  auto target = targetFor(spec.level);
  if (!target)
    return target.takeError();
  auto machine = target->createTargetMachine();
  if (!machine)
    return machine.takeError();
  auto context = std::make_unique<llvm::LLVMContext>();
  auto module = generate(spec, **machine, *context);
  if (!module)
    return module.takeError();
  // No symbol of the process is visible: a library call left in the code fails to link.
  auto jit = llvm::orc::LLJITBuilder()
                 .setJITTargetMachineBuilder(*target)
                 .setLinkProcessSymbolsByDefault(false)
                 .setPlatformSetUp(llvm::orc::setUpInactivePlatform)
                 .create();
  if (!jit)
    return jit.takeError();
  if (llvm::Error error = (*jit)->addIRModule(
          llvm::orc::ThreadSafeModule(std::move(*module), std::move(context))))
    return std::move(error);
  auto symbol = (*jit)->lookup(kEntry);
  if (!symbol)
    return symbol.takeError();
  std::unique_ptr<Elementwise> result(new Elementwise);
  result->jit = std::move(*jit);
  result->entry = symbol->toPtr<void (*)(const void *, const void *, void *, int64_t)>();
  return result;
}

llvm::Expected<std::string> assemble(const ElementwiseSpec &spec) {
  auto target = targetFor(spec.level);
  if (!target)
    return target.takeError();
  auto machine = target->createTargetMachine();
  if (!machine)
    return machine.takeError();
  llvm::LLVMContext context;
  auto module = generate(spec, **machine, context);
  if (!module)
    return module.takeError();
  llvm::SmallString<0> text;
  llvm::raw_svector_ostream stream(text);
  llvm::legacy::PassManager manager;
  if ((*machine)->addPassesToEmitFile(manager, stream, nullptr,
                                      llvm::CodeGenFileType::AssemblyFile))
    return failure("no assembly printer");
  manager.run(**module);
  return text.str().str();
}

} // namespace ingot::bench
