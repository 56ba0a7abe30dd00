//===- KernelEmitter.h - emits the body of one kernel ---------------------------===//
//
// The implementation of ElementBuilder over linear buffers: reads go to buffers where the value is
// a kernel operand, and inline the producer where it is computed in the kernel.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_CODEGEN_LOWER_KERNELEMITTER_H
#define INGOT_CODEGEN_LOWER_KERNELEMITTER_H

#include "codegen/lower/LoweredKernel.h"
#include "ir/ops/Structure.h"
#include <map>

namespace ingot {

/// Strides in elements, by logical dimension, of a tensor stored in `order`; empty: row-major.
llvm::SmallVector<Dim> physicalStrides(DimAnalysis &dims, mlir::Value tensor,
                                       llvm::ArrayRef<int64_t> order);

/// The function being built and its arguments, shared by the emitters of one kernel.
class KernelFunction {
public:
  KernelFunction(KernelOp op, DimAnalysis &dims, LoweredKernel &result, mlir::OpBuilder &b);

  /// The linear buffer of a kernel operand or yielded value, made an argument on first use.
  mlir::Value buffer(mlir::Value tensor);
  bool hasBuffer(mlir::Value tensor) { return operands.count(tensor) || results.count(tensor); }
  /// The buffer of result `i`, also where the kernel yields an operand.
  mlir::Value resultBuffer(unsigned i);
  /// Physical order of an operand or yielded value.
  llvm::ArrayRef<int64_t> order(mlir::Value tensor);
  mlir::Value scratch(unsigned k, mlir::Type storage, Dim count);
  /// Memory of the running worker: `bytes` at a 64-byte boundary, as memref<?xi8>… of `storage`.
  mlir::Value workerScratch(mlir::Type storage, int64_t count);
  /// Number of the step, counted from 0, where the kernel has LoweredKernel::steps; once per kernel.
  mlir::Value step();
  /// A constant operand in a form made at compile time; one argument per (operand, form).
  /// `storage`: element type of the packed form; null: that of the operand.
  mlir::Value packed(mlir::Value operand, PackedConstant form, mlir::Type storage = {});
  /// A dimension as an index value, computed at the function's entry.
  mlir::Value emit(const Dim &d);
  /// Completes the function's type; call once at the end.
  void finish();

  KernelOp op;
  DimAnalysis &dims;
  LoweredKernel &result;
  mlir::Value begin, end, worker;
  mlir::Block *entry = nullptr;
  /// Physical strides of a value in elements, by logical dimension.
  llvm::SmallVector<Dim> strides(mlir::Value tensor);

private:
  mlir::Value argument(LaunchArgument a, mlir::Type type);
  mlir::Value symbol(AtomId id);
  mlir::Value emitAtom(AtomId id);

  mlir::OpBuilder &b;
  llvm::DenseMap<mlir::Value, unsigned> operands; ///< block argument → index
  llvm::DenseMap<mlir::Value, unsigned> results;  ///< yielded value → index
  llvm::DenseMap<mlir::Value, mlir::Value> buffers;
  std::map<AtomId, mlir::Value> symbols, atoms;
  std::vector<std::pair<Dim, mlir::Value>> emitted;
  std::map<std::pair<unsigned, std::string>, mlir::Value> packedForms;
  std::map<unsigned, mlir::Value> scratches, resultBuffers;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<int64_t>> orders;
  mlir::Operation *lastEntryOp = nullptr;
};

class KernelEmitter : public ElementBuilder {
public:
  KernelEmitter(KernelFunction &f, mlir::OpBuilder &b, int64_t lanes)
      : ElementBuilder(b, f.op.getLoc(), f.dims, lanes), f(f) {}

  llvm::FailureOr<mlir::Value> read(mlir::Value tensor, llvm::ArrayRef<Index> at) override;
  llvm::FailureOr<mlir::Value> readLinear(mlir::Value tensor, Index position) override;
  void write(mlir::Value result, llvm::ArrayRef<Index> at, mlir::Value element) override;
  mlir::Value readBack(mlir::Value result, llvm::ArrayRef<Index> at) override;
  mlir::Value scratch(unsigned k) override;
  Index emit(const Dim &d) override { return {f.emit(d), Index::Uniform}; }

  /// Storage form ↔ compute form.
  mlir::Value decode(mlir::Value stored, mlir::Type element);
  mlir::Value encode(mlir::Value computed, mlir::Type element);
  /// The position in a buffer of a logical index.
  Index position(mlir::Value tensor, llvm::ArrayRef<Index> at);
  llvm::FailureOr<mlir::Value> load(mlir::Value tensor, Index position);
  void store(mlir::Value tensor, Index position, mlir::Value element);
  /// Stores to kernel result `i`, which may be a copy of an operand.
  void storeResult(unsigned i, llvm::ArrayRef<Index> at, mlir::Value element);

  /// Values known already (the anchor's result in an epilogue), whatever the index.
  llvm::DenseMap<mlir::Value, mlir::Value> known;
  /// In flat mode all tensors have the result's shape and order (or one element), and every read
  /// is at this position.
  std::optional<Index> flat;
  /// Where an index is known to lie, from loops that stop where the operands of a concatenation end:
  /// there it is a read of one of them.
  struct Interval {
    mlir::Value index;
    int64_t from, to;
  };
  std::optional<Interval> interval;
  /// Lanes that lie inside the result, vector<lanes x i1>; null when all do. Others are neither
  /// read nor written.
  mlir::Value mask;
  /// The index being computed and its position in every buffer of the result's shape and order:
  /// saves taking a position apart and putting it together again.
  struct Canonical {
    llvm::SmallVector<Index> at;
    llvm::SmallVector<Dim> shape;
    llvm::SmallVector<int64_t> order;
    Index position;
  };
  std::optional<Canonical> canonical;

private:
  struct Cached {
    mlir::Value value;
    mlir::Block *block;
  };
  bool visibleHere(mlir::Block *block);
  llvm::FailureOr<mlir::Value> readPart(mlir::Value concat, llvm::ArrayRef<Index> at);
  bool isCanonical(llvm::ArrayRef<Index> at, llvm::ArrayRef<Dim> shape,
                   llvm::ArrayRef<int64_t> order);
  void storeTo(mlir::Value buffer, mlir::Type element, Index position, mlir::Value value);

  KernelFunction &f;
  std::map<std::vector<const void *>, Cached> cache;
};

} // namespace ingot

#endif // INGOT_CODEGEN_LOWER_KERNELEMITTER_H
