// RUN: ingot-opt %s --ingot-refine-shapes --split-input-file --verify-diagnostics

func.func @input_rank(%a: tensor<1x3x8xf32>) {
  // expected-error @+1 {{expected input of rank 4, but got 3}}
    %0 = ingot.pool %a {kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, dilations =
      array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, ceil = false, kind = "max", count_pads = false}
      : (tensor<1x3x8xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @pads_count(%a: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{expected 2 strides and dilations and 4 pads}}
    %0 = ingot.pool %a {kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, dilations =
      array<i64: 1, 1>, pads = array<i64: 0, 0>, ceil = false, kind = "max", count_pads = false}
      : (tensor<1x3x8x8xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @truth_values(%a: tensor<1x3x8x8xi1>) {
  // expected-error @+1 {{expected numbers, but got bool}}
    %0 = ingot.pool %a {kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, dilations =
      array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, ceil = false, kind = "max", count_pads = false}
      : (tensor<1x3x8x8xi1>) -> tensor<2xf32>
  return
}

// -----

func.func @empty_kernel(%a: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{expected positive kernel, strides and dilations}}
    %0 = ingot.pool %a {kernel = array<i64: 2, 0>, strides = array<i64: 1, 1>, dilations =
      array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, ceil = false, kind = "max", count_pads = false}
      : (tensor<1x3x8x8xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @window(%a: tensor<1x3x1x8xf32>) {
  // expected-error @+1 {{expected a window within the padded input, but 3 exceeds 1}}
    %0 = ingot.pool %a {kernel = array<i64: 3, 2>, strides = array<i64: 1, 1>, dilations =
      array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, ceil = false, kind = "max", count_pads = false}
      : (tensor<1x3x1x8xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @kind(%a: tensor<1x3x8x8xf32>) {
  // expected-error @+1 {{expected kind max, sum or average, but got min}}
    %0 = ingot.pool %a {kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, dilations =
      array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, ceil = false, kind = "min", count_pads = false}
      : (tensor<1x3x8x8xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @columns_rank(%a: tensor<1x4xf32>) {
  %b = ingot.constant tensor<2xsi64>, dense<[4, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]> : tensor<16xi8>
  %c = ingot.constant tensor<2xsi64>, dense<[2, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]> : tensor<16xi8>
  // expected-error @+1 {{expected an input of numbers of rank 3, but got rank 2}}
    %0 = ingot.fold_columns %a, %b, %c {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x4xf32>, tensor<2xsi64>, tensor<2xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @image_dimensions(%a: tensor<1x4x9xf32>) {
  %b = ingot.constant tensor<1xsi64>, dense<[4, 0, 0, 0, 0, 0, 0, 0]> : tensor<8xi8>
  %c = ingot.constant tensor<2xsi64>, dense<[2, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]> : tensor<16xi8>
  // expected-error @+1 {{expected an image and block of 2 dimensions}}
    %0 = ingot.fold_columns %a, %b, %c {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x4x9xf32>, tensor<1xsi64>, tensor<2xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @columns_of_image(%a: tensor<1x4x8xf32>) {
  %b = ingot.constant tensor<2xsi64>, dense<[4, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]> : tensor<16xi8>
  %c = ingot.constant tensor<2xsi64>, dense<[2, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]> : tensor<16xi8>
  // expected-error @+1 {{expected columns for a number of windows of 9, but got 8}}
    %0 = ingot.fold_columns %a, %b, %c {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pads = array<i64: 0, 0, 0, 0>}
      : (tensor<1x4x8xf32>, tensor<2xsi64>, tensor<2xsi64>) -> tensor<2xf32>
  return
}
