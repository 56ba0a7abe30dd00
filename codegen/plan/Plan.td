//===- Plan.td - the planned form, shown and checked ---------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "mlir/Pass/PassBase.td"

def PlanEntries : Pass<"ingot-plan", "::mlir::ModuleOp"> {
  let summary = "Turns functions in laid out form into kernels and programs over buffers";
  let description = [{
    Shows the planned form as text: in place of its functions the module then holds one module each
    of what the compiler keeps apart: `@kernels`, `@gpu_kernels` where there are any, and `@program`.
    What the form says is written at VerifyPlanned. The constants' section is left out.

    ```mlir
    func.func @main(%x: tensor<16xf32>) -> tensor<16xf32> {
      %0 = ingot.kernel "none" on "cpu"(%x) : (tensor<16xf32>) -> tensor<16xf32> { … }
      return %0 : tensor<16xf32>
    }
    ```
    becomes a function `@k0_elementwise` over two buffers and a program `@run_main` that launches it.
  }];
  let options = [
    Option<"cpu", "cpu", "std::string", "\"x86-64-v3\"", "What the kernels are made for">,
    Option<"reference", "reference", "bool", "false", "Plain loops throughout">
  ];
  let dependentDialects = ["::ingot::IngotDialect", "::mlir::LLVM::LLVMDialect"];
}

def VerifyPlanned : Pass<"ingot-verify-planned", "::mlir::ModuleOp"> {
  let summary = "Checks the planned form";
  let description = [{
    Kernels (a module of functions):

    - A kernel is a function with a body and no results. It takes the range of its tiles and the
      worker's number (nothing of that on a GPU), then what `ingot.arguments` lists: linear buffers
      that it may "read", "write" or use as "scratch", each worker's own memory at an offset
      ("worker:64"), and a "number".
    - It holds arithmetic, structured control flow, loads and stores, and nothing else: no
      allocation, no call, no assert, and of the functions of `math` only those that become
      instructions or arithmetic of our own.
    - It writes to no buffer that it reads as an operand.
    - No two kernels are equal.

    Programs (a module of functions over pointers):

    - They hold 64-bit arithmetic, branches, loads, stores and copies, launches, and calls through
      the table of the host; nothing is called by name. Memory of their own is taken from the stack
      at the start alone.
    - A launch names a kernel and gives a pointer for each of its buffers, an integer for each number,
      and a block of threads exactly if the kernel is the GPU's.
    - `ingot.buffers` lists what lies in the arenas, with the steps of the program from which on and
      up to which it is in use: at multiples of 64 bytes, inside the arena, and two in use at the
      same step apart. Sizes that depend on input dimensions have numbers in place of offsets; the
      runtime places them by the same steps. Every address in an arena is that of its buffer.
    - Whatever path is taken, what a launch, a copy or the program itself reads from a buffer has been
      written there, and no buffer that may lie in the same place has been written since. This is
      followed through branches, loops and addresses on the stack; it goes by the program, not by the
      steps that the planner went by.
    - What a launch writes shares no byte with anything else that it is given: kernels rely on that.

    Not guaranteed here: an operand and a result of one launch never share a buffer (aliasing in place
    is that of control flow: a branch yields its own buffer, a loop writes where its next iteration
    reads, outputs are written where the caller wants them).
  }];
}
