//===- Generate.td - tensors from nothing but parameters --------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"

def Ingot_RangeCountOp : Ingot_IndexedOp<"range_count", [], Ingot_Constrained> {
  let summary = "How many numbers from `start` by `delta` come before `limit`: [1] of 64-bit integers";
  let description = [{ Operands are scalars of one type; 0 for a delta of 0. }];
  let arguments = (ins Ingot_Tensor:$start, Ingot_Tensor:$limit, Ingot_Tensor:$delta);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_RangeOp : Ingot_MovementOp<"range", [], Ingot_Constrained> {
  let summary = "start, start + delta, start + 2 delta …: `count` numbers";
  let description = [{ `start` and `delta` are scalars of one type, `count` a tensor of one element. }];
  let arguments = (ins Ingot_Tensor:$start, Ingot_Tensor:$delta, Ingot_Tensor:$count);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_MelWeightsOp : Ingot_IndexedOp<"mel_weights", [], Ingot_Constrained> {
  let summary = "Triangular filters on the mel scale: what spectrum bin j gives to filter i";
  let description = [{
    `shape` is [spectrum bins, filters]; `length` of the transform and `rate` of samples are scalars
    of one integer type, the band's edges `lower` and `upper` in hertz scalars of one float type.
    Filter i rises from 0 to 1 between the bins of edges i and i + 1 and falls to 0 at that of edge
    i + 2, where edge k is k / (filters + 2) of the way from `lower` to `upper` on the scale
    mel(f) = 2595 log10(1 + f / 700) and its bin floor((length + 1) f / rate). Edges are computed in
    binary64.
  }];
  let arguments = (ins Ingot_Tensor:$shape, Ingot_Tensor:$length, Ingot_Tensor:$rate,
                   Ingot_Tensor:$lower, Ingot_Tensor:$upper);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_RandomOp : Ingot_IndexedOp<"random"> {
  let summary = "Pseudo-random numbers of the dimensions in `shape`";
  let description = [{
    Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011) keyed by
    `seed`, with the row-major position as its counter: the same numbers in every run, for any
    number of threads. Uniform in [a, b), or normal with mean a and standard deviation b when
    `normal` (Box and Muller).
  }];
  let arguments = (ins Ingot_Tensor:$shape, TypeAttr:$element, BoolAttr:$normal, F64Attr:$a,
                   F64Attr:$b, I64Attr:$seed);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_MultinomialOp : Ingot_IndexedOp<"multinomial"> {
  let summary = "Draws `samples` classes per row of unnormalized log-probabilities [batch, classes]";
  let description = [{ The generator is that of random. }];
  let arguments = (ins Ingot_Tensor:$input, TypeAttr:$element, I64Attr:$samples, I64Attr:$seed);
  let results = (outs Ingot_Tensor:$result);
}
