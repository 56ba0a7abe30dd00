//===- IndexingOp.td - operators that take positions from data ---------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
#ifndef INGOT_INDEXING_OP
#define INGOT_INDEXING_OP

include "mlir/IR/OpBase.td"

def Ingot_IndexingOp : OpInterface<"IndexingOp"> {
  let cppNamespace = "::ingot";
  let description = [{
    Reads or writes one tensor where the elements of another say. Positions that are constants are
    checked by the compiler, all others by the program before the operator runs: one outside of its
    range is a status that names the operator. What the operator itself does with such a position
    only keeps its accesses inside the tensor.
  }];
  let methods = [
    InterfaceMethod<"Appends the operands that hold positions, and the ranges of these.",
      "void", "positions",
      (ins "::ingot::DimAnalysis &":$dims, "::llvm::SmallVectorImpl<::ingot::Positions> &":$list)>
  ];
}

#endif // INGOT_INDEXING_OP
