//===- Ingot.td - the dialect: types and base classes -------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_DIALECT
#define INGOT_DIALECT

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "ir/Interfaces.td"

def Ingot_Dialect : Dialect {
  let name = "ingot";
  let cppNamespace = "::ingot";
  let summary = "Trained models, from import to launch plan";
  let description = [{
    Operators of trained models on ranked tensors. Element types keep signedness: `i1` is bool,
    `siN` and `uiN` are the integers, floats are MLIR's. Strings are `!ingot.string`.
  }];
  let useDefaultTypePrinterParser = 1;
  // One operator family per file of ops/: each registers its own.
  let extraClassDeclaration = [{
    void registerConstantOps();
    void registerElementwiseOps();
    void registerMathOps();
    void registerLogicOps();
    void registerCastOps();
    void registerMovementOps();
    void registerSliceOps();
    void registerPadOps();
    void registerIndexOps();
    void registerContractionOps();
    void registerQuantizeOps();
    void registerPoolOps();
    void registerReductionOps();
    void registerNormalizationOps();
    void registerCumulativeOps();
    void registerSortOps();
    void registerGenerateOps();
    void registerDetectionOps();
    void registerResizeOps();
    void registerStructureOps();
    void registerControlOps();
    void registerHostOps();
    void registerRecurrenceOps();
    void registerProgramOps();
  }];
}

class Ingot_Type<string name, string m> : TypeDef<Ingot_Dialect, name> { let mnemonic = m; }

def Ingot_StringType : Ingot_Type<"String", "string"> {
  let summary = "A byte string, an element of a tensor";
}
def Ingot_SequenceType : Ingot_Type<"Sequence", "sequence"> {
  let summary = "A list of values of one type";
  let parameters = (ins "::mlir::Type":$element);
  let assemblyFormat = "`<` $element `>`";
}
def Ingot_OptionalType : Ingot_Type<"Optional", "optional"> {
  let summary = "A value or none";
  let parameters = (ins "::mlir::Type":$element);
  let assemblyFormat = "`<` $element `>`";
}
def Ingot_MapType : Ingot_Type<"Map", "map"> {
  let summary = "A dictionary from integers or strings to values";
  let parameters = (ins "::mlir::Type":$key, "::mlir::Type":$value);
  let assemblyFormat = "`<` $key `,` $value `>`";
}

def Ingot_Tensor : Type<CPred<"::llvm::isa<::mlir::RankedTensorType, ::mlir::NoneType>($_self)">,
                        "ranked tensor", "::mlir::Type">;

class Ingot_Op<string mnemonic, list<Trait> traits = []> : Op<Ingot_Dialect, mnemonic, traits> {
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

/// What an operator states about sizes beyond its results': that operands must agree.
defvar Ingot_Constrained = ["constrainSizes"];

/// An operator whose results are a pure function of its operands.
class Ingot_PureOp<string mnemonic, list<Trait> traits = [], list<string> sizes = []>
    : Ingot_Op<mnemonic,
        !listconcat([Pure, DeclareOpInterfaceMethods<Ingot_DimensionOp, sizes>], traits)>;

/// One that can also be emitted element by element.
class Ingot_IndexedOp<string mnemonic, list<Trait> traits = [], list<string> sizes = []>
    : Ingot_PureOp<mnemonic, !listconcat([DeclareOpInterfaceMethods<Ingot_ElementOp>], traits),
                   sizes>;

/// A cheap rearrangement of its operand's elements.
class Ingot_MovementOp<string mnemonic, list<Trait> traits = [], list<string> sizes = []>
    : Ingot_PureOp<mnemonic,
        !listconcat([DeclareOpInterfaceMethods<Ingot_ElementOp, ["isMovement"]>], traits), sizes>;

//===- Element-wise operators ---------------------------------------------------===//

class Ingot_ScalarOp<string mnemonic, string what, list<string> methods = []>
    : Ingot_Op<mnemonic, [Pure, DeclareOpInterfaceMethods<Ingot_ElementwiseOp, methods>]> {
  let summary = what;
  let results = (outs Ingot_Tensor:$result);
}
/// The result has the operand's element type.
class Ingot_Unary<string mnemonic, string what> : Ingot_ScalarOp<mnemonic, what> {
  let arguments = (ins Ingot_Tensor:$x);
}
/// As above, and shape computations go through it.
class Ingot_DimensionUnary<string mnemonic, string what>
    : Ingot_ScalarOp<mnemonic, what, ["evaluate"]> {
  let arguments = (ins Ingot_Tensor:$x);
}
class Ingot_Predicate<string mnemonic, string what>
    : Ingot_ScalarOp<mnemonic, what, ["resultElementType"]> {
  let arguments = (ins Ingot_Tensor:$x);
}
class Ingot_Binary<string mnemonic, string what>
    : Ingot_ScalarOp<mnemonic, what, ["resultElementType"]> {
  let arguments = (ins Ingot_Tensor:$a, Ingot_Tensor:$b);
}
class Ingot_DimensionBinary<string mnemonic, string what>
    : Ingot_ScalarOp<mnemonic, what, ["resultElementType", "evaluate"]> {
  let arguments = (ins Ingot_Tensor:$a, Ingot_Tensor:$b);
}

#endif // INGOT_DIALECT
