//===- Math.td - transcendental functions -----------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
// Emitted as operations of the `math` dialect where it has one: code generation replaces these by
// our own polynomials, within 4 ulp in binary32 (codegen/lower/math, measured in Accuracy.md).
include "ir/Ingot.td"

/// A function of each element by itself, `special` values and the `method` that computes it.
class Ingot_MathOp<string mnemonic, string what, string onnx, string special, string method>
    : Ingot_Unary<mnemonic, what> {
  let description = "Of every element of a float tensor; the result has the operand's dimensions "
      "and type. Floats of fewer than 32 bits are computed in binary32. " # special # "\n\nMethod: " #
      method # "\n\nONNX: " # onnx # ".";
}

def Ingot_ExpOp : Ingot_MathOp<"exp", "e to the power of x", "Exp",
    "Overflows to infinity, underflows through denormal numbers to 0.",
    "2^(2h) * e^r with h = round(x * log2(e) / 2) and a polynomial in r (Exp.cpp).">;
def Ingot_LogOp : Ingot_MathOp<"log", "the natural logarithm", "Log",
    "-infinity of 0, NaN of what is below.",
    "e * ln 2 + log(1 + f) with f near 0 on both sides, a polynomial in f (Log.cpp).">;
def Ingot_Log1pOp : Ingot_MathOp<"log1p", "the natural logarithm of 1 + x, accurate for small x",
    "part of Softplus and Mish", "-infinity of -1, NaN of what is below.",
    "that of log, with what 1 + x rounds off put back (Log.cpp).">;
def Ingot_SqrtOp : Ingot_MathOp<"sqrt", "the square root", "Sqrt",
    "Rounded to nearest; NaN of what is below 0, -0 of -0.", "the CPU's instruction.">;
def Ingot_ReciprocalOp : Ingot_MathOp<"reciprocal", "1 / x", "Reciprocal",
    "Rounded to nearest; an infinity of 0, with its sign.", "a division.">;
def Ingot_SinOp : Ingot_MathOp<"sin", "the sine", "Sin", "NaN of infinities.",
    "reduction by multiples of pi/2 (Cody and Waite below 2^28, Payne and Hanek above), then a "
    "polynomial, in binary64 (Trigonometric.cpp).">;
def Ingot_CosOp : Ingot_MathOp<"cos", "the cosine", "Cos", "NaN of infinities.", "that of sin.">;
def Ingot_TanOp : Ingot_MathOp<"tan", "the tangent", "Tan", "NaN of infinities.",
    "sine over cosine of the reduced argument, in binary64 (Trigonometric.cpp).">;
def Ingot_AsinOp : Ingot_MathOp<"asin", "the inverse sine", "Asin", "NaN outside [-1, 1].",
    "a polynomial up to 1/2, above it acos x = 2 * asin sqrt((1 - x) / 2) "
    "(InverseTrigonometric.cpp).">;
def Ingot_AcosOp : Ingot_MathOp<"acos", "the inverse cosine", "Acos", "NaN outside [-1, 1].",
    "that of asin.">;
def Ingot_AtanOp : Ingot_MathOp<"atan", "the inverse tangent", "Atan", "pi/2 of infinity.",
    "one division takes x to at most tan(pi/8), then a polynomial (InverseTrigonometric.cpp).">;
def Ingot_SinhOp : Ingot_MathOp<"sinh", "the hyperbolic sine", "Sinh", "Overflows to infinity.",
    "(E + E / (E + 1)) / 2 with E = e^|x| - 1 (Hyperbolic.cpp).">;
def Ingot_CoshOp : Ingot_MathOp<"cosh", "the hyperbolic cosine", "Cosh", "Overflows to infinity.",
    "(e^|x| + e^-|x|) / 2, halved before it overflows (Hyperbolic.cpp).">;
def Ingot_TanhOp : Ingot_MathOp<"tanh", "the hyperbolic tangent", "Tanh", "1 of infinity.",
    "E / (E + 2) with E = e^(2|x|) - 1 (Hyperbolic.cpp).">;
def Ingot_AsinhOp : Ingot_MathOp<"asinh", "the inverse hyperbolic sine", "Asinh",
    "Infinite of infinities.", "log1p of what the definition leaves (Hyperbolic.cpp).">;
def Ingot_AcoshOp : Ingot_MathOp<"acosh", "the inverse hyperbolic cosine", "Acosh", "NaN below 1.",
    "that of asinh.">;
def Ingot_AtanhOp : Ingot_MathOp<"atanh", "the inverse hyperbolic tangent", "Atanh",
    "Infinite of 1 and -1, NaN beyond.", "log1p(2|x| / (1 - |x|)) / 2 (Hyperbolic.cpp).">;
def Ingot_ErfOp : Ingot_MathOp<"erf", "the error function", "Erf, part of Gelu", "1 of infinity.",
    "1 - e^(log(erfc|x|)) with a polynomial for the exponent; of binary64 a polynomial below 1/2, "
    "above it erfc after Shepherd and Laframboise, 1981 (Erf.cpp).">;
