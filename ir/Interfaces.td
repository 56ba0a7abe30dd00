//===- Interfaces.td - what an operator states about itself ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_INTERFACES
#define INGOT_INTERFACES

include "mlir/IR/OpBase.td"

def Ingot_DimensionOp : OpInterface<"DimensionOp"> {
  let cppNamespace = "::ingot";
  let description = [{
    States element types and dimensions of the results from those of the operands, and, where it is
    a small integer tensor, the values of its elements. The importer builds every operator through
    it, so it also is where operand ranks, element types and attributes are checked: a violated
    constraint is one diagnostic on the op that reads "expected X, but got Y".
  }];
  let methods = [
    InterfaceMethod<"Appends one entry for every result.",
      "::llvm::LogicalResult", "inferResults",
      (ins "::ingot::DimAnalysis &":$dims, "::llvm::SmallVectorImpl<::ingot::TensorInfo> &":$results)>
  ];
}

def Ingot_ElementwiseOp : OpInterface<"ElementwiseOp"> {
  let cppNamespace = "::ingot";
  let description = [{
    One result element is a scalar function of the operands' elements at the same place, with
    operands broadcast as numpy does. The function is emitted on scalars or on vectors of any
    length alike; arguments and result are in compute form (see ElementTypes.h).
  }];
  let methods = [
    InterfaceMethod<"The result's element type, or null with a diagnostic when the operands do not fit.",
      "::mlir::Type", "resultElementType", (ins), "", [{
        return ::llvm::cast<::mlir::ShapedType>($_op->getOperand(0).getType()).getElementType();
      }]>,
    InterfaceMethod<"Emits the scalar function.",
      "::mlir::Value", "emitScalar",
      (ins "::mlir::OpBuilder &":$b, "::mlir::Location":$loc, "::mlir::ValueRange":$args)>,
    InterfaceMethod<"The function on dimensions, for operators that shape computations go through; "
                    "nullopt where the value is only known at run time.",
      "::std::optional<::ingot::Dim>", "evaluate",
      (ins "::ingot::DimSpace &":$space, "::llvm::ArrayRef<::ingot::Dim>":$operands), "",
      [{ return ::std::nullopt; }]>
  ];
}

def Ingot_ElementOp : OpInterface<"ElementOp"> {
  let cppNamespace = "::ingot";
  let description = [{
    A pure function of the index: emits the value of one result element, reading operands through
    the builder. This is the reference lowering, and, for data movement, also the fused one.
    Fails (without diagnostic) where the indices are lanes that it cannot serve; the caller then
    falls back to one element at a time, at which it must not fail.
  }];
  let methods = [
    InterfaceMethod<"Emits the element of result `result` at `at`.",
      "::llvm::FailureOr<::mlir::Value>", "emitElement",
      (ins "::ingot::ElementBuilder &":$b, "unsigned":$result, "::llvm::ArrayRef<::ingot::Index>":$at)>,
    InterfaceMethod<"True when one result element costs no more than a few operand reads, so that "
                    "fusing it into several consumers is cheaper than storing it.",
      "bool", "isMovement", (ins), "", [{ return false; }]>
  ];
}

def Ingot_BodyOp : OpInterface<"BodyOp"> {
  let cppNamespace = "::ingot";
  let description = [{
    An operator over whole buffers (sorting, scatter, recurrence): it runs `tiles` independent
    pieces, each of which writes its part of the results through the builder.
  }];
  let methods = [
    InterfaceMethod<"Number of independent pieces.",
      "::ingot::Dim", "tiles", (ins "::ingot::DimAnalysis &":$dims), "", [{ return ::ingot::Dim(1); }]>,
    InterfaceMethod<"Buffers of the launch besides operands and results: element type (storage) and count.",
      "::llvm::SmallVector<std::pair<::mlir::Type, ::ingot::Dim>>", "scratch",
      (ins "::ingot::DimAnalysis &":$dims), "", [{ return {}; }]>,
    InterfaceMethod<"Emits piece `tile`.",
      "::llvm::LogicalResult", "emitBody", (ins "::ingot::ElementBuilder &":$b, "::mlir::Value":$tile)>
  ];
}

def Ingot_ViewOp : OpInterface<"ViewOp"> {
  let cppNamespace = "::ingot";
  let description = [{
    Rearranges its first operand without computing: where the operand's elements lie in memory at
    an affine function of the index, so may the result's.
  }];
  let methods = [
    InterfaceMethod<"Maps strides and offset of the operand to those of the result; fails where "
                    "the result is not affine.",
      "::llvm::LogicalResult", "mapStrides",
      (ins "::ingot::DimAnalysis &":$dims, "::ingot::StridedView &":$view)>
  ];
}

#endif // INGOT_INTERFACES
