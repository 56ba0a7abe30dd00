// RUN: ingot-opt %s --ingot-print-facts -o /dev/null | FileCheck %s

// 3 * 5 results of 7 products; 3 * 7 + 7 * 5 + 3 * 5 floats.
// CHECK-LABEL: @matmul
// CHECK-NEXT: matmul: contraction, 105 operations, 284 bytes
// CHECK-NEXT: data 0, weights 1, zero points none, and none, channels 1, of result 1{{$}}
// CHECK-NEXT: integer form matmul_integer, data scale 0
func.func @matmul(%x: tensor<3x7xf32>, %w: tensor<7x5xf32>) -> tensor<3x5xf32> {
  %0 = ingot.matmul %x, %w : (tensor<3x7xf32>, tensor<7x5xf32>) -> tensor<3x5xf32>
  return %0 : tensor<3x5xf32>
}

// A batch broadcast against one: its weights are several.
// CHECK-LABEL: @batch
// CHECK-NEXT: matmul: contraction, 210 operations, 484 bytes
// CHECK-NEXT: channels 2, of result 2, batch of weights
// CHECK-NEXT: integer form matmul_integer, data scale 0
func.func @batch(%x: tensor<3x7xf32>, %w: tensor<2x7x5xf32>) -> tensor<2x3x5xf32> {
  %0 = ingot.matmul %x, %w : (tensor<3x7xf32>, tensor<2x7x5xf32>) -> tensor<2x3x5xf32>
  return %0 : tensor<2x3x5xf32>
}

// Bytes with zero points: 12 + 8 of factors, 1 + 2 of zero points, 4 * 6 of sums.
// CHECK-LABEL: @matmul_integer
// CHECK-NEXT: matmul_integer: contraction, 24 operations, 47 bytes
// CHECK-NEXT: data 0, weights 1, zero points 2, and 3, channels 1, of result 1
// CHECK-NEXT: integer form matmul_integer, data scale 0
func.func @matmul_integer(%x: tensor<3x4xui8>, %w: tensor<4x2xsi8>, %xz: tensor<ui8>, %wz: tensor<2xsi8>) -> tensor<3x2xsi32> {
  %0 = ingot.matmul_integer %x, %w, %xz, %wz : (tensor<3x4xui8>, tensor<4x2xsi8>, tensor<ui8>, tensor<2xsi8>) -> tensor<3x2xsi32>
  return %0 : tensor<3x2xsi32>
}

// Every result takes a window of 2 channels: its group has no others.
// CHECK-LABEL: @conv
// CHECK-NEXT: conv: contraction, 1296 operations
// CHECK-NEXT: data 0, weights 1, zero points none, and none, channels 0, of result 1
// CHECK-NEXT: window: strides 2 1, groups 2
// CHECK-NEXT: integer form conv_integer, data scale none
func.func @conv(%x: tensor<1x4x5x6xf32>, %w: tensor<6x2x3x3xf32>) -> tensor<1x6x2x6xf32> {
  %0 = ingot.conv %x, %w {dilations = array<i64: 1, 1>, groups = 2 : i64, pads = array<i64: 0, 1, 0, 1>, strides = array<i64: 2, 1>} : (tensor<1x4x5x6xf32>, tensor<6x2x3x3xf32>) -> tensor<1x6x2x6xf32>
  return %0 : tensor<1x6x2x6xf32>
}

// CHECK-LABEL: @conv_integer
// CHECK-NEXT: conv_integer: contraction, 486 operations
// CHECK-NEXT: zero points 2, and 3, channels 0, of result 1
// CHECK-NEXT: window: strides 1 1, groups 1
// CHECK-NEXT: integer form conv_integer, data scale none
func.func @conv_integer(%x: tensor<1x2x5x5xui8>, %w: tensor<3x2x3x3xsi8>, %xz: tensor<ui8>, %wz: tensor<si8>) -> tensor<1x3x3x3xsi32> {
  %0 = ingot.conv_integer %x, %w, %xz, %wz {dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x2x5x5xui8>, tensor<3x2x3x3xsi8>, tensor<ui8>, tensor<si8>) -> tensor<1x3x3x3xsi32>
  return %0 : tensor<1x3x3x3xsi32>
}

// Every element of the input is spread over 3 channels times 2 * 2 places.
// CHECK-LABEL: @conv_transpose
// CHECK-NEXT: conv_transpose: contraction, 240 operations
// CHECK-NEXT: channels 1, of result 1
// CHECK-NEXT: window: strides 2 2, groups 1, transposed
// CHECK-NEXT: no integer form
func.func @conv_transpose(%x: tensor<1x5x2x2xf32>, %w: tensor<5x3x2x2xf32>) -> tensor<1x3x4x4xf32> {
  %0 = ingot.conv_transpose %x, %w {dilations = array<i64: 1, 1>, groups = 1 : i64, output_padding = array<i64: 0, 0>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 2>} : (tensor<1x5x2x2xf32>, tensor<5x3x2x2xf32>) -> tensor<1x3x4x4xf32>
  return %0 : tensor<1x3x4x4xf32>
}
