//===- Cast.td - converting elements to another type ------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"

def Ingot_CastOp : Ingot_ScalarOp<"cast", "Converts every element to the type `to`",
                                  ["resultElementType", "evaluate"]> {
  let description = [{
    Integers wrap to the narrower width. Floats lose their fraction and saturate at the bounds of an
    integer type (NaN gives 0); anything but 0 is true. A narrower float is rounded to nearest, ties
    to even; the 8-bit ones take what lies beyond their largest value to it when `saturate`, else to
    infinity or, where the type has none, NaN. `round_mode` (up, down or nearest) is how f8E8M0 is
    rounded. Strings are not converted here.
  }];
  let arguments = (ins Ingot_Tensor:$x, TypeAttr:$to, DefaultValuedAttr<BoolAttr, "true">:$saturate,
                   DefaultValuedAttr<StrAttr, "\"up\"">:$round_mode);
}

def Ingot_BitcastOp : Ingot_ScalarOp<"bitcast", "The bits of every element read as the type `to`",
                                     ["resultElementType"]> {
  let description = [{ Both types have the same width in memory, 8 bits or more. }];
  let arguments = (ins Ingot_Tensor:$x, TypeAttr:$to);
}
