//===- Logic.td - comparisons, truth values and bits ------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"

// Operands broadcast as numpy does, to the result's dimensions; truth values are i1.

def Ingot_EqualOp : Ingot_DimensionBinary<"equal", "a == b"> {
  let description = [{
    False if either is NaN; 0 equals -0. Of numbers or truth values of one type. Known sizes are
    compared while the model is compiled. ONNX: Equal.
  }];
}
def Ingot_LessOp : Ingot_DimensionBinary<"less", "a < b"> {
  let description = [{ False if either is NaN. Of numbers of one type. ONNX: Less, Greater. }];
}
def Ingot_LessOrEqualOp : Ingot_DimensionBinary<"less_or_equal", "a <= b"> {
  let description = [{
    False if either is NaN. Of numbers of one type. ONNX: LessOrEqual, GreaterOrEqual.
  }];
}

def Ingot_AndOp : Ingot_DimensionBinary<"and", "a and b"> {
  let description = [{ Of truth values. ONNX: And. }];
}
def Ingot_OrOp : Ingot_DimensionBinary<"or", "a or b"> {
  let description = [{ Of truth values. ONNX: Or. }];
}
def Ingot_XorOp : Ingot_DimensionBinary<"xor", "a differs from b"> {
  let description = [{ Of truth values. ONNX: Xor. }];
}
def Ingot_NotOp : Ingot_DimensionUnary<"not", "not x"> {
  let description = [{ Of truth values. ONNX: Not. }];
}

def Ingot_BitAndOp : Ingot_Binary<"bit_and", "a and b, bit by bit"> {
  let description = [{ Of integers of one type. ONNX: BitwiseAnd. }];
}
def Ingot_BitOrOp : Ingot_Binary<"bit_or", "a or b, bit by bit"> {
  let description = [{ Of integers of one type. ONNX: BitwiseOr. }];
}
def Ingot_BitXorOp : Ingot_Binary<"bit_xor", "a exclusive or b, bit by bit"> {
  let description = [{ Of integers of one type. ONNX: BitwiseXor. }];
}
def Ingot_BitNotOp : Ingot_Unary<"bit_not", "the complement of all bits"> {
  let description = [{ Of integers. ONNX: BitwiseNot. }];
}
def Ingot_ShiftLeftOp : Ingot_Binary<"shift_left", "a << b"> {
  let description = [{ 0 when b is not below the width of a. ONNX: BitShift (LEFT). }];
}
def Ingot_ShiftRightOp : Ingot_Binary<"shift_right", "a >> b"> {
  let description = [{
    Of a signed a its sign comes in, else 0, however large b is. ONNX: BitShift (RIGHT).
  }];
}

def Ingot_IsNaNOp : Ingot_Predicate<"is_nan", "x is not a number"> {
  let description = [{ Of floats, as truth values. ONNX: IsNaN. }];
}
def Ingot_IsInfOp : Ingot_ScalarOp<"is_inf", "x is an infinity of a wanted sign", ["resultElementType"]> {
  let description = [{ Of floats: one below 0 if `negative`, above if `positive`. ONNX: IsInf. }];
  let arguments = (ins Ingot_Tensor:$x, BoolAttr:$negative, BoolAttr:$positive);
}

def Ingot_WhereOp : Ingot_ScalarOp<"where", "a where the condition holds, else b",
                                   ["resultElementType", "evaluate"]> {
  let description = [{
    `a` and `b` have one type, any; both are computed. ONNX: Where, part of most activations.
  }];
  let arguments = (ins Ingot_Tensor:$condition, Ingot_Tensor:$a, Ingot_Tensor:$b);
}
