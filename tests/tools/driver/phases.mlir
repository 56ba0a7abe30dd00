// RUN: ingot-opt %s --ingot-simplify --ingot-verify-simplified --ingot-compress \
// RUN:   --ingot-verify-compressed | FileCheck %s --check-prefixes CHECK,COMPRESSED
// RUN: ingot-opt %s --ingot-tensors=verify=true | FileCheck %s --check-prefixes CHECK,FUSED
// REQUIRES: x86_64, avx2, fma

// What folding computes is a shape: inference comes again, and finds an identity.
// CHECK-LABEL: @folded_shape
// CHECK-SAME: -> (tensor<4x2xf32>
// COMPRESSED: %[[E:.*]] = ingot.expand %arg0
// COMPRESSED-SAME: -> tensor<4x2xf32>
// COMPRESSED-NEXT: ingot.exp %[[E]]
// FUSED: ingot.kernel "none"
// FUSED-NOT: ingot.kernel
// FUSED: return
func.func @folded_shape(%x: tensor<2xf32> {ingot.name = "x"}) -> (tensor<4x?xf32> {ingot.name = "y"}) {
  %sixteen = ingot.constant tensor<1xf32>, dense<[0, 0, -128, 65]> : tensor<4xi8>
  %two = ingot.constant tensor<1xsi64>, dense<[2, 0, 0, 0, 0, 0, 0, 0]> : tensor<8xi8>
  %all = ingot.constant tensor<2xsi64>, dense<[4, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, -1]> : tensor<16xi8>
  %root = ingot.sqrt %sixteen : (tensor<1xf32>) -> tensor<1xf32> loc("sqrt")
  %rows = ingot.cast %root {to = si64} : (tensor<1xf32>) -> tensor<1xsi64> loc("cast")
  %shape = ingot.concat %rows, %two {axis = 0 : i64} : (tensor<1xsi64>, tensor<1xsi64>) -> tensor<2xsi64> loc("concat")
  %0 = ingot.expand %x, %shape : (tensor<2xf32>, tensor<2xsi64>) -> tensor<?x?xf32> loc("expand")
  %1 = ingot.reshape %0, %all : (tensor<?x?xf32>, tensor<2xsi64>) -> tensor<4x?xf32> loc("reshape")
  %2 = ingot.exp %1 : (tensor<4x?xf32>) -> tensor<4x?xf32> loc("exp")
  return %2 : tensor<4x?xf32>
}

// Weights that were brought into another form leave nothing of the old one.
// CHECK-LABEL: @centered
// CHECK-NOT: ingot.constant tensor<2x2xui8>
// CHECK: ingot.matmul_integer {{.*}} tensor<2x2xsi8>
// CHECK: return
func.func @centered(%x: tensor<4x2xui8> {ingot.name = "x"}, %z: tensor<ui8> {ingot.name = "z"}) -> (tensor<4x2xsi32> {ingot.name = "y"}) {
  %w = ingot.constant tensor<2x2xui8>, dense<[1, 2, 3, 4]> : tensor<4xi8>
  %wz = ingot.constant tensor<ui8>, dense<2> : tensor<1xi8>
  %0 = ingot.matmul_integer %x, %w, %z, %wz : (tensor<4x2xui8>, tensor<2x2xui8>, tensor<ui8>, tensor<ui8>) -> tensor<4x2xsi32> loc("product")
  return %0 : tensor<4x2xsi32>
}
