//===- Convolution.cpp - convolutions through the channels-last generators -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "codegen/cpu/Arithmetic.h"
#include "codegen/cpu/Channels.h"
#include "codegen/cpu/ConvTranspose.h"
#include "codegen/cpu/Packing.h"
#include "codegen/cpu/PackingInteger.h"
#include "codegen/lower/Contraction.h"
#include "codegen/lower/Views.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Quantize.h"
#include <cstring>

using namespace mlir;

namespace ingot {

SmallVector<int64_t> channelsLast(int64_t rank) {
  SmallVector<int64_t> order{0};
  for (int64_t i = 2; i < rank; ++i)
    order.push_back(i);
  order.push_back(1);
  return order;
}

namespace {

struct Anchor {
  explicit Anchor(ConvolutionOp op)
      : input(op.data()), weight(op.weights()), strides(op.getStrides()),
        dilations(op.getDilations()), pads(op.getPads()), groups(op.getGroups()),
        integer(dyn_cast<ConvIntegerOp>(*op)), transposed(op.isTransposed()) {}
  Value input, weight;
  ArrayRef<int64_t> strides, dilations, pads;
  int64_t groups;
  ConvIntegerOp integer;
  bool transposed;
};

/// Small constants stand inside the kernel, larger ones are its operands.
std::optional<ConstantView> constantOf(KernelOp kernel, Value v) {
  if (auto argument = dyn_cast<BlockArgument>(v))
    v = kernel.getInputs()[argument.getArgNumber()];
  return ConstantView::of(v);
}

/// Bytes on both sides, one zero point of the data that the kernel can load, and weights whose own
/// is that of the packed form: 0, or 128 of unsigned ones.
bool hasByteForm(KernelOp kernel, ConvIntegerOp conv, DimAnalysis &dims) {
  for (Value v : {conv.getInput(), conv.getWeight()})
    if (!dims.elementType(v).isInteger(8))
      return false;
  auto zero = constantOf(kernel, conv.getInputZero()),
       origin = constantOf(kernel, conv.getWeightZero());
  bool one = llvm::all_of(dims.dims(conv.getInputZero()), [](const Dim &d) { return d.is(1); });
  if (!one || !(zero || isa<BlockArgument>(conv.getInputZero())) || !origin)
    return false;
  int64_t wanted = dims.elementType(conv.getWeight()).isUnsignedInteger() ? 128 : 0;
  for (int64_t i = 0; i < origin->size(); ++i)
    if (origin->integer(i) != wanted)
      return false;
  return true;
}

} // namespace

bool isTiledConvolution(KernelOp kernel, Operation *op, DimAnalysis &dims) {
  auto convolution = dyn_cast<ConvolutionOp>(op);
  if (!convolution)
    return false;
  Anchor anchor(convolution);
  auto weight = dyn_cast<BlockArgument>(anchor.weight);
  if (!weight || weight.getOwner()->getParentOp() != kernel ||
      !kernel.getInputs()[weight.getArgNumber()].getDefiningOp<ConstantOp>())
    return false;
  int64_t rank = dims.rank(anchor.input);
  if (rank < 3 || rank > 5 || !dims.dim(anchor.input, 1).constant() ||
      llvm::any_of(anchor.pads, [](int64_t p) { return p < 0; }))
    return false;
  // Blocks are chosen by how many of them fit, and of nothing any number does.
  if (llvm::any_of(dims.dims(anchor.weight), [](const Dim &d) { return d.is(0); }))
    return false;
  if (anchor.integer)
    return hasByteForm(kernel, anchor.integer, dims);
  if (!dims.elementType(anchor.input).isF32())
    return false;
  cpu::ConvShape shape;
  shape.strides.assign(anchor.strides.begin(), anchor.strides.end());
  return !anchor.transposed || cpu::hasConvTransposeForm(shape);
}

namespace {

/// One convolution of a kernel on its way to cpu::emitConv or cpu::emitConvTranspose.
class ConvolutionLowering {
public:
  ConvolutionLowering(KernelFunction &f, OpBuilder &b, Operation *op, const CpuTarget &target)
      : f(f), b(b), anchor(cast<ConvolutionOp>(op)), result(op->getResult(0)), target(target),
        space(f.dims.space) {}

  LogicalResult lower() {
    view = resolveView(f, anchor.input);
    out = llvm::to_vector(f.dims.dims(result));
    order = channelsLast(out.size());
    // A single channel has no stride of its own.
    if (!view || !(view->strides[1].is(1) || view->dims[1].is(1)))
      return failure();
    for (unsigned i = 0; i < f.op.getNumResults(); ++i)
      if (f.op.resultOrder(i) != order)
        return failure();
    describe();
    auto pixels = llvm::to_vector(ArrayRef(out).drop_front(2));
    bool ok = true;
    operands.epilogue = [&](OpBuilder &at, Location, const cpu::OutputVector &v) {
      ok = ok && emitResult(at, v);
    };
    if (anchor.transposed) {
      auto plan = cpu::planConvTranspose(target, shape);
      f.result.tiles = Dim(0);
      for (auto [phase, conv] : llvm::zip(plan.phases, plan.plans)) {
        SmallVector<Dim> extents;
        for (auto [d, extent] : llvm::enumerate(pixels))
          extents.push_back(space.floorDiv(
              space.add(extent, Dim(shape.strides[d] - 1 - phase.first[d])), Dim(shape.strides[d])));
        f.result.tiles = space.add(f.result.tiles, tileCount(conv, extents));
        f.result.tileCost = std::max(f.result.tileCost, tileCost(conv));
      }
      packTransposed(plan);
      reserve(plan.scratchElements);
      cpu::emitConvTranspose(b, f.op.getLoc(), target, plan, operands, f.begin, f.end);
      return success(ok);
    }
    cpu::ConvPlan plan = cpu::planConv(target, shape);
    f.result.tiles = tileCount(plan, pixels);
    f.result.tileCost = tileCost(plan);
    if (anchor.integer)
      packBytes();
    else
      packFloats(plan);
    reserve(plan.scratchElements);
    cpu::emitConv(b, f.op.getLoc(), target, plan, operands, f.begin, f.end);
    return success(ok);
  }

private:
  /// Fills `shape` and all operands but the weights.
  void describe() {
    ArrayRef<Dim> weight = f.dims.dims(anchor.weight);
    int64_t spatial = out.size() - 2;
    shape.batch = knownOr(out[0]);
    shape.inChannels = *view->dims[1].constant();
    shape.groups = anchor.groups;
    shape.outChannels =
        anchor.transposed ? *weight[1].constant() * shape.groups : *weight[0].constant();
    shape.padded = llvm::any_of(anchor.pads, [](int64_t p) { return p > 0; });
    shape.longEpilogue = isLongEpilogue(f.op);
    if (anchor.integer)
      shape.product = f.dims.elementType(anchor.input).isUnsignedInteger() ? cpu::Product::U8S8
                                                                           : cpu::Product::S8S8;
    Dim run(shape.inChannels);
    for (int64_t i = spatial; i-- > 0;) {
      if (!view->dims[2 + i].is(1))
        shape.dense &= view->strides[2 + i] == run;
      run = space.mul(run, view->dims[2 + i]);
    }
    shape.dense &= view->dims[0].is(1) || view->strides[0] == run;
    for (int64_t i = 0; i < spatial; ++i) {
      shape.input.push_back(knownOr(view->dims[2 + i]));
      shape.output.push_back(knownOr(out[2 + i]));
      shape.kernel.push_back(*weight[2 + i].constant());
      shape.strides.push_back(anchor.strides[i]);
      shape.dilations.push_back(anchor.dilations[i]);
      shape.padsBegin.push_back(anchor.pads[i]);
      operands.input.push_back(foldResult(f, view->dims[2 + i]));
      operands.output.push_back(foldResult(f, out[2 + i]));
      operands.strides.push_back(foldResult(f, view->strides[2 + i]));
    }
    operands.batch = foldResult(f, out[0]);
    operands.data = f.buffer(view->base);
    if (!view->offset.is(0))
      operands.dataOffset = f.emit(view->offset);
    operands.batchStride = foldResult(f, view->strides[0]);
  }

  /// As cpu::emitConvTileCount counts them.
  Dim tileCount(const cpu::ConvPlan &plan, ArrayRef<Dim> extents) {
    Dim pixels = space.mul(out[0], space.product(extents));
    if (plan.product)
      return space.mul(space.ceilDiv(pixels, Dim(plan.product->rowBlock)),
                       space.ceilDiv(Dim(plan.shape.outChannels),
                                     Dim(plan.product->panelBlock * cpu::kPanelWidth)));
    if (plan.depthwise)
      return space.ceilDiv(space.mul(out[0], space.product(extents.drop_back())),
                           Dim(plan.pixelBlock));
    return space.mul(
        space.ceilDiv(pixels, Dim(plan.pixelBlock)),
        space.ceilDiv(Dim(cpu::channelPanels(plan.shape).panels), Dim(plan.panelBlock)));
  }

  int64_t tileCost(const cpu::ConvPlan &plan) {
    const cpu::ConvShape &s = plan.shape;
    if (plan.product)
      return plan.product->rowBlock * plan.product->panelBlock * cpu::kPanelWidth * s.inChannels /
             8;
    int64_t work = s.outChannels * (s.inChannels / s.groups);
    for (int64_t k : s.kernel)
      work *= k;
    if (plan.depthwise)
      return std::max<int64_t>(1, work * out.back().constant().value_or(32) / 8);
    int64_t panels = cpu::channelPanels(s).panels;
    return std::max<int64_t>(1, work / panels * plan.panelBlock * plan.pixelBlock / 8);
  }

  void reserve(int64_t elements) {
    if (elements)
      operands.scratch =
          f.workerScratch(anchor.integer ? (Type)b.getI32Type() : b.getF32Type(), elements);
  }

  void packFloats(const cpu::ConvPlan &plan) {
    PackedConstant form;
    llvm::raw_string_ostream(form.key)
        << (plan.depthwise ? "depthwise" : plan.product ? "pointwise" : "conv") << " g"
        << shape.groups;
    form.bytes = 4 * (plan.depthwise ? cpu::packedDepthwiseElements(shape)
                                     : cpu::packedConvElements(shape));
    form.pack = [shape = shape, depthwise = plan.depthwise](const ConstantView &v, char *dst) {
      if (depthwise)
        cpu::packDepthwise(v.bytes().data(), 4, shape, dst);
      else
        cpu::packConv(v.bytes().data(), 4, shape, dst);
    };
    operands.weights = f.packed(anchor.weight, std::move(form));
  }

  void packTransposed(const cpu::ConvTransposePlan &plan) {
    PackedConstant form;
    llvm::raw_string_ostream key(form.key);
    key << "conv_transpose g" << shape.groups;
    // The phases, and with them the packed form, follow from these.
    for (ArrayRef<int64_t> list : {ArrayRef<int64_t>(shape.strides), {shape.dilations},
                                   {shape.padsBegin}})
      for (int64_t value : list)
        key << ' ' << value;
    form.bytes = plan.weightElements * 4;
    form.pack = [plan](const ConstantView &v, char *dst) {
      cpu::packConvTranspose(v.bytes().data(), 4, plan, dst);
    };
    operands.weights = f.packed(anchor.weight, std::move(form));
  }

  void packBytes() {
    auto known = constantOf(f.op, anchor.integer.getInputZero());
    int64_t zero = known ? known->integer(0) : 0;
    if (known)
      operands.zeroPoint = arith::ConstantIntOp::create(b, f.op.getLoc(), zero, 32);
    else
      loadZeroPoint();
    bool shifted = f.dims.elementType(anchor.weight).isUnsignedInteger();
    auto pack = [=, shape = shape, target = target](const ConstantView &v, int8_t *bytes,
                                                    int32_t *sums) {
      cpu::packConvInteger(target, {v.bytes().data(), shifted}, shape, (uint8_t)zero, bytes, sums);
    };
    int64_t byteCount = cpu::packedConvBytes(shape), sumCount = cpu::convColumnSums(shape);
    PackedConstant bytes, sums;
    // The order inside a group differs between instruction sets.
    bytes.key = ("byte conv " + Twine(cpu::hasIntegerDot(target) ? "dot" : "pairs") + " g" +
                 Twine(shape.groups) + " " + Twine(zero))
                    .str();
    bytes.bytes = byteCount;
    bytes.pack = [=](const ConstantView &v, char *dst) {
      std::vector<int32_t> unused(sumCount);
      pack(v, reinterpret_cast<int8_t *>(dst), unused.data());
    };
    sums.key = ("byte conv sums g" + Twine(shape.groups)).str();
    sums.bytes = sumCount * 4;
    sums.pack = [=](const ConstantView &v, char *dst) {
      std::vector<int8_t> unused(byteCount);
      std::vector<int32_t> values(sumCount);
      pack(v, unused.data(), values.data());
      std::memcpy(dst, values.data(), sumCount * 4);
    };
    operands.columnSums = f.packed(anchor.weight, std::move(sums), b.getI32Type());
    operands.weights = f.packed(anchor.weight, std::move(bytes));
  }

  /// A zero point of the run, and a pixel of it for the padding, written once per range of tiles.
  void loadZeroPoint() {
    Location loc = f.op.getLoc();
    Value tensor = anchor.integer.getInputZero();
    Value first = arith::ConstantIndexOp::create(b, loc, 0);
    Value byte = memref::LoadOp::create(b, loc, f.buffer(tensor), ValueRange{first});
    Type i32 = b.getI32Type();
    operands.zeroPoint = f.dims.elementType(tensor).isUnsignedInteger()
                             ? (Value)arith::ExtUIOp::create(b, loc, i32, byte)
                             : (Value)arith::ExtSIOp::create(b, loc, i32, byte);
    if (!shape.padded)
      return;
    operands.padding = f.workerScratch(b.getI8Type(), shape.inChannels);
    Value end = arith::ConstantIndexOp::create(b, loc, shape.inChannels);
    Value step = arith::ConstantIndexOp::create(b, loc, 1);
    scf::ForOp::create(b, loc, first, end, step, ValueRange{},
                       [&](OpBuilder &at, Location loc, Value i, ValueRange) {
                         memref::StoreOp::create(at, loc, byte, operands.padding, i);
                         scf::YieldOp::create(at, loc);
                       });
  }

  bool emitResult(OpBuilder &at, const cpu::OutputVector &v) {
    KernelEmitter e(f, at, 1);
    Index pixel{v.row, Index::Uniform}, channel{v.column, Index::Consecutive};
    SmallVector<Dim> pixelDims{out[0]};
    pixelDims.append(out.begin() + 2, out.end());
    SmallVector<Index> p = e.delinearize(pixel, pixelDims), index{p[0], channel};
    index.append(p.begin() + 1, p.end());
    Index position = e.add(e.mul(pixel, e.emit(out[1])), channel);
    return emitEpilogue(f, at, result, v, index, order, position);
  }

  KernelFunction &f;
  OpBuilder &b;
  Anchor anchor;
  Value result;
  const CpuTarget &target;
  DimSpace &space;
  std::optional<StridedView> view;
  SmallVector<Dim> out;
  SmallVector<int64_t> order;
  cpu::ConvShape shape;
  cpu::ConvOperands operands;
};

} // namespace

LogicalResult lowerConvolution(KernelFunction &f, OpBuilder &b, Operation *conv,
                               const CpuTarget &target) {
  if (!isTiledConvolution(f.op, conv, f.dims))
    return failure();
  return ConvolutionLowering(f, b, conv, target).lower();
}

} // namespace ingot
