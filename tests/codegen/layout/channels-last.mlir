// RUN: ingot-opt %s --ingot-fuse --ingot-layout | FileCheck %s

// The function's input is copied once into channels-last order; what lies between the convolutions
// keeps that order, and the result is row-major again.
// CHECK-LABEL: @chain
// CHECK: %[[IN:.*]] = ingot.kernel "none" on "cpu"(%arg0) attributes {result_orders = [array<i64: 0, 2, 3, 1>]}
// CHECK: %[[C1:.*]] = ingot.kernel "conv" on "cpu"(%[[IN]], {{.*}} attributes {operand_orders = [array<i64: 0, 2, 3, 1>, unit], result_orders = [array<i64: 0, 2, 3, 1>]}
// CHECK: %[[C2:.*]] = ingot.kernel "conv" on "cpu"(%[[C1]], {{.*}} result_orders = [array<i64: 0, 2, 3, 1>]
// CHECK: %[[OUT:.*]] = ingot.kernel "none" on "cpu"(%[[C2]]) attributes {operand_orders = [array<i64: 0, 2, 3, 1>]} :
// CHECK: return %[[OUT]]
func.func @chain(%x: tensor<1x2x5x5xf32>) -> tensor<1x2x5x5xf32> {
  %w = ingot.constant tensor<2x2x1x1xf32>, dense<[0, 0, 0, 64, 0, 0, 0, 64, 0, 0, 0, 64, 0, 0, 0, 64]> : tensor<16xi8>
  %0 = ingot.conv %x, %w {dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x2x5x5xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x5x5xf32>
  %1 = ingot.exp %0 : (tensor<1x2x5x5xf32>) -> tensor<1x2x5x5xf32>
  %2 = ingot.conv %1, %w {dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x2x5x5xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x5x5xf32>
  return %2 : tensor<1x2x5x5xf32>
}
