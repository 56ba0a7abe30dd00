//===- Sampling.cpp - images at the positions of a grid -----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#include "frontend/onnx/import/Registry.h"
#include "ir/ops/Contraction.h"
#include "ir/ops/Pool.h"
#include "ir/ops/Resize.h"

using namespace mlir;

namespace ingot {

/// The coordinates of every pixel in [-1, 1], moved by the matrices theta [N, d, d + 1]: gives
/// [N, (D,) H, W, d], the innermost coordinate first.
static Results affineGrid(ImportBuilder &b, NodeReader &n) {
  Value theta = n.operand(0), sizeTensor = n.operand(1);
  bool alignCorners = n.boolean("align_corners", false);
  if (b.failed)
    return {};
  auto size = b.dims.elements(sizeTensor);
  int64_t spatial = size ? (int64_t)size->size() - 2 : 0;
  if ((spatial != 2 && spatial != 3) || b.rank(theta) != 3) {
    n.error("expected theta of rank 3 and a size of 4 or 5 dimensions, but got rank " +
            Twine(b.rank(theta)) + " and " + Twine(spatial + 2) + " dimensions");
    return {};
  }
  for (Dim each : *size)
    if (std::optional<int64_t> known = each.constant(); known && *known < 0) {
      n.error("expected a size without negative dimensions, but got " + Twine(*known));
      return {};
    }
  Type element = b.elementType(theta);
  SmallVector<Dim> space(size->begin() + 2, size->end()), column(space);
  column.push_back(Dim(1));
  SmallVector<Value> coordinates;
  for (int64_t axis = spatial; axis-- > 0;) {
    Value steps = b.cast(b.counting(space[axis]), element);
    Value count = b.cast(b.shapeTensor({space[axis]}), element);
    // Corners on the border, or pixel centres: (2 i + 1) / count - 1.
    Value at = alignCorners ? b.div(b.mul(steps, 2), b.max(b.add(count, -1), b.scalar(1, element)))
                            : b.div(b.add(b.mul(steps, 2), 1), count);
    at = b.add(at, -1);
    coordinates.push_back(b.expand(b.alongAxis(at, axis, spatial + 1), column));
  }
  coordinates.push_back(b.expand(b.scalar(1, element), column));
  Value base = b.mergeDims(b.concat(coordinates, spatial), 0, spatial);
  Value grid = b.create<MatMulOp>(base, b.transpose(theta, {0, 2, 1}));
  SmallVector<Dim> shape{b.dim(theta, 0)};
  shape.append(space);
  shape.push_back(Dim(spatial));
  return b.reshape(grid, shape);
}

static Results gridSample(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), grid = n.operand(1);
  StringRef mode = n.string("mode", n.opset() < 20 ? "bilinear" : "linear"),
            padding = n.string("padding_mode", "zeros");
  bool alignCorners = n.boolean("align_corners", false);
  mode = mode == "bilinear" ? "linear" : mode == "bicubic" ? "cubic" : mode;
  return b.create<GridSampleOp>(x, grid, mode, padding, alignCorners);
}

static Results col2Im(ImportBuilder &b, NodeReader &n) {
  Value x = n.operand(0), image = n.operand(1), block = n.operand(2);
  auto shape = b.failed ? std::nullopt : b.dims.elements(block);
  if (!shape) {
    n.error("expected a block_shape whose number of dimensions is known");
    return {};
  }
  size_t spatial = shape->size();
  auto list = [&](StringRef name, size_t count, int64_t byDefault) {
    auto values = n.integers(name).value_or(SmallVector<int64_t>(count, byDefault));
    bool positive = llvm::all_of(values, [&](int64_t v) { return v >= byDefault; });
    if (values.size() != count || !positive)
      n.error("expected " + Twine(count) + " values of '" + name + "' of at least " +
              Twine(byDefault));
    return values;
  };
  auto strides = list("strides", spatial, 1), dilations = list("dilations", spatial, 1),
       pads = list("pads", 2 * spatial, 0);
  return b.create<FoldColumnsOp>(x, image, block, strides, dilations, pads);
}

ArrayRef<OperatorRow> samplingOperators() {
  static const OperatorRow rows[] = {
      {"", "AffineGrid", 20, affineGrid},
      {"", "Col2Im", 18, col2Im},
      {"", "GridSample", 16, gridSample},
  };
  return rows;
}

} // namespace ingot
