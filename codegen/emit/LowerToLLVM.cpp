//===- LowerToLLVM.cpp - kernels and programs in the LLVM dialect ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/emit/Emit.h"
#include "codegen/lower/ExpandFloats.h"
#include "codegen/lower/ExpandMath.h"
#include "codegen/plan/HostTable.h"
#include "ir/ops/Program.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ComplexToLLVM/ComplexToLLVM.h"
#include "mlir/Conversion/ComplexToStandard/ComplexToStandard.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVMPass.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVMPass.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace ingot {

static void addConversions(OpPassManager &pm) {
  pm.addPass(createSCFToControlFlowPass());
  pm.addPass(createConvertVectorToLLVMPass());
  pm.addPass(memref::createExpandStridedMetadataPass());
  pm.addPass(createFinalizeMemRefToLLVMConversionPass());
  pm.addPass(createConvertComplexToLLVMPass());
  pm.addPass(createConvertMathToLLVMPass());
  pm.addPass(createArithToLLVMConversionPass());
  pm.addPass(createConvertIndexToLLVMPass());
  pm.addPass(createConvertControlFlowToLLVMPass());
  pm.addPass(createConvertFuncToLLVMPass());
  pm.addPass(createUBToLLVMConversionPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
}

/// Wraps a lowered kernel in the form of ingot_kernel_fn: unpacks the arguments and calls it.
static void wrapKernel(ModuleOp module, PlannedKernel &kernel, StringRef name) {
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
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(context), {ptr, i64, i64, i64});
  auto wrapper = LLVM::LLVMFuncOp::create(b, loc, name, type);
  b.setInsertionPointToStart(wrapper.addEntryBlock(b));
  Value table = wrapper.getArgument(0), worker = wrapper.getArgument(3);
  SmallVector<Value> args{wrapper.getArgument(1), wrapper.getArgument(2), worker};
  auto constant = [&](int64_t v) -> Value {
    return LLVM::ConstantOp::create(b, loc, i64, b.getI64IntegerAttr(v));
  };
  for (auto [i, a] : llvm::enumerate(kernel.arguments)) {
    Value slot = LLVM::GEPOp::create(b, loc, ptr, ptr, table, ArrayRef<LLVM::GEPArg>{(int32_t)i});
    if (a.isNumber()) {
      args.push_back(LLVM::LoadOp::create(b, loc, i64, slot));
      continue;
    }
    Value p = LLVM::LoadOp::create(b, loc, ptr, slot);
    if (a.kind == LaunchArgument::Workers) {
      Value offset = LLVM::AddOp::create(
          b, loc, LLVM::MulOp::create(b, loc, worker, constant(kernel.workerBytes)),
          constant(a.index));
      p = LLVM::GEPOp::create(b, loc, ptr, b.getI8Type(), p, ArrayRef<LLVM::GEPArg>{offset});
    }
    // The memref's fields: allocated and aligned pointer, offset, size (not used), stride.
    unsigned aligned = args.size() + 1;
    args.append({p, p, constant(0), constant(INT64_MAX), constant(1)});
    body.setArgAttr(aligned, LLVM::LLVMDialect::getNoAliasAttrName(), b.getUnitAttr());
  }
  LLVM::CallOp::create(b, loc, TypeRange{}, inner, args);
  LLVM::ReturnOp::create(b, loc, ValueRange{});
}

void buildKernelToLLVM(OpPassManager &pm, ExpandMathOptions math, ExpandFloatsOptions floats) {
  OpPassManager &function = pm.nest<func::FuncOp>();
  function.addPass(createCanonicalizerPass());
  function.addPass(createCSEPass());
  function.addPass(createLoopInvariantCodeMotionPass());
  function.addPass(createConvertComplexToStandardPass());
  // Functions and conversions that LLVM would turn into library calls.
  function.addPass(createExpandMath(math));
  function.addPass(createExpandFloats(floats));
  function.addPass(createCanonicalizerPass());
  function.addPass(createCSEPass());
  function.addPass(arith::createArithExpandOpsPass());
  addConversions(pm);
}

LogicalResult lowerKernelsToLLVM(ModelPlan &plan, const EmitOptions &options) {
  ModuleOp module = *plan.kernelModule;
  std::vector<std::string> names;
  for (PlannedKernel &k : plan.kernels)
    names.push_back(k.function.getSymName().str());
  PassManager pm(module.getContext());
  pm.enableVerifier(options.verifyEach);
  const CpuTarget &target = options.target;
  ExpandMathOptions math;
  math.fma = target.fma || target.arch == CpuTarget::Arch::AArch64;
  ExpandFloatsOptions floats;
  floats.expandF16 = target.arch == CpuTarget::Arch::X86_64 && !target.f16c;
  buildKernelToLLVM(pm, math, floats);
  if (options.timing)
    pm.enableTiming(*options.timing);
  if (failed(pm.run(module)))
    return failure();
  for (auto [kernel, name] : llvm::zip(plan.kernels, names))
    wrapKernel(module, kernel, name);
  return options.verifyEach ? verify(module) : success();
}

/// Turns launches into stores of the arguments and a call, direct or through the host's pool.
static void lowerLaunches(ModuleOp module, bool observable) {
  MLIRContext *context = module.getContext();
  OpBuilder b(context);
  Type ptr = LLVM::LLVMPointerType::get(context), i64 = b.getI64Type();
  auto voidType = LLVM::LLVMVoidType::get(context);
  auto kernelType = LLVM::LLVMFunctionType::get(voidType, {ptr, i64, i64, i64});
  module.walk([&](func::FuncOp function) {
    size_t most = 0;
    function.walk([&](LaunchOp op) { most = std::max(most, op.getArgs().size()); });
    Value table;
    function.walk([&](LaunchOp op) {
      Location loc = op.getLoc();
      if (!table) {
        b.setInsertionPointToStart(&function.getBody().front());
        Value count = arith::ConstantIntOp::create(b, loc, std::max<size_t>(most, 1), 64);
        table = LLVM::AllocaOp::create(b, loc, ptr, ptr, count, 8);
      }
      if (!module.lookupSymbol(op.getKernel())) {
        b.setInsertionPointToEnd(module.getBody());
        LLVM::LLVMFuncOp::create(b, loc, op.getKernel(), kernelType);
      }
      b.setInsertionPoint(op);
      for (auto [i, arg] : llvm::enumerate(op.getArgs()))
        LLVM::StoreOp::create(b, loc, arg,
                              LLVM::GEPOp::create(b, loc, ptr, ptr, table,
                                                  ArrayRef<LLVM::GEPArg>{(int32_t)i}));
      Value zero = arith::ConstantIntOp::create(b, loc, 0, 64);
      auto direct = [&](OpBuilder &at) {
        LLVM::CallOp::create(at, loc, TypeRange{}, op.getKernel(),
                             ValueRange{table, zero, op.getTiles(), zero});
      };
      if (op.getGrain() == 0 && !observable) {
        direct(b);
        op.erase();
        return;
      }
      Value null = LLVM::ZeroOp::create(b, loc, ptr);
      Value alone = LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::eq, op.getHost(), null);
      auto branch = scf::IfOp::create(b, loc, TypeRange{}, alone, true);
      OpBuilder then = branch.getThenBodyBuilder(), other = branch.getElseBodyBuilder();
      direct(then);
      auto field = [&](unsigned offset) -> Value {
        return LLVM::LoadOp::create(
            other, loc, ptr,
            LLVM::GEPOp::create(other, loc, ptr, other.getI8Type(), op.getHost(),
                                ArrayRef<LLVM::GEPArg>{(int32_t)offset}));
      };
      Value kernel = LLVM::AddressOfOp::create(other, loc, ptr, op.getKernel());
      // All tiles in one chunk where they must stay together.
      int64_t least = op.getGrain() ? op.getGrain() : INT64_MAX;
      Value grain = arith::ConstantIntOp::create(other, loc, least, 64);
      auto type = LLVM::LLVMFunctionType::get(voidType, {ptr, ptr, ptr, i64, i64});
      LLVM::CallOp::create(other, loc, type,
                           ValueRange{field(hostTable::parallelFor), field(hostTable::context),
                                      kernel, table, op.getTiles(), grain});
      op.erase();
    });
  });
}

LogicalResult lowerProgramsToLLVM(ModelPlan &plan, const EmitOptions &options) {
  ModuleOp module = *plan.programModule;
  lowerLaunches(module, options.observable);
  PassManager pm(module.getContext());
  pm.enableVerifier(options.verifyEach);
  pm.nest<func::FuncOp>().addPass(createCSEPass());
  pm.nest<func::FuncOp>().addPass(arith::createArithExpandOpsPass());
  addConversions(pm);
  if (options.timing)
    pm.enableTiming(*options.timing);
  return pm.run(module);
}

} // namespace ingot
