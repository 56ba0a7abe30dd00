//===- Math.td - passes that leave LLVM no library call ---------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "mlir/Pass/PassBase.td"

def ExpandMath : Pass<"ingot-expand-math"> {
  let summary = "Replaces math ops that would become library calls by arithmetic";
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
                           "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
  let description = [{
    On scalars and 1-D vectors of f32 and f64, and of f16 and bf16 through f32: the transcendental
    functions of `math`, roots, powers, and C's fmod (`arith.remf`). What every target has
    instructions for stays (ExpandMath.h has the list). Free of branches but for large arguments of
    sin, cos and tan, and the loops of fmod and integer powers. Errors: Accuracy.md.

    ```mlir
    func.func @f(%x: f32) -> f32 {
      %0 = math.rsqrt %x : f32
      return %0 : f32
    }
    ```
    becomes
    ```mlir
    func.func @f(%x: f32) -> f32 {
      %one = arith.constant 1.0 : f32
      %0 = math.sqrt %x : f32
      %1 = arith.divf %one, %0 : f32
      return %1 : f32
    }
    ```
  }];
  let options = [Option<"fma", "fma", "bool", "true",
                        "The target multiplies and adds with one rounding">];
}

def ExpandFloats : Pass<"ingot-expand-floats"> {
  let summary = "Replaces conversions of small floats that would become library calls by arithmetic";
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
  let description = [{
    Conversions from and to bf16 and every narrower float become integer arithmetic, and bf16
    arithmetic is done in f32 (ExpandFloats.h has the list). The small types remain as types of
    memory and registers.

    ```mlir
    func.func @f(%x: bf16) -> f32 {
      %0 = arith.extf %x : bf16 to f32
      return %0 : f32
    }
    ```
    becomes
    ```mlir
    func.func @f(%x: bf16) -> f32 {
      %sixteen = arith.constant 16 : i32
      %0 = arith.bitcast %x : bf16 to i16
      %1 = arith.extui %0 : i16 to i32
      %2 = arith.shli %1, %sixteen : i32
      %3 = arith.bitcast %2 : i32 to f32
      return %3 : f32
    }
    ```
  }];
  let options = [Option<"expandF16", "expand-f16", "bool", "false",
                        "The target has no conversions of f16 either">];
}
