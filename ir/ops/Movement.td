//===- Movement.td - rearranging elements --------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"

def Ingot_ReshapeOp : Ingot_MovementOp<"reshape", [DeclareOpInterfaceMethods<Ingot_ViewOp>]> {
  let summary = "The same elements in row-major order under other dimensions";
  let description = [{
    `shape` holds the new dimensions; -1 (at most once) stands for what is left. The importer
    resolves ONNX's 0 (copy the input's dimension).
  }];
  let arguments = (ins Ingot_Tensor:$input, Ingot_Tensor:$shape);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_TransposeOp : Ingot_MovementOp<"transpose", [DeclareOpInterfaceMethods<Ingot_ViewOp>]> {
  let summary = "Permutes dimensions: result dimension i is operand dimension permutation[i]";
  let arguments = (ins Ingot_Tensor:$input, DenseI64ArrayAttr:$permutation);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_ExpandOp : Ingot_MovementOp<"expand", [DeclareOpInterfaceMethods<Ingot_ViewOp>]> {
  let summary = "Broadcasts to the numpy broadcast of the operand's dimensions and `shape`";
  let arguments = (ins Ingot_Tensor:$input, Ingot_Tensor:$shape);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_ConcatOp : Ingot_MovementOp<"concat"> {
  let summary = "Joins tensors along `axis`";
  let arguments = (ins Variadic<Ingot_Tensor>:$inputs, I64Attr:$axis);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_GatherOp : Ingot_MovementOp<"gather"> {
  let summary = "Slices of `input` along `axis` at `indices`; negative indices count from the end";
  let arguments = (ins Ingot_Tensor:$input, Ingot_Tensor:$indices, I64Attr:$axis);
  let results = (outs Ingot_Tensor:$result);
}
