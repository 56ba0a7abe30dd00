// RUN: ingot-opt %s --ingot-tensors=fold=false --ingot-plan --ingot-verify-planned --split-input-file | FileCheck %s

// Sizes of the inputs that must be equal, or one of them 1, are compared before a run, in a function of
// their own; the message names the dimensions. The program itself compares nothing.
// CHECK: llvm.mlir.global internal constant @[[TEXT:.*]]("dimension a must be 1 or max(a, b)*min(1, a, b)\00")
// CHECK: func.func @run_main(
// CHECK-NOT: arith.cmpi
// CHECK: func.func @guard_main(
// CHECK: %[[A:.*]] = llvm.load
// CHECK: %[[B:.*]] = llvm.load
// CHECK: %[[MAX:.*]] = arith.maxsi %[[A]], %[[B]]
// CHECK: %[[SOME:.*]] = arith.minsi
// CHECK: %[[LEAST:.*]] = arith.minsi %[[SOME]], %[[B]]
// CHECK: %[[SIZE:.*]] = arith.muli %[[MAX]], %[[LEAST]]
// CHECK: %[[DIFFERS:.*]] = arith.cmpi ne, %[[A]], %[[SIZE]]
// CHECK: %[[STRETCHED:.*]] = arith.cmpi ne, %[[A]], %c1_i64
// CHECK: %[[WRONG:.*]] = arith.andi %[[DIFFERS]], %[[STRETCHED]]
// CHECK: cf.cond_br %[[WRONG]]
// CHECK: llvm.mlir.addressof @[[TEXT]]
func.func @main(%x: tensor<?x4xf32> {ingot.dims = ["a", ""]}, %y: tensor<?x4xf32> {ingot.dims = ["b", ""]}) -> tensor<?x4xf32> {
  %0 = ingot.add %x, %y : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

// A size that is born in the run is compared right before the launch that relies on it.
// CHECK: func.func @run_born(
// CHECK: %[[ROWS:.*]] = llvm.load
// CHECK: ingot.launch @k0_reduce
// CHECK: %[[COUNT:.*]] = llvm.load
// CHECK: ingot.launch @k1_nonzero(%[[COUNT]]
// CHECK: %[[WRONG:.*]] = arith.cmpi ne, %[[COUNT]], %[[ROWS]]
// CHECK: cf.cond_br %[[WRONG]]
// CHECK: ingot.launch @k3_matmul
// CHECK-NOT: func.func @guard_born
func.func @born(%x: tensor<6xf32>, %w: tensor<?x4xf32> {ingot.dims = ["rows", ""]}) -> tensor<1x4xf32> {
  %0 = ingot.cast %x {to = i1} : (tensor<6xf32>) -> tensor<6xi1>
  %1 = ingot.cast %0 {to = si64} : (tensor<6xi1>) -> tensor<6xsi64>
  %2 = ingot.reduce %1 {axes = array<i64: 0>, keepdims = true, kind = "sum"} : (tensor<6xsi64>) -> tensor<1xsi64>
  %3 = ingot.nonzero %x, %2 : (tensor<6xf32>, tensor<1xsi64>) -> tensor<1x?xsi64>
  %4 = ingot.cast %3 {to = f32} : (tensor<1x?xsi64>) -> tensor<1x?xf32>
  %5 = ingot.matmul %4, %w : (tensor<1x?xf32>, tensor<?x4xf32>) -> tensor<1x4xf32>
  return %5 : tensor<1x4xf32>
}
