// Recurrent layers: every step adds the product of the state with the recurrent weights to sums that
// were computed before, applies the cell, and hands h(t) on. One tile is a block of sequences of one
// direction; it walks over time alone, with its state in scratch. Few sequences with many units are
// instead run step by step, all threads working on one step, which the launching program counts; a
// second direction follows when the first is through. Each thread then meets its own part of one
// direction's weights in every step, which its cache may hold where it could not hold them all.
//
// Every element is one chain of fused multiply-adds over k = 0 … hidden-1, whatever the tile, so
// results depend neither on threads nor on the number of sequences.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef INGOT_CODEGEN_CPU_RECURRENCE_H
#define INGOT_CODEGEN_CPU_RECURRENCE_H
#include "codegen/cpu/Tile.h"
#include "codegen/target/CpuTarget.h"

namespace ingot::cpu {

/// Facts known when the kernel is compiled.
struct RecurrenceShape {
  int64_t directions = 1, hidden = 0, batch = kUnknown;
  /// Gates whose products can be computed together: lstm {4}, rnn {1}, gru {3}, or {2, 1} where the
  /// third needs the second's result.
  llvm::SmallVector<int64_t, 2> gates;
  int64_t time = kUnknown;
  bool constantWeights = false; ///< packed when the model is compiled
};

/// How the weights of one phase lie in memory: for `groups` groups of `group` neighbouring blocks of
/// 16 hidden units, [hidden][gates][group][16]. A group's product streams them in order.
struct RecurrencePhase {
  int64_t gates, group, groups;
  int64_t offset; ///< of the phase in a direction, in elements
  int64_t panels() const { return gates * group; }
};

/// Sizes of one layer. Pure function of target and shape.
struct RecurrencePlan {
  RecurrenceShape shape;
  llvm::SmallVector<RecurrencePhase, 2> phases;
  int64_t padded = 0;          ///< hidden units rounded up to panels
  int64_t rowBlock = 0;        ///< sequences of one tile
  int64_t packedElements = 0;  ///< of one direction
  int64_t scratchElements = 0; ///< f32 per worker, without packed weights
  /// One step per launch, its tiles being groups of units: where blocks of sequences are too few to
  /// split over threads and a step is long enough to be worth a launch.
  bool perStep = false;
  int64_t stateElements = 0; ///< per step: f32 of one tile's sequences, shared by all workers
};
RecurrencePlan planRecurrence(const CpuTarget &target, const RecurrenceShape &shape);

/// Packs all directions. Source element (direction, gate · hidden + unit, k) lies at
/// strides[0] · direction + strides[1] · (gate · hidden + unit) + strides[2] · k.
void packRecurrent(const float *source, const RecurrencePlan &plan,
                   llvm::ArrayRef<int64_t> strides, float *packed);

/// Hidden units [column, column + lanes) of one sequence.
struct CellPlace {
  mlir::Value direction, row, column; ///< index; row counts sequences of the batch
  mlir::Value time;                   ///< index; null where the state is read or written
  int64_t knownDirection;             ///< whose functions apply
  unsigned lanes;
  mlir::Value mask; ///< lanes that exist; null: all
};

/// What a phase makes of its sums. A phase before the last sets `kept` and `input`, the last sets
/// `h`; a cell with a state of its own gets and sets it as `kept`.
struct CellResult {
  mlir::Value h;
  mlir::Value kept;  ///< handed to later phases, or steps
  mlir::Value input; ///< what the next phase's product takes in place of h(t-1)
};

/// Code that the caller builds at the places the kernel chooses.
struct RecurrenceHooks {
  /// The state at the start, h and kept (null without one).
  std::function<std::pair<mlir::Value, mlir::Value>(mlir::OpBuilder &, const CellPlace &)> begin;
  /// One vector of a phase; also stores h(t).
  std::function<CellResult(mlir::OpBuilder &, unsigned phase, const CellPlace &,
                           mlir::ValueRange sums, mlir::Value h, mlir::Value kept)>
      cell;
  /// Stores the result of a step beyond a sequence's end.
  std::function<void(mlir::OpBuilder &, const CellPlace &)> skip;
  /// Stores the state at the end.
  std::function<void(mlir::OpBuilder &, const CellPlace &, mlir::Value h, mlir::Value kept)> end;
  /// Steps of a sequence, in [0, time]; null: all have `time`.
  std::function<mlir::Value(mlir::OpBuilder &, mlir::Value row)> length;
};

/// Run-time operands.
struct RecurrenceOperands {
  mlir::OpFoldResult batch, time;
  mlir::Value weights; ///< memref<?xf32>, packed if `strides` is empty, else packed by each tile
  mlir::OpFoldResult offset;                         ///< of unpacked weights
  llvm::SmallVector<mlir::OpFoldResult, 3> strides;  ///< as in packRecurrent
  mlir::Value scratch; ///< memref<?xf32>: plan.scratchElements, then packedElements where needed
  /// Per step: memref<?xf32> of stateElements for every block of sequences, kept from step to step,
  /// and the number of the step; each direction has time + 1, of which the first begins.
  mlir::Value states, step;
  bool reversed[2] = {false, true};
  bool sameFunctions = true; ///< both directions apply the same functions
  bool hasKept = false;      ///< the cell has a state besides h
  RecurrenceHooks hooks;
};

/// Builds, at the builder's place, the code that computes tiles [begin, end): directions, in each
/// blocks of plan.rowBlock sequences; per step the groups of each block, of the step's direction.
void emitRecurrence(mlir::OpBuilder &b, mlir::Location loc, const CpuTarget &target,
                    const RecurrencePlan &plan, const RecurrenceOperands &operands,
                    mlir::Value begin, mlir::Value end);

} // namespace ingot::cpu
#endif
