//===- Contraction.cpp - matrix products through the tiled generators -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/lower/Contraction.h"
#include "codegen/cpu/Arithmetic.h"
#include "codegen/cpu/Matmul.h"
#include "codegen/cpu/Packing.h"
#include "codegen/cpu/PackingInteger.h"
#include "codegen/lower/LowerKernel.h"
#include "codegen/lower/Views.h"
#include "ir/analysis/Broadcast.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Contraction.h"
#include "ir/ops/Quantize.h"
#include <cstring>

using namespace mlir;

namespace ingot {

namespace {

/// One matrix product of a kernel on its way to cpu::emitMatmul.
class MatmulLowering {
public:
  MatmulLowering(KernelFunction &f, OpBuilder &b, MatMulOp op, const CpuTarget &target)
      : f(f), b(b), left(op.getA()), right(op.getB()), product(op.getResult()), target(target),
        space(f.dims.space) {}
  MatmulLowering(KernelFunction &f, OpBuilder &b, MatMulIntegerOp op, const CpuTarget &target)
      : f(f), b(b), left(op.getA()), right(op.getB()), product(op.getResult()),
        leftZero(op.getAZero()), rightZero(op.getBZero()), target(target), space(f.dims.space) {}

  LogicalResult lower() {
    if (leftZero ? !hasByteForm() : !f.dims.elementType(product).isF32())
      return failure();
    auto viewA = resolveView(f, left), viewB = resolveView(f, right);
    if (!viewA || !viewB)
      return failure();
    a = *viewA;
    c = *viewB;
    resultDims = llvm::to_vector(f.dims.dims(product));
    order = llvm::to_vector(llvm::seq<int64_t>(0, resultDims.size()));
    batchDims.assign(resultDims.begin(), resultDims.end() - 2);
    rows = resultDims[resultDims.size() - 2];
    columns = resultDims.back();
    // Both sides have it; the weights' is more often known.
    depth = c.dims[c.dims.size() - 2].constant() ? c.dims[c.dims.size() - 2] : a.dims.back();
    foldBatchIntoRows();
    alignBatch(a);
    alignBatch(c);

    cpu::MatmulShape shape;
    shape.batch = knownOr(space.product(batchDims));
    shape.m = knownOr(rows);
    shape.n = knownOr(columns);
    shape.k = knownOr(depth);
    shape.aUnitK = a.strides.back().is(1) || depth.is(1);
    shape.bUnitN = c.strides.back().is(1) || columns.is(1);
    shape.longEpilogue = isLongEpilogue(f.op);
    if (leftZero)
      shape.product = isUnsigned(left) ? cpu::Product::U8S8 : cpu::Product::S8S8;
    Value packed = packedB(shape);
    if (leftZero && (!packed || !shape.aUnitK))
      return failure();
    shape.b = packed ? cpu::OperandB::Packed : cpu::OperandB::Strided;
    cpu::MatmulPlan plan = cpu::planMatmul(target, shape);

    cpu::MatmulOperands operands;
    operands.batch = foldResult(f, space.product(batchDims));
    operands.m = foldResult(f, rows);
    operands.n = foldResult(f, columns);
    operands.k = foldResult(f, depth);
    operands.a = f.buffer(a.base);
    operands.aRowStride = foldResult(f, a.strides[a.strides.size() - 2]);
    operands.aKStride = foldResult(f, a.strides.back());
    operands.aOffset = batchOffset(a);
    operands.b = packed ? packed : f.buffer(c.base);
    if (!packed) {
      operands.bKStride = foldResult(f, c.strides[c.strides.size() - 2]);
      operands.bNStride = foldResult(f, c.strides.back());
      operands.bOffset = batchOffset(c);
    }
    if (leftZero) {
      operands.columnSums = columnSums;
      operands.zeroPoint = loadZeroPoint();
    }
    Type sumType = leftZero ? Type(b.getI32Type()) : Type(b.getF32Type());
    if (plan.scratchElements)
      operands.scratch = f.workerScratch(sumType, plan.scratchElements);
    bool ok = true;
    operands.epilogue = [&](OpBuilder &at, Location, const cpu::OutputVector &out) {
      ok = ok && emitResult(at, out);
    };
    // Everything that is the same for all tiles is computed at the function's entry.
    f.result.tiles = space.mul(
        space.product(batchDims),
        space.mul(space.ceilDiv(rows, Dim(plan.rowBlock)),
                  space.ceilDiv(columns, Dim(plan.panelBlock * cpu::kPanelWidth))));
    f.result.tileCost = std::max<int64_t>(
        1, plan.rowBlock * plan.panelBlock * cpu::kPanelWidth * depth.constant().value_or(64) / 8);
    cpu::emitMatmul(b, f.op.getLoc(), target, plan, operands, f.begin, f.end);
    return success(ok);
  }

private:
  bool isUnsigned(Value v) { return f.dims.elementType(v).isUnsignedInteger(); }

  /// Bytes on both sides, one zero point on the left, and constant weights on the right whose zero
  /// point is that of the packed form: 0, or 128 of unsigned ones.
  bool hasByteForm() {
    for (Value v : {left, right})
      if (!f.dims.elementType(v).isInteger(8))
        return false;
    auto origin = resolveView(f, leftZero);
    bool one = llvm::all_of(f.dims.dims(leftZero), [](const Dim &d) { return d.is(1); });
    if (!one || !(constantOf(leftZero) || (origin && origin->offset.is(0))))
      return false;
    auto view = constantOf(rightZero);
    if (!view)
      return false;
    for (int64_t i = 0; i < view->size(); ++i)
      if (view->integer(i) != (isUnsigned(right) ? 128 : 0))
        return false;
    return true;
  }

  /// Small constants stand inside the kernel, larger ones are its operands.
  std::optional<ConstantView> constantOf(Value v) {
    if (auto argument = dyn_cast<BlockArgument>(v))
      v = f.op.getInputs()[argument.getArgNumber()];
    return ConstantView::of(v);
  }

  Value loadZeroPoint() {
    if (auto view = constantOf(leftZero))
      return arith::ConstantIntOp::create(b, f.op.getLoc(), view->integer(0), 32);
    Value zero = arith::ConstantIndexOp::create(b, f.op.getLoc(), 0);
    Value byte = memref::LoadOp::create(b, f.op.getLoc(),
                                        f.buffer(resolveView(f, leftZero)->base),
                                        ValueRange{zero});
    if (isUnsigned(leftZero))
      return arith::ExtUIOp::create(b, f.op.getLoc(), b.getI32Type(), byte);
    return arith::ExtSIOp::create(b, f.op.getLoc(), b.getI32Type(), byte);
  }

  /// Packed bytes; sets `columnSums`.
  Value packedBytes(int64_t k, int64_t n, int64_t ks, int64_t ns, int64_t at,
                    const std::string &place) {
    bool shifted = isUnsigned(right);
    // The order inside a group differs between instruction sets.
    std::string kind = cpu::hasIntegerDot(target) ? "dot" : "pairs";
    CpuTarget cpu = target;
    auto pack = [=](const ConstantView &view, int8_t *out, int32_t *sums) {
      cpu::packMatrixInteger(cpu, {view.bytes().data() + at, shifted}, k, n, ks, ns, out, sums);
    };
    int64_t padded = llvm::alignTo(n, cpu::kPanelWidth);
    PackedConstant bytes, sums;
    bytes.key = "byte matrix " + kind + " " + place;
    bytes.bytes = cpu::packedMatrixBytes(k, n);
    bytes.pack = [=](const ConstantView &view, char *out) {
      std::vector<int32_t> unused(padded);
      pack(view, reinterpret_cast<int8_t *>(out), unused.data());
    };
    sums.key = "byte column sums " + place;
    sums.bytes = padded * 4;
    sums.pack = [=](const ConstantView &view, char *out) {
      std::vector<int8_t> unused(cpu::packedMatrixBytes(k, n));
      std::vector<int32_t> result(padded);
      pack(view, unused.data(), result.data());
      std::memcpy(out, result.data(), padded * 4);
    };
    columnSums = f.packed(c.base, std::move(sums), b.getI32Type());
    return f.packed(c.base, std::move(bytes));
  }

  /// With one matrix on the right, the batches of the left are further rows where they lie in line.
  void foldBatchIntoRows() {
    for (const Dim &d : ArrayRef(c.dims).drop_back(2))
      if (!d.is(1))
        return;
    ArrayRef<Dim> mine = ArrayRef(a.dims).drop_back(2);
    if (mine != ArrayRef(batchDims))
      return;
    size_t last = a.dims.size() - 2;
    Dim run = space.mul(a.strides[last], a.dims[last]);
    for (size_t i = last; i-- > 0;) {
      if (a.dims[i].is(1))
        continue;
      // A single row has no stride of its own.
      if (a.dims[last].is(1) && run == a.strides[last] && i + 1 == last)
        a.strides[last] = run = a.strides[i];
      if (a.strides[i] != run)
        return;
      run = space.mul(run, a.dims[i]);
    }
    foldedDims = batchDims;
    foldedDims.push_back(rows);
    rows = space.product(foldedDims);
    batchDims.clear();
    a.dims = {rows, depth};
    a.strides = {a.strides[last], a.strides.back()};
    c.dims = {c.dims[c.dims.size() - 2], c.dims.back()};
    c.strides = {c.strides[c.strides.size() - 2], c.strides.back()};
  }

  /// Gives a view all batch dimensions, broadcast ones with stride 0, in the run where only
  /// that knows.
  void alignBatch(StridedView &view) {
    size_t have = view.dims.size() - 2, skip = batchDims.size() - have;
    SmallVector<Dim> dims(batchDims), strides(batchDims.size(), Dim(0));
    for (size_t i = 0; i < have; ++i)
      strides[skip + i] =
          broadcastStride(space, view.dims[i], batchDims[skip + i], view.strides[i]);
    dims.append(view.dims.end() - 2, view.dims.end());
    strides.append(view.strides.end() - 2, view.strides.end());
    view.dims = dims;
    view.strides = strides;
  }

  cpu::BatchOffset batchOffset(const StridedView &view) {
    Value fixed = view.offset.is(0) ? Value() : f.emit(view.offset);
    SmallVector<Value> steps;
    bool any = false;
    for (size_t i = 0; i < batchDims.size(); ++i) {
      steps.push_back(view.strides[i].is(0) ? Value() : f.emit(view.strides[i]));
      any |= (bool)steps.back();
      if (!batchDims[i].constant())
        f.emit(batchDims[i]);
    }
    if (!any && !fixed)
      return nullptr;
    return [this, fixed, steps](OpBuilder &at, Location, Value batch) -> Value {
      KernelEmitter e(f, at, 1);
      Index sum = fixed ? Index{fixed} : e.constant(0);
      SmallVector<Index> index = e.delinearize({batch, Index::Uniform}, batchDims);
      for (auto [i, step] : llvm::zip(index, steps))
        if (step)
          sum = e.add(sum, e.mul(i, {step, Index::Uniform}));
      return sum.value;
    };
  }

  /// The panels of a constant right-hand side, or null.
  Value packedB(const cpu::MatmulShape &shape) {
    auto argument = cast<BlockArgument>(c.base);
    auto constant = f.op.getInputs()[argument.getArgNumber()].getDefiningOp<ConstantOp>();
    auto kStride = c.strides[c.strides.size() - 2].constant(), nStride = c.strides.back().constant(),
         offset = c.offset.constant();
    if (!constant || !batchDims.empty() || shape.k == cpu::kUnknown || shape.n == cpu::kUnknown ||
        !kStride || !nStride || !offset)
      return {};
    PackedConstant form;
    int64_t k = shape.k, n = shape.n, ks = *kStride, ns = *nStride, at = *offset;
    std::string place = std::to_string(k) + "x" + std::to_string(n) + " " + std::to_string(ks) +
                        " " + std::to_string(ns) + " " + std::to_string(at);
    if (leftZero)
      return packedBytes(k, n, ks, ns, at, place);
    form.key = "matrix " + place;
    form.bytes = cpu::packedMatrixElements(k, n) * 4;
    form.pack = [=](const ConstantView &view, char *out) {
      cpu::packMatrix(view.bytes().data() + at * 4, 4, k, n, ks, ns, out);
    };
    return f.packed(c.base, std::move(form));
  }

  bool emitResult(OpBuilder &at, const cpu::OutputVector &out) {
    KernelEmitter e(f, at, 1);
    Index row{out.row, Index::Uniform}, batch{out.batch, Index::Uniform};
    Index column{out.column, Index::Consecutive};
    SmallVector<Index> index;
    Index line = row;
    if (!foldedDims.empty()) {
      index = e.delinearize(row, foldedDims);
    } else {
      index = e.delinearize(batch, batchDims);
      index.push_back(row);
      if (!batchDims.empty())
        line = e.add(e.mul(batch, e.emit(rows)), row);
    }
    index.push_back(column);
    Index position = e.add(e.mul(line, e.emit(columns)), column);
    return emitEpilogue(f, at, product, out, index, order, position);
  }

  KernelFunction &f;
  OpBuilder &b;
  Value left, right, product;
  Value leftZero, rightZero; ///< of integers
  Value columnSums;
  const CpuTarget &target;
  DimSpace &space;
  StridedView a, c;
  SmallVector<Dim> resultDims, batchDims, foldedDims;
  SmallVector<int64_t> order;
  Dim rows, columns, depth;
};

} // namespace

LogicalResult lowerContraction(KernelFunction &f, OpBuilder &b, const CpuTarget &target) {
  for (Operation &op : f.op.block()) {
    if (auto product = dyn_cast<MatMulOp>(op))
      return MatmulLowering(f, b, product, target).lower();
    if (auto product = dyn_cast<MatMulIntegerOp>(op))
      return MatmulLowering(f, b, product, target).lower();
    if (isa<ConvolutionOp>(op))
      return lowerConvolution(f, b, &op, target);
  }
  return failure();
}

} // namespace ingot
