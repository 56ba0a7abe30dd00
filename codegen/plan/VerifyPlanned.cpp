//===- VerifyPlanned.cpp - the planned form --------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/plan/Planned.h"
#include "ir/forms/Forms.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;

namespace ingot {

static constexpr StringLiteral form = "planned";

//===- kernels ----------------------------------------------------------------------===//

static ArrayAttr argumentsOf(func::FuncOp kernel) {
  return kernel->getAttrOfType<ArrayAttr>("ingot.arguments");
}

static bool isOnGpu(func::FuncOp kernel) { return kernel->hasAttr("ingot.threads"); }

/// Functions that LLVM has an instruction for on every target; ExpandMath.cpp makes arithmetic of
/// all others but these, which would become calls of a library.
static bool needsLibrary(Operation *op) { return isa<math::RoundOp>(op); }

static bool mayBeInKernel(Operation *op, bool onGpu) {
  if (isa<arith::ArithDialect, math::MathDialect, complex::ComplexDialect, ub::UBDialect>(
          op->getDialect()))
    return !needsLibrary(op);
  if (isa<vector::VectorDialect>(op->getDialect()))
    return !isa<vector::PrintOp>(op);
  if (isa<scf::ForOp, scf::IfOp, scf::WhileOp, scf::ConditionOp, scf::YieldOp>(op))
    return true;
  if (isa<memref::LoadOp, memref::StoreOp, memref::PrefetchOp, LLVM::CallIntrinsicOp, func::ReturnOp>(
          op))
    return true;
  return onGpu && (isa<memref::GetGlobalOp>(op) || isa<NVVM::NVVMDialect>(op->getDialect()));
}

/// The arguments are as `ingot.arguments` lists them.
static LogicalResult checkSignature(func::FuncOp kernel) {
  ArrayAttr list = argumentsOf(kernel);
  if (!list || !llvm::all_of(list, llvm::IsaPred<StringAttr>))
    return breaks(kernel, form) << "expected ingot.arguments to list its arguments";
  unsigned range = isOnGpu(kernel) ? 0 : 3;
  if (kernel.isExternal() || kernel.getNumResults())
    return breaks(kernel, form) << "expected a body and no results";
  if (kernel.getNumArguments() != list.size() + range)
    return breaks(kernel, form) << "expected " << list.size() + range << " arguments, but got "
                                << kernel.getNumArguments();
  for (unsigned i = 0; i < kernel.getNumArguments(); ++i) {
    StringRef kind = i < range ? "number" : cast<StringAttr>(list[i - range]).getValue();
    Type type = kernel.getArgumentTypes()[i];
    auto buffer = dyn_cast<MemRefType>(type);
    bool isLinear = buffer && buffer.getRank() == 1 && buffer.isDynamicDim(0) &&
                    buffer.getLayout().isIdentity();
    if (kind == "number" ? !type.isIndex() : !isLinear)
      return breaks(kernel, form) << "expected argument " << i << " to be "
                                  << (kind == "number" ? "an index" : "a linear buffer")
                                  << ", but got " << type;
    int64_t offset;
    if (kind == "number" || kind == "read" || kind == "write" || kind == "scratch")
      continue;
    if (!kind.consume_front("worker:") || kind.getAsInteger(10, offset) || offset < 0)
      return breaks(kernel, form) << "expected to read, write or work in argument " << i;
    auto bytes = kernel->getAttrOfType<IntegerAttr>("ingot.worker_bytes");
    if (!bytes || offset >= bytes.getInt())
      return breaks(kernel, form) << "expected argument " << i << " inside the worker's memory";
  }
  return success();
}

static LogicalResult checkKernel(func::FuncOp kernel) {
  if (failed(checkSignature(kernel)))
    return failure();
  llvm::DenseSet<Value> operands;
  unsigned range = isOnGpu(kernel) ? 0 : 3;
  for (auto [i, kind] : llvm::enumerate(argumentsOf(kernel).getAsValueRange<StringAttr>()))
    if (kind == "read")
      operands.insert(kernel.getArgument(i + range));
  WalkResult result = kernel.walk([&](Operation *op) -> WalkResult {
    if (op == kernel)
      return WalkResult::advance();
    if (!op->getDialect() || !mayBeInKernel(op, isOnGpu(kernel)))
      return breaks(op, form) << "expected arithmetic, loops, loads and stores alone in kernel '"
                              << kernel.getSymName() << "': no allocation, call or assert";
    if (isa<memref::PrefetchOp>(op)) // whose effects are those of a store, to keep its place
      return WalkResult::advance();
    auto effects = dyn_cast<MemoryEffectOpInterface>(op);
    SmallVector<MemoryEffects::EffectInstance> list;
    if (effects)
      effects.getEffects(list);
    for (const MemoryEffects::EffectInstance &effect : list)
      if (isa<MemoryEffects::Write>(effect.getEffect()) && operands.contains(effect.getValue()))
        return breaks(op, form) << "expected kernel '" << kernel.getSymName()
                                << "' not to write to an operand";
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

static LogicalResult checkKernels(ModuleOp module, KernelTable &table) {
  llvm::StringMap<StringRef> texts;
  for (Operation &op : module.getOps()) {
    auto kernel = dyn_cast<func::FuncOp>(op);
    if (!kernel && isa<memref::GlobalOp>(op)) // memory that the threads of a block share
      continue;
    if (!kernel)
      return breaks(&op, form) << "expected functions alone";
    if (failed(checkKernel(kernel)))
      return failure();
    auto [it, isNew] = texts.try_emplace(kernelText(kernel), kernel.getSymName());
    if (!isNew)
      return breaks(kernel, form) << "expected equal kernels once, but got '" << it->second
                                  << "' and '" << kernel.getSymName() << "'";
    table[kernel.getSymName()] = kernel;
  }
  return success();
}

//===- programs ---------------------------------------------------------------------===//

static bool mayBeInProgram(Operation *op) {
  return isa<arith::ArithDialect>(op->getDialect()) ||
         isa<func::ReturnOp, cf::BranchOp, cf::CondBranchOp, scf::ForOp, scf::YieldOp, LLVM::LoadOp,
             LLVM::StoreOp, LLVM::GEPOp, LLVM::AllocaOp, LLVM::CallOp, LLVM::ZeroOp, LLVM::ICmpOp,
             LLVM::AddressOfOp, LLVM::MemcpyOp, LaunchOp, CopyOp>(op);
}

static LogicalResult checkLaunch(LaunchOp launch, const KernelTable &kernels) {
  func::FuncOp kernel = kernels.lookup(launch.getKernel());
  if (!kernel)
    return breaks(launch, form) << "expected a kernel, but there is no '" << launch.getKernel()
                                << "'";
  ArrayAttr list = argumentsOf(kernel);
  if (list.size() != launch.getArgs().size())
    return breaks(launch, form) << "expected " << list.size() << " arguments for '"
                                << launch.getKernel() << "', but got " << launch.getArgs().size();
  for (auto [i, kind, v] : llvm::enumerate(list.getAsValueRange<StringAttr>(), launch.getArgs()))
    if (kind == "number" ? !v.getType().isInteger(64) : !isa<LLVM::LLVMPointerType>(v.getType()))
      return breaks(launch, form) << "expected argument " << i << " for '" << launch.getKernel()
                                  << "' to be " << (kind == "number" ? "a number" : "a pointer");
  if (launch.getGrain() > INT64_MAX)
    return breaks(launch, form) << "expected a grain of at least 0";
  auto threads = kernel->getAttrOfType<IntegerAttr>("ingot.threads");
  if (launch.getThreadsAttr() != threads)
    return breaks(launch, form) << "expected threads exactly for kernels of a GPU, as many as '"
                                << launch.getKernel() << "' is made for";
  return success();
}

static LogicalResult checkOperation(Operation *op, func::FuncOp function,
                                    const KernelTable &kernels) {
  if (!op->getDialect() || !mayBeInProgram(op))
    return breaks(op, form) << "expected arithmetic, branches, memory and launches alone in program '"
                            << function.getSymName() << "'";
  if (auto call = dyn_cast<LLVM::CallOp>(op); call && call.getCallee())
    return breaks(op, form) << "expected calls through the table of the host alone, but got '"
                            << *call.getCallee() << "'";
  if (isa<LLVM::AllocaOp>(op) && op->getBlock() != &function.getBody().front())
    return breaks(op, form) << "expected memory on the stack to be taken at the start alone";
  if (auto launch = dyn_cast<LaunchOp>(op))
    return checkLaunch(launch, kernels);
  return success();
}

/// Reads `ingot.buffers`; fails with a diagnostic where an entry is not one.
static FailureOr<SmallVector<ArenaBuffer>> readBuffers(func::FuncOp function) {
  SmallVector<ArenaBuffer> buffers;
  auto list = function->getAttrOfType<ArrayAttr>("ingot.buffers");
  for (Attribute entry : list ? list.getValue() : ArrayRef<Attribute>()) {
    auto fields = dyn_cast<DictionaryAttr>(entry);
    auto number = [&](StringRef name) {
      auto field = fields ? fields.getAs<IntegerAttr>(name) : IntegerAttr();
      return field ? std::optional(field.getInt()) : std::nullopt;
    };
    auto offset = number("offset"), dynamic = number("number"), bytes = number("bytes");
    auto first = number("first"), last = number("last");
    if (!first || !last || !offset == !dynamic || (offset && !bytes))
      return breaks(function, form) << "expected an offset or a number, bytes, and the first and the "
                                       "last step of buffer "
                                    << buffers.size() << ", but got " << entry;
    auto device = fields.getAs<StringAttr>("device");
    buffers.push_back({device && device.getValue() == "gpu", dynamic.has_value(),
                       offset ? *offset : *dynamic, bytes.value_or(0), *first, *last});
  }
  return buffers;
}

bool ArenaBuffer::mayShare(const ArenaBuffer &other) const {
  if (onGpu != other.onGpu || dynamic != other.dynamic)
    return false;
  return dynamic ? !meets(other) : at < other.at + other.bytes && other.at < at + bytes;
}

static LogicalResult checkPlaces(func::FuncOp function, ArrayRef<ArenaBuffer> buffers) {
  auto arenaBytes = [&](bool onGpu) {
    auto bytes = function->getAttrOfType<IntegerAttr>(onGpu ? "ingot.device_arena_bytes"
                                                            : "ingot.arena_bytes");
    return bytes ? bytes.getInt() : 0;
  };
  for (auto [i, buffer] : llvm::enumerate(buffers)) {
    if (buffer.last < buffer.first)
      return breaks(function, form) << "expected buffer " << i << " to be in use from its first step "
                                    << "to its last";
    if (buffer.dynamic)
      continue;
    if (buffer.at < 0 || buffer.at % 64)
      return breaks(function, form) << "expected buffer " << i << " at a multiple of 64 bytes, but got "
                                    << buffer.at;
    if (buffer.bytes < 0 || buffer.at > arenaBytes(buffer.onGpu) - buffer.bytes)
      return breaks(function, form) << "expected buffer " << i << " inside the arena of "
                                    << arenaBytes(buffer.onGpu) << " bytes";
    for (auto [k, other] : llvm::enumerate(buffers.take_front(i)))
      if (buffer.mayShare(other) && buffer.meets(other))
        return breaks(function, form) << "expected buffers " << k << " and " << i
                                      << ", in use at the same step, apart";
  }
  return success();
}

/// Addresses in an arena are those of the buffers they name, or of the workers' memory behind them.
static LogicalResult checkAddress(LLVM::GEPOp op, func::FuncOp function,
                                  ArrayRef<ArenaBuffer> buffers) {
  auto base = dyn_cast<BlockArgument>(op.getBase());
  bool isProgram = function->hasAttr("ingot.buffers");
  bool onGpu = base && base.getArgNumber() == 7;
  bool isArena = isProgram && base && base.getOwner() == &function.getBody().front() &&
                 (onGpu || base.getArgNumber() == 4);
  auto named = op->getAttrOfType<IntegerAttr>("ingot.buffer");
  if (!isArena && !named)
    return success();
  if (!isArena)
    return breaks(op, form) << "expected a buffer in an arena";
  Value offset = op.getDynamicIndices().size() == 1 ? op.getDynamicIndices().front() : Value();
  APInt constant;
  bool isConstant = offset && matchPattern(offset, m_ConstantInt(&constant));
  if (!named) {
    auto bytes = function->getAttrOfType<IntegerAttr>("ingot.arena_bytes");
    if (isConstant && bytes && constant == bytes.getInt())
      return success();
    return breaks(op, form) << "expected an address in the arena to name its buffer";
  }
  int64_t number = named.getInt();
  if (number < 0 || number >= (int64_t)buffers.size() || buffers[number].onGpu != onGpu)
    return breaks(op, form) << "expected a buffer of this arena, but got " << number;
  const ArenaBuffer &buffer = buffers[number];
  if (!buffer.dynamic)
    return isConstant && constant == buffer.at
               ? success()
               : LogicalResult(breaks(op, form) << "expected the offset of buffer " << number
                                                << ", which is " << buffer.at);
  auto load = offset ? offset.getDefiningOp<LLVM::LoadOp>() : LLVM::LoadOp();
  auto entry = load ? load.getAddr().getDefiningOp<LLVM::GEPOp>() : LLVM::GEPOp();
  if (!entry || entry.getBase() != function.getArgument(5) ||
      entry.getRawConstantIndices() != ArrayRef<int32_t>{(int32_t)buffer.at})
    return breaks(op, form) << "expected the offset of buffer " << number
                            << ", which is number " << buffer.at << " of those placed at run time";
  return success();
}

static LogicalResult checkProgram(func::FuncOp function, const KernelTable &kernels) {
  auto buffers = readBuffers(function);
  if (failed(buffers) || failed(checkPlaces(function, *buffers)))
    return failure();
  WalkResult result = function.walk([&](Operation *op) -> WalkResult {
    if (op == function)
      return WalkResult::advance();
    if (failed(checkOperation(op, function, kernels)))
      return WalkResult::interrupt();
    auto address = dyn_cast<LLVM::GEPOp>(op);
    return WalkResult(address ? checkAddress(address, function, *buffers) : success());
  });
  if (result.wasInterrupted())
    return failure();
  return verifyData(function, *buffers, kernels);
}

LogicalResult verifyPlanned(ModuleOp kernels, ModuleOp gpuKernels, ModuleOp program) {
  KernelTable table;
  for (ModuleOp module : {kernels, gpuKernels})
    if (module && (failed(verify(module)) || failed(checkKernels(module, table))))
      return failure();
  if (!program)
    return success();
  if (failed(verify(program)))
    return failure();
  for (Operation &op : program.getOps()) {
    if (isa<LLVM::GlobalOp>(op)) // texts of messages, names and strings
      continue;
    auto function = dyn_cast<func::FuncOp>(op);
    if (!function || function.isExternal())
      return breaks(&op, form) << "expected functions with bodies, and constants";
    if (failed(checkProgram(function, table)))
      return failure();
  }
  return success();
}

} // namespace ingot
