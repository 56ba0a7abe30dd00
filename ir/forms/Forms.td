//===- Forms.td - what each form of the IR guarantees, and its check ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "mlir/Pass/PassBase.td"

def VerifyImported : Pass<"ingot-verify-imported", "::mlir::func::FuncOp"> {
  let summary = "Checks the imported form";
  let description = [{
    What the importer hands over, and the passes of simplify/ take:

    - The module holds functions of one block of `ingot` operators, on ranked tensors, sequences,
      optionals and maps. The rank of what a sequence holds may be open. Nothing is in a kernel, on
      another device, or planned.
    - Types say nothing that inference contradicts: same element type, same rank, and no other number
      where both know a dimension. Inference itself goes through, with every constraint that an
      operator states in `inferResults`.
    - Constants have as many bytes as their type takes. Up to 1 KiB they are a dense attribute,
      beyond it a resource, so that large ones are never part of the context or of printed IR.
    - Inputs and outputs have names, and `ingot.dims` has one entry for each dimension.
    - Every operator has a node of the file, or an input, for a location.
  }];
}

def VerifySimplified : Pass<"ingot-verify-simplified", "::mlir::func::FuncOp"> {
  let summary = "Checks the simplified form";
  let description = [{
    The imported form, and:

    - Types say all that inference knows: a dimension is `?` only where it is an expression.
    - No operator returns its operand unchanged (reshape or expand to the same dimensions, a transpose
      that moves nothing, a concatenation of one, a pool of single elements).
    - No operator is without readers.

    Names of ports are not asked for any more: what constants are folded in has none. Not guaranteed:
    that nothing could be computed at compile time, since tables much larger than what they are made
    of, and all at -O0, are left to the run.
  }];
}

def VerifyCompressed : Pass<"ingot-verify-compressed", "::mlir::func::FuncOp"> {
  let summary = "Checks the compressed form";
  let description = [{
    The simplified form, and:

    - No product or convolution of f32 reads two tensors that were dequantized from at most 8 bits by
      one scale and one zero point each: such are products of integers.
    - Integer contractions take zero points that are one number, or lie along the dimension that is
      not summed over.
    - `ingot.compression`, where there, is a list of layers, as ir/Compression.h writes them.

    Not guaranteed: weights around a zero point of 0 or 128, which only the CPU's integer kernels ask
    for, and dequantized constants as numbers, which -O0 leaves to the run.
  }];
}

def VerifyFused : Pass<"ingot-verify-fused", "::mlir::func::FuncOp"> {
  let summary = "Checks the fused form";
  let description = [{
    - Outside of kernels there are constants, control flow, calls of the host, transfers between
      devices, integer tensors of at least 32 bits whose elements are known expressions, which the
      program computes, and rearrangements of which only `shape` reads, that is, nobody: they say
      where dimensions come from. All other operators are in kernels.
    - A kernel holds one block of operators that can be emitted, reads its arguments alone, has the
      types of its operands and results inside as outside, and at least one result that is read.
      No argument is unused.
    - A kernel has the one anchor that it names, or, called "none", none: its other operators are
      element-wise, rearrangements, constants of one element. One called "attention" holds what
      `matchAttention` finds, and no other anchor.
    - A kernel runs on "cpu" or "gpu". One on the GPU reads what lies there and constants; all else
      reads what lies on the host. A transfer changes the side.
    - What the function returns is, for tensors of numbers, a result of its own: of a kernel, of
      control flow, of the host, or come from the GPU; no kernel's result is returned twice.
    - Types are those of inference, as in the simplified form. Kernels have no orders yet.
  }];
}
