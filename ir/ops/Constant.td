//===- Constant.td - values known to the compiler -----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "ir/Ingot.td"

def Ingot_ConstantOp : Ingot_PureOp<"constant", [ConstantLike]> {
  let summary = "A tensor of the model file or made by the compiler";
  let description = [{
    The value is the bytes as ONNX lays them out (little endian, bool as bytes, sub-byte elements
    packed low bits first): up to 1 KiB a dense attribute of bytes; beyond it a `dense_resource`
    blob that views the mapped file, possibly misaligned. Strings are an array attribute. Read
    either through ConstantView.
  }];
  let arguments = (ins AnyAttr:$value);
  let results = (outs Ingot_Tensor:$result);
  let assemblyFormat = "type($result) `,` $value attr-dict";
  let hasFolder = 1;
  let extraClassDeclaration = [{
    ::mlir::RankedTensorType tensorType() { return ::llvm::cast<::mlir::RankedTensorType>(getType()); }
  }];
}

def Ingot_ShapeOp : Ingot_IndexedOp<"shape"> {
  let summary = "The dimensions of a tensor as a vector of 64-bit integers";
  let description = [{
    Of a tensor of rank r the result is [r]. Its elements are known to the dimension analysis, so
    that what follows from them is known before the run. ONNX: Shape, Size.
  }];
  let arguments = (ins Ingot_Tensor:$input);
  let results = (outs Ingot_Tensor:$result);
  let extraClassDeclaration = [{ bool readsDimensionsOnly() { return true; } }];
}

def Ingot_NoneOp : Ingot_Op<"none", [Pure]> {
  let summary = "Stands for an optional input that a node leaves out";
  let description = [{ An operand of this value has type none; no kernel reads it. }];
  let results = (outs NoneType:$result);
  let assemblyFormat = "attr-dict";
}
