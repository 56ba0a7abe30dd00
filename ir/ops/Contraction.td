//===- Contraction.td - matrix products and convolutions -----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"
include "ir/ops/Product.td"

def Ingot_MatMulOp : Ingot_MatrixProductOp<"matmul"> {
  let summary = "Matrix product over the last two dimensions, leading ones broadcast";
  let description = [{
    a [..., M, K] times b [..., K, N] gives [..., M, N]; sums run over K in ascending order in the
    accumulator type (f32 for floats up to 32 bits, else the element type).
  }];
  let arguments = (ins Ingot_Tensor:$a, Ingot_Tensor:$b);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_ConvOp : Ingot_WindowProductOp<"conv"> {
  let summary = "Convolution: input [N, C, D...] with weight [M, C/groups, K...] gives [N, M, O...]";
  let description = [{
    `pads` holds the begins of all spatial dimensions, then the ends, in input elements; they may be
    negative. The sum runs over channels, then kernel positions.
  }];
  let arguments = (ins Ingot_Tensor:$input, Ingot_Tensor:$weight, DenseI64ArrayAttr:$strides,
                   DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$pads, I64Attr:$groups);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_ConvTransposeOp : Ingot_IndexedOp<"conv_transpose", [
    DeclareOpInterfaceMethods<Ingot_CostOp>, DeclareOpInterfaceMethods<Ingot_ContractionOp>,
    Ingot_ConvolutionOp], Ingot_Constrained> {
  let summary = "The transpose of a convolution: input [N, C, D...] with weight [C, M/groups, K...]";
  let description = [{
    Gives [N, M, O...]: every input element adds its multiple of the weight at the place where the
    convolution with these strides, dilations and pads would have read it. `output_padding` is
    added to the end of every spatial dimension. It has no integer form: quantization leaves it.
  }];
  let arguments = (ins Ingot_Tensor:$input, Ingot_Tensor:$weight, DenseI64ArrayAttr:$strides,
                   DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$pads,
                   DenseI64ArrayAttr:$output_padding, I64Attr:$groups);
  let results = (outs Ingot_Tensor:$result);
  let extraClassDeclaration = [{ bool isTransposed() { return true; } }];
}
