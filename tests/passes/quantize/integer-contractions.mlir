// RUN: ingot-opt %s --ingot-integer-contractions --canonicalize | FileCheck %s

// CHECK-LABEL: @matmul
// CHECK: %[[SUMS:.*]] = ingot.matmul_integer %arg0, %arg1, %arg4, %arg5
// CHECK: ingot.cast %[[SUMS]]
// CHECK-NOT: ingot.matmul %
func.func @matmul(%x: tensor<4x8xui8>, %w: tensor<8x6xsi8>, %xs: tensor<f32>, %ws: tensor<6xf32>,
                  %xz: tensor<ui8>, %wz: tensor<si8>) -> tensor<4x6xf32> {
  %0 = ingot.dequantize %x, %xs, %xz {to = f32} : (tensor<4x8xui8>, tensor<f32>, tensor<ui8>) -> tensor<4x8xf32>
  %1 = ingot.dequantize %w, %ws, %wz {to = f32} : (tensor<8x6xsi8>, tensor<6xf32>, tensor<si8>) -> tensor<8x6xf32>
  %2 = ingot.matmul %0, %1 : (tensor<4x8xf32>, tensor<8x6xf32>) -> tensor<4x6xf32>
  return %2 : tensor<4x6xf32>
}

// A scale that changes along the sum cannot leave it.
// CHECK-LABEL: @along_the_sum
// CHECK-NOT: matmul_integer
// CHECK-LABEL: @transposed
// CHECK: %[[W:.*]] = ingot.transpose %arg1
// CHECK: ingot.matmul_integer %arg0, %[[W]]
// CHECK: ingot.transpose %arg3
func.func @along_the_sum(%x: tensor<4x8xui8>, %w: tensor<8x6xsi8>, %xs: tensor<8xf32>,
                         %ws: tensor<f32>, %xz: tensor<ui8>, %wz: tensor<si8>) -> tensor<4x6xf32> {
  %0 = ingot.dequantize %x, %xs, %xz {to = f32} : (tensor<4x8xui8>, tensor<8xf32>, tensor<ui8>) -> tensor<4x8xf32>
  %1 = ingot.dequantize %w, %ws, %wz {to = f32} : (tensor<8x6xsi8>, tensor<f32>, tensor<si8>) -> tensor<8x6xf32>
  %2 = ingot.matmul %0, %1 : (tensor<4x8xf32>, tensor<8x6xf32>) -> tensor<4x6xf32>
  return %2 : tensor<4x6xf32>
}
func.func @transposed(%x: tensor<4x8xui8>, %w: tensor<6x8xsi8>, %xs: tensor<f32>,
                      %ws: tensor<6x1xf32>, %xz: tensor<ui8>, %wz: tensor<si8>) -> tensor<4x6xf32> {
  %0 = ingot.dequantize %x, %xs, %xz {to = f32} : (tensor<4x8xui8>, tensor<f32>, tensor<ui8>) -> tensor<4x8xf32>
  %1 = ingot.dequantize %w, %ws, %wz {to = f32} : (tensor<6x8xsi8>, tensor<6x1xf32>, tensor<si8>) -> tensor<6x8xf32>
  %2 = ingot.transpose %1 {permutation = array<i64: 1, 0>} : (tensor<6x8xf32>) -> tensor<8x6xf32>
  %3 = ingot.matmul %0, %2 : (tensor<4x8xf32>, tensor<8x6xf32>) -> tensor<4x6xf32>
  return %3 : tensor<4x6xf32>
}

// CHECK-LABEL: @conv
// CHECK: ingot.conv_integer %arg0, %arg1, %arg4, %arg5
// CHECK-NOT: ingot.conv %
func.func @conv(%x: tensor<1x2x5x5xui8>, %w: tensor<3x2x3x3xsi8>, %xs: tensor<f32>,
                %ws: tensor<3x1x1x1xf32>, %xz: tensor<ui8>, %wz: tensor<si8>) -> tensor<1x3x3x3xf32> {
  %0 = ingot.dequantize %x, %xs, %xz {to = f32} : (tensor<1x2x5x5xui8>, tensor<f32>, tensor<ui8>) -> tensor<1x2x5x5xf32>
  %1 = ingot.dequantize %w, %ws, %wz {to = f32} : (tensor<3x2x3x3xsi8>, tensor<3x1x1x1xf32>, tensor<si8>) -> tensor<3x2x3x3xf32>
  %2 = ingot.conv %0, %1 {dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x2x5x5xf32>, tensor<3x2x3x3xf32>) -> tensor<1x3x3x3xf32>
  return %2 : tensor<1x3x3x3xf32>
}

// Channels-last data and weights, as some exporters quantize them, become NCHW as integers.
// CHECK-LABEL: @channels_last
// CHECK-DAG: %[[X:.*]] = ingot.transpose %arg0
// CHECK-DAG: %[[W:.*]] = ingot.transpose %arg1
// CHECK: ingot.conv_integer %[[X]], %[[W]], %arg4, %arg5
// CHECK-NOT: ingot.conv %
func.func @channels_last(%x: tensor<1x5x2xui8>, %w: tensor<3x2x3xsi8>, %xs: tensor<f32>,
                         %ws: tensor<1x1x3xf32>, %xz: tensor<ui8>, %wz: tensor<si8>) -> tensor<1x3x3xf32> {
  %0 = ingot.dequantize %x, %xs, %xz {to = f32} : (tensor<1x5x2xui8>, tensor<f32>, tensor<ui8>) -> tensor<1x5x2xf32>
  %1 = ingot.dequantize %w, %ws, %wz {to = f32} : (tensor<3x2x3xsi8>, tensor<1x1x3xf32>, tensor<si8>) -> tensor<3x2x3xf32>
  %2 = ingot.transpose %0 {permutation = array<i64: 0, 2, 1>} : (tensor<1x5x2xf32>) -> tensor<1x2x5xf32>
  %3 = ingot.transpose %1 {permutation = array<i64: 2, 1, 0>} : (tensor<3x2x3xf32>) -> tensor<3x2x3xf32>
  %4 = ingot.conv %2, %3 {dilations = array<i64: 1>, groups = 1 : i64, pads = array<i64: 0, 0>, strides = array<i64: 1>} : (tensor<1x2x5xf32>, tensor<3x2x3xf32>) -> tensor<1x3x3xf32>
  return %4 : tensor<1x3x3xf32>
}

// A scale per input channel changes along the sum.
// CHECK-LABEL: @along_the_window
// CHECK-NOT: conv_integer
func.func @along_the_window(%x: tensor<1x2x5xui8>, %w: tensor<3x2x3xsi8>, %xs: tensor<f32>,
                            %ws: tensor<1x2x1xf32>, %xz: tensor<ui8>, %wz: tensor<si8>) -> tensor<1x3x3xf32> {
  %0 = ingot.dequantize %x, %xs, %xz {to = f32} : (tensor<1x2x5xui8>, tensor<f32>, tensor<ui8>) -> tensor<1x2x5xf32>
  %1 = ingot.dequantize %w, %ws, %wz {to = f32} : (tensor<3x2x3xsi8>, tensor<1x2x1xf32>, tensor<si8>) -> tensor<3x2x3xf32>
  %2 = ingot.conv %0, %1 {dilations = array<i64: 1>, groups = 1 : i64, pads = array<i64: 0, 0>, strides = array<i64: 1>} : (tensor<1x2x5xf32>, tensor<3x2x3xf32>) -> tensor<1x3x3xf32>
  return %2 : tensor<1x3x3xf32>
}
