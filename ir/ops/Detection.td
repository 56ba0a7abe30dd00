//===- Detection.td - boxes and regions of images ---------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"
include "ir/IndexingOp.td"

def Ingot_NonMaxSuppressionOp
    : Ingot_PureOp<"non_max_suppression", [DeclareOpInterfaceMethods<Ingot_BodyOp, ["scratch"]>],
                   Ingot_Constrained> {
  let summary = "Boxes of high score that overlap no better one: [batch, class, box] indices";
  let description = [{
    boxes [batch, n, 4] (two opposite corners y1 x1 y2 x2, or center x y and width height when
    `center`), scores [batch, classes, n]. For every batch element and class boxes are taken from
    the best score on (of equal ones the first), at most `limit`, unless their intersection over
    union with one taken before exceeds `overlap`, or their score does not exceed `threshold`.
    `limit`, `overlap` and `threshold` have one element; threshold may be none. `selected` has room
    for all; `count` [1] is how many rows of it there are, the rest is undefined.
  }];
  let arguments = (ins Ingot_Tensor:$boxes, Ingot_Tensor:$scores, Ingot_Tensor:$limit,
                   Ingot_Tensor:$overlap, Ingot_Tensor:$threshold, BoolAttr:$center);
  let results = (outs Ingot_Tensor:$selected, Ingot_Tensor:$count);
}

def Ingot_RoiAlignOp
    : Ingot_IndexedOp<"roi_align", [DeclareOpInterfaceMethods<Ingot_IndexingOp>],
                       Ingot_Constrained> {
  let summary = "Samples regions of an image on a grid: [regions, channels, height, width]";
  let description = [{
    input [N, C, H, W], rois [R, 4] (x1 y1 x2 y2, times `scale`), batch [R] the image of each.
    Every result element is the mean (or, when `largest`, the largest weighted corner) over a grid
    of bilinear samples, `samples` by `samples` or, where 0, as many as the bin is large. Pixels are
    half a step off when `half_pixel`. (He et al., "Mask R-CNN", 2017.)
  }];
  let arguments = (ins Ingot_Tensor:$input, Ingot_Tensor:$rois, Ingot_Tensor:$batch,
                   I64Attr:$height, I64Attr:$width, I64Attr:$samples, F64Attr:$scale,
                   BoolAttr:$largest, BoolAttr:$half_pixel);
  let results = (outs Ingot_Tensor:$result);
}
