//===- Metadata.cpp - ports and symbols of an entry point, and their functions -------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/plan/ProgramBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace ingot {

/// Loads the symbols that the entry's inputs give, in the order of the metadata.
void ProgramBuilder::declareSymbols() {
  values.clear();
  for (auto [i, id] : llvm::enumerate(entrySymbols))
    values[id] = loadAt(symbols, i, b.getI64Type());
}

/// The place of a symbol among those of the entry, which it joins when it is not there yet.
int64_t ProgramBuilder::symbolNumber(AtomId id) {
  auto it = llvm::find(entrySymbols, id);
  if (it != entrySymbols.end())
    return it - entrySymbols.begin();
  const DimAtom &atom = dims.space.info(id);
  int32_t input = cast<BlockArgument>(atom.value).getArgNumber();
  std::string name = atom.name.empty() ? "s" + std::to_string(entrySymbols.size()) : atom.name;
  bool element = atom.kind == DimAtom::ElementOf;
  entry.symbols.push_back({name, atom.lower, atom.upper,
                           element ? INGOT_SOURCE_ELEMENT : INGOT_SOURCE_DIM, input, atom.index});
  entrySymbols.push_back(id);
  return entrySymbols.size() - 1;
}

Port ProgramBuilder::describePort(Value v, DictionaryAttr attributes, StringRef otherName) {
  Port port;
  port.name = otherName.str();
  port.type = v.getType();
  if (auto name = attributes ? attributes.getAs<StringAttr>("ingot.name") : StringAttr())
    port.name = name.str();
  if (auto state = attributes ? attributes.getAs<IntegerAttr>("ingot.state") : IntegerAttr())
    port.state = state.getInt();
  for (const Dim &d : dims.dims(v)) {
    bool isSymbol = d.terms.size() == 1 && d.terms[0].coefficient == 1 &&
                    d.terms[0].atoms.size() == 1 && dims.space.info(d.terms[0].atoms[0]).isSymbol();
    if (auto c = d.constant())
      port.dims.push_back(*c);
    else if (classify(d) == DimClass::Born)
      port.dims.push_back(INGOT_DIM_BORN);
    else if (isSymbol)
      port.dims.push_back(INGOT_DIM_SYMBOL(symbolNumber(d.terms[0].atoms[0])));
    else
      port.dims.push_back(INGOT_DIM_COMPUTED);
  }
  return port;
}

/// Every symbol that anything depends on is part of the metadata.
void ProgramBuilder::declare(ArrayRef<Dim> ds) {
  for (const Dim &d : ds) {
    if (classify(d) != DimClass::Entry)
      continue;
    SmallVector<AtomId> ids;
    dims.space.collectSymbols(d, ids);
    for (AtomId id : ids)
      symbolNumber(id);
  }
}

/// Declares what a step of the program depends on.
void ProgramBuilder::declareStep(Operation *op) {
  for (Value v : op->getResults())
    declare(dims.dims(v));
  auto it = launches.find(op);
  if (it == launches.end()) {
    // Control flow and calls read the dimensions and known elements of what they pass on.
    SmallVector<Value> passed(op->getOperands());
    for (Region &region : op->getRegions())
      llvm::append_range(passed, region.front().getTerminator()->getOperands());
    for (Value v : passed) {
      declare(dims.dims(v));
      if (needed.contains(v) && dims.info(v).elements)
        declare(*dims.info(v).elements);
    }
    return;
  }
  declare({it->second.tiles, it->second.steps});
  for (const LaunchArgument &a : it->second.arguments)
    if (a.kind == LaunchArgument::Symbol)
      declare(dims.space.atom(a.index));
  for (Value v : op->getOperands())
    // Of those that the program writes itself, see pointer().
    if (Operation *def = v.getDefiningOp();
        def && !launches.count(def) && needed.contains(v) && dims.info(v).elements)
      declare(*dims.info(v).elements);
}

void ProgramBuilder::describePorts() {
  Block &body = source.getBody().front();
  for (auto [i, arg] : llvm::enumerate(body.getArguments()))
    entry.inputs.push_back(
        describePort(arg, source.getArgAttrDict(i), "input" + std::to_string(i)));
  source.walk([&](Operation *op) {
    for (Value v : op->getResults())
      if (places.count(v))
        declare(dims.dims(v));
    if (step.count(op))
      declareStep(op);
  });
  for (auto &[type, shape] : dynamicBuffers)
    declare(shape);
  auto declareGuards = [&](ArrayRef<DimAnalysis::Relation> guards) {
    for (const DimAnalysis::Relation &relation : guards)
      declare({relation.dim, relation.expected});
  };
  declareGuards(entryGuards);
  auto declareChecks = [&](ArrayRef<PositionCheck> checks) {
    for (const PositionCheck &check : checks) {
      declare({check.positions.low, check.positions.high});
      declare(dims.dims(check.positions.tensor));
    }
  };
  declareChecks(entryChecks);
  source.walk([&](Operation *op) {
    declareGuards(launchGuards.lookup(op));
    declareChecks(launchChecks.lookup(op));
  });
  for (auto [i, v] : llvm::enumerate(body.getTerminator()->getOperands()))
    entry.outputs.push_back(
        describePort(v, source.getResultAttrDict(i), "output" + std::to_string(i)));
}

void ProgramBuilder::emitOutputDims() {
  Operation *terminator = source.getBody().front().getTerminator();
  bool computed = llvm::any_of(entry.outputs, [](const Port &p) {
    return llvm::is_contained(p.dims, INGOT_DIM_COMPUTED);
  });
  if (!computed)
    return;
  entry.outputDims = "dims_" + entry.name;
  auto f = startFunction(entry.outputDims, {ptr, ptr}, {b.getI32Type()});
  symbols = f.getArgument(0);
  declareSymbols();
  int32_t at = 0;
  for (Value v : terminator->getOperands())
    for (const Dim &d : dims.dims(v)) {
      bool born = classify(d) == DimClass::Born;
      if (!born && !d.constant())
        returnIf(isHuge(emitReal(d)), INGOT_OUT_OF_BOUNDS);
      Value size = born ? i64(INGOT_DIM_BORN) : emit(d);
      LLVM::StoreOp::create(b, loc, size,
                            LLVM::GEPOp::create(b, loc, ptr, b.getI64Type(), f.getArgument(1),
                                                ArrayRef<LLVM::GEPArg>{at++}));
    }
  Value ok = arith::ConstantIntOp::create(b, loc, INGOT_OK, 32);
  func::ReturnOp::create(b, loc, ok);
}

void ProgramBuilder::emitBufferSizes() {
  if (dynamicBuffers.empty())
    return;
  entry.bufferSizes = "sizes_" + entry.name;
  auto f = startFunction(entry.bufferSizes, {ptr, ptr}, {});
  symbols = f.getArgument(0);
  declareSymbols();
  for (auto [i, buffer] : llvm::enumerate(dynamicBuffers)) {
    Value real = emitRealBytes(buffer.second);
    // In a branch that is not taken a size may be less than nothing; guards check all others.
    Value bytes = arith::MaxSIOp::create(b, loc, emitBytes(buffer.first, buffer.second), i64(0));
    bytes = arith::SelectOp::create(b, loc, isHuge(real), i64(-1), bytes);
    LLVM::StoreOp::create(b, loc, bytes,
                          LLVM::GEPOp::create(b, loc, ptr, b.getI64Type(), f.getArgument(1),
                                              ArrayRef<LLVM::GEPArg>{(int32_t)i}));
  }
  func::ReturnOp::create(b, loc);
}

} // namespace ingot
