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

    ```mlir
    func.func @f(%x: tensor<1x2x5x5xf32>) -> tensor<1x2x5x5xf32> {
      %w = ingot.constant tensor<2x2x1x1xf32>, dense<0> : tensor<16xi8>
      %0 = ingot.kernel "conv" on "cpu"(%x, %w)
          : (tensor<1x2x5x5xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x5x5xf32> {
      ^bb0(%a: tensor<1x2x5x5xf32>, %b: tensor<2x2x1x1xf32>):
        %1 = ingot.conv %a, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
                                pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64}
            : (tensor<1x2x5x5xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x5x5xf32>
        ingot.yield %1 : tensor<1x2x5x5xf32>
      }
      return %0 : tensor<1x2x5x5xf32>
    }
    ```
    becomes
    ```mlir
    func.func @f(%x: tensor<1x2x5x5xf32>) -> tensor<1x2x5x5xf32> {
      %w = ingot.constant tensor<2x2x1x1xf32>, dense<0> : tensor<16xi8>
      %0 = ingot.kernel "none" on "cpu"(%x) attributes {
          result_orders = [array<i64: 0, 2, 3, 1>]}
          : (tensor<1x2x5x5xf32>) -> tensor<1x2x5x5xf32> {
      ^bb0(%a: tensor<1x2x5x5xf32>):
        ingot.yield %a : tensor<1x2x5x5xf32>
      }
      %1 = ingot.kernel "conv" on "cpu"(%0, %w) attributes {
          operand_orders = [array<i64: 0, 2, 3, 1>, unit],
          result_orders = [array<i64: 0, 2, 3, 1>]}
          : (tensor<1x2x5x5xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x5x5xf32> {
      ^bb0(%a: tensor<1x2x5x5xf32>, %b: tensor<2x2x1x1xf32>):
        %2 = ingot.conv %a, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
                                pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64}
            : (tensor<1x2x5x5xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x5x5xf32>
        ingot.yield %2 : tensor<1x2x5x5xf32>
      }
      %3 = ingot.kernel "none" on "cpu"(%1) attributes {
          operand_orders = [array<i64: 0, 2, 3, 1>]}
          : (tensor<1x2x5x5xf32>) -> tensor<1x2x5x5xf32> {
      ^bb0(%a: tensor<1x2x5x5xf32>):
        ingot.yield %a : tensor<1x2x5x5xf32>
      }
      return %3 : tensor<1x2x5x5xf32>
    }
    ```
  }];
}

def VerifyLaidOut : Pass<"ingot-verify-laid-out", "::mlir::func::FuncOp"> {
  let summary = "Checks the laid out form";
  let dependentDialects = ["::ingot::IngotDialect"];
  let description = [{
    The fused form, and:

    - `operand_orders` and `result_orders` have one entry for every value: unit for row-major, or a
      permutation of the dimensions of a tensor of rank 3 or more.
    - A kernel reads its operands as they lie: in the order in which the kernel before wrote them, and
      row-major what comes from elsewhere (inputs, constants, control flow, the host, the GPU). Row-major
      too is what any of those read. Orders that differ in dimensions of size 1 alone are the same.
    - A tiled convolution reads its image channels last, and writes its results so.
    - Matrix products and attention read and write row-major, and so do kernels on a GPU.
  }];
}
