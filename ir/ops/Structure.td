//===- Structure.td - kernels: what runs as one launch --------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"

def Ingot_KernelOp : Ingot_Op<"kernel", [Pure, IsolatedFromAbove, SingleBlock,
                              DeclareOpInterfaceMethods<Ingot_DimensionOp>]> {
  let summary = "Operators that run as one launch";
  let description = [{
    The region holds at most one anchor (the op named by `anchor`, or none for element-wise work)
    with its producers and consumers. Block arguments are the operands. `device` is "cpu" or "gpu".

    After layout, `operand_orders` and `result_orders` hold one array per value: the logical
    dimensions from outermost to innermost as they lie in memory; absent means row-major.
  }];
  let arguments = (ins Variadic<AnyType>:$inputs, StrAttr:$anchor, StrAttr:$device,
                   OptionalAttr<ArrayAttr>:$operand_orders, OptionalAttr<ArrayAttr>:$result_orders);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$anchor `on` $device `(` $inputs `)` attr-dict-with-keyword `:` "
                       "functional-type($inputs, $results) $body";
  let extraClassDeclaration = [{
    ::mlir::Block &block() { return getBody().front(); }
    ::mlir::Operation *yield() { return block().getTerminator(); }
    /// Physical order of an operand or result: logical dimensions, outermost first.
    ::llvm::SmallVector<int64_t> operandOrder(unsigned i);
    ::llvm::SmallVector<int64_t> resultOrder(unsigned i);
  }];
}

def Ingot_YieldOp : Ingot_Op<"yield", [Pure, Terminator, ReturnLike]> {
  let summary = "Ends a region with its results";
  let description = [{ Of kernels, branches and loops; what the values mean, those say. }];
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
  let builders = [OpBuilder<(ins), [{ /* no values */ }]>];
}
