//===- Groups.cpp - which operators run together ---------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "passes/fuse/Groups.h"
#include "ir/IndexingOp.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Elementwise.h"
#include "ir/ops/Math.h"
#include "ir/ops/Movement.h"

using namespace mlir;

namespace ingot {

/// The most that one kernel holds, in additions. LLVM takes time by the square of a kernel's length:
/// 128 sines in a row take minutes in one kernel and 0.7 s of processor time in kernels of 8, as long
/// as 6,000 additions in kernels of 256.
static constexpr int64_t maxWeight = 256;

/// What the emission of one operator costs, in additions.
static int64_t ownWeight(Operation *op) {
  if (isa<SinOp, CosOp, TanOp>(op))
    return 32;
  if (isa<ExpOp, LogOp, Log1pOp, AsinOp, AcosOp, AtanOp, SinhOp, CoshOp, TanhOp, AsinhOp, AcoshOp,
          AtanhOp, ErfOp, PowOp>(op))
    return 8;
  if (auto concat = dyn_cast<ConcatOp>(op))
    return concat.getInputs().size();
  return 1;
}

FusionRole Grouping::role(Operation *op) {
  FusionRole own = fusionRole(op);
  if (own == FusionRole::None || own == FusionRole::Body)
    return own;
  bool known = op->getNumResults() > 0;
  for (Value v : op->getResults())
    known &= dims.info(v).elements.has_value() &&
             // The program computes with integers; truth values are masks, that is, data.
             isa<IntegerType>(dims.info(v).elementType) && !isBool(dims.info(v).elementType) &&
             // So are bytes: small quantized weights belong into the kernels that multiply by them.
             storageBits(dims.info(v).elementType) >= 32;
  // Floats come from kernels, whose buffers the program cannot read as sizes; their shapes it knows.
  auto dimension = dyn_cast<DimensionOp>(op);
  bool readsData = !dimension || !dimension.readsDimensionsOnly();
  for (Value v : op->getOperands())
    if (auto type = dyn_cast<RankedTensorType>(v.getType()))
      known &= !readsData || isInteger(type.getElementType()) || isBool(type.getElementType()) ||
               isa_and_nonnull<ConstantOp>(v.getDefiningOp());
  // An element symbol of the value itself says that only its buffer knows it.
  for (Value v : op->getResults())
    if (known)
      for (const Dim &d : *dims.info(v).elements) {
        SmallVector<AtomId> symbols;
        dims.space.collectSymbols(d, symbols);
        for (AtomId id : symbols)
          known &= dims.space.info(id).value.getDefiningOp() != op;
      }
  return known ? FusionRole::Shape : own;
}

void Grouping::findMeasured() {
  llvm::DenseSet<Value> symbolic;
  for (AtomId id = 0; id < dims.space.size(); ++id)
    if (dims.space.info(id).kind == DimAtom::ElementOf)
      symbolic.insert(dims.space.info(id).value);
  auto collect = [&](const Dim &d, Value self) {
    SmallVector<AtomId> symbols;
    dims.space.collectSymbols(d, symbols);
    for (AtomId id : symbols) {
      const DimAtom &a = dims.space.info(id);
      if (a.kind == DimAtom::ElementOf && a.value != self)
        measured.insert(a.value);
    }
  };
  block.walk([&](Operation *op) {
    for (Value v : op->getResults()) {
      for (const Dim &d : dims.dims(v))
        collect(d, {});
      if (auto &elements = dims.info(v).elements)
        for (const Dim &d : *elements)
          collect(d, v);
    }
    // The program checks positions before the kernel that follows them: they must be in memory.
    if (auto indexing = dyn_cast<IndexingOp>(op)) {
      SmallVector<Positions> list;
      indexing.positions(dims, list);
      for (const Positions &positions : list)
        if (!areInside(dims.space, positions))
          measured.insert(sourceOfPositions(positions.tensor));
    }
    // Slices, pads and their like take positions that need not show in a dimension.
    if (!isa<ElementwiseOp>(op))
      for (Value v : op->getOperands())
        if (symbolic.contains(v))
          measured.insert(v);
  });
}

bool Grouping::isMeasured(Operation *op) {
  return llvm::any_of(op->getResults(), [&](Value v) { return measured.contains(v); });
}

bool Grouping::isMeasuredBy(Operation *op, unsigned group) {
  SmallVector<AtomId> symbols;
  for (Value v : op->getResults())
    for (const Dim &d : dims.dims(v))
      dims.space.collectSymbols(d, symbols);
  return llvm::any_of(symbols, [&](AtomId id) {
    Operation *def = dims.space.info(id).value.getDefiningOp();
    return def && groupOf.count(def) && groupOf[def] == group;
  });
}

unsigned Grouping::start(Operation *op) {
  groups.emplace_back();
  FusionRole r = role(op);
  if (r == FusionRole::Contraction || r == FusionRole::Reader || r == FusionRole::Body)
    groups.back().anchor = op;
  groups.back().domain = llvm::to_vector(dims.dims(op->getResult(0)));
  add(groups.size() - 1, op);
  return groups.size() - 1;
}

void Grouping::add(unsigned group, Operation *op) {
  groups[group].ops.push_back(op);
  groups[group].weight += weights.lookup(op);
  groupOf[op] = group;
}

void Grouping::sources(Operation *op, llvm::SmallSetVector<unsigned, 4> &result) {
  SmallVector<Operation *> work;
  llvm::SmallPtrSet<Operation *, 8> seen;
  auto from = [&](Value v) {
    Operation *producer = v.getDefiningOp();
    if (!producer || producer->getBlock() != &block)
      return;
    auto it = groupOf.find(producer);
    if (it != groupOf.end())
      result.insert(it->second);
    else if (!isa<ConstantOp>(producer) && seen.insert(producer).second)
      work.push_back(producer);
  };
  work.push_back(op);
  while (!work.empty()) {
    Operation *next = work.pop_back_val();
    for (Value v : next->getOperands())
      from(v);
    // Control flow also waits for what its regions read.
    for (Region &region : next->getRegions())
      region.walk([&](Operation *inner) {
        for (Value v : inner->getOperands())
          from(v);
      });
  }
}

/// Stores rearrangements that would make the kernel that reads them too long, the longest first.
void Grouping::limitLength(Operation *op) {
  auto pulled = [&](Value v) -> int64_t {
    Operation *def = v.getDefiningOp();
    return def && def->getBlock() == &block && !groupOf.count(def) ? weights.lookup(def) : 0;
  };
  SmallVector<std::tuple<int64_t, unsigned, Operation *>> longest; // by weight, then by position
  int64_t weight = ownWeight(op);
  for (Value v : op->getOperands())
    if (int64_t more = pulled(v)) {
      weight += more;
      longest.emplace_back(-more, longest.size(), v.getDefiningOp());
    }
  llvm::sort(longest);
  for (auto [less, position, def] : longest) {
    if (weight <= maxWeight)
      break;
    if (!groupOf.count(def))
      start(def);
    weight += less;
  }
  weights[op] = weight;
}

bool Grouping::depends(unsigned group, unsigned on) {
  SmallVector<unsigned> work{group};
  llvm::DenseSet<unsigned> seen;
  while (!work.empty()) {
    unsigned g = work.pop_back_val();
    if (!seen.insert(g).second)
      continue;
    for (Operation *op : groups[g].ops) {
      llvm::SmallSetVector<unsigned, 4> from;
      sources(op, from);
      for (unsigned f : from) {
        if (f == on && g != on)
          return true;
        if (f != g)
          work.push_back(f);
      }
    }
  }
  return false;
}

/// Joins an element-wise op to the group of one of its operands.
bool Grouping::joinProducer(Operation *op) {
  ArrayRef<Dim> shape = dims.dims(op->getResult(0));
  llvm::SmallSetVector<unsigned, 4> from;
  sources(op, from);
  for (Value v : op->getOperands()) {
    Operation *producer = v.getDefiningOp();
    if (!producer || !groupOf.count(producer))
      continue;
    unsigned g = groupOf[producer];
    if (groups[g].anchor && role(groups[g].anchor) == FusionRole::Body)
      continue;
    if (ArrayRef<Dim>(groups[g].domain) != shape)
      continue;
    if (isMeasuredBy(op, g) || groups[g].weight + weights.lookup(op) > maxWeight)
      continue;
    // No operand may wait for this group from outside, and none may be read at other indices than
    // the one being computed.
    bool legal = true;
    for (unsigned other : from)
      legal &= other == g || !depends(other, g);
    for (Value operand : op->getOperands()) {
      Operation *def = operand.getDefiningOp();
      if (def && groupOf.lookup(def) == g && groupOf.count(def))
        legal &= dims.dims(operand) == shape;
      else if (def && def->getBlock() == &block && !groupOf.count(def)) {
        // By way of a rearrangement, of what the program computes, or of control flow.
        llvm::SmallSetVector<unsigned, 4> through;
        sources(def, through);
        legal &= !through.contains(g);
      }
    }
    if (!legal)
      continue;
    add(g, op);
    return true;
  }
  return false;
}

std::optional<StridedView> Grouping::placeOf(Value v) {
  auto view = dyn_cast_or_null<ViewOp>(v.getDefiningOp());
  if (view && view->getBlock() == &block && !groupOf.count(view)) {
    std::optional<StridedView> place = placeOf(view->getOperand(0));
    if (!place || failed(view.mapStrides(dims, *place)))
      return std::nullopt;
    return place;
  }
  StridedView place{v, Dim(0), llvm::to_vector(dims.dims(v)), {}};
  Dim stride(1);
  for (const Dim &d : llvm::reverse(place.dims)) {
    place.strides.push_back(stride);
    stride = dims.space.mul(stride, d);
  }
  std::reverse(place.strides.begin(), place.strides.end());
  return place;
}

/// Whether a product reads `op`, a rearrangement, or further ones of it.
bool Grouping::isViewOfProduct(Operation *op) {
  SmallVector<Operation *> work{op};
  llvm::SmallPtrSet<Operation *, 8> seen;
  while (!work.empty()) {
    Operation *view = work.pop_back_val();
    if (!isa<ViewOp>(view) || !seen.insert(view).second)
      continue;
    for (Operation *user : view->getUsers()) {
      if (user->getBlock() != &block)
        continue;
      if (role(user) == FusionRole::Contraction)
        return true;
      work.push_back(user);
    }
  }
  return false;
}

/// Whether a movement operator's result needs a buffer of its own: something outside kernels reads
/// it, or a reader that cannot take it in.
bool Grouping::mustStore(Operation *movement) {
  if (isMeasured(movement))
    return true;
  unsigned readers = 0;
  for (Operation *user : movement->getUsers()) {
    if (user->getBlock() != &block)
      return true;
    FusionRole r = role(user);
    bool view = isa<ViewOp>(movement);
    if (r == FusionRole::None || (r == FusionRole::Body && !view))
      return true;
    // A product takes its operands where they lie: at an affine function of the index, or copied.
    if (r == FusionRole::Contraction && (!view || !placeOf(movement->getResult(0))))
      return true;
    if (!view && isViewOfProduct(user))
      return true;
    ++readers;
  }
  return readers > 1 && !isa<ViewOp>(movement);
}

/// Moves element-wise groups with a single reader into it.
void Grouping::absorbProducers() {
  for (unsigned g = 0; g < groups.size(); ++g) {
    Group &group = groups[g];
    if (group.anchor || group.dead ||
        llvm::any_of(group.ops, [&](Operation *op) { return isMeasured(op); }))
      continue;
    llvm::SmallSetVector<Operation *, 4> readers;
    bool outside = false;
    for (Operation *op : group.ops) {
      SmallVector<Operation *> work(op->getUsers());
      llvm::DenseSet<Operation *> seen;
      while (!work.empty()) {
        Operation *user = work.pop_back_val();
        if (!seen.insert(user).second)
          continue;
        if (user->getBlock() != &block) {
          outside = true;
        } else if (auto it = groupOf.find(user); it != groupOf.end()) {
          if (it->second != g)
            readers.insert(user);
        } else if (role(user) == FusionRole::Movement) {
          llvm::append_range(work, user->getUsers());
        } else {
          outside = true;
        }
      }
    }
    if (outside || readers.empty())
      continue;
    unsigned target = groupOf[readers[0]];
    bool single = true;
    for (Operation *r : readers)
      single &= groupOf[r] == target;
    if (!single)
      continue;
    // The reader must pull each element a fixed number of times: through its anchor when that
    // reduces, or at the one index being computed.
    Group &reader = groups[target];
    bool legal = true;
    for (Operation *r : readers) {
      if (r == reader.anchor) {
        legal &= role(r) == FusionRole::Reader;
        continue;
      }
      // A broadcast read would repeat the work.
      Dim mine = dims.space.product(group.domain), theirs = dims.space.product(reader.domain);
      legal &= mine == theirs && !reader.anchor;
    }
    if (!legal || group.weight + reader.weight > maxWeight)
      continue;
    SmallVector<Operation *> merged(group.ops);
    merged.append(reader.ops);
    llvm::sort(merged, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
    for (Operation *op : group.ops)
      groupOf[op] = target;
    reader.ops = merged;
    reader.weight += group.weight;
    group.ops.clear();
    group.dead = true;
  }
}

void Grouping::run() {
  findMeasured();
  for (Operation &op : block) {
    FusionRole r = role(&op);
    if (r != FusionRole::None && r != FusionRole::Shape)
      limitLength(&op);
    switch (r) {
    case FusionRole::None:
    case FusionRole::Shape:
      break;
    case FusionRole::Movement:
      if (mustStore(&op))
        start(&op);
      break;
    case FusionRole::Elementwise:
      if (!joinProducer(&op))
        start(&op);
      break;
    default:
      start(&op);
    }
  }
  absorbProducers();
}

} // namespace ingot
