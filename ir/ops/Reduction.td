//===- Reduction.td - folding dimensions ----------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"

def Ingot_ReduceOp : Ingot_IndexedOp<"reduce"> {
  let summary = "Folds the given axes with `kind`: sum, prod, max, min, and, or";
  let description = [{
    The folded dimensions stay with size 1 when `keepdims`. An empty fold gives the neutral element
    (for max and min of floats the infinities, of integers the extremes).
  }];
  let arguments = (ins Ingot_Tensor:$input, StrAttr:$kind, DenseI64ArrayAttr:$axes, BoolAttr:$keepdims);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_SoftmaxOp : Ingot_IndexedOp<"softmax"> {
  let summary = "exp(x - max) / sum(exp(x - max)) along `axis`; its logarithm when `log`";
  let arguments = (ins Ingot_Tensor:$input, I64Attr:$axis, BoolAttr:$log);
  let results = (outs Ingot_Tensor:$result);
}
