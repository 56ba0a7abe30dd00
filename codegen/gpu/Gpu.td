//===- Gpu.td - passes that spread a model over devices ----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "mlir/Pass/PassBase.td"

def PlaceKernels : Pass<"ingot-place", "::mlir::func::FuncOp"> {
  let summary = "Gives every kernel its device and makes the copies between devices explicit";
  let dependentDialects = ["::ingot::IngotDialect"];
  let description = [{
    A kernel that has a GPU form goes to the GPU, any other stays on the host, so that an operator
    without such a form does not fail the model. Inputs and outputs of the function lie on the host.
    Where a value is needed on the other side, one `transfer` copies it, however many read it there;
    constants lie on both sides.

    What the program itself looks at stays on the host: kernels inside control flow, whose results
    are sizes, or whose sizes are born in the run.

    ```mlir
    func.func @f(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
      %0 = ingot.kernel "none" on "cpu"(%x) : (tensor<4x8xf32>) -> tensor<4x8xf32> {
      ^bb0(%a: tensor<4x8xf32>):
        %1 = ingot.exp %a : (tensor<4x8xf32>) -> tensor<4x8xf32>
        ingot.yield %1 : tensor<4x8xf32>
      }
      return %0 : tensor<4x8xf32>
    }
    ```
    becomes
    ```mlir
    func.func @f(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
      %0 = ingot.transfer %x to "gpu" : (tensor<4x8xf32>) -> tensor<4x8xf32>
      %1 = ingot.kernel "none" on "gpu"(%0) : (tensor<4x8xf32>) -> tensor<4x8xf32> {
      ^bb0(%a: tensor<4x8xf32>):
        %2 = ingot.exp %a : (tensor<4x8xf32>) -> tensor<4x8xf32>
        ingot.yield %2 : tensor<4x8xf32>
      }
      %3 = ingot.transfer %1 to "cpu" : (tensor<4x8xf32>) -> tensor<4x8xf32>
      return %3 : tensor<4x8xf32>
    }
    ```
  }];
}
