// RUN: ingot-opt %s --ingot-fuse --split-input-file | FileCheck %s

// Element-wise consumers join the product.
// CHECK-LABEL: @epilogue
// CHECK: ingot.kernel "matmul" on "cpu"(%arg0, %arg1)
// CHECK: ingot.matmul
// CHECK: ingot.exp
// CHECK: ingot.yield
// CHECK-NOT: ingot.kernel
func.func @epilogue(%x: tensor<4x8xf32>, %w: tensor<8x8xf32>) -> tensor<4x8xf32> {
  %0 = ingot.matmul %x, %w : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  %1 = ingot.exp %0 : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}

// -----

// A rearrangement is repeated by each reader instead of stored.
// CHECK-LABEL: @view
// CHECK: ingot.kernel "matmul" on "cpu"(%arg0)
// CHECK: ingot.transpose
// CHECK: ingot.matmul
// CHECK-NOT: ingot.kernel
func.func @view(%x: tensor<4x8xf32>) -> tensor<4x4xf32> {
  %0 = ingot.transpose %x {permutation = array<i64: 1, 0>} : (tensor<4x8xf32>) -> tensor<8x4xf32>
  %1 = ingot.matmul %x, %0 : (tensor<4x8xf32>, tensor<8x4xf32>) -> tensor<4x4xf32>
  return %1 : tensor<4x4xf32>
}

// -----

// A value that two kernels wait for may not close a cycle between them: the sum needs the product
// of the exponential, so it stays with the second product.
// CHECK-LABEL: @no_cycle
// CHECK: %[[A:.*]]:2 = ingot.kernel "matmul"
// CHECK: ingot.yield
// CHECK: ingot.kernel "matmul" on "cpu"(%[[A]]#1, %arg1, %[[A]]#0)
// CHECK: ingot.matmul
// CHECK: ingot.add
func.func @no_cycle(%x: tensor<8x8xf32>, %w: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %0 = ingot.matmul %x, %w : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  %1 = ingot.exp %0 : (tensor<8x8xf32>) -> tensor<8x8xf32>
  %2 = ingot.matmul %1, %w : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  %3 = ingot.add %0, %2 : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  return %3 : tensor<8x8xf32>
}

// -----

// What is returned unchanged is copied by a kernel of its own.
// CHECK-LABEL: @returned_argument
// CHECK: %[[K:.*]] = ingot.kernel "none" on "cpu"(%arg0)
// CHECK: return %[[K]]
func.func @returned_argument(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

// Joined heads lie at no strides: the product reads a copy, not elements one by one.
// CHECK-LABEL: @joined_heads
// CHECK: %[[COPY:.*]] = ingot.kernel "none" on "cpu"(%arg0
// CHECK: ingot.transpose
// CHECK: ingot.reshape
// CHECK: ingot.kernel "matmul" on "cpu"(%[[COPY]], %arg1)
func.func @joined_heads(%x: tensor<1x2x3x4xf32>, %w: tensor<8x8xf32>) -> tensor<1x3x8xf32> {
  %s = ingot.constant tensor<3xsi64>, dense<[1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0]> : tensor<24xi8>
  %0 = ingot.transpose %x {permutation = array<i64: 0, 2, 1, 3>} : (tensor<1x2x3x4xf32>) -> tensor<1x3x2x4xf32>
  %1 = ingot.reshape %0, %s : (tensor<1x3x2x4xf32>, tensor<3xsi64>) -> tensor<1x3x8xf32>
  %2 = ingot.matmul %1, %w : (tensor<1x3x8xf32>, tensor<8x8xf32>) -> tensor<1x3x8xf32>
  return %2 : tensor<1x3x8xf32>
}

// -----

// A size that a float decides is an integer in a buffer before the program reads it: the float
// alone would not do.
// CHECK-LABEL: @size_by_way_of_floats
// CHECK: %[[K:.*]] = ingot.kernel "reduce" on "cpu"(%arg0)
// CHECK: ingot.reduce
// CHECK: ingot.ceil
// CHECK: %[[N:.*]] = ingot.cast {{.*}} {to = si64}
// CHECK-NEXT: ingot.yield %[[N]]
// CHECK: ingot.expand
func.func @size_by_way_of_floats(%x: tensor<5xf32>, %y: tensor<1xf32>) -> tensor<?xf32> {
  %one = ingot.constant tensor<1xsi64>, dense<[1, 0, 0, 0, 0, 0, 0, 0]> : tensor<8xi8>
  %two = ingot.constant tensor<si64>, dense<[2, 0, 0, 0, 0, 0, 0, 0]> : tensor<8xi8>
  %unit = ingot.constant tensor<f32>, dense<[0, 0, -128, 63]> : tensor<4xi8>
  %0 = ingot.reduce %x {axes = array<i64: 0>, keepdims = false, kind = "max"} : (tensor<5xf32>) -> tensor<f32>
  %1 = ingot.cast %0 {to = si64} : (tensor<f32>) -> tensor<si64>
  %2 = ingot.cast %1 {to = f32} : (tensor<si64>) -> tensor<f32>
  %3 = ingot.div %2, %unit : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %4 = ingot.ceil %3 : (tensor<f32>) -> tensor<f32>
  %5 = ingot.cast %4 {to = si64} : (tensor<f32>) -> tensor<si64>
  %6 = ingot.add %5, %two : (tensor<si64>, tensor<si64>) -> tensor<si64>
  %7 = ingot.reshape %6, %one : (tensor<si64>, tensor<1xsi64>) -> tensor<1xsi64>
  %8 = ingot.expand %y, %7 : (tensor<1xf32>, tensor<1xsi64>) -> tensor<?xf32>
  return %8 : tensor<?xf32>
}

// -----

// The dimensions of what a kernel computes are known without another kernel.
// CHECK-LABEL: @shape_of_a_result
// CHECK-COUNT-1: ingot.kernel
// CHECK-NOT: ingot.kernel "shape"
// CHECK: return
func.func @shape_of_a_result(%x: tensor<?x8xf32>, %w: tensor<8x8xf32>) -> tensor<?x2x4xf32> {
  %tail = ingot.constant tensor<2xsi64>, dense<[2, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]> : tensor<16xi8>
  %zero = ingot.constant tensor<1xsi64>, dense<0> : tensor<8xi8>
  %0 = ingot.matmul %x, %w : (tensor<?x8xf32>, tensor<8x8xf32>) -> tensor<?x8xf32>
  %1 = ingot.shape %0 : (tensor<?x8xf32>) -> tensor<2xsi64>
  %2 = ingot.gather %1, %zero {axis = 0 : i64} : (tensor<2xsi64>, tensor<1xsi64>) -> tensor<1xsi64>
  %3 = ingot.concat %2, %tail {axis = 0 : i64} : (tensor<1xsi64>, tensor<2xsi64>) -> tensor<3xsi64>
  %4 = ingot.reshape %0, %3 : (tensor<?x8xf32>, tensor<3xsi64>) -> tensor<?x2x4xf32>
  return %4 : tensor<?x2x4xf32>
}

// -----

// Integers that the program computes from a kernel's result are no way back into that kernel.
// CHECK-LABEL: @no_cycle_through_the_program
// CHECK: %[[K:.*]]:2 = ingot.kernel "none" on "cpu"(%arg0)
// CHECK: %[[SUM:.*]] = ingot.add %[[K]]#0
// CHECK: ingot.kernel "none" on "cpu"(%[[K]]#1, %[[SUM]], %[[K]]#0)
// CHECK: ingot.where
func.func @no_cycle_through_the_program(%x: tensor<2xf32>, %n: tensor<2xsi64>) -> tensor<2xsi64> {
  %zero = ingot.constant tensor<si64>, dense<0> : tensor<8xi8>
  %0 = ingot.cast %x {to = si64} : (tensor<2xf32>) -> tensor<2xsi64>
  %1 = ingot.less %0, %zero : (tensor<2xsi64>, tensor<si64>) -> tensor<2xi1>
  %2 = ingot.add %0, %n : (tensor<2xsi64>, tensor<2xsi64>) -> tensor<2xsi64>
  %3 = ingot.where %1, %2, %0 : (tensor<2xi1>, tensor<2xsi64>, tensor<2xsi64>) -> tensor<2xsi64>
  return %3 : tensor<2xsi64>
}

// -----

// What a product reads through a rearrangement has a buffer, where its elements lie at strides.
// CHECK-LABEL: @product_of_gathered_rows
// CHECK: %[[ROWS:.*]] = ingot.kernel "none" on "cpu"(%arg0, %arg1)
// CHECK-NEXT: ^bb0
// CHECK-NEXT: ingot.gather
// CHECK: ingot.kernel "matmul" on "cpu"(%[[ROWS]],
// CHECK-NOT: ingot.gather
// CHECK: return
func.func @product_of_gathered_rows(%table: tensor<9x4xf32>, %at: tensor<3xsi64>, %w: tensor<4x5xf32>) -> tensor<3x1x5xf32> {
  %shape = ingot.constant tensor<3xsi64>, dense<[3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]> : tensor<24xi8>
  %0 = ingot.gather %table, %at {axis = 0 : i64} : (tensor<9x4xf32>, tensor<3xsi64>) -> tensor<3x4xf32>
  %1 = ingot.reshape %0, %shape : (tensor<3x4xf32>, tensor<3xsi64>) -> tensor<3x1x4xf32>
  %2 = ingot.matmul %1, %w : (tensor<3x1x4xf32>, tensor<4x5xf32>) -> tensor<3x1x5xf32>
  return %2 : tensor<3x1x5xf32>
}
