// RUN: ingot-opt %s --ingot-prune-magnitude=fraction=0.5 | FileCheck %s

// 1, -2, 3, 4 become 0, 0, 3, 4; the gather from the same tensor keeps what it had.
// CHECK: ingot.compression = [{bits = 32 : i64, method = "prune", node = "?", weights = 4 : i64, zeroed = 2 : i64}]
// CHECK: %[[W:.*]] = ingot.constant tensor<2x2xf32>, dense<[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 64, 0, 0, -128, 64]>
// CHECK: ingot.matmul %arg0, %[[W]]
// CHECK-NOT: ingot.gather %[[W]]
func.func @f(%x: tensor<3x2xf32>, %i: tensor<1xsi64>) -> (tensor<3x2xf32>, tensor<1x2xf32>) {
  %w = ingot.constant tensor<2x2xf32>, dense<"0x0000803F000000C00000404000008040"> : tensor<16xi8>
  %0 = ingot.matmul %x, %w : (tensor<3x2xf32>, tensor<2x2xf32>) -> tensor<3x2xf32>
  %1 = ingot.gather %w, %i {axis = 0 : i64} : (tensor<2x2xf32>, tensor<1xsi64>) -> tensor<1x2xf32>
  return %0, %1 : tensor<3x2xf32>, tensor<1x2xf32>
}

// Of any contraction: here one whose channels are the weights' second dimension.
// CHECK-LABEL: @transposed_convolution
// CHECK-SAME: ingot.compression = [{bits = 32 : i64, method = "prune", node = "?", weights = 2 : i64, zeroed = 1 : i64}]
// CHECK: %[[W:.*]] = ingot.constant tensor<1x2x1xf32>, dense<[0, 0, 0, 0, 0, 0, 0, -64]>
// CHECK: ingot.conv_transpose %arg0, %[[W]]
func.func @transposed_convolution(%x: tensor<1x1x3xf32>) -> tensor<1x2x3xf32> {
  %w = ingot.constant tensor<1x2x1xf32>, dense<"0x0000803F000000C0"> : tensor<8xi8>
  %0 = ingot.conv_transpose %x, %w {dilations = array<i64: 1>, groups = 1 : i64, output_padding = array<i64: 0>, pads = array<i64: 0, 0>, strides = array<i64: 1>} : (tensor<1x1x3xf32>, tensor<1x2x1xf32>) -> tensor<1x2x3xf32>
  return %0 : tensor<1x2x3xf32>
}
