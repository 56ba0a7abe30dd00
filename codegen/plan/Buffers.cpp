//===- Buffers.cpp - which buffers a program needs, and their places -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/plan/ProgramBuilder.h"
#include "ir/ops/Constant.h"
#include "runtime/planner.h"

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
    if (dims.space.info(id).kind == DimAtom::ElementOf)
      need(dims.space.info(id).value);
}

/// Marks a tensor as data that must be in memory, with all that its producer reads.
void ProgramBuilder::need(Value v) {
  if (!needed.insert(v).second)
    return;
  for (const Dim &d : dims.dims(v))
    needDim(d);
  Operation *def = v.getDefiningOp();
  if (!def)
    return;
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
    if (a.kind == LaunchArgument::Operand)
      need(it->second.op.getInputs()[a.index]);
    else if (a.kind == LaunchArgument::Symbol)
      needDim(dims.space.atom(a.index));
  }
  for (auto &[type, count] : it->second.scratch)
    needDim(count);
  needDim(it->second.tiles);
}

void ProgramBuilder::markNeeded() {
  Operation *terminator = source.getBody().front().getTerminator();
  for (Value v : terminator->getOperands())
    need(v);
}

/// Numbers the launches that remain and records when each value is written and last read.
void ProgramBuilder::number(Block &block) {
  for (Operation &op : block) {
    int32_t now = step.size();
    auto it = launches.find(&op);
    if (it == launches.end())
      continue;
    bool live = llvm::any_of(op.getResults(), [&](Value v) { return needed.contains(v); });
    if (!live)
      continue;
    step[&op] = now;
    for (Value v : op.getResults())
      life[v] = {now, now};
    for (const LaunchArgument &a : it->second.arguments) {
      if (a.kind == LaunchArgument::Operand) {
        Value v = it->second.op.getInputs()[a.index];
        if (!life.count(v))
          life[v] = {now, now}; // written by the program right before its first reader
        life[v].last = now;
      }
    }
    // A symbol that is read from a buffer must find it intact wherever it is first needed.
    auto keep = [&](const Dim &d) {
      SmallVector<AtomId> ids;
      dims.space.collectSymbols(d, ids);
      for (AtomId id : ids)
        if (life.count(dims.space.info(id).value))
          life[dims.space.info(id).value].last = now;
    };
    for (const LaunchArgument &a : it->second.arguments)
      if (a.kind == LaunchArgument::Symbol)
        keep(dims.space.atom(a.index));
    keep(it->second.tiles);
    for (Value v : op.getResults())
      for (const Dim &d : dims.dims(v))
        keep(d);
  }
}

void ProgramBuilder::planBuffers() {
  Block &body = source.getBody().front();
  for (BlockArgument arg : body.getArguments())
    places[arg] = {Place::Input, arg.getArgNumber()};
  for (auto [i, v] : llvm::enumerate(body.getTerminator()->getOperands())) {
    bool born = classify(dims.dims(v)) == DimClass::Born;
    places[v] = {born ? Place::BornOutput : Place::Output, (int64_t)i};
  }

  struct Item {
    Value value;
    Operation *launch;
    unsigned scratch;
  };
  std::vector<Item> items;
  std::vector<int64_t> sizes;
  std::vector<ingot_lifetime> lives;
  auto place = [&](Item item, Type element, ArrayRef<Dim> shape, ingot_lifetime when) -> Place {
    switch (classify(shape)) {
    case DimClass::Static: {
      int64_t count = 1;
      for (const Dim &d : shape)
        count *= *d.constant();
      items.push_back(item);
      sizes.push_back((count * storageBits(element) + 7) / 8);
      lives.push_back(when);
      return {Place::Static, 0};
    }
    case DimClass::Entry:
      dynamicBuffers.push_back({element, llvm::to_vector(shape)});
      entry.lifetimes.push_back(when);
      return {Place::Dynamic, (int64_t)dynamicBuffers.size() - 1};
    case DimClass::Born:
      entry.needsRuntime = true;
      return {Place::Born, 0};
    }
    return {};
  };
  for (Operation &op : body) {
    if (auto constant = dyn_cast<ConstantOp>(op)) {
      if (needed.contains(constant.getResult()))
        places[constant.getResult()] = {Place::Weights, plan.weights.add(constant)};
      continue;
    }
    for (Value v : op.getResults())
      if (needed.contains(v) && !places.count(v) && life.count(v))
        places[v] = place({v, nullptr, 0}, dims.elementType(v), dims.dims(v), life[v]);
    if (auto it = step.find(&op); it != step.end())
      for (auto [k, buffer] : llvm::enumerate(launches[&op].scratch))
        scratchPlaces[{&op, k}] = place({{}, &op, (unsigned)k}, buffer.first, {buffer.second},
                                        {it->second, it->second});
  }
  std::vector<int64_t> offsets(sizes.size());
  std::vector<int32_t> work(runtime::planScratch(sizes.size()));
  entry.arenaBytes =
      runtime::planArena(sizes.data(), lives.data(), sizes.size(), offsets.data(), work.data());
  for (auto [item, offset] : llvm::zip(items, offsets)) {
    if (item.launch)
      scratchPlaces[{item.launch, item.scratch}].index = offset;
    else
      places[item.value].index = offset;
  }
}

} // namespace ingot
