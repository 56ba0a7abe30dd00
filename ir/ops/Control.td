//===- Control.td - branches and loops ------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"

def Ingot_IfOp : Ingot_Op<"if", [RecursiveMemoryEffects, SingleBlock, NoRegionArguments,
                          DeclareOpInterfaceMethods<Ingot_DimensionOp>]> {
  let summary = "The values of one of two branches";
  let description = [{
    The branches read the values around them. Both yield as many values, of the same ranks and
    element types. A dimension that has the same expression in both keeps it; any other is a size
    born in the run: `dim i of the result`.

    ```mlir
    func.func @f(%condition: tensor<i1>, %a: tensor<3xf32>, %b: tensor<4xf32>) -> tensor<?xf32> {
      %r = ingot.if %condition : (tensor<i1>) -> tensor<?xf32> {
        ingot.yield %a : tensor<3xf32>
      } else {
        ingot.yield %b : tensor<4xf32>
      }
      return %r : tensor<?xf32>
    }
    ```

    ONNX: If.
  }];
  let arguments = (ins Ingot_Tensor:$condition);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$then_branch, SizedRegion<1>:$else_branch);
  let assemblyFormat = "$condition attr-dict `:` functional-type($condition, $results) "
                       "$then_branch `else` $else_branch";
  let extraClassDeclaration = [{
    ::mlir::ValueRange thenValues() { return getThenBranch().front().getTerminator()->getOperands(); }
    ::mlir::ValueRange elseValues() { return getElseBranch().front().getTerminator()->getOperands(); }
  }];
}

def Ingot_LoopOp : Ingot_Op<"loop", [RecursiveMemoryEffects, SingleBlock,
                            DeclareOpInterfaceMethods<Ingot_DimensionOp>]> {
  let summary = "Runs its body again and again, with values carried from one iteration to the next";
  let description = [{
    `trip_count` (one 64-bit integer) bounds the iterations, `condition` (one truth value) says
    whether there is a first one; either may be none. The body's arguments are the number of the
    iteration (a scalar int64) and the carried values; it yields whether there is a next iteration
    (none: as long as the trip count says), the carried values, and the scanned ones. The results
    are the last carried values and, for every scanned value, all of them stacked along a new first
    dimension.

    A dimension that every iteration leaves as it was initially keeps its expression; any other is a
    size born in the run.

    ```mlir
    func.func @f(%n: tensor<si64>, %x: tensor<3xf32>) -> (tensor<3xf32>, tensor<?x3xf32>) {
      %none = ingot.none
      %last, %all = ingot.loop(%n, %none, %x)
          : (tensor<si64>, none, tensor<3xf32>) -> (tensor<3xf32>, tensor<?x3xf32>) {
      ^bb0(%i: tensor<si64>, %carried: tensor<3xf32>):
        %go_on = ingot.none
        %next = ingot.exp %carried : (tensor<3xf32>) -> tensor<3xf32>
        ingot.yield %go_on, %next, %next : none, tensor<3xf32>, tensor<3xf32>
      }
      return %last, %all : tensor<3xf32>, tensor<?x3xf32>
    }
    ```

    ONNX: Loop, Scan, SequenceMap.
  }];
  let arguments = (ins Ingot_Tensor:$trip_count, Ingot_Tensor:$condition,
                   Variadic<AnyType>:$initial);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "`(` operands `)` attr-dict `:` functional-type(operands, results) $body";
  let extraClassDeclaration = [{
    unsigned carried() { return getInitial().size(); }
    unsigned scanned() { return getNumResults() - carried(); }
    ::mlir::Block &block() { return getBody().front(); }
    ::mlir::Value iteration() { return block().getArgument(0); }
    ::mlir::Value argument(unsigned i) { return block().getArgument(i + 1); }
    ::mlir::Value next() { return block().getTerminator()->getOperand(0); }
    ::mlir::Value yielded(unsigned i) { return block().getTerminator()->getOperand(i + 1); }
    /// The number of iterations where only the trip count decides, else nullopt.
    std::optional<::ingot::Dim> trips(::ingot::DimAnalysis &dims);
  }];
}
