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
      %w = ingot.constant tensor<2x2xf32>, …
      %0 = ingot.matmul %x, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
      return %0 : tensor<1x2xf32>
    }
    ```
    with a fraction of 0.5 loses two of the four weights.
  }];
  let options = [Option<"fraction", "fraction", "double", /*default=*/"0.5",
                        "Part of each layer's weights that becomes 0">];
}
