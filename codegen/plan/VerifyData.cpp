//===- VerifyData.cpp - reads of a program find what was written -----------------------===//
//
// A forward analysis over the blocks of a program. Every buffer of an arena holds one value of the
// model (or scratch of one launch), so its number is the name of what must be found there. A buffer
// is stale once another that may lie in the same place has been written. Addresses on the stack, by
// which branches and loops hand buffers on, are followed: a slot stands for the buffers whose address
// it may hold.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/plan/Planned.h"
#include "ir/forms/Forms.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/RegionGraphTraits.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/PostOrderIterator.h"

using namespace mlir;

namespace ingot {

namespace {

/// What an address may be that of.
struct Target {
  llvm::BitVector buffers;
  bool stale = false;
};

/// A slot of the stack: its allocation and the byte in it. An address loaded from one: the value, -1.
using Slot = std::pair<const void *, int64_t>;

struct State {
  llvm::BitVector written, stale; ///< by buffer, on any path
  std::map<Slot, Target> slots;

  /// Adds what another path brings; whether that was new.
  bool join(const State &other) {
    bool changed = other.written.test(written) || other.stale.test(stale);
    written |= other.written;
    stale |= other.stale;
    for (auto &[slot, target] : other.slots) {
      auto [it, isNew] = slots.try_emplace(slot, target);
      if (isNew) {
        changed = true;
        continue;
      }
      Target &known = it->second;
      changed |= target.buffers.test(known.buffers) || (target.stale && !known.stale);
      known.buffers |= target.buffers;
      known.stale |= target.stale;
    }
    return changed;
  }
};

class DataFlow {
public:
  DataFlow(func::FuncOp program, ArrayRef<ArenaBuffer> buffers, const KernelTable &kernels)
      : program(program), buffers(buffers), kernels(kernels) {
    for (const ArenaBuffer &a : buffers) {
      sharers.emplace_back(buffers.size());
      for (auto [i, b] : llvm::enumerate(buffers))
        sharers.back()[i] = &a != &b && a.mayShare(b);
    }
  }

  LogicalResult run() {
    Block *first = &program.getBody().front();
    entries[first] = {llvm::BitVector(buffers.size()), llvm::BitVector(buffers.size()), {}};
    llvm::ReversePostOrderTraversal<Block *> order(first);
    for (bool changed = true; changed;) {
      changed = false;
      for (Block *block : order) {
        State state = entries[block];
        visit(*block, state);
        for (Block *next : block->getSuccessors()) {
          auto [it, isNew] = entries.try_emplace(next, state);
          changed |= isNew || it->second.join(state);
        }
      }
    }
    reports = true;
    for (Block *block : order) {
      State state = entries[block];
      visit(*block, state);
      if (failed)
        return failure();
    }
    return success();
  }

private:
  /// The buffer that an address names, or that of which it is a part.
  static std::optional<unsigned> bufferOf(Value address) {
    while (auto part = address.getDefiningOp<LLVM::GEPOp>()) {
      if (auto named = part->getAttrOfType<IntegerAttr>("ingot.buffer"))
        return named.getInt();
      address = part.getBase();
    }
    return std::nullopt;
  }

  static Value baseOf(Value address) {
    while (auto part = address.getDefiningOp<LLVM::GEPOp>())
      address = part.getBase();
    return address;
  }

  static std::optional<Slot> slotOf(Value address) {
    int64_t byte = 0;
    while (auto part = address.getDefiningOp<LLVM::GEPOp>()) {
      auto indices = part.getRawConstantIndices();
      if (indices.size() != 1 || indices[0] == LLVM::GEPOp::kDynamicIndex)
        return std::nullopt;
      if (indices[0] && !part.getElemType().isInteger(8))
        return std::nullopt;
      byte += indices[0];
      address = part.getBase();
    }
    if (!address.getDefiningOp<LLVM::AllocaOp>())
      return std::nullopt;
    return Slot(address.getAsOpaquePointer(), byte);
  }

  Target targetOf(Value address, const State &state) {
    Target target{llvm::BitVector(buffers.size())};
    if (auto buffer = bufferOf(address)) {
      target.buffers.set(*buffer);
      target.stale = state.stale[*buffer];
      return target;
    }
    auto it = state.slots.find({baseOf(address).getAsOpaquePointer(), -1});
    return it == state.slots.end() ? target : it->second;
  }

  void read(Operation *op, const Target &target, const State &state) {
    if (!reports || failed || target.buffers.none())
      return;
    int number = target.buffers.find_first();
    bool single = target.buffers.count() == 1;
    if (target.stale)
      breaks(op, "planned") << "expected buffer " << number
                            << ", which it reads, to hold what was written there, but another "
                               "buffer in its place has been written since";
    else if (single && !state.written[number])
      breaks(op, "planned") << "expected buffer " << number << ", which it reads, to be written before";
    else
      return;
    failed = true;
  }

  void write(const Target &target, State &state) {
    llvm::BitVector lost(buffers.size());
    for (unsigned i : target.buffers.set_bits())
      lost |= sharers[i];
    lost.reset(target.buffers);
    state.written |= target.buffers;
    state.stale.reset(target.buffers);
    llvm::BitVector hadData = lost;
    hadData &= state.written;
    state.stale |= hadData;
    for (auto &[slot, other] : state.slots) {
      if (other.buffers.any() && !other.buffers.test(target.buffers))
        other.stale = false;
      else
        other.stale |= other.buffers.anyCommon(lost);
    }
  }

  void visitLaunch(LaunchOp op, State &state) {
    func::FuncOp kernel = kernels.lookup(op.getKernel());
    auto kinds = kernel->getAttrOfType<ArrayAttr>("ingot.arguments");
    SmallVector<Target> targets;
    for (Value v : op.getArgs())
      targets.push_back(targetOf(v, state));
    auto writes = [&](unsigned i) {
      StringRef kind = cast<StringAttr>(kinds[i]).getValue();
      return kind == "write" || kind == "scratch";
    };
    for (unsigned i = 0; i < targets.size(); ++i)
      if (!writes(i))
        read(op, targets[i], state);
    for (unsigned i = 0; i < targets.size(); ++i)
      for (unsigned k = 0; k < targets.size(); ++k)
        if (i != k && writes(i) && !checkApart(op, i, op.getArgs()[i], k, op.getArgs()[k]))
          return;
    for (unsigned i = 0; i < targets.size(); ++i)
      if (writes(i))
        write(targets[i], state);
  }

  bool checkApart(LaunchOp op, unsigned i, Value a, unsigned k, Value b) {
    if (!reports || failed)
      return !failed;
    auto x = bufferOf(a), y = bufferOf(b);
    if (!x || !y || (*x != *y && !buffers[*x].mayShare(buffers[*y])))
      return true;
    breaks(op, "planned") << "expected argument " << i << ", which it writes, to share no bytes with "
                          << "argument " << k;
    failed = true;
    return false;
  }

  void visitStore(LLVM::StoreOp op, State &state) {
    auto slot = slotOf(op.getAddr());
    if (!slot) {
      write(targetOf(op.getAddr(), state), state);
      return;
    }
    if (!isa<LLVM::LLVMPointerType>(op.getValue().getType()))
      return;
    Target target = targetOf(op.getValue(), state);
    // An address made for this slot alone is that of a buffer to be written, whatever lay there.
    if (Operation *def = op.getValue().getDefiningOp();
        def && def->hasAttr("ingot.buffer") && op.getValue().hasOneUse())
      target.stale = false;
    state.slots[*slot] = target;
  }

  void visitCall(LLVM::CallOp op, State &state) {
    for (Value v : op->getOperands()) {
      if (!isa<LLVM::LLVMPointerType>(v.getType()))
        continue;
      read(op, targetOf(v, state), state);
      // What the memory of the stack that is passed points to.
      const void *memory = baseOf(v).getAsOpaquePointer();
      for (auto it = state.slots.lower_bound({memory, 0});
           it != state.slots.end() && it->first.first == memory; ++it)
        read(op, it->second, state);
    }
  }

  void visit(Block &block, State &state) {
    for (Operation &op : block) {
      if (auto launch = dyn_cast<LaunchOp>(op)) {
        visitLaunch(launch, state);
      } else if (auto load = dyn_cast<LLVM::LoadOp>(op)) {
        read(load, targetOf(load.getAddr(), state), state);
        auto slot = slotOf(load.getAddr());
        if (auto it = slot ? state.slots.find(*slot) : state.slots.end(); it != state.slots.end())
          state.slots[{load.getResult().getAsOpaquePointer(), -1}] = Target(it->second);
      } else if (auto store = dyn_cast<LLVM::StoreOp>(op)) {
        visitStore(store, state);
      } else if (auto copy = dyn_cast<LLVM::MemcpyOp>(op)) {
        read(copy, targetOf(copy.getSrc(), state), state);
        write(targetOf(copy.getDst(), state), state);
      } else if (auto transfer = dyn_cast<CopyOp>(op)) {
        read(transfer, targetOf(transfer.getFrom(), state), state);
        write(targetOf(transfer.getTo(), state), state);
      } else if (auto call = dyn_cast<LLVM::CallOp>(op)) {
        visitCall(call, state);
      } else if (auto loop = dyn_cast<scf::ForOp>(op)) {
        visit(*loop.getBody(), state); // the steps of one launch
      }
    }
  }

  func::FuncOp program;
  ArrayRef<ArenaBuffer> buffers;
  const KernelTable &kernels;
  std::vector<llvm::BitVector> sharers;
  llvm::DenseMap<Block *, State> entries;
  bool reports = false, failed = false;
};

} // namespace

LogicalResult verifyData(func::FuncOp program, ArrayRef<ArenaBuffer> buffers,
                         const KernelTable &kernels) {
  return buffers.empty() ? success() : DataFlow(program, buffers, kernels).run();
}

} // namespace ingot
