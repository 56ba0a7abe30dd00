//===- Layout.td - passes from fused to laid out form ----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "mlir/Pass/PassBase.td"

def AssignLayouts : Pass<"ingot-layout", "::mlir::func::FuncOp"> {
  let summary = "Chooses the physical order of every value between kernels";
  let dependentDialects = ["::ingot::IngotDialect"];
  let description = [{
    Convolutions read and write channels last, where 16 output channels of one pixel are one or two
    vectors; whatever lies between them follows, since a kernel may write its results in any order.
    Inputs and outputs of the function and operands of other tiled contractions stay row-major.
    Only where a convolution reads what no kernel wrote (the function's input), or a product reads
    through a rearrangement that the order breaks, a copying kernel is put in between.
  }];
}
