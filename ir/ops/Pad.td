//===- Pad.td - borders, repetition and order within rows -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"
include "ir/IndexingOp.td"

def Ingot_PadOp : Ingot_MovementOp<"pad", [], Ingot_Constrained> {
  let summary = "Adds elements before and after along `axes`";
  let description = [{
    `pads` holds the counts before for every axis, then those after; negative ones cut. `axes` may
    be none (all of them). What is added is, by `mode`: `constant` (the scalar `value`, or 0 where
    it is none), `edge` (the nearest element), `reflect` (mirrored at the edge element) or `wrap`
    (from the other end).
  }];
  let arguments = (ins Ingot_Tensor:$input, Ingot_Tensor:$pads, Ingot_Tensor:$value,
                   Ingot_Tensor:$axes, StrAttr:$mode);
  let results = (outs Ingot_Tensor:$result);
  let extraClassDeclaration = [{
    /// Counts before and after for every dimension; nullopt after a diagnostic.
    std::optional<llvm::SmallVector<std::pair<::ingot::Dim, ::ingot::Dim>>>
    counts(::ingot::DimAnalysis &dims);
  }];
}

def Ingot_TileOp : Ingot_MovementOp<"tile"> {
  let summary = "The tensor repeated `repeats[i]` times along dimension i";
  let description = [{
    `repeats` is a vector with an element for every dimension, 0 or more. ONNX: Tile.
  }];
  let arguments = (ins Ingot_Tensor:$input, Ingot_Tensor:$repeats);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_ReverseSequenceOp
    : Ingot_MovementOp<"reverse_sequence", [DeclareOpInterfaceMethods<Ingot_IndexingOp>],
                       Ingot_Constrained> {
  let summary = "Reverses the first `lengths[i]` elements along `time_axis` of batch element i";
  let description = [{
    `lengths` [batch] are integers, batch the size of `batch_axis`; elements behind stay where they
    are. ONNX: ReverseSequence.
  }];
  let arguments = (ins Ingot_Tensor:$input, Ingot_Tensor:$lengths, I64Attr:$batch_axis,
                   I64Attr:$time_axis);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_TriangleOp : Ingot_MovementOp<"triangle", [], Ingot_Constrained> {
  let summary = "The upper or lower triangle of the last two dimensions, 0 elsewhere";
  let description = [{ The diagonal is `offset` (a scalar or none: 0) columns to the right. }];
  let arguments = (ins Ingot_Tensor:$input, Ingot_Tensor:$offset, BoolAttr:$upper);
  let results = (outs Ingot_Tensor:$result);
}
