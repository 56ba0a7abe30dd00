//===- Logic.td - comparisons, truth values and bits ------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"

def Ingot_EqualOp : Ingot_DimensionBinary<"equal", "a == b; false if either is NaN">;
def Ingot_LessOp : Ingot_DimensionBinary<"less", "a < b; false if either is NaN">;
def Ingot_LessOrEqualOp : Ingot_DimensionBinary<"less_or_equal", "a <= b; false if either is NaN">;

def Ingot_AndOp : Ingot_DimensionBinary<"and", "a and b, of truth values">;
def Ingot_OrOp : Ingot_DimensionBinary<"or", "a or b, of truth values">;
def Ingot_XorOp : Ingot_DimensionBinary<"xor", "a differs from b, of truth values">;
def Ingot_NotOp : Ingot_DimensionUnary<"not", "not x, of truth values">;

def Ingot_BitAndOp : Ingot_Binary<"bit_and", "a and b, bit by bit">;
def Ingot_BitOrOp : Ingot_Binary<"bit_or", "a or b, bit by bit">;
def Ingot_BitXorOp : Ingot_Binary<"bit_xor", "a exclusive or b, bit by bit">;
def Ingot_BitNotOp : Ingot_Unary<"bit_not", "the complement of all bits">;
def Ingot_ShiftLeftOp : Ingot_Binary<"shift_left", "a << b; 0 when b is not below the width">;
def Ingot_ShiftRightOp : Ingot_Binary<"shift_right", "a >> b; of a signed a its sign comes in, else 0, however large b is">;

def Ingot_IsNaNOp : Ingot_Predicate<"is_nan", "x is not a number">;
def Ingot_IsInfOp : Ingot_ScalarOp<"is_inf", "x is an infinity of a wanted sign", ["resultElementType"]> {
  let arguments = (ins Ingot_Tensor:$x, BoolAttr:$negative, BoolAttr:$positive);
}

def Ingot_WhereOp : Ingot_ScalarOp<"where", "a where the condition holds, else b",
                                   ["resultElementType", "evaluate"]> {
  let arguments = (ins Ingot_Tensor:$condition, Ingot_Tensor:$a, Ingot_Tensor:$b);
}
