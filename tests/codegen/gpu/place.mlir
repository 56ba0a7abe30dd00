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

// -----

// A convolution of integers is one sum per result, as that of floats.
// CHECK-LABEL: @integers
// CHECK: ingot.kernel "conv_integer" on "gpu"
func.func @integers(%x: tensor<1x2x5xui8>, %w: tensor<3x2x3xsi8>, %xz: tensor<ui8>, %wz: tensor<si8>) -> tensor<1x3x3xsi32> {
  %0 = ingot.conv_integer %x, %w, %xz, %wz {dilations = array<i64: 1>, groups = 1 : i64, pads = array<i64: 0, 0>, strides = array<i64: 1>} : (tensor<1x2x5xui8>, tensor<3x2x3xsi8>, tensor<ui8>, tensor<si8>) -> tensor<1x3x3xsi32>
  return %0 : tensor<1x3x3xsi32>
}
