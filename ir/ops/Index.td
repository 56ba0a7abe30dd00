//===- Index.td - reading and writing where data says -----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"
include "ir/IndexingOp.td"

def Ingot_GatherElementsOp
    : Ingot_MovementOp<"gather_elements", [DeclareOpInterfaceMethods<Ingot_IndexingOp>],
                       Ingot_Constrained> {
  let summary = "The element whose index along `axis` stands in `indices` at the same place";
  let description = [{
    The result has the dimensions of `indices`, which has the rank of `input` and but along `axis` at
    most its sizes. Negative indices count from the end; out of range they are clamped, unless
    `checked`: the run then ends with a status. ONNX: GatherElements.
  }];
  let arguments = (ins Ingot_Tensor:$input, Ingot_Tensor:$indices, I64Attr:$axis,
                   UnitAttr:$checked);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_GatherNDOp
    : Ingot_MovementOp<"gather_nd", [DeclareOpInterfaceMethods<Ingot_IndexingOp>],
                       Ingot_Constrained> {
  let summary = "Slices of `input` at the index vectors in the last dimension of `indices`";
  let description = [{
    indices [batch..., q..., k] and input [batch..., d_1 ... d_k, rest...] give [batch..., q...,
    rest...]; the first `batch_dims` dimensions belong together.
  }];
  let arguments = (ins Ingot_Tensor:$input, Ingot_Tensor:$indices, I64Attr:$batch_dims);
  let results = (outs Ingot_Tensor:$result);
}

class Ingot_Scatter<string mnemonic, string what, list<dag> more>
    : Ingot_PureOp<mnemonic, [DeclareOpInterfaceMethods<Ingot_BodyOp>,
                              DeclareOpInterfaceMethods<Ingot_IndexingOp>],
                   Ingot_Constrained> {
  let summary = what;
  let arguments = !con((ins Ingot_Tensor:$input, Ingot_Tensor:$indices, Ingot_Tensor:$updates,
                        StrAttr:$reduction), !foldl((ins), more, all, one, !con(all, one)));
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_ScatterElementsOp
    : Ingot_Scatter<"scatter_elements", "Writes updates where `indices` says along `axis`",
                    [(ins I64Attr:$axis, UnitAttr:$checked)]> {
  let description = [{
    The result is the input but for the elements that updates go to; `reduction` (none, add, mul,
    max, min) combines an update with what is there, in the order of the updates. Indices out of
    range are clamped, unless `checked`, as of gather_elements.
  }];
}

def Ingot_ScatterNDOp
    : Ingot_Scatter<"scatter_nd", "Writes slices at the index vectors in `indices`", []> {
  let description = [{
    indices [q..., k] and updates [q..., rest...] where rest are the dimensions of the input after
    the first k. `reduction` as of scatter_elements.
  }];
}

def Ingot_TensorScatterOp
    : Ingot_MovementOp<"tensor_scatter", [DeclareOpInterfaceMethods<Ingot_IndexingOp>],
                       Ingot_Constrained> {
  let summary = "A cache with `update` written along `axis` from a position of each batch element";
  let description = [{
    cache [batch, ..., size, ...] and update [batch, ..., count, ...]; `positions` [batch] or none
    (0). Positions wrap around when `circular`.
  }];
  let arguments = (ins Ingot_Tensor:$cache, Ingot_Tensor:$update, Ingot_Tensor:$positions,
                   I64Attr:$axis, BoolAttr:$circular);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_SizedOp : Ingot_MovementOp<"sized", [DeclareOpInterfaceMethods<Ingot_ViewOp>],
                                     Ingot_Constrained> {
  let summary = "The operand, whose dimensions must be those of `shape`";
  let description = [{
    Stands in compositions of operators that do not themselves compare the sizes which the composed
    operator requires to agree. What only a run knows is checked there.
  }];
  let arguments = (ins Ingot_Tensor:$input, Ingot_Tensor:$shape);
  let results = (outs Ingot_Tensor:$result);
}
