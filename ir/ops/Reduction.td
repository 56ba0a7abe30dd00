//===- Reduction.td - folding dimensions ----------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"

def Ingot_ReduceOp : Ingot_IndexedOp<"reduce", [DeclareOpInterfaceMethods<Ingot_CostOp>]> {
  let summary = "Folds the given axes with `kind`: sum, prod, max, min, and, or";
  let description = [{
    The folded dimensions stay with size 1 when `keepdims`. An empty fold gives the neutral element
    (for max and min of floats the infinities, of integers the extremes).
  }];
  let arguments = (ins Ingot_Tensor:$input, StrAttr:$kind, DenseI64ArrayAttr:$axes, BoolAttr:$keepdims);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_SoftmaxOp : Ingot_IndexedOp<"softmax", [DeclareOpInterfaceMethods<Ingot_CostOp>]> {
  let summary = "exp(x - max) / sum(exp(x - max)) along `axis`; its logarithm when `log`";
  let description = [{
    Of floats; the result has the operand's dimensions. Sums run in a fixed order, in binary32 for
    narrower floats. ONNX: Softmax, LogSoftmax, part of attention and losses.
  }];
  let arguments = (ins Ingot_Tensor:$input, I64Attr:$axis, BoolAttr:$log);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_ReduceAtOp : Ingot_IndexedOp<"reduce_at", [DeclareOpInterfaceMethods<Ingot_CostOp>]> {
  let summary = "reduce over axes known only at run time";
  let description = [{
    `axes` is a vector of a known number of different axes, which may count from the end.
  }];
  let arguments = (ins Ingot_Tensor:$input, Ingot_Tensor:$axes, StrAttr:$kind, BoolAttr:$keepdims);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_ArgExtremeOp : Ingot_IndexedOp<"arg_extreme", [DeclareOpInterfaceMethods<Ingot_CostOp>]> {
  let summary = "The index of the largest (or smallest) element along `axis`";
  let description = [{ Of equal ones the first, or the last when `select_last`. }];
  let arguments = (ins Ingot_Tensor:$input, I64Attr:$axis, BoolAttr:$largest, BoolAttr:$keepdims,
                   BoolAttr:$select_last);
  let results = (outs Ingot_Tensor:$result);
}
