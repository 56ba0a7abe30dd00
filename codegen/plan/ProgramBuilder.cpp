//===- ProgramBuilder.cpp - writes the program of one entry point ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/plan/ProgramBuilder.h"
#include "codegen/plan/HostTable.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Program.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace ingot {

/// Scalar operations below which a launch is not worth waking other threads for; one tile range
/// handed to a worker holds at least this many (fork and join cost about 0.5 to 3 µs).
static constexpr int64_t grainCost = 1 << 15;

Value ProgramBuilder::i64(int64_t v) {
  return arith::ConstantIntOp::create(b, loc, v, 64);
}

Value ProgramBuilder::offsetPointer(Value base, Value bytes) {
  return LLVM::GEPOp::create(b, loc, ptr, b.getI8Type(), base, ArrayRef<LLVM::GEPArg>{bytes});
}

Value ProgramBuilder::loadAt(Value base, int64_t index, Type type) {
  Value address = LLVM::GEPOp::create(b, loc, ptr, type, base,
                                      ArrayRef<LLVM::GEPArg>{(int32_t)index});
  return LLVM::LoadOp::create(b, loc, type, address);
}

/// Calls a service of the host table.
Value ProgramBuilder::hostCall(unsigned field, Type result, ValueRange arguments) {
  Value function = LLVM::LoadOp::create(
      b, loc, ptr, offsetPointer(host, i64(field)));
  SmallVector<Value> operands{function};
  operands.push_back(
      LLVM::LoadOp::create(b, loc, ptr, offsetPointer(host, i64(hostTable::context))));
  llvm::append_range(operands, arguments);
  SmallVector<Type> types(ValueRange(operands).drop_front().getTypes());
  auto type = LLVM::LLVMFunctionType::get(
      result ? result : LLVM::LLVMVoidType::get(b.getContext()), types);
  auto call = LLVM::CallOp::create(b, loc, type, operands);
  return result ? call.getResult() : Value();
}

func::FuncOp ProgramBuilder::startFunction(StringRef name, TypeRange inputs, TypeRange results) {
  b.setInsertionPointToEnd(plan.programModule->getBody());
  auto f = func::FuncOp::create(b, loc, name, b.getFunctionType(inputs, results));
  start = f.addEntryBlock();
  b.setInsertionPointToEnd(start);
  return f;
}

Value ProgramBuilder::emitAtom(AtomId id) {
  if (auto it = values.find(id); it != values.end())
    return it->second;
  DimAtom atom = dims.space.info(id);
  Value v;
  if (atom.kind == DimAtom::ElementOf) {
    unsigned bits = storageBits(dims.elementType(atom.value));
    Value p = pointer(atom.value);
    if (bits < 8) {
      int64_t per = 8 / bits;
      v = loadAt(p, atom.index / per, b.getI8Type());
      v = arith::ShRUIOp::create(
          b, loc, v, arith::ConstantIntOp::create(b, loc, atom.index % per * bits, 8));
      v = arith::TruncIOp::create(b, loc, b.getIntegerType(bits), v);
    } else {
      v = loadAt(p, atom.index, b.getIntegerType(bits));
    }
    if (bits < 64)
      v = isUnsigned(dims.elementType(atom.value))
              ? (Value)arith::ExtUIOp::create(b, loc, b.getI64Type(), v)
              : (Value)arith::ExtSIOp::create(b, loc, b.getI64Type(), v);
  } else if (!atom.isSymbol()) {
    Value lhs = emit(atom.lhs), rhs = emit(atom.rhs);
    if (atom.kind == DimAtom::FloorDiv) {
      // A divisor of 0 can only come from data: the quotient is then 0.
      Value one = i64(1), zero = i64(0);
      Value isZero = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, rhs, zero);
      v = arith::FloorDivSIOp::create(b, loc, lhs,
                                      arith::SelectOp::create(b, loc, isZero, one, rhs));
      v = arith::SelectOp::create(b, loc, isZero, zero, v);
    } else if (atom.kind == DimAtom::Max) {
      v = arith::MaxSIOp::create(b, loc, lhs, rhs);
    } else if (atom.kind == DimAtom::Min) {
      v = arith::MinSIOp::create(b, loc, lhs, rhs);
    } else {
      v = arith::RemSIOp::create(b, loc, lhs, rhs);
    }
  }
  return values[id] = v;
}

Value ProgramBuilder::emit(const Dim &d) {
  Value sum;
  for (const DimTerm &t : d.terms) {
    Value product;
    for (AtomId id : t.atoms) {
      Value f = emitAtom(id);
      product = product ? (Value)arith::MulIOp::create(b, loc, product, f) : f;
    }
    if (!product)
      product = i64(t.coefficient);
    else if (t.coefficient != 1)
      product = arith::MulIOp::create(b, loc, product, i64(t.coefficient));
    sum = sum ? (Value)arith::AddIOp::create(b, loc, sum, product) : product;
  }
  return sum ? sum : i64(0);
}

/// The bytes of a buffer; -1, which no allocator grants, where they leave 62 bits. Other sizes than
/// those born in the run the runtime has checked before it, see emitBufferSizes.
Value ProgramBuilder::emitBytes(Type element, ArrayRef<Dim> shape) {
  Dim count = dims.space.product(shape);
  unsigned bits = storageBits(element);
  Value bytes = emit(bits < 8 ? dims.space.ceilDiv(count, Dim(8 / bits))
                              : dims.space.mul(count, Dim(bits / 8)));
  if (classify(shape) != DimClass::Born)
    return bytes;
  return arith::SelectOp::create(b, loc, isHuge(emitRealBytes(shape)), i64(-1), bytes);
}

/// No less than the bytes of a buffer with elements of 64 bits, in floating point.
Value ProgramBuilder::emitRealBytes(ArrayRef<Dim> shape) {
  Value real = arith::ConstantFloatOp::create(b, loc, b.getF64Type(), llvm::APFloat(8.0));
  for (const Dim &d : shape)
    real = arith::MulFOp::create(b, loc, real, emitReal(d));
  return real;
}

/// Storage of an output whose dimensions are born in the run.
Value ProgramBuilder::provideOutput(Value tensor, int64_t number) {
  SmallVector<Value> sizes;
  for (const Dim &d : dims.dims(tensor))
    sizes.push_back(emit(d));
  Value array = stack(b.getI64Type(), std::max<size_t>(sizes.size(), 1));
  for (auto [i, s] : llvm::enumerate(sizes))
    store(s, field(array, 8 * i));
  Value rank = arith::ConstantIntOp::create(b, loc, sizes.size(), 32);
  Value index = arith::ConstantIntOp::create(b, loc, number, 32);
  Value p = hostCall(hostTable::output, ptr, {index, rank, array});
  failIfNull(p, INGOT_RUN_BUFFER_TOO_SMALL);
  return p;
}

Value ProgramBuilder::allocate(Value tensor) {
  Place place = places.lookup(tensor);
  if (place.kind == Place::BornOutput)
    return pointers[tensor] = provideOutput(tensor, place.index);
  if (place.kind == Place::Carried) {
    CarriedValue &state = carried[carriedBy[tensor]];
    Value p = state.fixed ? load(ptr, state.next.pointer)
                          : grow(state.next, emitBytes(dims.elementType(tensor), dims.dims(tensor)));
    return pointers[tensor] = p;
  }
  if (place.kind == Place::Grown) {
    Growable &memory = grown[tensor];
    if (!memory.pointer)
      memory = {stack(ptr), stack(b.getI64Type())};
    return pointers[tensor] =
               grow(memory, emitBytes(dims.elementType(tensor), dims.dims(tensor)));
  }
  if (place.kind == Place::Born) {
    Value p = hostCall(hostTable::allocate, ptr,
                       {emitBytes(dims.elementType(tensor), dims.dims(tensor))});
    failIfNull(p, INGOT_RUN_OUT_OF_MEMORY);
    return pointers[tensor] = p;
  }
  return pointer(tensor);
}

void ProgramBuilder::failIfNull(Value p, int32_t status) {
  Value null = LLVM::ZeroOp::create(b, loc, ptr);
  Value isNull = LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::eq, p, null);
  returnIf(isNull, status);
}

/// Leaves the program with `status`; what follows runs in a block of its own.
void ProgramBuilder::returnIf(Value condition, int32_t status) {
  Block *here = b.getInsertionBlock();
  Block *rest = here->splitBlock(b.getInsertionPoint());
  Region *region = here->getParent();
  Block *leave = b.createBlock(region, Region::iterator(rest));
  Value code = arith::ConstantIntOp::create(b, loc, status, 32);
  func::ReturnOp::create(b, loc, code);
  b.setInsertionPointToEnd(here);
  cf::CondBranchOp::create(b, loc, condition, leave, rest);
  b.setInsertionPointToStart(rest);
}

/// The tensors that the program writes itself: known expressions that a kernel reads as data.
void ProgramBuilder::storeShape(Value tensor, Value p) {
  unsigned bits = storageBits(dims.elementType(tensor)), unit = std::max(bits, 8u);
  Type type = b.getIntegerType(unit);
  ArrayRef<Dim> elements = *dims.info(tensor).elements;
  // Elements of less than a byte share one, the first in its lowest bits.
  size_t per = unit / bits;
  for (size_t first = 0; first < elements.size(); first += per) {
    Value stored;
    for (size_t k = 0; k < per && first + k < elements.size(); ++k) {
      Value v = emit(elements[first + k]);
      if (per > 1) {
        v = arith::AndIOp::create(b, loc, v, i64((1 << bits) - 1));
        v = arith::ShLIOp::create(b, loc, v, i64(k * bits));
      }
      stored = stored ? (Value)arith::OrIOp::create(b, loc, stored, v) : v;
    }
    if (unit < 64)
      stored = arith::TruncIOp::create(b, loc, type, stored);
    LLVM::StoreOp::create(b, loc, stored,
                          LLVM::GEPOp::create(b, loc, ptr, type, p,
                                              ArrayRef<LLVM::GEPArg>{(int32_t)(first / per)}));
  }
}

Value ProgramBuilder::pointer(Value tensor) {
  if (Value known = pointers.lookup(tensor))
    return known;
  Place place = places.lookup(tensor);
  Value p;
  switch (place.kind) {
  case Place::Input:
    p = loadAt(inputs, place.index, ptr);
    break;
  case Place::Output:
    p = loadAt(outputs, place.index, ptr);
    break;
  case Place::Weights:
    p = offsetPointer(weights, i64(place.index));
    break;
  case Place::Static:
  case Place::Dynamic:
    p = address(place, liesOnGpu(tensor));
    break;
  case Place::None:
    if (auto constant = tensor.getDefiningOp<ConstantOp>()) {
      p = stringTable(constant);
      break;
    }
    [[fallthrough]];
  default:
    p = allocate(tensor);
  }
  pointers[tensor] = p;
  Operation *def = tensor.getDefiningOp();
  if (def && !launches.count(def) && !isa<ConstantOp, TransferOp>(def) && dims.info(tensor).elements)
    storeShape(tensor, p);
  return p;
}

void ProgramBuilder::emitLaunch(Launch &launch) {
  PlannedKernel &kernel = plan.kernels[launch.kernel];
  ++kernel.launches;
  ++entry.launches;
  for (Value v : launch.op.getResults())
    if (needed.contains(v))
      allocate(v);
  SmallVector<Value> args;
  std::optional<size_t> stepArgument;
  for (const LaunchArgument &a : launch.arguments) {
    switch (a.kind) {
    case LaunchArgument::Operand: {
      Value v = launch.op.getInputs()[a.index];
      // Constants lie on both devices, at the same place.
      Place place = placeOf(v);
      if (auto constant = v.getDefiningOp<ConstantOp>(); constant && place.kind == Place::Weights)
        kernel.weightBytes[place.index] = ConstantView(constant).bytes().size();
      if (kernel.onGpu() && place.kind == Place::Weights)
        args.push_back(offsetPointer(deviceWeights, i64(place.index)));
      else
        args.push_back(pointer(v));
      break;
    }
    case LaunchArgument::Result:
      args.push_back(pointer(launch.op.getResult(a.index)));
      break;
    case LaunchArgument::Scratch: {
      Place place = scratchPlaces[{launch.op, a.index}];
      auto &[type, count] = launch.scratch[a.index];
      if (place.kind == Place::Grown) {
        Growable &memory = grownScratch[{launch.op, a.index}];
        if (!memory.pointer)
          memory = {stack(ptr), stack(b.getI64Type())};
        args.push_back(grow(memory, emitBytes(type, {count})));
      } else if (place.kind == Place::Born) {
        Value p = hostCall(hostTable::allocate, ptr, {emitBytes(type, {count})});
        failIfNull(p, INGOT_RUN_OUT_OF_MEMORY);
        args.push_back(p);
      } else {
        args.push_back(address(place));
      }
      break;
    }
    case LaunchArgument::Packed: {
      auto constant = launch.op.getInputs()[a.index].getDefiningOp<ConstantOp>();
      int64_t offset = plan.weights.add(constant, a.packed);
      kernel.weightBytes[offset] = a.packed.bytes;
      args.push_back(offsetPointer(weights, i64(offset)));
      break;
    }
    case LaunchArgument::Workers:
      args.push_back(offsetPointer(arena, i64(entry.arenaBytes)));
      break;
    case LaunchArgument::Symbol:
      args.push_back(emitAtom(a.index));
      break;
    case LaunchArgument::Step:
      stepArgument = args.size();
      args.push_back(i64(0));
      break;
    }
  }
  int64_t grain = 0;
  if (launch.tileCost > 0 && !launch.tiles.is(1))
    grain = std::max<int64_t>(1, grainCost / launch.tileCost);
  if (auto tiles = launch.tiles.constant(); tiles && *tiles <= grain)
    grain = 0;
  std::string name = kernel.function.getSymName().str();
  Value tiles = emit(launch.tiles);
  auto create = [&](OpBuilder &at) {
    LaunchOp::create(at, launch.op.getLoc(), name, host, args, tiles, grain,
                     kernel.onGpu() ? b.getI64IntegerAttr(kernel.threads) : IntegerAttr());
  };
  if (!stepArgument)
    return create(b);
  scf::ForOp::create(b, loc, i64(0), emit(launch.steps), i64(1), ValueRange{},
                     [&](OpBuilder &at, Location, Value number, ValueRange) {
                       args[*stepArgument] = number;
                       create(at);
                       scf::YieldOp::create(at, loc);
                     });
}

void ProgramBuilder::emitTransfer(TransferOp op) {
  Value from = pointer(op.getX()), to = allocate(op.getResult());
  CopyOp::create(b, op.getLoc(), to, from,
                 emitBytes(dims.elementType(op.getX()), dims.dims(op.getX())), op.getDevice());
}

LogicalResult ProgramBuilder::emitBlock(Block &block) {
  for (Operation &op : block) {
    if (!step.count(&op))
      continue;
    emitLaunchGuards(&op);
    emitPositionChecks(launchChecks.lookup(&op));
    LogicalResult ok = success();
    if (auto branch = dyn_cast<IfOp>(op))
      ok = emitIf(branch);
    else if (auto loop = dyn_cast<LoopOp>(op))
      ok = emitLoop(loop);
    else if (auto call = dyn_cast<HostCallOp>(op))
      emitHostCall(call);
    else if (auto transfer = dyn_cast<TransferOp>(op))
      emitTransfer(transfer);
    else
      emitLaunch(launches[&op]);
    if (failed(ok))
      return failure();
  }
  return success();
}

/// Hands over the outputs that no launch has written to their place.
void ProgramBuilder::storeResults() {
  Operation *terminator = source.getBody().front().getTerminator();
  for (auto [i, v] : llvm::enumerate(terminator->getOperands())) {
    Place place = placeOf(v);
    if ((place.kind == Place::Output || place.kind == Place::BornOutput) &&
        place.index == (int64_t)i)
      continue;
    Value from = pointer(v), to;
    if (dims.info(v).otherType) {
      store(from, loadAt(outputs, i, ptr));
      continue;
    }
    if (classify(dims.dims(v)) == DimClass::Born)
      to = provideOutput(v, i);
    else
      to = loadAt(outputs, i, ptr);
    copy(to, from, emitBytes(dims.elementType(v), dims.dims(v)));
  }
}

LogicalResult ProgramBuilder::build() {
  ptr = LLVM::LLVMPointerType::get(b.getContext());
  markNeeded();
  collectPositionChecks();
  collectGuards();
  number(source.getBody().front());
  findLives(source.getBody().front());
  for (Value v : source.getBody().front().getTerminator()->getOperands()) {
    use(v, steps, source.getBody().front().getTerminator());
    useSymbols(dims.dims(v), steps, source.getBody().front().getTerminator());
  }
  extendAliases();
  planBuffers();
  describePorts();
  if (entry.arenaBytes < 0 || entry.deviceArenaBytes < 0)
    return source.emitError("the buffers for the largest dimensions of these bounds need more than "
                            "2^63 bytes; give smaller bounds with --shape");
  for (const Port &port : entry.outputs)
    if (port.state >= 0 && llvm::is_contained(port.dims, INGOT_DIM_BORN))
      return source.emitError("output '") << port.name
             << "' cannot be kept as a state: its dimensions are known only inside the run";

  entry.run = "run_" + entry.name;
  bool usesGpu = llvm::any_of(plan.kernels, [](const PlannedKernel &k) { return k.onGpu(); });
  auto f = startFunction(entry.run, SmallVector<Type>(usesGpu ? 9 : 7, ptr), {b.getI32Type()});
  listBuffers(f);
  host = f.getArgument(0);
  inputs = f.getArgument(1);
  outputs = f.getArgument(2);
  symbols = f.getArgument(3);
  arena = f.getArgument(4);
  offsets = f.getArgument(5);
  weights = f.getArgument(6);
  if (usesGpu) {
    deviceArena = f.getArgument(7);
    deviceWeights = f.getArgument(8);
  }
  declareSymbols();
  emitPositionChecks(entryChecks);
  if (failed(emitBlock(source.getBody().front())))
    return failure();
  storeResults();
  Value ok = arith::ConstantIntOp::create(b, loc, INGOT_OK, 32);
  func::ReturnOp::create(b, loc, ok);
  emitOutputDims();
  emitBufferSizes();
  emitEntryGuards();
  return success();
}

} // namespace ingot
