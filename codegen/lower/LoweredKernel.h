//===- LoweredKernel.h - what lowering makes of a kernel ------------------------===//
//
// A function over linear buffers, `func @k(begin, end, worker, arguments…)`, that computes the
// independent tiles [begin, end), and how the program must call it.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_CODEGEN_LOWER_LOWEREDKERNEL_H
#define INGOT_CODEGEN_LOWER_LOWEREDKERNEL_H

#include "codegen/target/CpuTarget.h"
#include "ir/ConstantView.h"
#include "ir/Dialect.h"
#include "ir/ops/Structure.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <functional>
#include <string>

namespace ingot {

/// A constant rearranged at compile time for a kernel; equal keys of equal constants are stored
/// once.
struct PackedConstant {
  std::string key;
  int64_t bytes = 0;
  std::function<void(const ConstantView &, char *)> pack;
};

struct LaunchArgument {
  enum Kind {
    Operand, ///< operand `index` of the kernel
    Result,  ///< result `index`
    Scratch, ///< scratch buffer `index` of this launch
    Packed,  ///< `packed` form of operand `index`
    Workers, ///< base of the per-worker scratch
    Symbol,  ///< value of the dimension symbol `index` (an AtomId)
    Step     ///< number of the step, see LoweredKernel::steps
  };
  /// Passed by value, as an i64; all others are pointers.
  bool isNumber() const { return kind == Symbol || kind == Step; }
  Kind kind;
  unsigned index = 0;
  PackedConstant packed = {};
};

struct LoweredKernel {
  mlir::func::FuncOp function;
  llvm::SmallVector<LaunchArgument> arguments;
  llvm::SmallVector<std::pair<mlir::Type, Dim>> scratch; ///< storage type, elements
  int64_t workerBytes = 0;
  Dim tiles = 1;
  /// Launches one after the other, each of all tiles: a step may read what any tile of the one
  /// before has written to scratch.
  Dim steps = 1;
  /// Scalar operations of one tile, to decide whether threads pay; 0: never split.
  int64_t tileCost = 0;
  /// Elements are computed one by one although the target has vectors for them.
  bool isScalar = false;
  /// Plain loops, obviously right and slow: named in the report.
  bool reference = false;
  /// Which way was taken, for the report: "tiled", "rows", "pointwise", "body" or "reference". A
  /// body is an operator's one algorithm, such as a sort or a selection, whose steps wait for each
  /// other: no faster form of it exists that plain loops would stand in for, so it counts as
  /// reference only where --reference asks for that everywhere.
  llvm::StringRef lowering;
  int64_t threads = 0; ///< of the block that computes a tile, on a GPU
};

struct LoweringOptions {
  CpuTarget target;
  bool reference = false; ///< plain loops throughout
};

/// Lowers one kernel into a new function `name` at the end of `module`. `dims` covers the kernel.
mlir::FailureOr<LoweredKernel> lowerKernel(KernelOp kernel, DimAnalysis &dims,
                                           mlir::ModuleOp module, llvm::StringRef name,
                                           const LoweringOptions &options);

} // namespace ingot

#endif // INGOT_CODEGEN_LOWER_LOWEREDKERNEL_H
