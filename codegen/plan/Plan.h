//===- Plan.h - from kernels on tensors to a program over buffers ----------------===//
//
// Lowers and shares the kernels of an entry point, gives every buffer its place, and writes the
// program: a function of ingot_program_fn's form (runtime/include/ingot/kernel_abi.h) made of
// structured control flow, 64-bit dimension arithmetic and launches.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_CODEGEN_PLAN_PLAN_H
#define INGOT_CODEGEN_PLAN_PLAN_H

#include "codegen/lower/LoweredKernel.h"
#include "codegen/plan/Weights.h"
#include "ingot/abi.h"
#include <map>

namespace ingot {

/// A kernel function and what its entry wrapper must know.
struct PlannedKernel {
  mlir::func::FuncOp function;
  llvm::SmallVector<LaunchArgument> arguments;
  int64_t workerBytes = 0;
  std::string name;    ///< of its function
  std::string anchor;  ///< "matmul", or "none"
  /// For the report: what each launch was in the model, "node 'fc1' (Gemm)"; which operators it
  /// fuses; what it reads from the weights section, by offset.
  std::vector<std::string> nodes, operators;
  std::map<int64_t, int64_t> weightBytes;
  bool reference = false;
  int64_t launches = 0;
  std::string lowering; ///< as LoweredKernel says
  /// Of all its launches in one run, see costOf(); nothing where that depends on the run.
  std::optional<double> operations = 0, bytes = 0;
  /// On a GPU: threads of a block, what each argument is and how many blocks run, in words.
  int64_t threads = 0;
  std::string signature;
  bool onGpu() const { return threads > 0; }
};

/// An input or output as the metadata describes it.
struct Port {
  std::string name;
  mlir::Type type;
  llvm::SmallVector<int64_t> dims; ///< as ingot_port.dims
  int32_t state = -1;              ///< number of the model's state, -1: the caller passes it
};

/// A value that a context keeps, see ingot_state.
struct StatePlan {
  std::string name;
  mlir::Type elementType;
  llvm::SmallVector<int64_t> dims; ///< along `axis` the capacity
  int64_t axis = -1;
};

struct EntrySymbol {
  std::string name;
  int64_t min, max;
  int32_t source, input;
  int64_t index;
};

struct EntryPlan {
  std::string name;
  llvm::SmallVector<Port> inputs, outputs;
  llvm::SmallVector<EntrySymbol> symbols;
  int64_t arenaBytes = 0, workerBytes = 0;
  int64_t deviceArenaBytes = 0;          ///< of the GPU
  std::vector<ingot_lifetime> lifetimes; ///< of dynamic buffers
  /// Names of functions in the program module; empty where not needed.
  std::string run, outputDims, guard, bufferSizes;
  bool needsRuntime = false;
  int64_t launches = 0;
};

/// Everything of one compiled model for one target.
struct ModelPlan {
  mlir::OwningOpRef<mlir::ModuleOp> kernelModule;  ///< the kernels' functions
  mlir::OwningOpRef<mlir::ModuleOp> gpuModule;     ///< those for the GPU
  mlir::OwningOpRef<mlir::ModuleOp> programModule; ///< the programs
  std::vector<PlannedKernel> kernels;
  std::vector<EntryPlan> entries;
  std::vector<StatePlan> states;
  WeightTable weights;
};

/// The text of a kernel without its name and locations: its identity.
std::string kernelText(mlir::func::FuncOp function);

/// Adds the entry point `function` (in fused or laid out form) to the plan.
mlir::LogicalResult planEntry(mlir::func::FuncOp function, const LoweringOptions &options,
                              ModelPlan &plan);

} // namespace ingot

#endif // INGOT_CODEGEN_PLAN_PLAN_H
