// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/cpu/Arithmetic.h"
#include "codegen/cpu/Blocks.h"
#include "codegen/cpu/Channels.h"
#include "codegen/cpu/Conv.h"
#include "codegen/cpu/Depthwise.h"
#include "codegen/cpu/Index.h"
#include "codegen/cpu/Packing.h"

using namespace mlir;
using llvm::alignTo;
using llvm::divideCeil;

namespace ingot::cpu {

namespace {

bool all(llvm::ArrayRef<int64_t> values, int64_t wanted) {
  return llvm::all_of(values, [=](int64_t value) { return value == wanted; });
}

int64_t product(llvm::ArrayRef<int64_t> values) {
  int64_t result = 1;
  for (int64_t value : values)
    result = value == kUnknown || result == kUnknown ? kUnknown : result * value;
  return result;
}

/// Output pixels of the whole batch.
int64_t pixelsOf(const ConvShape &s) {
  int64_t pixels = product(s.output);
  if (pixels == kUnknown || s.batch == kUnknown)
    return kUnknown;
  return std::max<int64_t>(pixels * s.batch, 1); // an empty batch has a plan like any other
}

/// Pixels of one tile: the input they read takes a third of L2, beside the weights of a pass.
int64_t choosePixelBlock(const CpuTarget &target, const ConvPlan &plan, int64_t inputs) {
  const ConvShape &s = plan.shape;
  int64_t bytes = inputs * 4 * s.strides.back();
  int64_t limit = std::clamp<int64_t>(target.l2Bytes / 3 / bytes, plan.tile.rows * 4, 1024);
  int64_t pixels = pixelsOf(s);
  if (pixels == kUnknown)
    return limit / plan.tile.rows * plan.tile.rows;
  // Few images and few channels: smaller blocks, so that there are tiles to share out.
  int64_t perPixel = inputs * product(s.kernel) * s.outChannels;
  limit = std::clamp<int64_t>(2 * tileWork(pixels * perPixel) / perPixel, plan.tile.rows * 4, limit);
  return pixels <= limit ? pixels : evenBlock(pixels, limit, plan.tile.rows);
}

/// Panels of one tile.
int64_t choosePanelBlock(const ConvPlan &plan, const ChannelPanels &c) {
  const ConvShape &s = plan.shape;
  int64_t perPanel = plan.pixelBlock * c.inputs * product(s.kernel) * kPanelWidth;
  int64_t pixels = pixelsOf(s);
  int64_t total = pixels == kUnknown ? plan.pixelBlock * kTiles : pixels;
  int64_t work = tileWork(total * c.inputs * product(s.kernel) * c.panels * kPanelWidth);
  int64_t panels = divideCeil(work, perPanel);
  return panels >= c.panels ? c.panels : evenBlock(c.panels, panels, plan.tile.panels);
}

/// Kernel rows of one pass: its weights take a quarter of L2 and are read once per register tile.
int64_t chooseTapBlock(const CpuTarget &target, const ConvPlan &plan, int64_t inputs) {
  llvm::ArrayRef<int64_t> kernel = plan.shape.kernel;
  int64_t rows = product(kernel.drop_back());
  int64_t row = kernel.back() * inputs * kPanelWidth * 4 * plan.tile.panels;
  int64_t fitting = std::max<int64_t>(target.l2Bytes / 4 / row, 1);
  return fitting >= rows ? 0 : divideCeil(rows, divideCeil(rows, fitting));
}

MatmulShape pointwiseShape(const ConvShape &s) {
  MatmulShape shape;
  shape.m = pixelsOf(s);
  shape.n = s.outChannels;
  shape.k = s.inChannels;
  shape.longEpilogue = s.longEpilogue;
  shape.product = s.product;
  return shape;
}

} // namespace

bool isDepthwise(const ConvShape &s) {
  return s.groups > 1 && s.groups == s.inChannels && s.groups == s.outChannels;
}

ConvPlan planConv(const CpuTarget &target, const ConvShape &shape) {
  ConvPlan plan;
  plan.shape = shape;
  plan.tile = target.tile(tileKind(target, shape.product));
  if (isDepthwise(shape) && shape.product == Product::F32)
    return planDepthwise(target, plan);
  if (shape.groups == 1 && shape.dense && !shape.padded && all(shape.kernel, 1) &&
      all(shape.strides, 1)) {
    plan.product = planMatmul(target, pointwiseShape(shape));
    plan.scratchElements = plan.product->scratchElements;
    return plan;
  }
  ChannelPanels c = channelPanels(shape);
  // A register tile's panels read the same inputs.
  if (c.panels != c.unitPanels && c.unitPanels % plan.tile.panels)
    plan.tile.panels = 1;
  plan.tile.panels = std::min<int64_t>(plan.tile.panels, c.unitPanels);
  plan.tapBlock = chooseTapBlock(target, plan, c.inputs);
  plan.pixelBlock = choosePixelBlock(target, plan, c.inputs);
  plan.panelBlock = choosePanelBlock(plan, c);
  plan.pixelsInner = product(shape.kernel) * shape.outChannels * c.inputs >
                     (pixelsOf(shape) == kUnknown ? 4096 : pixelsOf(shape)) * shape.inChannels;
  plan.scratchElements = target.vectorRegisters * target.f32Lanes();
  if (plan.tapBlock)
    plan.scratchElements += plan.pixelBlock * plan.tile.panels * kPanelWidth;
  return plan;
}

OpFoldResult emitConvTileCount(OpBuilder &b, Location loc, const ConvPlan &plan,
                               OpFoldResult batch, llvm::ArrayRef<OpFoldResult> output) {
  Index at{b, loc};
  Value pixels = at.value(batch);
  for (OpFoldResult extent : output)
    pixels = at.mul(pixels, at.value(extent));
  if (plan.product)
    return emitMatmulTileCount(b, loc, *plan.product, b.getIndexAttr(1), pixels,
                               b.getIndexAttr(plan.shape.outChannels));
  if (plan.depthwise)
    return emitDepthwiseTileCount(b, loc, plan, batch, output);
  int64_t panelBlocks = divideCeil(channelPanels(plan.shape).panels, plan.panelBlock);
  return at.mul(at.ceilDiv(pixels, plan.pixelBlock), panelBlocks);
}

} // namespace ingot::cpu
