//===- Elementwise.td - arithmetic on every element -------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"

// Operands broadcast as numpy does, to the result's dimensions; all have one element type unless it
// says otherwise. Integers wrap, signed ones included; floats of fewer than 32 bits are computed in
// binary32 and rounded once.

def Ingot_AddOp : Ingot_DimensionBinary<"add", "a + b"> {
  let description = [{ ONNX: Add, Sum; part of most compositions. }];
}
def Ingot_SubOp : Ingot_DimensionBinary<"sub", "a - b"> {
  let description = [{ ONNX: Sub. }];
}
def Ingot_MulOp : Ingot_DimensionBinary<"mul", "a * b"> {
  let description = [{ ONNX: Mul. }];
}
def Ingot_DivOp : Ingot_DimensionBinary<"div", "a / b"> {
  let description = [{
    Integers truncate toward zero; a / 0 = 0, and the lowest integer / -1 is itself. ONNX: Div, Mean.
  }];
}
def Ingot_MaxOp : Ingot_DimensionBinary<"max", "the larger; NaN if either is"> {
  let description = [{ ONNX: Max, Relu, part of Clip. }];
}
def Ingot_MinOp : Ingot_DimensionBinary<"min", "the smaller; NaN if either is"> {
  let description = [{ ONNX: Min, part of Clip. }];
}

def Ingot_ModOp : Ingot_ScalarOp<"mod", "the remainder of a / b", ["resultElementType", "evaluate"]> {
  let description = [{
    Takes the sign of the divisor, or of the dividend as C's fmod does when `fmod`; a mod 0 = 0 for
    integers. The remainder of floats is exact while the quotient is below 2^200. ONNX: Mod.
  }];
  let arguments = (ins Ingot_Tensor:$a, Ingot_Tensor:$b, BoolAttr:$fmod);
}

def Ingot_PowOp : Ingot_Binary<"pow", "a to the power of b, in the type of a"> {
  let description = [{
    The operands may differ in type. Integers to integers wrap; to a negative power they are 0 but
    for 1 and -1. Floats: e^(b * log|a|) with C99's special cases (codegen/lower/math/Power.cpp).
    ONNX: Pow.
  }];
}

def Ingot_NegOp : Ingot_DimensionUnary<"neg", "-x"> {
  let description = [{ The lowest integer is its own negative. ONNX: Neg. }];
}
def Ingot_AbsOp : Ingot_DimensionUnary<"abs", "the magnitude"> {
  let description = [{ Of the lowest integer, which has none, itself. ONNX: Abs. }];
}
def Ingot_SignOp : Ingot_DimensionUnary<"sign", "-1, 0 or 1"> {
  let description = [{ NaN of NaN, and the sign of a zero stays. ONNX: Sign. }];
}
def Ingot_FloorOp : Ingot_DimensionUnary<"floor", "the integer at or below x"> {
  let description = [{ In the type of x; integers are what they are. ONNX: Floor. }];
}
def Ingot_CeilOp : Ingot_DimensionUnary<"ceil", "the integer at or above x"> {
  let description = [{ In the type of x; integers are what they are. ONNX: Ceil. }];
}
def Ingot_RoundOp : Ingot_DimensionUnary<"round", "the nearest integer, ties to even"> {
  let description = [{ In the type of x; integers are what they are. ONNX: Round. }];
}
