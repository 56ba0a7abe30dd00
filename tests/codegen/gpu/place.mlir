// RUN: ingot-opt %s --split-input-file --ingot-fuse --ingot-place | FileCheck %s

// The input goes to the GPU once, softmax stays on the host, and the result comes back.
// CHECK-LABEL: @around
// CHECK: %[[X:.*]] = ingot.transfer %arg0 to "gpu"
// CHECK: %[[EXP:.*]] = ingot.kernel "none" on "gpu"(%[[X]])
// CHECK: %[[BACK:.*]] = ingot.transfer %[[EXP]] to "cpu"
// CHECK: %[[SOFT:.*]] = ingot.kernel "softmax" on "cpu"(%[[BACK]])
// CHECK-DAG: %[[S:.*]] = ingot.transfer %[[SOFT]] to "gpu"
// CHECK: %[[Y:.*]] = ingot.kernel "matmul" on "gpu"(%[[S]], %[[EXP]])
// CHECK: %[[OUT:.*]] = ingot.transfer %[[Y]] to "cpu"
// CHECK: return %[[OUT]]
func.func @around(%x: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %0 = ingot.exp %x : (tensor<8x8xf32>) -> tensor<8x8xf32>
  %1 = ingot.softmax %0 {axis = 1 : i64, log = false} : (tensor<8x8xf32>) -> tensor<8x8xf32>
  %2 = ingot.matmul %1, %0 : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  return %2 : tensor<8x8xf32>
}

// -----

// Packed results share bytes between threads.
// CHECK-LABEL: @packed
// CHECK: ingot.kernel "none" on "cpu"
// CHECK-NOT: ingot.transfer
func.func @packed(%x: tensor<8xf32>) -> tensor<8xsi4> {
  %0 = ingot.cast %x {to = si4} : (tensor<8xf32>) -> tensor<8xsi4>
  return %0 : tensor<8xsi4>
}
