//===- Cumulative.td - running sums and products ----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"

def Ingot_CumulativeOp : Ingot_PureOp<"cumulative", [DeclareOpInterfaceMethods<Ingot_BodyOp, ["tiles"]>]> {
  let summary = "The running sum (or product) along `axis`";
  let description = [{
    Without the element itself when `exclusive`; from the end when `reverse`.
  }];
  let arguments = (ins Ingot_Tensor:$input, I64Attr:$axis, BoolAttr:$product, BoolAttr:$exclusive,
                   BoolAttr:$reverse);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_CumulativeAtOp : Ingot_IndexedOp<"cumulative_at"> {
  let summary = "cumulative along an axis known only at run time";
  let description = [{
    `axis` is a tensor of one element. Every result element folds what comes before it.
  }];
  let arguments = (ins Ingot_Tensor:$input, Ingot_Tensor:$axis, BoolAttr:$product,
                   BoolAttr:$exclusive, BoolAttr:$reverse);
  let results = (outs Ingot_Tensor:$result);
}
