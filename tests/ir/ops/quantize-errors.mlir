// RUN: ingot-opt %s --ingot-refine-shapes --split-input-file --verify-diagnostics

func.func @string(%a: tensor<2x!ingot.string>, %b: tensor<f32>, %c: tensor<si8>) {
  // expected-error @+1 {{expected numbers to quantize, but got string}}
  %0 = ingot.quantize %a, %b, %c {saturate = true, precision = f32}
      : (tensor<2x!ingot.string>, tensor<f32>, tensor<si8>) -> tensor<2xsi8>
  return
}

// -----

func.func @scale_of_truth_values(%a: tensor<2xf32>, %b: tensor<i1>, %c: tensor<si8>) {
  // expected-error @+1 {{expected numbers as scale, but got bool}}
  %0 = ingot.quantize %a, %b, %c {saturate = true, precision = f32}
      : (tensor<2xf32>, tensor<i1>, tensor<si8>) -> tensor<2xsi8>
  return
}

// -----

func.func @wide_result(%a: tensor<2xf32>, %b: tensor<f32>, %c: tensor<si32>) {
  // expected-error @+1 {{expected a type of at most 16 bits to quantize to, but got int32}}
  %0 = ingot.quantize %a, %b, %c {saturate = true, precision = f32}
      : (tensor<2xf32>, tensor<f32>, tensor<si32>) -> tensor<2xsi32>
  return
}

// -----

func.func @dequantize_64_bits(%a: tensor<2xsi64>, %b: tensor<f32>, %c: tensor<si64>) {
  // expected-error @+1 {{expected numbers of at most 32 bits to dequantize, but got int64}}
  %0 = ingot.dequantize %a, %b, %c {to = f32}
      : (tensor<2xsi64>, tensor<f32>, tensor<si64>) -> tensor<2xf32>
  return
}

// -----

func.func @zero_point_type(%a: tensor<2xf8E4M3FN>, %b: tensor<f32>, %c: tensor<si8>) {
  // expected-error @+1 {{expected a zero point of type float8e4m3fn, but got int8}}
  %0 = ingot.dequantize %a, %b, %c {to = f32}
      : (tensor<2xf8E4M3FN>, tensor<f32>, tensor<si8>) -> tensor<2xf32>
  return
}

// -----

func.func @integer_result(%a: tensor<2xsi8>, %b: tensor<f32>, %c: tensor<si8>) {
  // expected-error @+1 {{expected a scale and a result of floats}}
  %0 = ingot.dequantize %a, %b, %c {to = si32}
      : (tensor<2xsi8>, tensor<f32>, tensor<si8>) -> tensor<2xsi32>
  return
}

// -----

func.func @wide_factor(%a: tensor<3x4xsi32>,
                       %b: tensor<4x2xsi8>,
                       %c: tensor<si32>,
                       %d: tensor<si8>) {
  // expected-error @+1 {{expected integers of at most 16 bits, but got int32}}
  %0 = ingot.matmul_integer %a, %b, %c, %d
      : (tensor<3x4xsi32>, tensor<4x2xsi8>, tensor<si32>, tensor<si8>) -> tensor<3x2xsi32>
  return
}

// -----

func.func @widening_zero_point(%a: tensor<3x4xsi8>,
                               %b: tensor<4x2xsi8>,
                               %c: tensor<1x1x1xsi8>,
                               %d: tensor<si8>) {
  // expected-error @+1 {{expected a zero point that broadcasts to its tensor}}
  %0 = ingot.matmul_integer %a, %b, %c, %d
      : (tensor<3x4xsi8>, tensor<4x2xsi8>, tensor<1x1x1xsi8>, tensor<si8>) -> tensor<3x2xsi32>
  return
}

// -----

func.func @zero_point_of_another_size(%a: tensor<3x4xsi8>,
                                      %b: tensor<4x2xsi8>,
                                      %c: tensor<5xsi8>,
                                      %d: tensor<si8>) {
  // expected-error @+1 {{expected dimensions that broadcast, but got 5 against 4 in dimension 1}}
  %0 = ingot.matmul_integer %a, %b, %c, %d
      : (tensor<3x4xsi8>, tensor<4x2xsi8>, tensor<5xsi8>, tensor<si8>) -> tensor<3x2xsi32>
  return
}
