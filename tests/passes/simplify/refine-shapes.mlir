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
