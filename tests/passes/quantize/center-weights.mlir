// RUN: ingot-opt %s --ingot-center-weights --canonicalize | FileCheck %s

// Weights [[1, 2], [3, 4]] less 2 fit 8 bits with the sign.
// CHECK-LABEL: @fits
// CHECK-DAG: ingot.constant tensor<2x2xsi8>, dense<[-1, 0, 1, 2]>
// CHECK: ingot.matmul_integer {{.*}} tensor<2x2xsi8>
// CHECK-NOT: ingot.sub
func.func @fits(%x: tensor<3x2xui8>, %xz: tensor<ui8>) -> tensor<3x2xsi32> {
  %w = ingot.constant tensor<2x2xui8>, dense<[1, 2, 3, 4]> : tensor<4xi8>
  %z = ingot.constant tensor<ui8>, dense<[2]> : tensor<1xi8>
  %0 = ingot.matmul_integer %x, %w, %xz, %z : (tensor<3x2xui8>, tensor<2x2xui8>, tensor<ui8>, tensor<ui8>) -> tensor<3x2xsi32>
  return %0 : tensor<3x2xsi32>
}

// 0 less 130 does not: the sums of x times (130 - 128) are taken off.
// CHECK-LABEL: @whole_range
// CHECK-DAG: %[[W:.*]] = ingot.constant tensor<2x1xui8>
// CHECK-DAG: %[[ONES:.*]] = ingot.constant tensor<2x1xsi8>, dense<1>
// CHECK-DAG: %[[TWO:.*]] = ingot.constant tensor<1xsi32>, dense<[2, 0, 0, 0]>
// CHECK: %[[TOTALS:.*]] = ingot.matmul_integer %arg0, %[[ONES]]
// CHECK: %[[SUMS:.*]] = ingot.matmul_integer %arg0, %[[W]]
// CHECK: %[[OFF:.*]] = ingot.mul %[[TOTALS]], %[[TWO]]
// CHECK: ingot.sub %[[SUMS]], %[[OFF]]
func.func @whole_range(%x: tensor<3x2xui8>, %xz: tensor<ui8>) -> tensor<3x1xsi32> {
  %w = ingot.constant tensor<2x1xui8>, dense<[0, -1]> : tensor<2xi8>
  %z = ingot.constant tensor<ui8>, dense<[-126]> : tensor<1xi8>
  %0 = ingot.matmul_integer %x, %w, %xz, %z : (tensor<3x2xui8>, tensor<2x1xui8>, tensor<ui8>, tensor<ui8>) -> tensor<3x1xsi32>
  return %0 : tensor<3x1xsi32>
}

// CHECK-LABEL: @centered
// CHECK-NEXT: ingot.constant
// CHECK-NEXT: ingot.constant
// CHECK-NEXT: ingot.matmul_integer
func.func @centered(%x: tensor<3x2xui8>, %xz: tensor<ui8>) -> tensor<3x1xsi32> {
  %w = ingot.constant tensor<2x1xsi8>, dense<[0, -1]> : tensor<2xi8>
  %z = ingot.constant tensor<si8>, dense<[0]> : tensor<1xi8>
  %0 = ingot.matmul_integer %x, %w, %xz, %z : (tensor<3x2xui8>, tensor<2x1xsi8>, tensor<ui8>, tensor<si8>) -> tensor<3x1xsi32>
  return %0 : tensor<3x1xsi32>
}
