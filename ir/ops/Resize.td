//===- Resize.td - images at other sizes and positions ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"

def Ingot_ResizeOp : Ingot_IndexedOp<"resize", [], Ingot_Constrained> {
  let summary = "Samples the input at another size along every dimension";
  let description = [{
    `sizes` [rank] are the result's dimensions, `scales` [rank] (f64) what a step of one in the
    input is in the result; `known_scales` repeats them where they are constants. `roi` (f64, the
    starts of all dimensions, then the ends, relative) is none but for tf_crop_and_resize.

    A result index x stands for the input coordinate that `coordinates` gives it (half_pixel,
    half_pixel_symmetric, pytorch_half_pixel, align_corners, asymmetric, tf_crop_and_resize or
    tf_half_pixel_for_nn, as ONNX defines them). `mode` nearest takes the element that `nearest` rounds to
    (round_prefer_floor, round_prefer_ceil, floor, ceil), linear and cubic weigh the elements
    around: w(|position - coordinate|), stretched by the scale where `antialias` and the scale is
    below 1. Elements beyond an edge are the edge's, or left out when `exclude_outside`.
  }];
  let arguments = (ins Ingot_Tensor:$input, Ingot_Tensor:$sizes, Ingot_Tensor:$scales,
                   Ingot_Tensor:$roi, OptionalAttr<DenseF64ArrayAttr>:$known_scales, StrAttr:$mode,
                   StrAttr:$coordinates, StrAttr:$nearest, F64Attr:$cubic_a,
                   BoolAttr:$exclude_outside, BoolAttr:$antialias, F64Attr:$extrapolation);
  let results = (outs Ingot_Tensor:$result);
  let extraClassDeclaration = [{
    /// True where dimension d is not resampled for all that is known.
    bool keeps(int64_t d);
  }];
}

def Ingot_GridSampleOp : Ingot_IndexedOp<"grid_sample", [], Ingot_Constrained> {
  let summary = "Samples the input at the positions of a grid";
  let description = [{
    input [N, C, D...] and grid [N, D'..., r] give [N, C, D'...] for r dimensions D. A position has
    its innermost coordinate first; -1 and 1 are the centres of the corner elements when
    `align_corners`, else their outer edges. `mode` is nearest (ties to even), linear or cubic
    (a = -0.75). Elements beyond an edge are zero (`padding` zeros), the edge's (border) or mirrored
    at it (reflection).
  }];
  let arguments = (ins Ingot_Tensor:$input, Ingot_Tensor:$grid, StrAttr:$mode, StrAttr:$padding,
                   BoolAttr:$align_corners);
  let results = (outs Ingot_Tensor:$result);
}
