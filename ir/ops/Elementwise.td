//===- Elementwise.td - scalar functions applied to every element -------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"

class Ingot_Unary<string mnemonic, string what>
    : Ingot_Op<mnemonic, [Pure, DeclareOpInterfaceMethods<Ingot_ElementwiseOp>]> {
  let summary = what;
  let arguments = (ins Ingot_Tensor:$x);
  let results = (outs Ingot_Tensor:$result);
}
class Ingot_UnaryPredicate<string mnemonic, string what>
    : Ingot_Op<mnemonic, [Pure, DeclareOpInterfaceMethods<Ingot_ElementwiseOp, ["resultElementType"]>]> {
  let summary = what;
  let arguments = (ins Ingot_Tensor:$x);
  let results = (outs Ingot_Tensor:$result);
}
class Ingot_Binary<string mnemonic, string what>
    : Ingot_Op<mnemonic, [Pure, DeclareOpInterfaceMethods<Ingot_ElementwiseOp, ["resultElementType"]>]> {
  let summary = what;
  let arguments = (ins Ingot_Tensor:$a, Ingot_Tensor:$b);
  let results = (outs Ingot_Tensor:$result);
}
/// Binary operators that small integer tensors (dimensions) go through as well.
class Ingot_DimensionBinary<string mnemonic, string what>
    : Ingot_Op<mnemonic, [Pure, DeclareOpInterfaceMethods<Ingot_ElementwiseOp, ["resultElementType"]>,
                          DeclareOpInterfaceMethods<Ingot_DimensionOp>]> {
  let summary = what;
  let arguments = (ins Ingot_Tensor:$a, Ingot_Tensor:$b);
  let results = (outs Ingot_Tensor:$result);
}

def Ingot_AddOp : Ingot_DimensionBinary<"add", "a + b">;
def Ingot_SubOp : Ingot_DimensionBinary<"sub", "a - b">;
def Ingot_MulOp : Ingot_DimensionBinary<"mul", "a * b">;
def Ingot_DivOp : Ingot_DimensionBinary<"div", "a / b; integers truncate toward zero, x / 0 = 0">;
def Ingot_MaxOp : Ingot_DimensionBinary<"max", "the larger; NaN if either is">;
def Ingot_MinOp : Ingot_DimensionBinary<"min", "the smaller; NaN if either is">;

def Ingot_NegOp : Ingot_Unary<"neg", "-x">;
def Ingot_ExpOp : Ingot_Unary<"exp", "e to the power of x">;
def Ingot_SqrtOp : Ingot_Unary<"sqrt", "the square root">;
def Ingot_TanhOp : Ingot_Unary<"tanh", "the hyperbolic tangent">;
def Ingot_ErfOp : Ingot_Unary<"erf", "the error function">;
