//===- Math.td - transcendental functions -----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
// Emitted as operations of the `math` dialect where it has one: code generation replaces these by
// our own polynomials, within 4 ulp in binary32.
include "ir/Ingot.td"

def Ingot_ExpOp : Ingot_Unary<"exp", "e to the power of x">;
def Ingot_LogOp : Ingot_Unary<"log", "the natural logarithm">;
def Ingot_Log1pOp : Ingot_Unary<"log1p", "the natural logarithm of 1 + x, accurate for small x">;
def Ingot_SqrtOp : Ingot_Unary<"sqrt", "the square root">;
def Ingot_ReciprocalOp : Ingot_Unary<"reciprocal", "1 / x">;
def Ingot_SinOp : Ingot_Unary<"sin", "the sine">;
def Ingot_CosOp : Ingot_Unary<"cos", "the cosine">;
def Ingot_TanOp : Ingot_Unary<"tan", "the tangent">;
def Ingot_AsinOp : Ingot_Unary<"asin", "the inverse sine">;
def Ingot_AcosOp : Ingot_Unary<"acos", "the inverse cosine">;
def Ingot_AtanOp : Ingot_Unary<"atan", "the inverse tangent">;
def Ingot_SinhOp : Ingot_Unary<"sinh", "the hyperbolic sine">;
def Ingot_CoshOp : Ingot_Unary<"cosh", "the hyperbolic cosine">;
def Ingot_TanhOp : Ingot_Unary<"tanh", "the hyperbolic tangent">;
def Ingot_AsinhOp : Ingot_Unary<"asinh", "the inverse hyperbolic sine">;
def Ingot_AcoshOp : Ingot_Unary<"acosh", "the inverse hyperbolic cosine">;
def Ingot_AtanhOp : Ingot_Unary<"atanh", "the inverse hyperbolic tangent">;
def Ingot_ErfOp : Ingot_Unary<"erf", "the error function">;
