//===- Quantize.td - quantized tensors and their products -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
// Scales and zero points broadcast to the tensor: one element per tensor, [C, 1, 1] per axis, the
// tensor's own shape (an expanded view) per block. A zero point is always there; it is 0 for floats.
include "ir/Ingot.td"
include "ir/ops/Product.td"

def Ingot_QuantizeOp : Ingot_ScalarOp<"quantize", "x / scale, rounded, plus the zero point",
                                      ["resultElementType"]> {
  let description = [{
    The result has the zero point's element type. To integers the quotient is rounded to nearest,
    ties to even, and the sum saturates; to 8- and 4-bit floats the quotient is rounded as `cast`
    does, and what lies beyond the largest saturates when `saturate`. The division is in the type
    `precision`, whatever the types of x and scale.
  }];
  let arguments = (ins Ingot_Tensor:$x, Ingot_Tensor:$scale, Ingot_Tensor:$zero_point,
                   BoolAttr:$saturate, TypeAttr:$precision);
}

def Ingot_DequantizeOp : Ingot_ScalarOp<"dequantize", "(x - zero point) * scale, in the type `to`",
                                        ["resultElementType"]> {
  let description = [{ The difference of integers is exact; the product is in 32 bits or more. }];
  let arguments = (ins Ingot_Tensor:$x, Ingot_Tensor:$scale, Ingot_Tensor:$zero_point,
                   TypeAttr:$to);
}

def Ingot_MatMulIntegerOp
    : Ingot_MatrixProductOp<"matmul_integer", ["dataZero", "weightsZero"]> {
  let summary = "Matrix product of integers less their zero points, summed exactly in 32 bits";
  let description = [{
    a [..., M, K] times b [..., K, N] gives si32 [..., M, N]. Operands are integers of up to 16 bits
    and either sign; `a_zero` broadcasts to a, `b_zero` to b. Sums beyond 32 bits wrap.
  }];
  let arguments = (ins Ingot_Tensor:$a, Ingot_Tensor:$b, Ingot_Tensor:$a_zero, Ingot_Tensor:$b_zero);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_ConvIntegerOp
    : Ingot_WindowProductOp<"conv_integer", ["dataZero", "weightsZero"]> {
  let summary = "Convolution of integers less their zero points, summed exactly in 32 bits";
  let description = [{
    As `conv`, in the types of `matmul_integer`. Padding counts as the zero point: it adds nothing.
    `input_zero` has one element, `weight_zero` broadcasts to the weight.
  }];
  let arguments = (ins Ingot_Tensor:$input, Ingot_Tensor:$weight, Ingot_Tensor:$input_zero,
                   Ingot_Tensor:$weight_zero, DenseI64ArrayAttr:$strides,
                   DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$pads, I64Attr:$groups);
  let results = (outs Ingot_Tensor:$result);
}
