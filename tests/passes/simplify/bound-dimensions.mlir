// RUN: ingot-opt %s --ingot-bound-dimensions --ingot-refine-shapes --split-input-file | FileCheck %s

// Positions cut to the length of a sequence, broadcast against it: it is at most 512 long, and the
// cut has its length.
// CHECK-LABEL: @positions
// CHECK-SAME: ingot.dims = ["batch", "length:0..512", ""]
// CHECK-SAME: ingot.implied_limits = ["length"]
func.func @positions(%x: tensor<?x?x8xf32> {ingot.dims = ["batch", "length", ""]},
                     %table: tensor<512x8xf32>) -> tensor<?x?x8xf32> {
  %zero = ingot.constant tensor<1xsi64>, dense<0> : tensor<8xi8>
  %one = ingot.constant tensor<1xsi64>, dense<[1, 0, 0, 0, 0, 0, 0, 0]> : tensor<8xi8>
  %shape = ingot.shape %x : (tensor<?x?x8xf32>) -> tensor<3xsi64>
  %n = ingot.gather %shape, %one {axis = 0 : i64} : (tensor<3xsi64>, tensor<1xsi64>) -> tensor<1xsi64>
  %t = ingot.slice %table, %zero, %n, %zero, %one : (tensor<512x8xf32>, tensor<1xsi64>, tensor<1xsi64>, tensor<1xsi64>, tensor<1xsi64>) -> tensor<?x8xf32>
  %r = ingot.add %x, %t : (tensor<?x?x8xf32>, tensor<?x8xf32>) -> tensor<?x?x8xf32>
  return %r : tensor<?x?x8xf32>
}

// -----

// A table of one row stretches to any length.
// CHECK-LABEL: @one_row
// CHECK-SAME: ingot.dims = ["length", ""]
func.func @one_row(%x: tensor<?x8xf32> {ingot.dims = ["length", ""]},
                   %table: tensor<1x8xf32>) -> tensor<?x8xf32> {
  %zero = ingot.constant tensor<1xsi64>, dense<0> : tensor<8xi8>
  %one = ingot.constant tensor<1xsi64>, dense<[1, 0, 0, 0, 0, 0, 0, 0]> : tensor<8xi8>
  %shape = ingot.shape %x : (tensor<?x8xf32>) -> tensor<2xsi64>
  %n = ingot.gather %shape, %zero {axis = 0 : i64} : (tensor<2xsi64>, tensor<1xsi64>) -> tensor<1xsi64>
  %t = ingot.slice %table, %zero, %n, %zero, %one : (tensor<1x8xf32>, tensor<1xsi64>, tensor<1xsi64>, tensor<1xsi64>, tensor<1xsi64>) -> tensor<?x8xf32>
  %r = ingot.add %x, %t : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  return %r : tensor<?x8xf32>
}

// -----

// The smaller of two limits counts, whichever comes first, and what the user allowed stays a size
// to plan for.
// CHECK-LABEL: @two_tables
// CHECK-SAME: ingot.dims = ["length:0..256", ""]
// CHECK-NOT: ingot.implied_limits
// CHECK: return
func.func @two_tables(%x: tensor<?x8xf32> {ingot.dims = ["length:0..1000", ""]},
                      %small: tensor<256x8xf32>, %large: tensor<512x8xf32>) -> tensor<?x8xf32> {
  %zero = ingot.constant tensor<1xsi64>, dense<0> : tensor<8xi8>
  %one = ingot.constant tensor<1xsi64>, dense<[1, 0, 0, 0, 0, 0, 0, 0]> : tensor<8xi8>
  %shape = ingot.shape %x : (tensor<?x8xf32>) -> tensor<2xsi64>
  %n = ingot.gather %shape, %zero {axis = 0 : i64} : (tensor<2xsi64>, tensor<1xsi64>) -> tensor<1xsi64>
  %s = ingot.slice %small, %zero, %n, %zero, %one : (tensor<256x8xf32>, tensor<1xsi64>, tensor<1xsi64>, tensor<1xsi64>, tensor<1xsi64>) -> tensor<?x8xf32>
  %l = ingot.slice %large, %zero, %n, %zero, %one : (tensor<512x8xf32>, tensor<1xsi64>, tensor<1xsi64>, tensor<1xsi64>, tensor<1xsi64>) -> tensor<?x8xf32>
  %0 = ingot.add %x, %s : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  %1 = ingot.add %0, %l : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  return %1 : tensor<?x8xf32>
}

// -----

// A cut that meets only one row fits any length.
// CHECK-LABEL: @only_cut
// CHECK-SAME: ingot.dims = ["length", ""]
func.func @only_cut(%x: tensor<?x8xf32> {ingot.dims = ["length", ""]}, %table: tensor<512x8xf32>,
                    %row: tensor<1x8xf32>) -> tensor<?x8xf32> {
  %zero = ingot.constant tensor<1xsi64>, dense<0> : tensor<8xi8>
  %one = ingot.constant tensor<1xsi64>, dense<[1, 0, 0, 0, 0, 0, 0, 0]> : tensor<8xi8>
  %shape = ingot.shape %x : (tensor<?x8xf32>) -> tensor<2xsi64>
  %n = ingot.gather %shape, %zero {axis = 0 : i64} : (tensor<2xsi64>, tensor<1xsi64>) -> tensor<1xsi64>
  %t = ingot.slice %table, %zero, %n, %zero, %one : (tensor<512x8xf32>, tensor<1xsi64>, tensor<1xsi64>, tensor<1xsi64>, tensor<1xsi64>) -> tensor<?x8xf32>
  %r = ingot.mul %t, %row : (tensor<?x8xf32>, tensor<1x8xf32>) -> tensor<?x8xf32>
  return %r : tensor<?x8xf32>
}
