//===- Slice.td - parts of tensors ------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"

def Ingot_SliceOp : Ingot_MovementOp<"slice", [DeclareOpInterfaceMethods<Ingot_ViewOp>]> {
  let summary = "Every `steps`-th slice from `starts` to before `ends` along `axes`, as numpy slices";
  let description = [{
    All four are vectors of one length, `axes` and `steps` may be none (the leading axes, steps of
    1). Negative starts and ends count from the end and everything is clamped to the dimension; a
    negative step walks backward. All may be known only at run time: where then a slice begins, its
    step and its size are expressions over their elements.
  }];
  let arguments = (ins Ingot_Tensor:$input, Ingot_Tensor:$starts, Ingot_Tensor:$ends,
                   Ingot_Tensor:$axes, Ingot_Tensor:$steps);
  let results = (outs Ingot_Tensor:$result);
  let extraClassDeclaration = [{
    /// What is read of one input dimension: element start + i * step for i below size.
    struct Range { ::ingot::Dim start, step, size; };
    /// One per input dimension; nullopt where the number of starts is unknown, see inferResults.
    std::optional<llvm::SmallVector<Range>> ranges(::ingot::DimAnalysis &dims);
  }];
}
