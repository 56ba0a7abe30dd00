//===- Fuse.td - passes from compressed to fused form --------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "mlir/Pass/PassBase.td"

def FuseKernels : Pass<"ingot-fuse-kernels", "::mlir::func::FuncOp"> {
  let summary = "Groups operators into kernels";
  let dependentDialects = ["::ingot::IngotDialect"];
  let description = [{
    Every operator that computes ends up in one `ingot.kernel`:

    - element-wise work joins the kernel of its producer when both have the same dimensions (an
      epilogue), so that values stay in registers;
    - rearrangements (reshape, transpose, …) are cloned into each kernel that reads them, where
      they become address arithmetic;
    - an element-wise kernel with one reader moves into it when that reader touches each element a
      fixed number of times (reductions, softmax, element-wise work);
    - integer tensors whose elements the dimension analysis knows get no kernel: they are shapes.

    ```mlir
    func.func @f(%x: tensor<4x8xf32>, %w: tensor<8x8xf32>) -> tensor<4x8xf32> {
      %0 = ingot.matmul %x, %w : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
      %1 = ingot.exp %0 : (tensor<4x8xf32>) -> tensor<4x8xf32>
      return %1 : tensor<4x8xf32>
    }
    ```
    becomes
    ```mlir
    func.func @f(%x: tensor<4x8xf32>, %w: tensor<8x8xf32>) -> tensor<4x8xf32> {
      %0 = ingot.kernel "matmul" on "cpu"(%x, %w)
          : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32> {
      ^bb0(%a: tensor<4x8xf32>, %b: tensor<8x8xf32>):
        %1 = ingot.matmul %a, %b : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
        %2 = ingot.exp %1 : (tensor<4x8xf32>) -> tensor<4x8xf32>
        ingot.yield %2 : tensor<4x8xf32>
      }
      return %0 : tensor<4x8xf32>
    }
    ```
  }];
}

def RecognizeNormalization : Pass<"ingot-recognize-normalization", "::mlir::func::FuncOp"> {
  let summary = "Names the normalization that exporters spell out";
  let description = [{
    x - mean over sqrt(variance + epsilon), as a quotient or as a product with the inverse, becomes
    `normalize`; x over the root of its mean square one without `center`. Scale and shift stay
    element-wise consumers. What else reads the statistics keeps them.

    ```mlir
    func.func @f(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
      %eight = ingot.constant tensor<f32>, dense<[0, 0, 0, 65]> : tensor<4xi8>
      %epsilon = ingot.constant tensor<f32>, dense<[0, 0, 0, 58]> : tensor<4xi8>
      %0 = ingot.mul %x, %x : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
      %1 = ingot.reduce %0 {kind = "sum", axes = array<i64: 1>, keepdims = true}
          : (tensor<4x8xf32>) -> tensor<4x1xf32>
      %2 = ingot.div %1, %eight : (tensor<4x1xf32>, tensor<f32>) -> tensor<4x1xf32>
      %3 = ingot.add %2, %epsilon : (tensor<4x1xf32>, tensor<f32>) -> tensor<4x1xf32>
      %4 = ingot.sqrt %3 : (tensor<4x1xf32>) -> tensor<4x1xf32>
      %5 = ingot.div %x, %4 : (tensor<4x8xf32>, tensor<4x1xf32>) -> tensor<4x8xf32>
      return %5 : tensor<4x8xf32>
    }
    ```
    becomes
    ```mlir
    func.func @f(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
      %0 = ingot.normalize %x {axes = array<i64: 1>, center = false, epsilon = 4.8828125E-4 : f64}
          : (tensor<4x8xf32>) -> tensor<4x8xf32>
      return %0 : tensor<4x8xf32>
    }
    ```
  }];
}

def RecognizeAttention : Pass<"ingot-recognize-attention", "::mlir::func::FuncOp"> {
  let summary = "Makes one kernel of scores, softmax and the product with the values";
  let dependentDialects = ["::ingot::IngotDialect"];
  let description = [{
    softmax(f(Q · Kᵀ)) · V becomes a kernel anchored at `attention`, where f is any element-wise
    function of the scores: scales, masks, biases, caps. The kernel holds the operators themselves
    and goes over blocks of queries and keys: no score is stored in memory between kernels. How heads
    are split and joined (reshape, transpose) is taken in as well, as strides of what is read and
    written. Needs f32, known head sizes, and scores that nothing else reads.

    ```mlir
    func.func @f(%q: tensor<4x128x64xf32>, %k: tensor<4x64x128xf32>,
                 %v: tensor<4x128x64xf32>) -> tensor<4x128x64xf32> {
      %0 = ingot.matmul %q, %k
          : (tensor<4x128x64xf32>, tensor<4x64x128xf32>) -> tensor<4x128x128xf32>
      %1 = ingot.softmax %0 {axis = 2 : i64, log = false}
          : (tensor<4x128x128xf32>) -> tensor<4x128x128xf32>
      %2 = ingot.matmul %1, %v
          : (tensor<4x128x128xf32>, tensor<4x128x64xf32>) -> tensor<4x128x64xf32>
      return %2 : tensor<4x128x64xf32>
    }
    ```
    becomes
    ```mlir
    func.func @f(%q: tensor<4x128x64xf32>, %k: tensor<4x64x128xf32>,
                 %v: tensor<4x128x64xf32>) -> tensor<4x128x64xf32> {
      %0 = ingot.kernel "attention" on "cpu"(%q, %k, %v)
          : (tensor<4x128x64xf32>, tensor<4x64x128xf32>, tensor<4x128x64xf32>)
          -> tensor<4x128x64xf32> {
      ^bb0(%a: tensor<4x128x64xf32>, %b: tensor<4x64x128xf32>, %c: tensor<4x128x64xf32>):
        %1 = ingot.matmul %a, %b
            : (tensor<4x128x64xf32>, tensor<4x64x128xf32>) -> tensor<4x128x128xf32>
        %2 = ingot.softmax %1 {axis = 2 : i64, log = false}
            : (tensor<4x128x128xf32>) -> tensor<4x128x128xf32>
        %3 = ingot.matmul %2, %c
            : (tensor<4x128x128xf32>, tensor<4x128x64xf32>) -> tensor<4x128x64xf32>
        ingot.yield %3 : tensor<4x128x64xf32>
      }
      return %0 : tensor<4x128x64xf32>
    }
    ```
  }];
}
