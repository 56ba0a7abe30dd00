//===- MatmulTile.cpp - matrix products by tiles in shared memory -----------------------===//
//
// A block of 16 x 16 threads computes a 64 x 64 tile of the product, each thread 4 x 4 sums in
// registers. The depth is walked in steps of 16: the block copies a 64 x 16 piece of each operand
// to shared memory, depth outermost, so that a thread reads its four rows and its four columns by
// one access each. This is the scheme of V. Volkov and J. Demmel, "Benchmarking GPUs to tune dense
// linear algebra", SC 2008. Every sum runs over the depth in ascending order.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/gpu/Gpu.h"
#include "codegen/lower/Views.h"
#include "ir/analysis/Broadcast.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace ingot::gpu {

namespace {

constexpr int64_t tileSide = 64, tileDepth = 16, perThread = 4;
/// Elements from one step of the depth to the next in shared memory: a multiple of four, so that
/// accesses stay aligned, and more than the side, so that columns fall into different banks.
constexpr int64_t pitch = tileSide + 4;
constexpr int64_t fewRows = 8;
/// PTX's state space of a block's memory.
constexpr int64_t sharedSpace = 3;
static_assert(tileSide / perThread * (tileSide / perThread) == blockThreads);
static_assert(tileSide * tileDepth == perThread * blockThreads);

/// An operand as one block sees it: a matrix [side, depth] for every batch.
struct Side {
  StridedView view;
  Dim size, sideStride, depthStride;
  Value offset, first; ///< of the batch's matrix, in elements; index of the tile's first row
  const char *memory;
};

class MatmulTile {
public:
  MatmulTile(KernelFunction &f, OpBuilder &b, MatMulOp op)
      : f(f), b(b), loc(f.op.getLoc()), op(op), space(f.dims.space) {}

  LogicalResult lower() {
    if (!f.dims.elementType(op.getResult()).isF32())
      return failure();
    auto a = resolveView(f, op.getA()), c = resolveView(f, op.getB());
    if (!a || !c)
      return failure();
    dims = llvm::to_vector(f.dims.dims(op.getResult()));
    batchDims.assign(dims.begin(), dims.end() - 2);
    rows = dims[dims.size() - 2];
    columns = dims.back();
    depth = a->dims.back();
    // A tile would be mostly empty; one thread per element reads the right-hand side side by side.
    if (auto few = rows.constant(); few && *few <= fewRows)
      return failure();
    alignBatch(*a);
    alignBatch(*c);
    size_t n = dims.size();
    left = {*a, rows, a->strides[n - 2], a->strides[n - 1], {}, {}, "ingot_left_tile"};
    right = {*c, columns, c->strides[n - 1], c->strides[n - 2], {}, {}, "ingot_right_tile"};

    Dim tilesDown = space.ceilDiv(rows, Dim(tileSide)),
        tilesAcross = space.ceilDiv(columns, Dim(tileSide));
    f.result.tiles = space.mul(space.product(batchDims), space.mul(tilesDown, tilesAcross));
    KernelEmitter e(f, b, 1);
    SmallVector<Dim> grid(batchDims);
    grid.push_back(tilesDown);
    grid.push_back(tilesAcross);
    SmallVector<Index> at = e.delinearize({blockNumber(b, loc), Index::Uniform}, grid);
    batch = llvm::to_vector(ArrayRef(at).drop_back(2));
    left.first = e.mul(at[at.size() - 2], e.constant(tileSide)).value;
    right.first = e.mul(at.back(), e.constant(tileSide)).value;
    for (Side *side : {&left, &right})
      side->offset = batchOffset(e, side->view).value;
    thread = threadNumber(b, loc);
    SmallVector<Value> sums = emitSums();
    return success(emitResults(sums));
  }

private:
  /// Gives a view all batch dimensions, broadcast ones with stride 0, in the run where only
  /// that knows.
  void alignBatch(StridedView &view) {
    size_t have = view.dims.size() - 2, skip = batchDims.size() - have;
    SmallVector<Dim> all(batchDims), strides(batchDims.size(), Dim(0));
    for (size_t i = 0; i < have; ++i)
      strides[skip + i] =
          broadcastStride(space, view.dims[i], batchDims[skip + i], view.strides[i]);
    all.append(view.dims.end() - 2, view.dims.end());
    strides.append(view.strides.end() - 2, view.strides.end());
    view.dims = all;
    view.strides = strides;
  }

  Index batchOffset(KernelEmitter &e, const StridedView &view) {
    Index sum = e.emit(view.offset);
    for (auto [i, at] : llvm::enumerate(batch))
      if (!view.strides[i].is(0))
        sum = e.add(sum, e.mul(at, e.emit(view.strides[i])));
    return sum;
  }

  Value constant(int64_t v) { return arith::ConstantIndexOp::create(b, loc, v); }
  Value add(Value x, Value y) { return arith::AddIOp::create(b, loc, x, y); }
  Value mul(Value x, Value y) { return arith::MulIOp::create(b, loc, x, y); }
  Value isBelow(Value x, Value y) {
    return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, x, y);
  }
  Value both(Value x, Value y) { return arith::AndIOp::create(b, loc, x, y); }
  /// The thread as a position in a grid of so many columns.
  std::pair<Value, Value> threadGrid(int64_t across) {
    return {arith::DivUIOp::create(b, loc, thread, constant(across)),
            arith::RemUIOp::create(b, loc, thread, constant(across))};
  }

  Value shared(const Side &side) {
    auto module = f.result.function->getParentOfType<ModuleOp>();
    auto type = MemRefType::get({pitch * tileDepth}, b.getF32Type(), AffineMap(),
                                b.getI64IntegerAttr(sharedSpace));
    if (!module.lookupSymbol(side.memory)) {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(module.getBody());
      memref::GlobalOp::create(b, loc, side.memory, b.getStringAttr("private"), type,
                               b.getUnitAttr(), false, b.getI64IntegerAttr(16));
    }
    return memref::GetGlobalOp::create(b, loc, type, side.memory);
  }

  VectorType four() { return VectorType::get({perThread}, b.getF32Type()); }

  /// A view's elements lie at multiples of four everywhere but along the unit stride.
  static bool isMultiple(const Dim &d) { return d.constant() && *d.constant() % perThread == 0; }
  bool rowsAreAligned(const Side &side, const Dim &extent, const Dim &otherStride) {
    return isMultiple(side.view.offset) && isMultiple(extent) && isMultiple(otherStride) &&
           llvm::all_of(ArrayRef(side.view.strides).drop_back(2), isMultiple);
  }

  /// What this thread copies of one piece: four elements along `alongDepth` or along the side.
  struct Piece {
    SmallVector<Value> values; ///< one vector of four, or four scalars
    Value side, depth;         ///< place of the first within the piece
    bool alongDepth;
  };

  /// Reads ahead of the barrier, so that the accesses of all threads overlap. What lies outside of
  /// the operand counts as zero; its place is taken by the first element of the matrix.
  Piece read(const Side &side, Value from) {
    Piece piece;
    piece.alongDepth = !side.sideStride.is(1);
    if (piece.alongDepth) {
      auto [row, quad] = threadGrid(tileDepth / perThread);
      piece.side = row;
      piece.depth = mul(quad, constant(perThread));
    } else {
      auto [row, quad] = threadGrid(tileSide / perThread);
      piece.depth = row;
      piece.side = mul(quad, constant(perThread));
    }
    Value size = f.emit(side.size), end = f.emit(depth), buffer = f.buffer(side.view.base);
    Value sideStep = f.emit(side.sideStride), depthStep = f.emit(side.depthStride);
    Value zero = arith::ConstantOp::create(b, loc, b.getF32FloatAttr(0));
    bool vector = piece.alongDepth
                      ? side.depthStride.is(1) && rowsAreAligned(side, depth, side.sideStride)
                      : rowsAreAligned(side, side.size, side.depthStride);
    for (int64_t i = 0; i < (vector ? 1 : perThread); ++i) {
      Value s = add(side.first, piece.side), d = add(from, piece.depth);
      (piece.alongDepth ? d : s) = add(piece.alongDepth ? d : s, constant(i));
      Value inside = both(isBelow(s, size), isBelow(d, end));
      Value place = add(side.offset, add(mul(s, sideStep), mul(d, depthStep)));
      place = arith::SelectOp::create(b, loc, inside, place, side.offset);
      Value v, other = zero;
      if (vector) {
        v = vector::LoadOp::create(b, loc, four(), buffer, place);
        other = vector::BroadcastOp::create(b, loc, four(), zero);
      } else {
        v = memref::LoadOp::create(b, loc, buffer, place);
      }
      piece.values.push_back(arith::SelectOp::create(b, loc, inside, v, other));
    }
    return piece;
  }

  void write(const Piece &piece, Value memory) {
    Value place = add(mul(piece.depth, constant(pitch)), piece.side);
    if (!piece.alongDepth && piece.values.size() == 1) {
      vector::StoreOp::create(b, loc, piece.values[0], memory, place);
      return;
    }
    for (int64_t i = 0; i < perThread; ++i) {
      Value v = piece.values.size() == 1
                    ? (Value)vector::ExtractOp::create(b, loc, piece.values[0], i)
                    : piece.values[i];
      memref::StoreOp::create(b, loc, v, memory,
                              add(place, constant(i * (piece.alongDepth ? pitch : 1))));
    }
  }

  /// The thread's four rows of four sums.
  SmallVector<Value> emitSums() {
    Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(four()));
    Value leftMemory = shared(left), rightMemory = shared(right);
    auto [down, across] = threadGrid(tileSide / perThread);
    Value myRows = mul(down, constant(perThread)), myColumns = mul(across, constant(perThread));
    // The arguments and dimensions are made before the loop begins.
    auto loop = scf::ForOp::create(b, loc, constant(0), f.emit(depth), constant(tileDepth),
                                   SmallVector<Value>(perThread, zero));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    Piece l = read(left, loop.getInductionVar()), r = read(right, loop.getInductionVar());
    // The last step's readers are done, then this step's writers.
    NVVM::Barrier0Op::create(b, loc);
    write(l, leftMemory);
    write(r, rightMemory);
    NVVM::Barrier0Op::create(b, loc);
    SmallVector<Value> sums(loop.getRegionIterArgs());
    for (int64_t k = 0; k < tileDepth; ++k) {
      Value line = constant(k * pitch);
      Value x = vector::LoadOp::create(b, loc, four(), leftMemory, add(line, myRows));
      Value y = vector::LoadOp::create(b, loc, four(), rightMemory, add(line, myColumns));
      for (int64_t i = 0; i < perThread; ++i) {
        Value factor = vector::BroadcastOp::create(
            b, loc, four(), vector::ExtractOp::create(b, loc, x, i).getResult());
        sums[i] = math::FmaOp::create(b, loc, factor, y, sums[i]);
      }
    }
    scf::YieldOp::create(b, loc, sums);
    return llvm::to_vector(ValueRange(loop.getResults()));
  }

  bool emitResults(ArrayRef<Value> sums) {
    auto [down, across] = threadGrid(tileSide / perThread);
    Value row = add(left.first, mul(down, constant(perThread)));
    Value column = add(right.first, mul(across, constant(perThread)));
    Value rowCount = f.emit(rows), columnCount = f.emit(columns);
    bool whole = isMultiple(columns);
    for (int64_t i = 0; i < perThread; ++i) {
      Value myRow = add(row, constant(i));
      for (int64_t j = 0; j < (whole ? 1 : perThread); ++j) {
        Value myColumn = add(column, constant(j));
        Value inside = both(isBelow(myRow, rowCount), isBelow(myColumn, columnCount));
        auto guarded = scf::IfOp::create(b, loc, inside);
        OpBuilder::InsertionGuard guard(b);
        b.setInsertionPointToStart(guarded.thenBlock());
        Value v = whole ? sums[i] : (Value)vector::ExtractOp::create(b, loc, sums[i], j);
        if (!emitResult(v, myRow, myColumn, whole ? perThread : 1))
          return false;
      }
    }
    return true;
  }

  bool emitResult(Value sums, Value row, Value column, unsigned lanes) {
    KernelEmitter e(f, b, 1);
    Index columnIndex{column, lanes == 1 ? Index::Uniform : Index::Consecutive};
    SmallVector<Index> at(batch);
    at.push_back({row, Index::Uniform});
    at.push_back(columnIndex);
    Index line = e.linearize(ArrayRef(at).drop_back(), ArrayRef(dims).drop_back());
    Index position = e.add(e.mul(line, e.emit(columns)), columnIndex);
    cpu::OutputVector out{sums, {}, row, column, lanes, {}, {}};
    auto order = llvm::to_vector(llvm::seq<int64_t>(0, dims.size()));
    return emitEpilogue(f, b, op.getResult(), out, at, order, position);
  }

  KernelFunction &f;
  OpBuilder &b;
  Location loc;
  MatMulOp op;
  DimSpace &space;
  SmallVector<Dim> dims, batchDims;
  Dim rows, columns, depth;
  SmallVector<Index> batch;
  Side left, right;
  Value thread;
};

} // namespace

LogicalResult lowerMatmul(KernelFunction &f, OpBuilder &b, MatMulOp product) {
  return MatmulTile(f, b, product).lower();
}

} // namespace ingot::gpu
