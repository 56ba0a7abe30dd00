//===- Buffers.cpp - which buffers a program needs, and their places -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/plan/ProgramBuilder.h"
#include "ir/ops/Constant.h"
#include "runtime/planner.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace ingot {

DimClass ProgramBuilder::classify(const Dim &d) {
  if (d.constant())
    return DimClass::Static;
  SmallVector<AtomId> ids;
  dims.space.collectSymbols(d, ids);
  for (AtomId id : ids) {
    auto arg = dyn_cast<BlockArgument>(dims.space.info(id).value);
    if (!arg || arg.getOwner() != &source.getBody().front())
      return DimClass::Born;
    // The runtime reads sizes from integers only; the program itself reads any element.
    Type element = dims.elementType(arg);
    if (dims.space.info(id).kind == DimAtom::ElementOf && !element.isSignedInteger(64) &&
        !element.isSignedInteger(32))
      return DimClass::Born;
  }
  return DimClass::Entry;
}

DimClass ProgramBuilder::classify(ArrayRef<Dim> ds) {
  DimClass result = DimClass::Static;
  for (const Dim &d : ds)
    result = std::max(result, classify(d));
  return result;
}

void ProgramBuilder::needDim(const Dim &d) {
  SmallVector<AtomId> ids;
  dims.space.collectSymbols(d, ids);
  for (AtomId id : ids)
    need(dims.space.info(id).value);
}

/// Marks a tensor as data that must be in memory, with all that its producer reads.
void ProgramBuilder::need(Value v) {
  if (!needed.insert(v).second)
    return;
  for (const Dim &d : dims.dims(v))
    needDim(d);
  auto needLoop = [&](LoopOp loop, std::optional<unsigned> i) {
    for (Value end : {loop.getTripCount(), loop.getCondition(), loop.next()})
      need(end);
    if (!i)
      return;
    need(loop.yielded(*i));
    if (*i < loop.carried()) {
      need(loop.getInitial()[*i]);
      need(loop.argument(*i));
      need(loop.getResult(*i));
    }
  };
  Operation *def = v.getDefiningOp();
  if (!def) {
    auto arg = cast<BlockArgument>(v);
    if (auto loop = dyn_cast<LoopOp>(arg.getOwner()->getParentOp()))
      needLoop(loop, arg.getArgNumber() ? std::optional(arg.getArgNumber() - 1) : std::nullopt);
    return;
  }
  unsigned result = cast<OpResult>(v).getResultNumber();
  if (auto branch = dyn_cast<IfOp>(def)) {
    need(branch.getCondition());
    need(branch.thenValues()[result]);
    need(branch.elseValues()[result]);
    return;
  }
  if (auto loop = dyn_cast<LoopOp>(def))
    return needLoop(loop, result);
  if (auto call = dyn_cast<HostCallOp>(def)) {
    for (Value operand : call.getInputs())
      need(operand);
    return;
  }
  if (auto transfer = dyn_cast<TransferOp>(def))
    return need(transfer.getX());
  auto it = launches.find(def);
  if (it == launches.end()) {
    // A tensor of known expressions, written by the program itself.
    if (!isa<ConstantOp>(def))
      if (auto elements = dims.info(v).elements)
        for (const Dim &d : *elements)
          needDim(d);
    return;
  }
  for (const LaunchArgument &a : it->second.arguments) {
    // A kernel writes all its results, also those that only dead kernels would read.
    if (a.kind == LaunchArgument::Result)
      need(it->second.op.getResult(a.index));
    else if (a.kind == LaunchArgument::Operand)
      need(it->second.op.getInputs()[a.index]);
    else if (a.kind == LaunchArgument::Symbol)
      needDim(dims.space.atom(a.index));
  }
  for (auto &[type, count] : it->second.scratch)
    needDim(count);
  needDim(it->second.tiles);
  needDim(it->second.steps);
}

void ProgramBuilder::markNeeded() {
  Operation *terminator = source.getBody().front().getTerminator();
  for (Value v : terminator->getOperands())
    need(v);
}

bool ProgramBuilder::isStep(Operation *op) {
  return (launches.count(op) || isa<IfOp, LoopOp, HostCallOp, TransferOp>(op)) &&
         llvm::any_of(op->getResults(), [&](Value v) { return needed.contains(v); });
}

/// Numbers what remains of the program; control flow takes a step before and one after its regions.
void ProgramBuilder::number(Block &block) {
  for (Operation &op : block) {
    if (!isStep(&op))
      continue;
    step[&op] = steps++;
    if (isa<IfOp, LoopOp>(op)) {
      for (Region &region : op.getRegions())
        number(region.front());
      lastStep[&op] = steps++;
    } else {
      lastStep[&op] = step[&op];
    }
  }
}

/// Records that `user`, at step `at`, reads the buffer of `v`. A value from outside of a loop is
/// read by all its iterations.
void ProgramBuilder::use(Value v, int32_t at, Operation *user) {
  // Tensors that the program writes from others may depend on each other in any way, also on
  // themselves: each is visited once for each step up to which it is read.
  SmallVector<std::pair<Value, int32_t>> work{{v, at}};
  llvm::DenseMap<Value, int32_t> seen;
  while (!work.empty()) {
    auto [read, until] = work.pop_back_val();
    Region *home = read.getParentRegion(), *region = user->getParentRegion();
    if (home->isAncestor(region))
      for (; region != home; region = region->getParentRegion())
        if (isa<LoopOp>(region->getParentOp()))
          until = std::max(until, lastStep[region->getParentOp()]);
    if (auto [it, isNew] = seen.try_emplace(read, until); !isNew) {
      if (it->second >= until)
        continue;
      it->second = until;
    }
    // Without a step of its own: written by the program right before its first reader.
    auto [it, isNew] = life.try_emplace(read, ingot_lifetime{step.lookup(user), until});
    if (isNew && !step.count(user))
      it->second.first = step.lookup(user->getParentOp());
    it->second.last = std::max(it->second.last, until);
    // What it is written from, where the program writes it, must be there as long. What a launch
    // writes is data, whatever is known of its elements.
    Operation *def = read.getDefiningOp();
    if (!def || launches.count(def) || isStep(def) || isa<ConstantOp>(def) ||
        !dims.info(read).elements)
      continue;
    SmallVector<AtomId> ids;
    for (const Dim &d : *dims.info(read).elements)
      dims.space.collectSymbols(d, ids);
    for (AtomId id : ids)
      if (dims.space.info(id).kind == DimAtom::ElementOf)
        work.push_back({dims.space.info(id).value, until});
  }
}

/// A symbol that is read from a buffer must find it intact wherever it is first needed.
void ProgramBuilder::useSymbols(ArrayRef<Dim> ds, int32_t at, Operation *user) {
  SmallVector<AtomId> ids;
  for (const Dim &d : ds)
    dims.space.collectSymbols(d, ids);
  for (AtomId id : ids)
    if (DimAtom &atom = dims.space.info(id);
        atom.kind == DimAtom::ElementOf &&
        !isa<KernelOp>(atom.value.getParentBlock()->getParentOp()))
      use(atom.value, at, user);
}

/// Records when each value is written and last read.
void ProgramBuilder::findLives(Block &block) {
  for (Operation &op : block) {
    if (!step.count(&op))
      continue;
    int32_t now = step[&op], end = lastStep[&op];
    for (const DimAnalysis::Relation &relation : launchGuards.lookup(&op))
      useSymbols({relation.dim, relation.expected}, now, &op);
    for (Value v : op.getResults()) {
      life[v] = {now, end};
      useSymbols(dims.dims(v), end, &op);
    }
    if (auto it = launches.find(&op); it != launches.end()) {
      for (const LaunchArgument &a : it->second.arguments) {
        if (a.kind == LaunchArgument::Operand)
          use(it->second.op.getInputs()[a.index], now, &op);
        else if (a.kind == LaunchArgument::Symbol)
          useSymbols({dims.space.atom(a.index)}, now, &op);
      }
      useSymbols({it->second.tiles, it->second.steps}, now, &op);
      for (auto &[type, count] : it->second.scratch)
        useSymbols({count}, now, &op);
      continue;
    }
    for (Value v : op.getOperands()) {
      use(v, isa<LoopOp>(op) ? end : now, &op);
      useSymbols(dims.dims(v), now, &op);
      if (dims.info(v).elements)
        useSymbols(*dims.info(v).elements, now, &op);
    }
    for (Region &region : op.getRegions()) {
      findLives(region.front());
      Operation *yield = region.front().getTerminator();
      for (Value v : yield->getOperands()) {
        use(v, end, yield);
        useSymbols(dims.dims(v), end, yield);
        if (dims.info(v).elements)
          useSymbols(*dims.info(v).elements, end, yield);
      }
    }
  }
}

/// The result of a branch is the buffer that the branch yields, and a loop that does not run gives
/// its initial values: these live as long as the results do. Later and outer operators first.
void ProgramBuilder::extendAliases() {
  SmallVector<std::tuple<int32_t, size_t, Operation *>> order; // by last step, then as walked
  source.walk([&](Operation *op) {
    if (isa<IfOp, LoopOp>(op) && step.count(op))
      order.emplace_back(-lastStep[op], order.size(), op);
  });
  llvm::sort(order);
  for (auto [lastFirst, walked, op] : order)
    for (auto [i, result] : llvm::enumerate(op->getResults())) {
      int32_t last = life[result].last;
      if (auto branch = dyn_cast<IfOp>(op)) {
        use(branch.thenValues()[i], last, op);
        use(branch.elseValues()[i], last, op);
      } else if (auto loop = cast<LoopOp>(op); i < loop.carried()) {
        use(loop.getInitial()[i], last, op);
      }
    }
}

/// Whether all symbols have limits, but for those of `implied` names: the limits of operators are not
/// sizes to expect, see BoundDimensions.cpp.
static bool hasBoundedSymbols(const DimSpace &space, const Dim &d, ArrayAttr implied) {
  auto isBounded = [&](const DimAtom &a) {
    return a.upper != INT64_MAX &&
           (!implied || llvm::none_of(implied.getAsValueRange<StringAttr>(),
                                      [&](StringRef name) { return name == a.name; }));
  };
  for (const DimTerm &term : d.terms)
    for (AtomId id : term.atoms) {
      const DimAtom &a = space.info(id);
      if (a.isSymbol() ? !isBounded(a)
                       : !hasBoundedSymbols(space, a.lhs, implied) ||
                             !hasBoundedSymbols(space, a.rhs, implied))
        return false;
    }
  return true;
}

/// What a launch writes goes right to the caller; other results are copied there at the end.
void ProgramBuilder::placePorts() {
  Block &body = source.getBody().front();
  for (BlockArgument arg : body.getArguments())
    places[arg] = {Place::Input, arg.getArgNumber()};
  for (auto [i, v] : llvm::enumerate(body.getTerminator()->getOperands())) {
    bool born = classify(dims.dims(v)) == DimClass::Born;
    entry.needsRuntime |= born;
    Operation *def = v.getDefiningOp();
    if (def && (launches.count(def) || isa<TransferOp>(def)) && !places.count(v))
      places[v] = {born ? Place::BornOutput : Place::Output, (int64_t)i};
  }
}

/// The most bytes of a tensor whose symbols are bounded, or nothing. A bound of the size alone,
/// such as a slice's end of a billion, means nothing.
std::optional<int64_t> ProgramBuilder::largestBytes(Type element, ArrayRef<Dim> shape) {
  auto implied = source->getAttrOfType<ArrayAttr>("ingot.implied_limits");
  int64_t bits = storageBits(element);
  for (const Dim &d : shape) {
    int64_t most = dims.space.upperBound(d);
    if (!hasBoundedSymbols(dims.space, d, implied) || most == INT64_MAX ||
        llvm::MulOverflow(bits, std::max<int64_t>(most, 0), bits))
      return std::nullopt;
  }
  return bits / 8 + (bits % 8 != 0);
}

/// Chooses where a buffer lies that is in use during `when`. Sizes whose symbols are bounded get
/// their largest: such an arena is known here and never planned again.
void ProgramBuilder::place(Place &to, const Buffer &buffer) {
  DimClass known = classify(buffer.shape);
  if (known == DimClass::Born) {
    entry.needsRuntime = true;
    to.kind = buffer.inLoop ? Place::Grown : Place::Born;
    return;
  }
  std::optional<int64_t> bytes;
  if (known == DimClass::Static) {
    int64_t count = 1;
    for (const Dim &d : buffer.shape)
      count *= *d.constant();
    bytes = (count * storageBits(buffer.element) + 7) / 8;
  } else {
    bytes = largestBytes(buffer.element, buffer.shape);
  }
  if (!bytes) { // planned together: a place is the same in either arena
    to = {Place::Dynamic, (int64_t)dynamicBuffers.size(), (int32_t)listedBuffers.size()};
    listedBuffers.push_back({buffer.onGpu, /*dynamic=*/true, to.index, 0, buffer.when});
    dynamicBuffers.push_back({buffer.element, buffer.shape});
    entry.lifetimes.push_back(buffer.when);
    return;
  }
  to = {Place::Static, 0, (int32_t)listedBuffers.size()};
  listedBuffers.push_back({buffer.onGpu, /*dynamic=*/false, 0, *bytes, buffer.when});
  Arena &arena = arenas[buffer.onGpu];
  arena.fixed.push_back(&to);
  arena.sizes.push_back(*bytes);
  arena.lives.push_back(buffer.when);
}

/// What every operator of the program writes, and what launches need besides.
void ProgramBuilder::placeValues() {
  // Pointers to the places stay valid: the maps that hold them are filled first.
  std::vector<std::pair<Value, bool>> values;
  std::vector<std::tuple<Operation *, unsigned, bool>> scratches;
  source.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (auto constant = dyn_cast<ConstantOp>(op)) {
      bool table = isString(constant.tensorType().getElementType());
      if (needed.contains(constant.getResult()) && !table)
        places[constant.getResult()] = {Place::Weights, plan.weights.add(constant)};
      entry.needsRuntime |= table && needed.contains(constant.getResult());
      return WalkResult::advance();
    }
    if (auto loop = dyn_cast<LoopOp>(op); loop && step.count(op))
      planLoop(loop);
    bool inLoop = op->getParentOfType<LoopOp>() != nullptr;
    bool own = !isa<IfOp, LoopOp, HostCallOp>(op);
    entry.needsRuntime |= isa<HostCallOp>(op) && step.count(op);
    for (Value v : op->getResults())
      if (own && needed.contains(v) && !places.count(v) && life.count(v) && dims.elementType(v)) {
        places[v];
        values.push_back({v, inLoop});
      }
    if (launches.count(op)) {
      for (unsigned k = 0; step.count(op) && k < launches[op].scratch.size(); ++k)
        scratches.push_back({op, k, inLoop});
      return WalkResult::skip();
    }
    return WalkResult::advance();
  });
  for (auto [v, inLoop] : values)
    place(places[v],
          {dims.elementType(v), llvm::to_vector(dims.dims(v)), life[v], inLoop, liesOnGpu(v)});
  for (auto [op, k, inLoop] : scratches) {
    auto &[type, count] = launches[op].scratch[k];
    place(scratchPlaces[{op, k}], {type, {count}, {step[op], step[op]}, inLoop});
  }
}

/// What loops carry from one iteration to the next, and what they stack.
void ProgramBuilder::placeLoopValues() {
  auto bufferOf = [&](Operation *loop, Value result) {
    ingot_lifetime when{step[loop], std::max(lastStep[loop], life[result].last)};
    return Buffer{dims.elementType(result), llvm::to_vector(dims.dims(result)), when};
  };
  for (auto &[key, state] : carried) {
    auto loop = cast<LoopOp>(key.first);
    Value result = loop.getResult(key.second);
    if (dims.info(result).otherType)
      continue;
    Buffer buffer = bufferOf(loop, result);
    state.fixed = classify(dims.dims(result)) != DimClass::Born;
    entry.needsRuntime |= !state.fixed;
    if (state.fixed && loop.yielded(key.second) != loop.argument(key.second))
      for (Place &p : state.places)
        place(p, buffer);
  }
  for (auto &[key, state] : scanned) {
    Value result = key.first->getResult(key.second);
    Buffer buffer = bufferOf(key.first, result);
    if (classify(dims.dims(result)) == DimClass::Born)
      entry.needsRuntime = true;
    else
      place(state.place, buffer);
  }
}

void ProgramBuilder::planBuffers() {
  placePorts();
  placeValues();
  placeLoopValues();
  for (auto [arena, bytes] : {std::pair(&arenas[0], &entry.arenaBytes),
                              std::pair(&arenas[1], &entry.deviceArenaBytes)}) {
    std::vector<int64_t> offsets(arena->sizes.size());
    std::vector<int32_t> work(runtime::planScratch(offsets.size()));
    *bytes = runtime::planArena(arena->sizes.data(), arena->lives.data(), offsets.size(),
                                offsets.data(), work.data());
    for (auto [to, offset] : llvm::zip(arena->fixed, offsets))
      to->index = listedBuffers[to->buffer].at = offset;
  }
}

/// Tells on the program's function what its arenas hold, for who reads or checks the planned form.
void ProgramBuilder::listBuffers(func::FuncOp run) {
  SmallVector<Attribute> list;
  for (const ListedBuffer &buffer : listedBuffers) {
    SmallVector<NamedAttribute> fields;
    auto add = [&](StringRef name, int64_t value) {
      fields.push_back(b.getNamedAttr(name, b.getI64IntegerAttr(value)));
    };
    add(buffer.dynamic ? "number" : "offset", buffer.at);
    if (!buffer.dynamic)
      add("bytes", buffer.bytes);
    add("first", buffer.when.first);
    add("last", buffer.when.last);
    if (buffer.onGpu)
      fields.push_back(b.getNamedAttr("device", b.getStringAttr("gpu")));
    list.push_back(b.getDictionaryAttr(fields));
  }
  run->setAttr("ingot.buffers", b.getArrayAttr(list));
  run->setAttr("ingot.arena_bytes", b.getI64IntegerAttr(entry.arenaBytes));
  if (entry.deviceArenaBytes)
    run->setAttr("ingot.device_arena_bytes", b.getI64IntegerAttr(entry.deviceArenaBytes));
  if (entry.workerBytes)
    run->setAttr("ingot.worker_bytes", b.getI64IntegerAttr(entry.workerBytes));
}

/// What a launch of the body yields it writes right to where the next iteration reads it.
void ProgramBuilder::planLoop(LoopOp loop) {
  for (unsigned i = 0; i < loop.carried(); ++i) {
    if (!needed.contains(loop.getResult(i)))
      continue;
    carried[{loop, i}];
    Value v = loop.yielded(i);
    Operation *def = v.getDefiningOp();
    if (def && launches.count(def) && def->getBlock() == &loop.block() && !places.count(v)) {
      places[v] = {Place::Carried, 0};
      carriedBy[v] = {loop, i};
    }
  }
  for (unsigned i = loop.carried(); i < loop.getNumResults(); ++i)
    if (needed.contains(loop.getResult(i)))
      scanned[{loop, i}];
}

} // namespace ingot
