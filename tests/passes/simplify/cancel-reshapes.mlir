// RUN: ingot-opt %s --ingot-refine-shapes --ingot-cancel-reshapes --cse | FileCheck %s

// The rows of a dense layer keep the dimensions that they came with, also when only known at run time.
// CHECK-LABEL: @dense
// CHECK: %[[P:.*]] = ingot.matmul %arg0, %arg1 : (tensor<?x?x4xf32>, tensor<4x5xf32>) -> tensor<?x?x5xf32>
// CHECK-NEXT: %[[B:.*]] = ingot.add %[[P]], %arg2 : {{.*}} -> tensor<?x?x5xf32>
// CHECK-NEXT: %[[R:.*]] = ingot.sqrt %[[B]]
// CHECK-NEXT: return %[[R]] : tensor<?x?x5xf32>
func.func @dense(%x: tensor<?x?x4xf32> {ingot.dims = ["batch", "length", ""]}, %w: tensor<4x5xf32>, %bias: tensor<5xf32>,
                 %like: tensor<?x?x5xf32> {ingot.dims = ["batch", "length", ""]}) -> tensor<?x?x5xf32> {
  %rows = ingot.constant tensor<2xsi64>, dense<[-1, -1, -1, -1, -1, -1, -1, -1, 4, 0, 0, 0, 0, 0, 0, 0]> : tensor<16xi8>
  %0 = ingot.reshape %x, %rows : (tensor<?x?x4xf32>, tensor<2xsi64>) -> tensor<?x4xf32>
  %1 = ingot.matmul %0, %w : (tensor<?x4xf32>, tensor<4x5xf32>) -> tensor<?x5xf32>
  %2 = ingot.add %1, %bias : (tensor<?x5xf32>, tensor<5xf32>) -> tensor<?x5xf32>
  %shape = ingot.shape %like : (tensor<?x?x5xf32>) -> tensor<3xsi64>
  %3 = ingot.reshape %2, %shape : (tensor<?x5xf32>, tensor<3xsi64>) -> tensor<?x?x5xf32>
  %4 = ingot.sqrt %3 : (tensor<?x?x5xf32>) -> tensor<?x?x5xf32>
  return %4 : tensor<?x?x5xf32>
}

// Other dimensions than before, or heads made of features, need the reshape.
// CHECK-LABEL: @heads
// CHECK: ingot.reshape
// CHECK: ingot.matmul
// CHECK: ingot.reshape
func.func @heads(%x: tensor<2x3x4xf32>, %w: tensor<4x6xf32>) -> tensor<2x3x2x3xf32> {
  %rows = ingot.constant tensor<2xsi64>, dense<[6, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]> : tensor<16xi8>
  %shape = ingot.constant tensor<4xsi64>, dense<[2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0]> : tensor<32xi8>
  %0 = ingot.reshape %x, %rows : (tensor<2x3x4xf32>, tensor<2xsi64>) -> tensor<6x4xf32>
  %1 = ingot.matmul %0, %w : (tensor<6x4xf32>, tensor<4x6xf32>) -> tensor<6x6xf32>
  %2 = ingot.reshape %1, %shape : (tensor<6x6xf32>, tensor<4xsi64>) -> tensor<2x3x2x3xf32>
  return %2 : tensor<2x3x2x3xf32>
}

// A value for each row would have to be reshaped instead.
// CHECK-LABEL: @value_per_row
// CHECK: ingot.reshape
// CHECK: ingot.matmul
// CHECK: ingot.mul
// CHECK: ingot.reshape
func.func @value_per_row(%x: tensor<2x3x4xf32>, %w: tensor<4x5xf32>, %scale: tensor<6x1xf32>) -> tensor<2x3x5xf32> {
  %rows = ingot.constant tensor<2xsi64>, dense<[6, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]> : tensor<16xi8>
  %shape = ingot.constant tensor<3xsi64>, dense<[2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0]> : tensor<24xi8>
  %0 = ingot.reshape %x, %rows : (tensor<2x3x4xf32>, tensor<2xsi64>) -> tensor<6x4xf32>
  %1 = ingot.matmul %0, %w : (tensor<6x4xf32>, tensor<4x5xf32>) -> tensor<6x5xf32>
  %2 = ingot.mul %1, %scale : (tensor<6x5xf32>, tensor<6x1xf32>) -> tensor<6x5xf32>
  %3 = ingot.reshape %2, %shape : (tensor<6x5xf32>, tensor<3xsi64>) -> tensor<2x3x5xf32>
  return %3 : tensor<2x3x5xf32>
}
