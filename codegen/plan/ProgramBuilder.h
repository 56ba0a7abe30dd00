//===- ProgramBuilder.h - writes the program of one entry point --------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_CODEGEN_PLAN_PROGRAMBUILDER_H
#define INGOT_CODEGEN_PLAN_PROGRAMBUILDER_H

#include "codegen/plan/Plan.h"
#include "ir/IndexingOp.h"
#include "ir/ops/Control.h"
#include "ir/ops/Host.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Program.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"

namespace ingot {

/// Where a dimension's value comes from.
enum class DimClass {
  Static, ///< constant
  Entry,  ///< follows from the inputs' dimensions or elements: known when a run starts
  Born    ///< known inside the run only
};

class ProgramBuilder {
public:
  ProgramBuilder(mlir::func::FuncOp source, DimAnalysis &dims, ModelPlan &plan, EntryPlan &entry)
      : source(source), dims(dims), plan(plan), entry(entry), b(source.getContext()),
        loc(source.getLoc()) {}

  /// A kernel of the source and what it was lowered to.
  struct Launch {
    KernelOp op;
    unsigned kernel; ///< index in plan.kernels
    /// The arguments with symbols in terms of this launch.
    llvm::SmallVector<LaunchArgument> arguments;
    llvm::SmallVector<std::pair<mlir::Type, Dim>> scratch;
    Dim tiles, steps;
    int64_t tileCost;
  };
  llvm::DenseMap<mlir::Operation *, Launch> launches;

  mlir::LogicalResult build();

private:
  // Analysis.
  void markNeeded();
  void need(mlir::Value v);
  void needDim(const Dim &d);
  bool isStep(mlir::Operation *op);
  void number(mlir::Block &block);
  void findLives(mlir::Block &block);
  void use(mlir::Value v, int32_t at, mlir::Operation *user);
  void useSymbols(llvm::ArrayRef<Dim> ds, int32_t at, mlir::Operation *user);
  void extendAliases();
  void planBuffers();
  void placePorts();
  void placeValues();
  void placeLoopValues();
  void planLoop(LoopOp loop);
  DimClass classify(const Dim &d);
  DimClass classify(llvm::ArrayRef<Dim> ds);

  // Emission.
  void declareSymbols();
  mlir::LogicalResult emitBlock(mlir::Block &block);
  void emitLaunch(Launch &launch);
  void emitTransfer(TransferOp op);
  // Control flow.
  mlir::LogicalResult emitIf(IfOp op);
  mlir::LogicalResult emitLoop(LoopOp op);
  void startCarried(LoopOp op);
  void startScanned(LoopOp op);
  void bindLoopArguments(LoopOp op, mlir::Value number, mlir::Value iteration);
  void rotateCarried(LoopOp op);
  void bindLoopResults(LoopOp op, mlir::Value number);
  void emitCarry(LoopOp op, unsigned i);
  void emitScan(LoopOp op, unsigned i, mlir::Value iteration);
  /// Whatever is known from here on holds in the blocks that `body` emits, and not after them.
  mlir::LogicalResult scoped(llvm::function_ref<mlir::LogicalResult()> body);
  void ifThen(mlir::Value condition, llvm::function_ref<void()> then);
  mlir::Block *newBlock();
  mlir::Value scalar(mlir::Value tensor); ///< the only element, as i64
  // What the host computes, and values that live outside the plan.
  void emitHostCall(HostCallOp op);
  mlir::Value stringTable(ConstantOp constant);
  mlir::Value text(llvm::StringRef bytes, bool terminated = true);
  void fail(mlir::Value condition, int32_t status, llvm::StringRef message);
  void storeResults();
  mlir::Value provideOutput(mlir::Value tensor, int64_t index);
  // Memory on the stack of the program.
  mlir::Value stack(mlir::Type type, int64_t count = 1); ///< all zero when the program starts
  mlir::Value load(mlir::Type type, mlir::Value slot);
  void store(mlir::Value v, mlir::Value slot);
  mlir::Value field(mlir::Value base, int64_t bytes);
  void copy(mlir::Value to, mlir::Value from, mlir::Value bytes);
  mlir::Value pointer(mlir::Value tensor);   ///< of its buffer, at the current place
  mlir::Value allocate(mlir::Value tensor);  ///< a result's buffer before its launch
  mlir::Value emitBytes(mlir::Type element, llvm::ArrayRef<Dim> shape);
  void storeShape(mlir::Value tensor, mlir::Value pointer);
  mlir::Value emit(const Dim &d);
  mlir::Value emitAtom(AtomId id);
  mlir::Value i64(int64_t v);
  mlir::Value offsetPointer(mlir::Value base, mlir::Value bytes);
  mlir::Value loadAt(mlir::Value base, int64_t index, mlir::Type type);
  mlir::Value hostCall(unsigned field, mlir::Type result, mlir::ValueRange arguments);
  void failIfNull(mlir::Value pointer, int32_t status);
  void returnIf(mlir::Value condition, int32_t status);
  mlir::func::FuncOp startFunction(llvm::StringRef name, mlir::TypeRange inputs,
                                   mlir::TypeRange results);
  void emitOutputDims();
  void emitBufferSizes();
  void describePorts();
  Port describePort(mlir::Value v, mlir::DictionaryAttr attributes, llvm::StringRef otherName);
  int64_t symbolNumber(AtomId id);
  void declare(llvm::ArrayRef<Dim> ds);
  void declareStep(mlir::Operation *op);
  // Relations between dimensions.
  void collectGuards();
  void emitGuard(const DimAnalysis::Relation &relation, int32_t status);
  void emitEntryGuards();
  void emitLaunchGuards(mlir::Operation *op);
  bool isAvailable(const Dim &d);
  // Positions that operators take from data.
  struct PositionCheck {
    mlir::Operation *op;
    Positions positions; ///< of a tensor in memory
  };
  void collectPositionChecks();
  void emitPositionChecks(llvm::ArrayRef<PositionCheck> checks);
  mlir::Value emitReal(const Dim &d);
  mlir::Value emitRealBytes(llvm::ArrayRef<Dim> shape);
  mlir::Value isHuge(mlir::Value real);

  mlir::func::FuncOp source;
  DimAnalysis &dims;
  ModelPlan &plan;
  EntryPlan &entry;
  mlir::OpBuilder b;
  mlir::Location loc;

  llvm::DenseSet<mlir::Value> needed; ///< tensors that some kernel reads, or that are outputs
  llvm::DenseMap<mlir::Operation *, int32_t> step, lastStep;
  int32_t steps = 0;
  llvm::DenseMap<mlir::Value, ingot_lifetime> life;
  struct Place {
    enum Kind {
      None, ///< no buffer of the plan: a result of control flow or of the host
      Input,
      Output,
      Weights,
      Static,
      Dynamic,
      Born,
      BornOutput,
      Grown,  ///< born in a loop: keeps its memory from one iteration to the next
      Carried ///< written where the next iteration of its loop reads it
    } kind = None;
    int64_t index = 0; ///< input or output number, byte offset, dynamic buffer number
    int32_t buffer = -1; ///< number in `listedBuffers`, of what lies in an arena
  };
  /// A buffer to be placed.
  struct Buffer {
    mlir::Type element;
    llvm::SmallVector<Dim> shape;
    ingot_lifetime when;
    bool inLoop = false, onGpu = false;
  };
  void place(Place &to, const Buffer &buffer);
  std::optional<int64_t> largestBytes(mlir::Type element, llvm::ArrayRef<Dim> shape);
  /// Buffers whose sizes are known here; one arena per device: the host's, and the GPU's.
  struct Arena {
    std::vector<Place *> fixed; ///< in `sizes`' order
    std::vector<int64_t> sizes;
    std::vector<ingot_lifetime> lives;
  } arenas[2];
  /// What lies in the arenas, as the program's function lists it, see VerifyPlanned in Plan.td.
  struct ListedBuffer {
    bool onGpu, dynamic;
    int64_t at; ///< byte offset, or number among the dynamic buffers
    int64_t bytes;
    ingot_lifetime when;
  };
  std::vector<ListedBuffer> listedBuffers;
  void listBuffers(mlir::func::FuncOp run);
  /// Memory that only grows: its address and size are on the stack.
  struct Growable {
    mlir::Value pointer, capacity;
  };
  /// What a loop carries: this iteration reads `current` and writes `next`, which then takes its
  /// place while `spare` becomes the one to write. The initial value is never written.
  struct CarriedValue {
    bool fixed = false; ///< the two buffers are places of the plan
    Place places[2];
    mlir::Value current;
    Growable next, spare;
    llvm::SmallVector<mlir::Value> dims; ///< on the stack; null where the loop preserves them
  };
  /// All values of one kind that a loop stacks.
  struct ScannedValue {
    Place place; ///< None where their size is born in the run
    Growable memory;
    llvm::SmallVector<mlir::Value> dims;
  };
  mlir::Value address(const Place &place, bool onGpu = false);
  Place placeOf(mlir::Value tensor) { return places.lookup(tensor); }
  mlir::Value grow(const Growable &memory, mlir::Value bytes, mlir::Value keep = {});
  // Buffers are placed in the order in which loops are planned: by address, equal input would not
  // give equal bytes.
  llvm::MapVector<std::pair<mlir::Operation *, unsigned>, CarriedValue> carried;
  llvm::MapVector<std::pair<mlir::Operation *, unsigned>, ScannedValue> scanned;
  llvm::DenseMap<mlir::Value, std::pair<mlir::Operation *, unsigned>> carriedBy;
  std::map<std::pair<mlir::Operation *, unsigned>, Growable> grownScratch;
  llvm::DenseMap<mlir::Value, Growable> grown;
  llvm::StringMap<std::string> texts;
  llvm::DenseMap<mlir::Value, Place> places;
  std::map<std::pair<mlir::Operation *, unsigned>, Place> scratchPlaces;
  std::vector<std::pair<mlir::Type, llvm::SmallVector<Dim>>> dynamicBuffers;
  llvm::SmallVector<DimAnalysis::Relation, 0> entryGuards;
  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<DimAnalysis::Relation, 0>> launchGuards;
  llvm::SmallVector<PositionCheck, 0> entryChecks; ///< of inputs: before everything else
  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<PositionCheck, 0>> launchChecks;
  llvm::SmallVector<AtomId> entrySymbols;

  mlir::Block *start = nullptr; ///< of the function being built
  mlir::Value host, inputs, outputs, symbols, arena, offsets, weights;
  mlir::Value deviceArena, deviceWeights; ///< null without kernels for a GPU
  llvm::DenseMap<mlir::Value, mlir::Value> pointers;
  std::map<AtomId, mlir::Value> values;
  mlir::Type ptr;
};

} // namespace ingot

#endif // INGOT_CODEGEN_PLAN_PROGRAMBUILDER_H
