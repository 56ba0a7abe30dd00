//===- Convolution.cpp - convolutions through the channels-last generator --------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/cpu/Channels.h"
#include "codegen/cpu/Conv.h"
#include "codegen/cpu/Packing.h"
#include "codegen/lower/Contraction.h"
#include "codegen/lower/Views.h"
#include "ir/ops/Constant.h"

using namespace mlir;

namespace ingot {

SmallVector<int64_t> channelsLast(int64_t rank) {
  SmallVector<int64_t> order{0};
  for (int64_t i = 2; i < rank; ++i)
    order.push_back(i);
  order.push_back(1);
  return order;
}

bool isTiledConvolution(KernelOp kernel, ConvOp conv, DimAnalysis &dims) {
  auto weight = dyn_cast<BlockArgument>(conv.getWeight());
  if (!weight || weight.getOwner()->getParentOp() != kernel ||
      !kernel.getInputs()[weight.getArgNumber()].getDefiningOp<ConstantOp>())
    return false;
  int64_t rank = dims.rank(conv.getInput());
  return dims.elementType(conv.getInput()).isF32() && rank >= 3 && rank <= 5 &&
         dims.dim(conv.getInput(), 1).constant() &&
         llvm::all_of(conv.getPads(), [](int64_t p) { return p >= 0; });
}

/// As cpu::emitConvTileCount counts them.
static Dim tileCount(DimSpace &space, const cpu::ConvPlan &plan, ArrayRef<Dim> pixelDims) {
  Dim pixels = space.product(pixelDims);
  if (plan.product)
    return space.mul(space.ceilDiv(pixels, Dim(plan.product->rowBlock)),
                     space.ceilDiv(Dim(plan.shape.outChannels),
                                   Dim(plan.product->panelBlock * cpu::kPanelWidth)));
  if (plan.depthwise)
    return space.ceilDiv(space.product(pixelDims.drop_back()), Dim(plan.pixelBlock));
  return space.mul(
      space.ceilDiv(pixels, Dim(plan.pixelBlock)),
      space.ceilDiv(Dim(cpu::channelPanels(plan.shape).panels), Dim(plan.panelBlock)));
}

LogicalResult lowerConvolution(KernelFunction &f, OpBuilder &b, ConvOp conv,
                               const CpuTarget &target) {
  if (!isTiledConvolution(f.op, conv, f.dims))
    return failure();
  DimSpace &space = f.dims.space;
  auto view = resolveView(f, conv.getInput());
  SmallVector<Dim> out(f.dims.dims(conv.getResult())), w(f.dims.dims(conv.getWeight()));
  int64_t rank = out.size(), spatial = rank - 2;
  SmallVector<int64_t> order = channelsLast(rank);
  if (!view || !view->strides[1].is(1))
    return failure();
  for (unsigned i = 0; i < f.op.getNumResults(); ++i)
    if (f.op.resultOrder(i) != order)
      return failure();

  cpu::ConvShape shape;
  shape.batch = knownOr(out[0]);
  shape.inChannels = *view->dims[1].constant();
  shape.outChannels = *out[1].constant();
  shape.groups = conv.getGroups();
  shape.padded = llvm::any_of(conv.getPads(), [](int64_t p) { return p > 0; });
  shape.longEpilogue = isLongEpilogue(f.op);
  Dim run(shape.inChannels);
  for (int64_t i = spatial; i-- > 0;) {
    if (!view->dims[2 + i].is(1))
      shape.dense &= view->strides[2 + i] == run;
    run = space.mul(run, view->dims[2 + i]);
  }
  shape.dense &= view->dims[0].is(1) || view->strides[0] == run;
  cpu::ConvOperands operands;
  for (int64_t i = 0; i < spatial; ++i) {
    shape.input.push_back(knownOr(view->dims[2 + i]));
    shape.output.push_back(knownOr(out[2 + i]));
    shape.kernel.push_back(*w[2 + i].constant());
    shape.strides.push_back(conv.getStrides()[i]);
    shape.dilations.push_back(conv.getDilations()[i]);
    shape.padsBegin.push_back(conv.getPads()[i]);
    operands.input.push_back(foldResult(f, view->dims[2 + i]));
    operands.output.push_back(foldResult(f, out[2 + i]));
    operands.strides.push_back(foldResult(f, view->strides[2 + i]));
  }
  cpu::ConvPlan plan = cpu::planConv(target, shape);

  PackedConstant form;
  llvm::raw_string_ostream key(form.key);
  key << (plan.depthwise ? "depthwise" : plan.product ? "pointwise" : "conv") << " g"
      << shape.groups;
  if (plan.depthwise) {
    form.bytes = cpu::packedDepthwiseElements(shape) * 4;
    form.pack = [shape](const ConstantView &v, char *dst) {
      cpu::packDepthwise(v.bytes().data(), 4, shape, dst);
    };
  } else {
    form.bytes = cpu::packedConvElements(shape) * 4;
    form.pack = [shape](const ConstantView &v, char *dst) {
      cpu::packConv(v.bytes().data(), 4, shape, dst);
    };
  }
  operands.batch = foldResult(f, out[0]);
  operands.data = f.buffer(view->base);
  if (!view->offset.is(0))
    operands.dataOffset = f.emit(view->offset);
  operands.batchStride = foldResult(f, view->strides[0]);
  operands.weights = f.packed(conv.getWeight(), std::move(form));
  if (plan.scratchElements)
    operands.scratch = f.workerScratch(b.getF32Type(), plan.scratchElements);
  bool ok = true;
  SmallVector<Dim> pixelDims{out[0]};
  pixelDims.append(out.begin() + 2, out.end());
  operands.epilogue = [&](OpBuilder &at, Location, const cpu::OutputVector &v) {
    KernelEmitter e(f, at, 1);
    Index pixel{v.row, Index::Uniform}, channel{v.column, Index::Consecutive};
    SmallVector<Index> p = e.delinearize(pixel, pixelDims), index{p[0], channel};
    index.append(p.begin() + 1, p.end());
    Index position = e.add(e.mul(pixel, e.emit(out[1])), channel);
    ok = ok && emitEpilogue(f, at, conv.getResult(), v, index, order, position);
  };
  f.result.tiles = tileCount(space, plan, pixelDims);
  int64_t work = shape.outChannels * (shape.inChannels / shape.groups);
  for (int64_t k : shape.kernel)
    work *= k;
  int64_t panels = cpu::channelPanels(shape).panels;
  f.result.tileCost =
      plan.product
          ? plan.product->rowBlock * plan.product->panelBlock * 16 * shape.inChannels / 8
          : std::max<int64_t>(1, plan.depthwise
                                     ? work * out.back().constant().value_or(32) / 8
                                     : work / panels * plan.panelBlock * plan.pixelBlock / 8);
  cpu::emitConv(b, f.op.getLoc(), target, plan, operands, f.begin, f.end);
  return success(ok);
}

} // namespace ingot
