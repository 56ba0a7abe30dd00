//===- Simplify.td - passes from imported to simplified form ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "mlir/Pass/PassBase.td"

def RefineShapes : Pass<"ingot-refine-shapes", "::mlir::func::FuncOp"> {
  let summary = "Writes what the dimension analysis knows into the result types";
  let dependentDialects = ["::ingot::IngotDialect"];
  let description = [{
    Dimensions that turn out constant become static, and small integer tensors whose elements are
    all constant become constants.

    ```mlir
    func.func @f(%x: tensor<2x3xf32>, %y: tensor<?xf32>) -> (tensor<?xsi64>, tensor<?x?xf32>) {
      %open = ingot.constant tensor<2xsi64>,
          dense<[-1, -1, -1, -1, -1, -1, -1, -1, 6, 0, 0, 0, 0, 0, 0, 0]> : tensor<16xi8>
      %0 = ingot.shape %x : (tensor<2x3xf32>) -> tensor<?xsi64>
      %1 = ingot.reshape %y, %open : (tensor<?xf32>, tensor<2xsi64>) -> tensor<?x?xf32>
      return %0, %1 : tensor<?xsi64>, tensor<?x?xf32>
    }
    ```
    becomes
    ```mlir
    func.func @f(%x: tensor<2x3xf32>, %y: tensor<?xf32>) -> (tensor<2xsi64>, tensor<?x6xf32>) {
      %open = ingot.constant tensor<2xsi64>,
          dense<[-1, -1, -1, -1, -1, -1, -1, -1, 6, 0, 0, 0, 0, 0, 0, 0]> : tensor<16xi8>
      %0 = ingot.constant tensor<2xsi64>,
          dense<[2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0]> : tensor<16xi8>
      %1 = ingot.reshape %y, %open : (tensor<?xf32>, tensor<2xsi64>) -> tensor<?x6xf32>
      return %0, %1 : tensor<2xsi64>, tensor<?x6xf32>
    }
    ```
  }];
}

def RemoveIdentities : Pass<"ingot-remove-identities", "::mlir::func::FuncOp"> {
  let summary = "Removes operators that return their operand";
  let dependentDialects = ["::ingot::IngotDialect"];
  let description = [{
    A reshape or expand to the operand's own dimensions, a transpose that moves nothing, a
    concatenation of one tensor, a pool over windows of one element.

    ```mlir
    func.func @f(%x: tensor<?x3xf32>) -> tensor<?x3xf32> {
      %shape = ingot.shape %x : (tensor<?x3xf32>) -> tensor<2xsi64>
      %0 = ingot.reshape %x, %shape : (tensor<?x3xf32>, tensor<2xsi64>) -> tensor<?x3xf32>
      %1 = ingot.exp %0 : (tensor<?x3xf32>) -> tensor<?x3xf32>
      return %1 : tensor<?x3xf32>
    }
    ```
    becomes
    ```mlir
    func.func @f(%x: tensor<?x3xf32>) -> tensor<?x3xf32> {
      %0 = ingot.exp %x : (tensor<?x3xf32>) -> tensor<?x3xf32>
      return %0 : tensor<?x3xf32>
    }
    ```
  }];
}

def CancelReshapes : Pass<"ingot-cancel-reshapes", "::mlir::func::FuncOp"> {
  let summary = "Multiplies tensors by a matrix without flattening them to rows first";
  let dependentDialects = ["::ingot::IngotDialect"];
  let description = [{
    Exporters write a dense layer over [batch, sequence, features] as a product of rows between two
    reshapes. Without them the layer has the dimensions of what surrounds it, which can then be
    fused with it.

    ```mlir
    func.func @f(%x: tensor<2x3x4xf32>, %w: tensor<4x5xf32>, %bias: tensor<5xf32>) -> tensor<2x3x5xf32> {
      // 6, 4 and 2, 3, 5
      %rows = ingot.constant tensor<2xsi64>,
          dense<[6, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]> : tensor<16xi8>
      %shape = ingot.constant tensor<3xsi64>,
          dense<[2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0]> : tensor<24xi8>
      %0 = ingot.reshape %x, %rows : (tensor<2x3x4xf32>, tensor<2xsi64>) -> tensor<6x4xf32>
      %1 = ingot.matmul %0, %w : (tensor<6x4xf32>, tensor<4x5xf32>) -> tensor<6x5xf32>
      %2 = ingot.add %1, %bias : (tensor<6x5xf32>, tensor<5xf32>) -> tensor<6x5xf32>
      %3 = ingot.reshape %2, %shape : (tensor<6x5xf32>, tensor<3xsi64>) -> tensor<2x3x5xf32>
      return %3 : tensor<2x3x5xf32>
    }
    ```
    becomes
    ```mlir
    func.func @f(%x: tensor<2x3x4xf32>, %w: tensor<4x5xf32>, %bias: tensor<5xf32>) -> tensor<2x3x5xf32> {
      %0 = ingot.matmul %x, %w : (tensor<2x3x4xf32>, tensor<4x5xf32>) -> tensor<2x3x5xf32>
      %1 = ingot.add %0, %bias : (tensor<2x3x5xf32>, tensor<5xf32>) -> tensor<2x3x5xf32>
      return %1 : tensor<2x3x5xf32>
    }
    ```
  }];
}

def BoundDimensions : Pass<"ingot-bound-dimensions", "::mlir::func::FuncOp"> {
  let summary = "Gives input dimensions the limits that operators set them";
  let dependentDialects = ["::ingot::IngotDialect"];
  let description = [{
    A table of 512 positions, cut to the length of a sequence and added to it, fits sequences up to
    512: the limit becomes the input's, which is checked at the entry. The cut table then has the
    sequence's own length, so that all that depends on it has equal dimensions.

    Only what fails for certain sets a limit: a cut that is no more than cut, or that is broadcast
    against 1, fits any length, and so does all that branches and loops may leave out. Where the user
    gave no limit, `ingot.implied_limits` names the dimension: memory is not planned for the longest.

    ```mlir
    func.func @f(%x: tensor<?x8xf32> {ingot.dims = ["length", ""]},
                 %table: tensor<512x8xf32>) -> tensor<?x8xf32> {
      %zero = ingot.constant tensor<1xsi64>, dense<0> : tensor<8xi8>
      %none = ingot.none
      %shape = ingot.shape %x : (tensor<?x8xf32>) -> tensor<2xsi64>
      %n = ingot.gather %shape, %zero {axis = 0 : i64}
          : (tensor<2xsi64>, tensor<1xsi64>) -> tensor<1xsi64>
      %t = ingot.slice %table, %zero, %n, %zero, %none
          : (tensor<512x8xf32>, tensor<1xsi64>, tensor<1xsi64>, tensor<1xsi64>, none)
          -> tensor<?x8xf32>
      %r = ingot.add %x, %t : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
      return %r : tensor<?x8xf32>
    }
    ```
    becomes
    ```mlir
    func.func @f(%x: tensor<?x8xf32> {ingot.dims = ["length:0..512", ""]},
                 %table: tensor<512x8xf32>) -> tensor<?x8xf32>
        attributes {ingot.implied_limits = ["length"]} {
      %zero = ingot.constant tensor<1xsi64>, dense<0> : tensor<8xi8>
      %none = ingot.none
      %shape = ingot.shape %x : (tensor<?x8xf32>) -> tensor<2xsi64>
      %n = ingot.gather %shape, %zero {axis = 0 : i64}
          : (tensor<2xsi64>, tensor<1xsi64>) -> tensor<1xsi64>
      %t = ingot.slice %table, %zero, %n, %zero, %none
          : (tensor<512x8xf32>, tensor<1xsi64>, tensor<1xsi64>, tensor<1xsi64>, none)
          -> tensor<?x8xf32>
      %r = ingot.add %x, %t : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
      return %r : tensor<?x8xf32>
    }
    ```
  }];
}

def FoldConstants : Pass<"ingot-fold-constants", "::mlir::ModuleOp"> {
  let summary = "Computes what depends on constants only";
  let dependentDialects = ["::ingot::IngotDialect"];
  let description = [{
    All such operators of the module are compiled together and run once, by the Evaluator attached
    to the dialect; without one nothing changes. What the rest of the graph reads of them becomes
    constants, except views of constants (but for the weights of convolutions), and results much
    larger than their operands that no product reads.

    ```mlir
    func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
      // 1, 4
      %v = ingot.constant tensor<2xf32>, dense<[0, 0, -128, 63, 0, 0, -128, 64]> : tensor<8xi8>
      %s = ingot.sqrt %v : (tensor<2xf32>) -> tensor<2xf32>
      %r = ingot.mul %x, %s : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
      return %r : tensor<2xf32>
    }
    ```
    becomes
    ```mlir
    func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
      // 1, 2
      %s = ingot.constant tensor<2xf32>, dense<[0, 0, -128, 63, 0, 0, 0, 64]> : tensor<8xi8>
      %r = ingot.mul %x, %s : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
      return %r : tensor<2xf32>
    }
    ```
  }];
  let options = [
    Option<"dequantize", "dequantize", "bool", "false",
           "Also dequantized constants, once no pass looks for them any more">
  ];
  let statistics = [Statistic<"folded", "folded", "Values that became constants">];
}
