//===- Plan.cpp - lowers the kernels of an entry point and shares equal ones --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/plan/Plan.h"
#include "codegen/gpu/Gpu.h"
#include "codegen/plan/ProgramBuilder.h"
#include "ir/NodeName.h"

using namespace mlir;

namespace ingot {

std::string kernelText(func::FuncOp function) {
  std::string text;
  llvm::raw_string_ostream os(text);
  OpPrintingFlags flags;
  flags.enableDebugInfo(false).useLocalScope();
  auto name = function.getSymName().str();
  function.setSymName("k");
  function->print(os, flags);
  function.setSymName(name);
  return text;
}

/// Tells on a kernel's function what it does with its arguments after the range of tiles: programs
/// and wrappers go by that, so it is part of the kernel's identity.
static void describeArguments(LoweredKernel &kernel) {
  Builder b(kernel.function.getContext());
  SmallVector<Attribute> list;
  for (const LaunchArgument &a : kernel.arguments) {
    switch (a.kind) {
    case LaunchArgument::Operand:
    case LaunchArgument::Packed:
      list.push_back(b.getStringAttr("read"));
      break;
    case LaunchArgument::Result:
      list.push_back(b.getStringAttr("write"));
      break;
    case LaunchArgument::Scratch:
      list.push_back(b.getStringAttr("scratch"));
      break;
    case LaunchArgument::Workers:
      list.push_back(b.getStringAttr("worker:" + Twine(a.index)));
      break;
    case LaunchArgument::Symbol:
    case LaunchArgument::Step:
      list.push_back(b.getStringAttr("number"));
      break;
    }
  }
  kernel.function->setAttr("ingot.arguments", b.getArrayAttr(list));
  if (kernel.workerBytes)
    kernel.function->setAttr("ingot.worker_bytes", b.getI64IntegerAttr(kernel.workerBytes));
  if (kernel.threads)
    kernel.function->setAttr("ingot.threads", b.getI64IntegerAttr(kernel.threads));
}

/// What a program must pass to a kernel of a GPU.
static std::string signatureOf(KernelOp op, const LoweredKernel &lowered, DimAnalysis &dims) {
  std::string text;
  llvm::raw_string_ostream os(text);
  for (const LaunchArgument &a : lowered.arguments) {
    os << (text.empty() ? "" : ", ");
    if (a.kind == LaunchArgument::Symbol)
      os << "dimension " << dims.space.str(dims.space.atom(a.index));
    else if (a.kind == LaunchArgument::Result)
      os << "result " << a.index << " " << op.getResult(a.index).getType();
    else
      os << "operand " << a.index << " " << op.getInputs()[a.index].getType();
  }
  os << "; blocks: " << dims.space.str(lowered.tiles) << " of " << lowered.threads << " threads";
  return text;
}

/// Counts a launch, where its sizes are known here and it runs `once` in every run.
static void addCost(PlannedKernel &kernel, KernelOp op, DimAnalysis &dims, bool once) {
  auto isFixed = [&](Value v) {
    return llvm::all_of(dims.dims(v), [](const Dim &d) { return d.isConstant(); });
  };
  std::optional<int64_t> operations, bytes;
  if (once && llvm::all_of(op.getInputs(), isFixed) && llvm::all_of(op.getResults(), isFixed)) {
    Cost cost = costOf(op, dims);
    operations = cost.operations.constant();
    bytes = cost.bytes.constant();
  }
  for (auto [sum, launch] : {std::pair(&kernel.operations, operations), {&kernel.bytes, bytes}}) {
    if (*sum && launch)
      **sum += *launch;
    else
      sum->reset();
  }
}

LogicalResult planEntry(func::FuncOp function, const LoweringOptions &options, ModelPlan &plan) {
  MLIRContext *context = function.getContext();
  if (!plan.kernelModule) {
    plan.kernelModule = ModuleOp::create(function.getLoc());
    plan.gpuModule = ModuleOp::create(function.getLoc());
    plan.programModule = ModuleOp::create(function.getLoc());
  }
  (void)context;
  DimAnalysis dims;
  if (failed(dims.run(function)))
    return failure();

  plan.entries.emplace_back();
  EntryPlan &entry = plan.entries.back();
  entry.name = function.getSymName().str();
  ProgramBuilder builder(function, dims, plan, entry);

  llvm::StringMap<unsigned> shared;
  for (auto [i, kernel] : llvm::enumerate(plan.kernels))
    shared[kernelText(kernel.function)] = i;
  bool ok = true;
  function.walk([&](KernelOp op) {
    if (!ok)
      return;
    std::string name = "k" + std::to_string(plan.kernels.size());
    // Profilers and `bench --per-kernel` show this name; PTX says more in a comment.
    if (op.getDevice() == "cpu")
      name += "_" + (op.getAnchor() == "none" ? "elementwise" : op.getAnchor()).str();
    FailureOr<LoweredKernel> lowered =
        op.getDevice() == "gpu" ? lowerGpuKernel(op, dims, *plan.gpuModule, name)
                                : lowerKernel(op, dims, *plan.kernelModule, name, options);
    if (failed(lowered)) {
      ok = false;
      return;
    }
    if (lowered->reference)
      lowered->function.setSymName(name + "_reference");
    describeArguments(*lowered);
    auto [it, isNew] = shared.try_emplace(kernelText(lowered->function), plan.kernels.size());
    if (isNew) {
      PlannedKernel k;
      k.function = lowered->function;
      k.name = lowered->function.getSymName().str();
      k.arguments = lowered->arguments;
      k.workerBytes = lowered->workerBytes;
      k.anchor = op.getAnchor().str();
      k.reference = lowered->reference;
      k.lowering = lowered->lowering.str();
      k.threads = lowered->threads;
      if (k.onGpu())
        k.signature = signatureOf(op, *lowered, dims);
      for (Operation &fused : op.block().without_terminator())
        if (!isa<ConstantOp, NoneOp>(fused))
          k.operators.push_back(fused.getName().stripDialect().str());
      plan.kernels.push_back(std::move(k));
    } else {
      lowered->function.erase();
    }
    plan.kernels[it->second].nodes.push_back(nodeName(op.getLoc()).str());
    bool once = isa<func::FuncOp>(op->getParentOp()) && plan.entries.size() == 1;
    addCost(plan.kernels[it->second], op, dims, once);
    builder.launches[op] = {op, it->second, lowered->arguments, lowered->scratch, lowered->tiles,
                            lowered->steps, lowered->tileCost};
    entry.workerBytes = std::max(entry.workerBytes, lowered->workerBytes);
  });
  if (!ok)
    return failure();
  return builder.build();
}

} // namespace ingot
