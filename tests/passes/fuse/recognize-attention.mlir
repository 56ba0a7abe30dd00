// RUN: ingot-opt %s --ingot-recognize-attention --ingot-fuse --split-input-file | FileCheck %s
// RUN: ingot-opt %s --ingot-recognize-attention --ingot-fuse --split-input-file \
// RUN:   | FileCheck %s --check-prefix=COUNT

// Heads are split and joined by strides: the projections' results go in, and what the next product
// reads comes out. No kernel moves elements, and no scores lie between kernels.
// COUNT-LABEL: @heads
// COUNT-COUNT-1: ingot.kernel
// COUNT-NOT: ingot.kernel
// COUNT-LABEL: @read_scores
// CHECK-LABEL: @heads
// CHECK: %[[Y:.*]] = ingot.kernel "attention" on "cpu"
// CHECK-SAME: -> tensor<2x128x96xf32>
// CHECK: return %[[Y]]
func.func @heads(%q: tensor<2x128x96xf32>, %k: tensor<2x128x96xf32>, %v: tensor<2x128x96xf32>,
                 %m: tensor<2x1x1x128xf32>) -> tensor<2x128x96xf32> {
  %s = ingot.constant tensor<4xsi64>, dense<[2, 0, 0, 0, 0, 0, 0, 0, -128, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0]> : tensor<32xi8>
  %j = ingot.constant tensor<3xsi64>, dense<[2, 0, 0, 0, 0, 0, 0, 0, -128, 0, 0, 0, 0, 0, 0, 0, 96, 0, 0, 0, 0, 0, 0, 0]> : tensor<24xi8>
  %c = ingot.constant tensor<f32>, dense<[0, 0, -128, 64]> : tensor<4xi8>
  %0 = ingot.reshape %q, %s : (tensor<2x128x96xf32>, tensor<4xsi64>) -> tensor<2x128x3x32xf32>
  %1 = ingot.transpose %0 {permutation = array<i64: 0, 2, 1, 3>} : (tensor<2x128x3x32xf32>) -> tensor<2x3x128x32xf32>
  %2 = ingot.reshape %k, %s : (tensor<2x128x96xf32>, tensor<4xsi64>) -> tensor<2x128x3x32xf32>
  %3 = ingot.transpose %2 {permutation = array<i64: 0, 2, 3, 1>} : (tensor<2x128x3x32xf32>) -> tensor<2x3x32x128xf32>
  %4 = ingot.reshape %v, %s : (tensor<2x128x96xf32>, tensor<4xsi64>) -> tensor<2x128x3x32xf32>
  %5 = ingot.transpose %4 {permutation = array<i64: 0, 2, 1, 3>} : (tensor<2x128x3x32xf32>) -> tensor<2x3x128x32xf32>
  %6 = ingot.matmul %1, %3 : (tensor<2x3x128x32xf32>, tensor<2x3x32x128xf32>) -> tensor<2x3x128x128xf32>
  %7 = ingot.div %6, %c : (tensor<2x3x128x128xf32>, tensor<f32>) -> tensor<2x3x128x128xf32>
  %8 = ingot.add %7, %m : (tensor<2x3x128x128xf32>, tensor<2x1x1x128xf32>) -> tensor<2x3x128x128xf32>
  %9 = ingot.softmax %8 {axis = 3 : i64, log = false} : (tensor<2x3x128x128xf32>) -> tensor<2x3x128x128xf32>
  %10 = ingot.matmul %9, %5 : (tensor<2x3x128x128xf32>, tensor<2x3x128x32xf32>) -> tensor<2x3x128x32xf32>
  %11 = ingot.transpose %10 {permutation = array<i64: 0, 2, 1, 3>} : (tensor<2x3x128x32xf32>) -> tensor<2x128x3x32xf32>
  %12 = ingot.reshape %11, %j : (tensor<2x128x3x32xf32>, tensor<3xsi64>) -> tensor<2x128x96xf32>
  return %12 : tensor<2x128x96xf32>
}

// -----

// Probabilities that are results themselves must be stored: no attention kernel.
// CHECK-LABEL: @read_scores
// CHECK-NOT: "attention"
func.func @read_scores(%q: tensor<4x8xf32>, %k: tensor<8x6xf32>, %v: tensor<6x8xf32>) -> (tensor<4x8xf32>, tensor<4x6xf32>) {
  %0 = ingot.matmul %q, %k : (tensor<4x8xf32>, tensor<8x6xf32>) -> tensor<4x6xf32>
  %1 = ingot.softmax %0 {axis = 1 : i64, log = false} : (tensor<4x6xf32>) -> tensor<4x6xf32>
  %2 = ingot.matmul %1, %v : (tensor<4x6xf32>, tensor<6x8xf32>) -> tensor<4x8xf32>
  return %2, %1 : tensor<4x8xf32>, tensor<4x6xf32>
}
