//===- Pool.td - folding windows that slide over space --------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"

class Ingot_WindowOp<string mnemonic, dag extra>
    : Ingot_IndexedOp<mnemonic, [DeclareOpInterfaceMethods<Ingot_CostOp>]> {
  // `pads` holds the begins of all spatial dimensions, then the ends. With `ceil` a last window
  // that the input fills only in part counts too, as long as it starts before the end padding.
  let arguments = !con((ins Ingot_Tensor:$input, DenseI64ArrayAttr:$kernel,
                        DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations,
                        DenseI64ArrayAttr:$pads, BoolAttr:$ceil), extra);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_PoolOp : Ingot_WindowOp<"pool", (ins StrAttr:$kind, BoolAttr:$count_pads)> {
  let summary = "Folds windows of [N, C, D...] with `kind`: max, sum, average";
  let description = [{
    Padding never takes part in a maximum and adds nothing to a sum. An average divides by the
    number of input elements in the window, or, when `count_pads`, also counts padding.
  }];
}

def Ingot_MaxPoolIndicesOp : Ingot_WindowOp<"max_pool_indices", (ins BoolAttr:$column_major)> {
  let summary = "Where the maximum of each window lies: its row-major position in the whole input";
  let description = [{
    The first of equal maxima. With `column_major` the spatial dimensions count from the first as
    the innermost.
  }];
}

def Ingot_FoldColumnsOp : Ingot_IndexedOp<"fold_columns", [], Ingot_Constrained> {
  let summary = "Adds windows back to where they were taken from (Col2Im)";
  let description = [{
    input [N, C * elements of a window, windows], all row-major, gives [N, C, `image`...]; `block` is
    the window's shape. `pads` holds the begins of all spatial dimensions, then the ends.
  }];
  let arguments = (ins Ingot_Tensor:$input, Ingot_Tensor:$image, Ingot_Tensor:$block,
                   DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations,
                   DenseI64ArrayAttr:$pads);
  let results = (outs Ingot_Tensor:$result);
}
