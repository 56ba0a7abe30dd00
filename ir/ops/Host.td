//===- Host.td - what the runtime computes ---------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"

def Ingot_HostCallOp : Ingot_Op<"host_call", [Pure, DeclareOpInterfaceMethods<Ingot_DimensionOp>]> {
  let summary = "Calls an operation of the runtime: strings, sequences, maps and optionals";
  let description = [{
    `callee` is a name of runtime/host_ops/table.cpp. An operand may be none. `types` says
    what the results are. `shapes` has one number per result that says what its unknown dimensions
    are: k: those of operand k, -1: sizes born in the call, -2: the broadcast of all operands.
  }];
  let arguments = (ins StrAttr:$callee, Variadic<AnyType>:$inputs, TypeArrayAttr:$types,
                   DenseI64ArrayAttr:$shapes);
  let results = (outs Variadic<AnyType>:$results);
  let assemblyFormat = "$callee `(` $inputs `)` attr-dict `:` "
                       "functional-type($inputs, $results)";
}
