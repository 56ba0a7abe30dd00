//===- ProgramBuilder.h - writes the program of one entry point --------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_CODEGEN_PLAN_PROGRAMBUILDER_H
#define INGOT_CODEGEN_PLAN_PROGRAMBUILDER_H

#include "codegen/plan/Plan.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

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
    Dim tiles;
    int64_t tileCost;
  };
  llvm::DenseMap<mlir::Operation *, Launch> launches;

  mlir::LogicalResult build();

private:
  // Analysis.
  void markNeeded();
  void need(mlir::Value v);
  void needDim(const Dim &d);
  void number(mlir::Block &block);
  void planBuffers();
  DimClass classify(const Dim &d);
  DimClass classify(llvm::ArrayRef<Dim> ds);

  // Emission.
  void declareSymbols();
  mlir::LogicalResult emitBlock(mlir::Block &block);
  void emitLaunch(Launch &launch);
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

  mlir::func::FuncOp source;
  DimAnalysis &dims;
  ModelPlan &plan;
  EntryPlan &entry;
  mlir::OpBuilder b;
  mlir::Location loc;

  llvm::DenseSet<mlir::Value> needed; ///< tensors that some kernel reads, or that are outputs
  llvm::DenseMap<mlir::Operation *, int32_t> step;
  llvm::DenseMap<mlir::Value, ingot_lifetime> life;
  struct Place {
    enum Kind { Input, Output, Weights, Static, Dynamic, Born, BornOutput } kind;
    int64_t index = 0; ///< input or output number, byte offset, dynamic buffer number
  };
  llvm::DenseMap<mlir::Value, Place> places;
  std::map<std::pair<mlir::Operation *, unsigned>, Place> scratchPlaces;
  std::vector<std::pair<mlir::Type, llvm::SmallVector<Dim>>> dynamicBuffers;
  llvm::SmallVector<AtomId> entrySymbols;

  mlir::Value host, inputs, outputs, symbols, arena, offsets, weights;
  llvm::DenseMap<mlir::Value, mlir::Value> pointers;
  std::map<AtomId, mlir::Value> values;
  mlir::Type ptr;
};

} // namespace ingot

#endif // INGOT_CODEGEN_PLAN_PROGRAMBUILDER_H
