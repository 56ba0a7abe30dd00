// RUN: ingot-opt %s --ingot-verify-compressed --split-input-file --verify-diagnostics

func.func @dequantized_twice(%x: tensor<4x8xui8>, %w: tensor<8x8xsi8>, %xs: tensor<f32>,
                             %ws: tensor<f32>, %xz: tensor<ui8>, %wz: tensor<si8>) -> tensor<4x8xf32> {
  %0 = ingot.dequantize %x, %xs, %xz {to = f32} : (tensor<4x8xui8>, tensor<f32>, tensor<ui8>) -> tensor<4x8xf32>
  %1 = ingot.dequantize %w, %ws, %wz {to = f32} : (tensor<8x8xsi8>, tensor<f32>, tensor<si8>) -> tensor<8x8xf32>
  // expected-error @+1 {{breaks the compressed form: expected a product of integers, since both operands were}}
  %2 = ingot.matmul %0, %1 : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  return %2 : tensor<4x8xf32>
}

// -----

// One scale for each summed element leaves no product of integers: that is no fault.
func.func @scale_along_the_sum(%x: tensor<4x8xui8>, %w: tensor<8x8xsi8>, %xs: tensor<8xf32>,
                               %ws: tensor<f32>, %xz: tensor<ui8>, %wz: tensor<si8>) -> tensor<4x8xf32> {
  %0 = ingot.dequantize %x, %xs, %xz {to = f32} : (tensor<4x8xui8>, tensor<8xf32>, tensor<ui8>) -> tensor<4x8xf32>
  %1 = ingot.dequantize %w, %ws, %wz {to = f32} : (tensor<8x8xsi8>, tensor<f32>, tensor<si8>) -> tensor<8x8xf32>
  %2 = ingot.matmul %0, %1 : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  return %2 : tensor<4x8xf32>
}

// -----

func.func @zero_points_along_the_sum(%x: tensor<4x8xui8>, %w: tensor<8x6xsi8>, %xz: tensor<ui8>,
                                     %wz: tensor<8x1xsi8>) -> tensor<4x6xsi32> {
  // expected-error @+1 {{breaks the compressed form: expected zero points that are constant along the sums}}
  %0 = ingot.matmul_integer %x, %w, %xz, %wz : (tensor<4x8xui8>, tensor<8x6xsi8>, tensor<ui8>, tensor<8x1xsi8>) -> tensor<4x6xsi32>
  return %0 : tensor<4x6xsi32>
}

// -----

// expected-error @+1 {{breaks the compressed form: expected ingot.compression to be a list of layers}}
func.func @report() attributes {ingot.compression = [7]} {
  return
}
