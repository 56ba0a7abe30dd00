//===- Detection.cpp - boxes and regions of images --------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "ir/ops/Detection.h"
#include "frontend/onnx/import/Registry.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Slice.h"

using namespace mlir;

namespace ingot {

static Value none(ImportBuilder &b) { return NoneOp::create(b.b, b.loc, b.b.getNoneType()); }

/// Without a limit nothing is selected: that is its default, 0.
static Results nonMaxSuppression(ImportBuilder &b, NodeReader &n) {
  Value boxes = n.operand(0), scores = n.operand(1), limit = n.optional(2),
        overlap = n.optional(3), threshold = n.optional(4);
  int64_t center = n.integer("center_point_box", 0);
  if (center != 0 && center != 1)
    n.error("expected center_point_box 0 or 1, but got " + Twine(center));
  SmallVector<Value> all = b.createMany<NonMaxSuppressionOp>(
      2, boxes, scores, limit ? limit : b.integers({0}),
      overlap ? overlap : b.scalar(0, b.b.getF32Type()), threshold ? threshold : none(b),
      center == 1);
  return b.create<SliceOp>(all[0], b.integers({0}), all[1], b.integers({0}), none(b));
}

/// Samples along an axis of a bin: the square of this many are taken for every element, which is
/// more than any image has use for.
static constexpr int64_t maxSamples = 1024;

static Results roiAlign(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), regions = n.operand(1), batch = n.operand(2);
  StringRef mode = n.string("mode", "avg");
  // The attribute came with version 16; before, pixels had no offset.
  StringRef pixels = n.string("coordinate_transformation_mode",
                              n.opset() < 16 ? "output_half_pixel" : "half_pixel");
  if (mode != "avg" && mode != "max")
    n.error("expected mode avg or max, but got '" + mode + "'");
  if (pixels != "half_pixel" && pixels != "output_half_pixel")
    n.error("expected coordinate_transformation_mode half_pixel or output_half_pixel, but got '" +
            pixels + "'");
  int64_t samples = n.integer("sampling_ratio", 0);
  if (samples < 0)
    n.error("expected a sampling_ratio of 0 or more, but got " + Twine(samples));
  else if (samples > maxSamples)
    n.unsupported("a sampling_ratio above " + Twine(maxSamples) + " is not supported");
  return b.create<RoiAlignOp>(x, regions, batch, n.integer("output_height", 1),
                              n.integer("output_width", 1), samples,
                              llvm::APFloat(n.real("spatial_scale", 1)), mode == "max",
                              pixels == "half_pixel");
}

ArrayRef<OperatorRow> detectionOperators() {
  static const OperatorRow rows[] = {
      {"", "NonMaxSuppression", 10, nonMaxSuppression},
      {"", "RoiAlign", 10, roiAlign},
  };
  return rows;
}

} // namespace ingot
