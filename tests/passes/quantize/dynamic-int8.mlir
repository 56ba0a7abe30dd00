// RUN: ingot-opt %s --ingot-dynamic-int8=least=4 | FileCheck %s
// RUN: ingot-opt %s --ingot-dynamic-int8 | FileCheck %s --check-prefix=SMALL

// CHECK: ingot.compression = ["?: 4 weights in 8 bits"]
// CHECK: ingot.reduce
// CHECK: %[[X:.*]] = ingot.quantize %arg0
// CHECK: %[[W:.*]] = ingot.constant tensor<2x2xsi8>
// CHECK: ingot.matmul_integer %[[X]], %[[W]]
// SMALL: ingot.matmul %arg0
func.func @f(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %w = ingot.constant tensor<2x2xf32>, dense<"0x0000803F000000C00000404000008040"> : tensor<16xi8>
  %0 = ingot.matmul %x, %w : (tensor<3x2xf32>, tensor<2x2xf32>) -> tensor<3x2xf32>
  return %0 : tensor<3x2xf32>
}
