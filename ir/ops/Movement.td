//===- Movement.td - rearranging elements --------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"
include "ir/IndexingOp.td"

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
  let description = [{ Kernels take it in as strides where they can. ONNX: Transpose. }];
  let arguments = (ins Ingot_Tensor:$input, DenseI64ArrayAttr:$permutation);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_ExpandOp : Ingot_MovementOp<"expand", [DeclareOpInterfaceMethods<Ingot_ViewOp>]> {
  let summary = "Broadcasts to the numpy broadcast of the operand's dimensions and `shape`";
  let description = [{
    Dimensions of 1 are repeated; `shape` may have more dimensions than the operand, or fewer.
    ONNX: Expand.
  }];
  let arguments = (ins Ingot_Tensor:$input, Ingot_Tensor:$shape);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_ConcatOp : Ingot_MovementOp<"concat"> {
  let summary = "Joins tensors along `axis`";
  let description = [{
    The operands have one element type and rank, and equal dimensions but for the axis, where the
    result has their sum. ONNX: Concat.
  }];
  let arguments = (ins Variadic<Ingot_Tensor>:$inputs, I64Attr:$axis);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_GatherOp
    : Ingot_MovementOp<"gather", [DeclareOpInterfaceMethods<Ingot_IndexingOp>]> {
  let summary = "Slices of `input` along `axis` at `indices`";
  let description = [{
    input [a..., n, b...] and indices [i...] give [a..., i..., b...]. Negative indices count from the
    end; out of range they are clamped, where they are constants an error. Where they come from the
    model's data they are `checked`: the run ends with a status. ONNX: Gather.
  }];
  let arguments = (ins Ingot_Tensor:$input, Ingot_Tensor:$indices, I64Attr:$axis, UnitAttr:$checked);
  let results = (outs Ingot_Tensor:$result);
}
