// RUN: ingot-opt %s --ingot-refine-shapes --ingot-remove-identities --ingot-refine-shapes | FileCheck %s

// A chain of shape arithmetic over known dimensions leaves nothing.
// CHECK-LABEL: @reshape_of_shape
// CHECK-NEXT: return %arg0
func.func @reshape_of_shape(%x: tensor<2x3xf32>) -> tensor<?x?xf32> {
  %0 = ingot.shape %x : (tensor<2x3xf32>) -> tensor<?xsi64>
  %1 = ingot.reshape %x, %0 : (tensor<2x3xf32>, tensor<?xsi64>) -> tensor<?x?xf32>
  return %1 : tensor<?x?xf32>
}

// Equal symbols are equal: reshaping to one's own dynamic dimensions is no work either.
// CHECK-LABEL: @dynamic
// CHECK-NEXT: return %arg0
func.func @dynamic(%x: tensor<?x3xf32>) -> tensor<?x?xf32> {
  %0 = ingot.shape %x : (tensor<?x3xf32>) -> tensor<2xsi64>
  %1 = ingot.reshape %x, %0 : (tensor<?x3xf32>, tensor<2xsi64>) -> tensor<?x?xf32>
  return %1 : tensor<?x?xf32>
}

// So is a pool of single elements, which exports of an adaptive pool at its own size leave.
// CHECK-LABEL: @pool_of_one
// CHECK-NEXT: return %arg0
func.func @pool_of_one(%x: tensor<1x8x6x6xf32>) -> tensor<1x8x6x6xf32> {
  %0 = ingot.pool %x {kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, ceil = false, kind = "average", count_pads = false} : (tensor<1x8x6x6xf32>) -> tensor<1x8x6x6xf32>
  return %0 : tensor<1x8x6x6xf32>
}

// One that leaves elements out is not.
// CHECK-LABEL: @pool_with_stride
// CHECK-NEXT: ingot.pool
func.func @pool_with_stride(%x: tensor<1x8x6x6xf32>) -> tensor<1x8x3x3xf32> {
  %0 = ingot.pool %x {kernel = array<i64: 1, 1>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, ceil = false, kind = "average", count_pads = false} : (tensor<1x8x6x6xf32>) -> tensor<1x8x3x3xf32>
  return %0 : tensor<1x8x3x3xf32>
}
