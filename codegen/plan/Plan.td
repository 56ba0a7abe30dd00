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
    func.func @main(%x: tensor<16xf32> {ingot.name = "x"}) -> (tensor<16xf32> {ingot.name = "y"}) {
      %0 = ingot.kernel "none" on "cpu"(%x) : (tensor<16xf32>) -> tensor<16xf32> {
      ^bb0(%a: tensor<16xf32>):
        %1 = ingot.sqrt %a : (tensor<16xf32>) -> tensor<16xf32>
        ingot.yield %1 : tensor<16xf32>
      }
      return %0 : tensor<16xf32>
    }
    ```
    becomes
    ```mlir
    module {
      module @kernels {
        func.func @k0_elementwise(%arg0: index, %arg1: index, %arg2: index, %arg3: memref<?xf32>, %arg4: memref<?xf32>) attributes {ingot.arguments = ["read", "write"]} {
          %c8 = arith.constant 8 : index
          %c4096 = arith.constant 4096 : index
          %c16 = arith.constant 16 : index
          %c1 = arith.constant 1 : index
          scf.for %arg5 = %arg0 to %arg1 step %c1 {
            %0 = arith.muli %arg5, %c4096 : index
            %1 = arith.addi %0, %c4096 : index
            %2 = arith.minsi %1, %c16 : index
            %3 = arith.subi %2, %0 : index
            %4 = arith.remui %3, %c8 : index
            %5 = arith.subi %2, %4 : index
            scf.for %arg6 = %0 to %5 step %c8 {
              %6 = vector.load %arg3[%arg6] : memref<?xf32>, vector<8xf32>
              %7 = math.sqrt %6 : vector<8xf32>
              vector.store %7, %arg4[%arg6] : memref<?xf32>, vector<8xf32>
            }
            scf.for %arg6 = %5 to %2 step %c1 {
              %6 = memref.load %arg3[%arg6] : memref<?xf32>
              %7 = math.sqrt %6 : f32
              memref.store %7, %arg4[%arg6] : memref<?xf32>
            }
          }
          return
        }
      }
      module @program {
        func.func @run_main(%arg0: !llvm.ptr, %arg1: !llvm.ptr, %arg2: !llvm.ptr, %arg3: !llvm.ptr, %arg4: !llvm.ptr, %arg5: !llvm.ptr, %arg6: !llvm.ptr) -> i32 attributes {ingot.arena_bytes = 0 : i64, ingot.buffers = []} {
          %c0_i32 = arith.constant 0 : i32
          %c1_i64 = arith.constant 1 : i64
          %0 = llvm.load %arg2 : !llvm.ptr -> !llvm.ptr
          %1 = llvm.load %arg1 : !llvm.ptr -> !llvm.ptr
          ingot.launch @k0_elementwise(%1, %0) tiles %c1_i64 grain 0 host %arg0 : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
          return %c0_i32 : i32
        }
      }
    }
    ```
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
