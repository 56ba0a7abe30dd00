//===- Normalization.td - shifting and scaling by statistics --------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"

def Ingot_NormalizeOp : Ingot_IndexedOp<"normalize", [DeclareOpInterfaceMethods<Ingot_CostOp>]> {
  let summary = "(x - mean) / sqrt(variance + epsilon) over the given axes";
  let description = [{
    The mean and the mean of squared distances from it are taken over `axes`; without `center` the
    mean counts as 0 (RMS normalization). Computed in the element type, of which halves are f32.
    Scale and shift are element-wise consumers, which the kernel applies to its result.
  }];
  let arguments = (ins Ingot_Tensor:$input, DenseI64ArrayAttr:$axes, F64Attr:$epsilon,
                   BoolAttr:$center);
  let results = (outs Ingot_Tensor:$result);
}
