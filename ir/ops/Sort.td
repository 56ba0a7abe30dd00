//===- Sort.td - order, and what is found in the data -----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"

def Ingot_TopKOp : Ingot_PureOp<"topk", [DeclareOpInterfaceMethods<Ingot_BodyOp, ["tiles"]>]> {
  let summary = "The k largest (or smallest) elements along `axis`, best first, and their indices";
  let description = [{
    `k` is a tensor of one element, at most the size of the dimension (more is cut to it). Of equal
    elements the one of the lower index comes first.
  }];
  let arguments = (ins Ingot_Tensor:$input, Ingot_Tensor:$k, I64Attr:$axis, BoolAttr:$largest);
  let results = (outs Ingot_Tensor:$values, Ingot_Tensor:$indices);
}

def Ingot_NonZeroOp : Ingot_PureOp<"nonzero", [DeclareOpInterfaceMethods<Ingot_BodyOp>]> {
  let summary = "The indices of the elements that are not 0, in row-major order: [rank, count]";
  let description = [{ `count` is how many there are, a tensor of one element computed before. }];
  let arguments = (ins Ingot_Tensor:$input, Ingot_Tensor:$count);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_UniqueOp
    : Ingot_PureOp<"unique", [DeclareOpInterfaceMethods<Ingot_BodyOp, ["scratch"]>]> {
  let summary = "The different elements, or the different slices along `axis`";
  let description = [{
    `values` in ascending order when `sorted`, else by first occurrence; `indices` of the first
    occurrence of each, `inverse` (for every element its place in `values`), `counts`, and `count`
    [1]. All but `inverse` and `count` have room for as many as the input has; what lies beyond
    `count` is undefined, so that the user slices.
  }];
  let arguments = (ins Ingot_Tensor:$input, OptionalAttr<I64Attr>:$axis, BoolAttr:$sorted);
  let results = (outs Ingot_Tensor:$values, Ingot_Tensor:$indices, Ingot_Tensor:$inverse,
                 Ingot_Tensor:$counts, Ingot_Tensor:$count);
  let extraClassDeclaration = [{
    /// Number of elements or slices.
    ::ingot::Dim items(::ingot::DimAnalysis &dims);
  }];
}
