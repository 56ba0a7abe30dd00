//===- Prune.td - passes that remove weights -----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "mlir/Pass/PassBase.td"

def PruneMagnitude : Pass<"ingot-prune-magnitude", "::mlir::func::FuncOp"> {
  let summary = "Sets the smallest weights of every layer to 0";
  let description = [{
    Of the constant f32 weights of each matrix product and convolution, the given fraction becomes
    0: those of least magnitude, of equal ones the earlier. Layers that share a weight stay equal.
    What was zeroed is a record per layer in the function's `ingot.compression`.

    ```mlir
    func.func @f(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
      // 1, -2, 3, 4
      %w = ingot.constant tensor<2x2xf32>,
          dense<[0, 0, -128, 63, 0, 0, 0, -64, 0, 0, 64, 64, 0, 0, -128, 64]> : tensor<16xi8>
      %0 = ingot.matmul %x, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
      return %0 : tensor<1x2xf32>
    }
    ```
    with `fraction=0.5` becomes
    ```mlir
    func.func @f(%x: tensor<1x2xf32>) -> tensor<1x2xf32>
        attributes {ingot.compression = [{bits = 32 : i64, method = "prune", node = "?",
                                          weights = 4 : i64, zeroed = 2 : i64} ]} {
      // 0, 0, 3, 4
      %w = ingot.constant tensor<2x2xf32>,
          dense<[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 64, 0, 0, -128, 64]> : tensor<16xi8>
      %0 = ingot.matmul %x, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
      return %0 : tensor<1x2xf32>
    }
    ```
  }];
  let options = [Option<"fraction", "fraction", "double", /*default=*/"0.5",
                        "Part of each layer's weights that becomes 0">];
}
