// RUN: ingot-opt %s --ingot-remove-identities --canonicalize | FileCheck %s

// CHECK-LABEL: @reshape
// CHECK-NEXT: return %arg0
func.func @reshape(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %s = ingot.constant tensor<2xsi64>, dense<[2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0]> : tensor<16xi8>
  %0 = ingot.reshape %x, %s : (tensor<2x3xf32>, tensor<2xsi64>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// CHECK-LABEL: @reshape_to_other_dimensions
// CHECK: ingot.reshape
func.func @reshape_to_other_dimensions(%x: tensor<2x3xf32>) -> tensor<3x2xf32> {
  %s = ingot.constant tensor<2xsi64>, dense<[3, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]> : tensor<16xi8>
  %0 = ingot.reshape %x, %s : (tensor<2x3xf32>, tensor<2xsi64>) -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}

// Two sizes of the caller may be equal, but nobody said so.
// CHECK-LABEL: @reshape_to_another_size
// CHECK: ingot.reshape
func.func @reshape_to_another_size(%x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32> {
  %s = ingot.shape %y : (tensor<?xf32>) -> tensor<1xsi64>
  %0 = ingot.reshape %x, %s : (tensor<?xf32>, tensor<1xsi64>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// CHECK-LABEL: @expand
// CHECK-NEXT: return %arg0
func.func @expand(%x: tensor<?x3xf32>) -> tensor<?x3xf32> {
  %s = ingot.shape %x : (tensor<?x3xf32>) -> tensor<2xsi64>
  %0 = ingot.expand %x, %s : (tensor<?x3xf32>, tensor<2xsi64>) -> tensor<?x3xf32>
  return %0 : tensor<?x3xf32>
}

// CHECK-LABEL: @expand_by_a_dimension
// CHECK: ingot.expand
func.func @expand_by_a_dimension(%x: tensor<3xf32>) -> tensor<1x3xf32> {
  %s = ingot.constant tensor<2xsi64>, dense<[1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0]> : tensor<16xi8>
  %0 = ingot.expand %x, %s : (tensor<3xf32>, tensor<2xsi64>) -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// Only dimensions of one element move, and to where there is another one.
// CHECK-LABEL: @transpose_of_units
// CHECK-NEXT: return %arg0
func.func @transpose_of_units(%x: tensor<1x?x1xf32>) -> tensor<1x?x1xf32> {
  %0 = ingot.transpose %x {permutation = array<i64: 2, 1, 0>} : (tensor<1x?x1xf32>) -> tensor<1x?x1xf32>
  return %0 : tensor<1x?x1xf32>
}

// Equal dimensions, but another order of the elements.
// CHECK-LABEL: @transpose_of_a_square
// CHECK-NEXT: ingot.transpose
func.func @transpose_of_a_square(%x: tensor<3x3xf32>) -> tensor<3x3xf32> {
  %0 = ingot.transpose %x {permutation = array<i64: 1, 0>} : (tensor<3x3xf32>) -> tensor<3x3xf32>
  return %0 : tensor<3x3xf32>
}

// The same elements, but not the same type.
// CHECK-LABEL: @transpose_to_other_dimensions
// CHECK-NEXT: ingot.transpose
func.func @transpose_to_other_dimensions(%x: tensor<1x3xf32>) -> tensor<3x1xf32> {
  %0 = ingot.transpose %x {permutation = array<i64: 1, 0>} : (tensor<1x3xf32>) -> tensor<3x1xf32>
  return %0 : tensor<3x1xf32>
}

// CHECK-LABEL: @concat
// CHECK-NEXT: return %arg0
func.func @concat(%x: tensor<3xf32>) -> tensor<3xf32> {
  %0 = ingot.concat %x {axis = 0 : i64} : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// A window over padding alone is new.
// CHECK-LABEL: @padded_pool
// CHECK-NEXT: ingot.pool
func.func @padded_pool(%x: tensor<1x8x6xf32>) -> tensor<1x8x8xf32> {
  %0 = ingot.pool %x {kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>, pads = array<i64: 1, 1>, ceil = false, kind = "sum", count_pads = false} : (tensor<1x8x6xf32>) -> tensor<1x8x8xf32>
  return %0 : tensor<1x8x8xf32>
}

// What is within branches is removed as well.
// CHECK-LABEL: @within_a_branch
// CHECK-NOT: ingot.concat
// CHECK: ingot.yield %arg1
// CHECK: ingot.yield %arg2
func.func @within_a_branch(%c: tensor<i1>, %x: tensor<3xf32>, %y: tensor<3xf32>) -> tensor<3xf32> {
  %r = ingot.if %c : (tensor<i1>) -> tensor<3xf32> {
    %0 = ingot.concat %x {axis = 0 : i64} : (tensor<3xf32>) -> tensor<3xf32>
    ingot.yield %0 : tensor<3xf32>
  } else {
    ingot.yield %y : tensor<3xf32>
  }
  return %r : tensor<3xf32>
}
