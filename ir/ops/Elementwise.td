//===- Elementwise.td - arithmetic on every element -------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"

def Ingot_AddOp : Ingot_DimensionBinary<"add", "a + b">;
def Ingot_SubOp : Ingot_DimensionBinary<"sub", "a - b">;
def Ingot_MulOp : Ingot_DimensionBinary<"mul", "a * b">;
def Ingot_DivOp : Ingot_DimensionBinary<"div", "a / b"> {
  let description = [{
    Integers truncate toward zero; a / 0 = 0, and the lowest integer / -1 is itself.
  }];
}
def Ingot_MaxOp : Ingot_DimensionBinary<"max", "the larger; NaN if either is">;
def Ingot_MinOp : Ingot_DimensionBinary<"min", "the smaller; NaN if either is">;

def Ingot_ModOp : Ingot_ScalarOp<"mod", "the remainder of a / b", ["resultElementType", "evaluate"]> {
  let description = [{
    Takes the sign of the divisor, or of the dividend as C's fmod does when `fmod`; a mod 0 = 0 for
    integers. The remainder of floats is exact while the quotient is below 2^200.
  }];
  let arguments = (ins Ingot_Tensor:$a, Ingot_Tensor:$b, BoolAttr:$fmod);
}

def Ingot_PowOp : Ingot_Binary<"pow", "a to the power of b, in the type of a"> {
  let description = [{
    The operands may differ in type. Integers to integers wrap; to a negative power they are 0 but
    for 1 and -1.
  }];
}

def Ingot_NegOp : Ingot_DimensionUnary<"neg", "-x">;
def Ingot_AbsOp : Ingot_DimensionUnary<"abs", "the magnitude; of the lowest integer itself">;
def Ingot_SignOp : Ingot_DimensionUnary<"sign", "-1, 0 or 1; NaN of NaN">;
def Ingot_FloorOp : Ingot_DimensionUnary<"floor", "the integer at or below x">;
def Ingot_CeilOp : Ingot_DimensionUnary<"ceil", "the integer at or above x">;
def Ingot_RoundOp : Ingot_DimensionUnary<"round", "the nearest integer, ties to even">;
