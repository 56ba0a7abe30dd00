// RUN: ingot-opt %s --ingot-dynamic-int8=least=4 | FileCheck %s
// RUN: ingot-opt %s --ingot-dynamic-int8 | FileCheck %s --check-prefix=SMALL

// CHECK: ingot.compression = [{bits = 8 : i64, method = "dynamic-int8", node = "?", weights = 4 : i64, zeroed = 0 : i64}]
// CHECK: ingot.reduce
// CHECK: %[[X:.*]] = ingot.quantize %arg0
// CHECK: %[[W:.*]] = ingot.constant tensor<2x2xsi8>
// CHECK: ingot.matmul_integer %[[X]], %[[W]]
// SMALL: ingot.matmul %arg0
func.func @f(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %w = ingot.constant tensor<2x2xf32>, dense<"0x0000803F000000C00000404000008040"> : tensor<16xi8>
  %0 = ingot.matmul %x, %w : (tensor<3x2xf32>, tensor<2x2xf32>) -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}

// A convolution has a scale per output channel, wherever a transpose finds these in its constant:
// of [-1.5, 2] and [0.5, 4] the second of each pair is the larger.
// CHECK-LABEL: @transposed_weights
// CHECK: %[[Q:.*]] = ingot.constant tensor<1x2x2xsi8>, dense<[-95, 16, 127, 127]>
// CHECK: ingot.constant tensor<2x1xf32>
// CHECK: %[[W:.*]] = ingot.transpose %[[Q]] {permutation = array<i64: 2, 1, 0>}
// CHECK: ingot.conv_integer %{{.*}}, %[[W]]
func.func @transposed_weights(%x: tensor<1x2x3xf32>) -> tensor<1x2x3xf32> {
  %c = ingot.constant tensor<1x2x2xf32>, dense<"0x0000C0BF0000003F0000004000008040"> : tensor<16xi8>
  %w = ingot.transpose %c {permutation = array<i64: 2, 1, 0>} : (tensor<1x2x2xf32>) -> tensor<2x2x1xf32>
  %0 = ingot.conv %x, %w {dilations = array<i64: 1>, groups = 1 : i64, pads = array<i64: 0, 0>, strides = array<i64: 1>} : (tensor<1x2x3xf32>, tensor<2x2x1xf32>) -> tensor<1x2x3xf32>
  return %0 : tensor<1x2x3xf32>
}

// What has no integer form stays as it is, and so does a batch of weights.
// CHECK-LABEL: @floats
// CHECK-NOT: ingot.compression
// CHECK: ingot.conv_transpose %arg0
// CHECK: ingot.matmul %arg1
func.func @floats(%x: tensor<1x1x3xf32>, %y: tensor<2x3x2xf32>) -> (tensor<1x4x3xf32>, tensor<2x3x2xf32>) {
  %w = ingot.constant tensor<1x4x1xf32>, dense<1> : tensor<16xi8>
  %v = ingot.constant tensor<2x2x2xf32>, dense<1> : tensor<32xi8>
  %0 = ingot.conv_transpose %x, %w {dilations = array<i64: 1>, groups = 1 : i64, output_padding = array<i64: 0>, pads = array<i64: 0, 0>, strides = array<i64: 1>} : (tensor<1x1x3xf32>, tensor<1x4x1xf32>) -> tensor<1x4x3xf32>
  %1 = ingot.matmul %y, %v : (tensor<2x3x2xf32>, tensor<2x2x2xf32>) -> tensor<2x3x2xf32>
  return %0, %1 : tensor<1x4x3xf32>, tensor<2x3x2xf32>
}
