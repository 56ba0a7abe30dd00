// RUN: ingot-opt %s --ingot-prune-magnitude=fraction=0.5 --canonicalize | FileCheck %s

// Of equal weights the earlier, and what is no number stays to be seen: 1, -1, NaN, 1.
// CHECK-LABEL: @ties
// CHECK: ingot.constant tensor<4x1xf32>, dense<[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -64, 127, 0, 0, -128, 63]>
func.func @ties(%x: tensor<1x4xf32>) -> tensor<1x1xf32> {
  %w = ingot.constant tensor<4x1xf32>, dense<[0, 0, -128, 63, 0, 0, -128, -65, 0, 0, -64, 127, 0, 0, -128, 63]> : tensor<16xi8>
  %0 = ingot.matmul %x, %w : (tensor<1x4xf32>, tensor<4x1xf32>) -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// Layers that share a weight, one of them by way of a transpose, share the pruned one.
// CHECK-LABEL: @shared
// CHECK-SAME: ingot.compression = [{bits = 32 : i64, method = "prune", node = "?", weights = 2 : i64, zeroed = 1 : i64}, {bits = 32 : i64, method = "prune", node = "?", weights = 2 : i64, zeroed = 1 : i64}]
// CHECK-COUNT-1: ingot.constant tensor<1x2xf32>, dense<[0, 0, 0, 0, 0, 0, 0, 64]>
// CHECK-NOT: ingot.constant
// CHECK: ingot.matmul
// CHECK: ingot.transpose
// CHECK: ingot.matmul
func.func @shared(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  %w = ingot.constant tensor<1x2xf32>, dense<[0, 0, -128, 63, 0, 0, 0, 64]> : tensor<8xi8>
  %t = ingot.transpose %w {permutation = array<i64: 1, 0>} : (tensor<1x2xf32>) -> tensor<2x1xf32>
  %0 = ingot.matmul %x, %w : (tensor<1x1xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  %1 = ingot.matmul %0, %t : (tensor<1x2xf32>, tensor<2x1xf32>) -> tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}

// Weights of another type, or that the caller passes, stay; so does the constant on the left.
// CHECK-LABEL: @others
// CHECK-NOT: ingot.compression
// CHECK: ingot.constant tensor<1x1xf32>, dense<[0, 0, -128, 63]>
// CHECK: ingot.constant tensor<1x1xf64>, dense<[0, 0, 0, 0, 0, 0, -16, 63]>
func.func @others(%x: tensor<1x1xf32>, %y: tensor<1x1xf64>) -> (tensor<1x1xf32>, tensor<1x1xf64>) {
  %w = ingot.constant tensor<1x1xf32>, dense<[0, 0, -128, 63]> : tensor<4xi8>
  %v = ingot.constant tensor<1x1xf64>, dense<[0, 0, 0, 0, 0, 0, -16, 63]> : tensor<8xi8>
  %0 = ingot.matmul %w, %x : (tensor<1x1xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  %1 = ingot.matmul %y, %v : (tensor<1x1xf64>, tensor<1x1xf64>) -> tensor<1x1xf64>
  return %0, %1 : tensor<1x1xf32>, tensor<1x1xf64>
}

// Convolutions too.
// CHECK-LABEL: @conv
// CHECK: ingot.constant tensor<1x1x1x2xf32>, dense<[0, 0, 0, 0, 0, 0, 0, 64]>
func.func @conv(%x: tensor<1x1x1x4xf32>) -> tensor<1x1x1x3xf32> {
  %w = ingot.constant tensor<1x1x1x2xf32>, dense<[0, 0, -128, 63, 0, 0, 0, 64]> : tensor<8xi8>
  %0 = ingot.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64} : (tensor<1x1x1x4xf32>, tensor<1x1x1x2xf32>) -> tensor<1x1x1x3xf32>
  return %0 : tensor<1x1x1x3xf32>
}
