// RUN: ingot-opt %s --ingot-dynamic-int8=least=1 --canonicalize | FileCheck %s

// A channel of zeros, or with an infinity, has a scale of 1, so that no quotient is undefined: the
// columns are 0, 0 and 1, infinity.
// CHECK-LABEL: @odd_channels
// CHECK-DAG: ingot.constant tensor<2xf32>, dense<[0, 0, -128, 63, 0, 0, -128, 63]>
// CHECK-DAG: ingot.constant tensor<2x2xsi8>, dense<[0, 1, 0, 127]>
func.func @odd_channels(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %w = ingot.constant tensor<2x2xf32>, dense<[0, 0, 0, 0, 0, 0, -128, 63, 0, 0, 0, 0, 0, 0, -128, 127]> : tensor<16xi8>
  %0 = ingot.matmul %x, %w : (tensor<3x2xf32>, tensor<2x2xf32>) -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}

// Gemm's transposed weights keep their order, with a scale for each row.
// CHECK-LABEL: @transposed
// CHECK-DAG: %[[W:.*]] = ingot.constant tensor<2x1xsi8>, dense<127>
// CHECK: ingot.transpose %[[W]] {permutation = array<i64: 1, 0>} : (tensor<2x1xsi8>) -> tensor<1x2xsi8>
// CHECK: ingot.matmul_integer
func.func @transposed(%x: tensor<3x1xf32>) -> tensor<3x2xf32> {
  %w = ingot.constant tensor<2x1xf32>, dense<[0, 0, -128, 63, 0, 0, 0, 64]> : tensor<8xi8>
  %t = ingot.transpose %w {permutation = array<i64: 1, 0>} : (tensor<2x1xf32>) -> tensor<1x2xf32>
  %0 = ingot.matmul %x, %t : (tensor<3x1xf32>, tensor<1x2xf32>) -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}

// CHECK-LABEL: @conv
// CHECK: ingot.conv_integer
// CHECK-NOT: ingot.conv %
func.func @conv(%x: tensor<1x1x1x4xf32>) -> tensor<1x1x1x3xf32> {
  %w = ingot.constant tensor<1x1x1x2xf32>, dense<[0, 0, -128, 63, 0, 0, 0, 64]> : tensor<8xi8>
  %0 = ingot.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, groups = 1 : i64} : (tensor<1x1x1x4xf32>, tensor<1x1x1x2xf32>) -> tensor<1x1x1x3xf32>
  return %0 : tensor<1x1x1x3xf32>
}

// A matrix for each member of a batch has no one scale per column, and weights that the caller
// passes are not known.
// CHECK-LABEL: @others
// CHECK-NOT: ingot.compression
// CHECK-NOT: integer
// CHECK: return
func.func @others(%x: tensor<1x3x1xf32>, %v: tensor<1x1xf32>) -> (tensor<1x3x1xf32>, tensor<1x3x1xf32>) {
  %w = ingot.constant tensor<1x1x1xf32>, dense<[0, 0, -128, 63]> : tensor<4xi8>
  %0 = ingot.matmul %x, %w : (tensor<1x3x1xf32>, tensor<1x1x1xf32>) -> tensor<1x3x1xf32>
  %1 = ingot.matmul %x, %v : (tensor<1x3x1xf32>, tensor<1x1xf32>) -> tensor<1x3x1xf32>
  return %0, %1 : tensor<1x3x1xf32>, tensor<1x3x1xf32>
}
