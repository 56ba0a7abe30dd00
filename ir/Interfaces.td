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
      (ins "::ingot::DimAnalysis &":$dims, "::llvm::SmallVectorImpl<::ingot::TensorInfo> &":$results)>,
    InterfaceMethod<"States, through DimAnalysis::agree, which sizes of the operands must agree where "
                    "the results do not tell: one operand is indexed by dimensions of another. "
                    "Called after inferResults has checked the ranks; fails with a diagnostic where "
                    "sizes known now contradict each other, and what only a run knows is guarded "
                    "there.",
      "::llvm::LogicalResult", "constrainSizes", (ins "::ingot::DimAnalysis &":$dims), "",
      [{ return ::llvm::success(); }]>,
    InterfaceMethod<"Whether the results follow from the operands' dimensions alone, whatever the "
                    "elements are.",
      "bool", "readsDimensionsOnly", (ins), "", [{ return false; }]>
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

def Ingot_CostOp : OpInterface<"CostOp"> {
  let cppNamespace = "::ingot";
  let description = [{
    States how much there is to compute where it is not one operation per element of the result;
    costOf (Facts.h) knows the rest.
  }];
  let methods = [
    InterfaceMethod<"Operations on scalars, of which a multiplication with the addition of its "
                    "product is one.",
      "::ingot::Dim", "operations", (ins "::ingot::DimAnalysis &":$dims)>
  ];
}

def Ingot_ContractionOp : OpInterface<"ContractionOp", [Ingot_CostOp]> {
  let cppNamespace = "::ingot";
  let description = [{
    Each result element is a sum of products of one element of the data and one of the weights, of
    floats or of integers less their zero points: matrix products and convolutions. Where both
    factors are computed, as in attention, the weights are those whose channels the result has.

    A channel is what one set of weights computes: a column of a matrix product, an output channel
    of a convolution. One factor per channel leaves the sum: it may be applied to the weights or,
    with the same effect, to the result.
  }];
  let methods = [
    InterfaceMethod<"The operand with the data.",
      "::mlir::OpOperand &", "dataOperand", (ins), "", [{ return $_op->getOpOperand(0); }]>,
    InterfaceMethod<"The operand with the weights.",
      "::mlir::OpOperand &", "weightsOperand", (ins), "", [{ return $_op->getOpOperand(1); }]>,
    InterfaceMethod<"What is taken off each element of the data; null if nothing is.",
      "::mlir::Value", "dataZero", (ins), "", [{ return {}; }]>,
    InterfaceMethod<"What is taken off each of the weights; null if nothing is.",
      "::mlir::Value", "weightsZero", (ins), "", [{ return {}; }]>,
    InterfaceMethod<"The dimension of the weights that counts channels (of one group, if there are "
                    "groups along another).",
      "int64_t", "weightsChannelAxis">,
    InterfaceMethod<"The dimension of the result that counts channels.",
      "int64_t", "resultChannelAxis">,
    InterfaceMethod<"Whether the whole result has the same weights: they are not a batch, of which "
                    "each part of the result has its own.",
      "bool", "sharesWeights", (ins), "", [{ return true; }]>
  ];
  let extraSharedClassDeclaration = [{
    ::mlir::Value data() { return $_op.dataOperand().get(); }
    ::mlir::Value weights() { return $_op.weightsOperand().get(); }
    /// The shape in which one number per channel broadcasts to the result.
    ::llvm::SmallVector<int64_t> perChannelShape(int64_t channels) {
      auto type = ::llvm::cast<::mlir::RankedTensorType>($_op->getResult(0).getType());
      ::llvm::SmallVector<int64_t> shape(type.getRank() - $_op.resultChannelAxis(), 1);
      shape[0] = channels;
      return shape;
    }
  }];
}

def Ingot_ConvolutionOp : OpInterface<"ConvolutionOp", [Ingot_ContractionOp]> {
  let cppNamespace = "::ingot";
  let description = [{
    A contraction of data [N, C, D...] whose weights [..., ..., K...] are a window that slides over
    D. Numbers are per spatial dimension; `pads` holds all begins, then all ends.
  }];
  let methods = [
    InterfaceMethod<"Elements between places of the window.",
      "::llvm::ArrayRef<int64_t>", "getStrides">,
    InterfaceMethod<"Elements between the window's elements.",
      "::llvm::ArrayRef<int64_t>", "getDilations">,
    InterfaceMethod<"Elements around the data that count as zero.",
      "::llvm::ArrayRef<int64_t>", "getPads">,
    InterfaceMethod<"Parts of the channels that know nothing of each other.",
      "uint64_t", "getGroups">,
    InterfaceMethod<"Whether each element of the data is spread over a window of the result, rather "
                    "than each of the result gathered from one of the data.",
      "bool", "isTransposed", (ins), "", [{ return false; }]>
  ];
}

def Ingot_QuantizableOp : OpInterface<"QuantizableOp", [Ingot_ContractionOp]> {
  let cppNamespace = "::ingot";
  let description = [{
    A contraction with an integer form: of factors x = (q - zero) * scale, with scales and zero
    points that do not change along a sum, the sums of products of integers times the scales are its
    result. The weights may have one scale and zero point per channel. The integer form itself states
    how it is made with other factors.
  }];
  let methods = [
    InterfaceMethod<"The dimension of the data, besides the weights' channels, along which scale and "
                    "zero point may change; nullopt where the data needs one of each.",
      "::std::optional<int64_t>", "dataScaleAxis", (ins), "", [{ return ::std::nullopt; }]>,
    InterfaceMethod<"The contraction of integers less their zero points, summed exactly in 32 bits, "
                    "with this one's attributes; the type of its result is not inferred yet.",
      "::mlir::Operation *", "createInteger",
      (ins "::mlir::OpBuilder &":$b, "const ::ingot::IntegerFactors &":$factors)>
  ];
}

#endif // INGOT_INTERFACES
