// RUN: ingot-opt %s --ingot-recognize-normalization --canonicalize | FileCheck %s

// Constants are bytes: 8.0 is 0x41000000, 2.0 is 0x40000000, 1e-5 is 0x3727c5ac.

// CHECK-LABEL: func @layer_norm
// CHECK-SAME: (%[[X:.*]]: tensor<4x8xf32>)
// CHECK-NEXT: %[[Y:.*]] = ingot.normalize %[[X]]
// CHECK-SAME: axes = array<i64: 1>, center = true
// CHECK-NEXT: return %[[Y]]
func.func @layer_norm(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %n = ingot.constant tensor<f32>, dense<[0, 0, 0, 65]> : tensor<4xi8>
  %two = ingot.constant tensor<f32>, dense<[0, 0, 0, 64]> : tensor<4xi8>
  %eps = ingot.constant tensor<f32>, dense<[-84, -59, 39, 55]> : tensor<4xi8>
  %0 = ingot.reduce %x {kind = "sum", axes = array<i64: 1>, keepdims = true} : (tensor<4x8xf32>) -> tensor<4x1xf32>
  %1 = ingot.div %0, %n : (tensor<4x1xf32>, tensor<f32>) -> tensor<4x1xf32>
  %2 = ingot.sub %x, %1 : (tensor<4x8xf32>, tensor<4x1xf32>) -> tensor<4x8xf32>
  %3 = ingot.pow %2, %two : (tensor<4x8xf32>, tensor<f32>) -> tensor<4x8xf32>
  %4 = ingot.reduce %3 {kind = "sum", axes = array<i64: 1>, keepdims = true} : (tensor<4x8xf32>) -> tensor<4x1xf32>
  %5 = ingot.div %4, %n : (tensor<4x1xf32>, tensor<f32>) -> tensor<4x1xf32>
  %6 = ingot.add %5, %eps : (tensor<4x1xf32>, tensor<f32>) -> tensor<4x1xf32>
  %7 = ingot.sqrt %6 : (tensor<4x1xf32>) -> tensor<4x1xf32>
  %8 = ingot.div %2, %7 : (tensor<4x8xf32>, tensor<4x1xf32>) -> tensor<4x8xf32>
  return %8 : tensor<4x8xf32>
}

// The divisor is not the number of elements: no mean.
// CHECK-LABEL: func @other_divisor
// CHECK-NOT: ingot.normalize
func.func @other_divisor(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %n = ingot.constant tensor<f32>, dense<[0, 0, 0, 64]> : tensor<4xi8>
  %eps = ingot.constant tensor<f32>, dense<[-84, -59, 39, 55]> : tensor<4xi8>
  %0 = ingot.mul %x, %x : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  %1 = ingot.reduce %0 {kind = "sum", axes = array<i64: 1>, keepdims = true} : (tensor<4x8xf32>) -> tensor<4x1xf32>
  %2 = ingot.div %1, %n : (tensor<4x1xf32>, tensor<f32>) -> tensor<4x1xf32>
  %3 = ingot.add %2, %eps : (tensor<4x1xf32>, tensor<f32>) -> tensor<4x1xf32>
  %4 = ingot.sqrt %3 : (tensor<4x1xf32>) -> tensor<4x1xf32>
  %5 = ingot.div %x, %4 : (tensor<4x8xf32>, tensor<4x1xf32>) -> tensor<4x8xf32>
  return %5 : tensor<4x8xf32>
}

// CHECK-LABEL: func @rms_norm
// CHECK: ingot.normalize
// CHECK-SAME: center = false
func.func @rms_norm(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %n = ingot.constant tensor<f32>, dense<[0, 0, 0, 65]> : tensor<4xi8>
  %one = ingot.constant tensor<f32>, dense<[0, 0, -128, 63]> : tensor<4xi8>
  %eps = ingot.constant tensor<f32>, dense<[-84, -59, 39, 55]> : tensor<4xi8>
  %0 = ingot.mul %x, %x : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  %1 = ingot.reduce %0 {kind = "sum", axes = array<i64: 1>, keepdims = true} : (tensor<4x8xf32>) -> tensor<4x1xf32>
  %2 = ingot.div %1, %n : (tensor<4x1xf32>, tensor<f32>) -> tensor<4x1xf32>
  %3 = ingot.add %2, %eps : (tensor<4x1xf32>, tensor<f32>) -> tensor<4x1xf32>
  %4 = ingot.sqrt %3 : (tensor<4x1xf32>) -> tensor<4x1xf32>
  %5 = ingot.div %one, %4 : (tensor<f32>, tensor<4x1xf32>) -> tensor<4x1xf32>
  %6 = ingot.mul %x, %5 : (tensor<4x8xf32>, tensor<4x1xf32>) -> tensor<4x8xf32>
  return %6 : tensor<4x8xf32>
}
