// RUN: ingot-opt %s --ingot-refine-shapes --split-input-file --verify-diagnostics

func.func @matmul_rank(%a: tensor<4xf32>, %b: tensor<4x2xf32>) {
  // expected-error @+1 {{expected operands of rank 2 or more, but got 1}}
  %0 = ingot.matmul %a, %b : (tensor<4xf32>, tensor<4x2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @matmul_inner(%a: tensor<3x4xf32>, %b: tensor<5x2xf32>) {
  // expected-error @+1 {{expected inner dimensions to agree, but got 4 and 5}}
  %0 = ingot.matmul %a, %b : (tensor<3x4xf32>, tensor<5x2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @matmul_batch(%a: tensor<2x3x4xf32>, %b: tensor<5x4x2xf32>) {
  // expected-error @+1 {{expected dimensions that broadcast, but got 2 against 5 in dimension 0}}
  %0 = ingot.matmul %a, %b : (tensor<2x3x4xf32>, tensor<5x4x2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @matmul_types(%a: tensor<3x4xf32>, %b: tensor<4x2xf64>) {
  // expected-error @+1 {{expected operands of one element type, but got float and double}}
  %0 = ingot.matmul %a, %b : (tensor<3x4xf32>, tensor<4x2xf64>) -> tensor<2xf32>
  return
}

// -----

func.func @conv_input_rank(%a: tensor<1x3xf32>, %b: tensor<4x3xf32>) {
  // expected-error @+1 {{expected input of rank 3 or more, but got 2}}
    %0 = ingot.conv %a, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads =
      array<i64: 0, 0, 0, 0>, groups = 1 : i64}
      : (tensor<1x3xf32>, tensor<4x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @conv_weight_rank(%a: tensor<1x3x8x8xf32>, %b: tensor<4x3x3xf32>) {
  // expected-error @+1 {{expected weight of rank 4, but got 3}}
    %0 = ingot.conv %a, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads =
      array<i64: 0, 0, 0, 0>, groups = 1 : i64}
      : (tensor<1x3x8x8xf32>, tensor<4x3x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @conv_strides(%a: tensor<1x3x8x8xf32>, %b: tensor<4x3x3x3xf32>) {
  // expected-error @+1 {{expected 2 strides and dilations and 4 pads}}
    %0 = ingot.conv %a, %b {strides = array<i64: 1>, dilations = array<i64: 1, 1>, pads = array<i64:
      0, 0, 0, 0>, groups = 1 : i64}
      : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @conv_channels(%a: tensor<1x3x8x8xf32>, %b: tensor<4x2x3x3xf32>) {
  // expected-error @+1 {{expected weight for 3 input channels, but got 2}}
    %0 = ingot.conv %a, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads =
      array<i64: 0, 0, 0, 0>, groups = 1 : i64}
      : (tensor<1x3x8x8xf32>, tensor<4x2x3x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @conv_groups(%a: tensor<1x6x8x8xf32>, %b: tensor<4x2x3x3xf32>) {
  // expected-error @+1 {{expected a number of groups that divides the output channels}}
    %0 = ingot.conv %a, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads =
      array<i64: 0, 0, 0, 0>, groups = 3 : i64}
      : (tensor<1x6x8x8xf32>, tensor<4x2x3x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @conv_stride_of_zero(%a: tensor<1x3x8x8xf32>, %b: tensor<4x3x3x3xf32>) {
  // expected-error @+1 {{expected positive strides and dilations}}
    %0 = ingot.conv %a, %b {strides = array<i64: 1, 0>, dilations = array<i64: 1, 1>, pads =
      array<i64: 0, 0, 0, 0>, groups = 1 : i64}
      : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @conv_window(%a: tensor<1x3x2x8xf32>, %b: tensor<4x3x4x3xf32>) {
  // expected-error @+1 {{expected a window within the padded input, but 4 exceeds 2}}
    %0 = ingot.conv %a, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads =
      array<i64: 0, 0, 0, 0>, groups = 1 : i64}
      : (tensor<1x3x2x8xf32>, tensor<4x3x4x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @conv_types(%a: tensor<1x3x8x8xf32>, %b: tensor<4x3x3x3xf16>) {
  // expected-error @+1 {{expected input and weight of one element type, but got float and float16}}
    %0 = ingot.conv %a, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads =
      array<i64: 0, 0, 0, 0>, groups = 1 : i64}
      : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf16>) -> tensor<2xf32>
  return
}

// -----

func.func @transpose_input_rank(%a: tensor<1x3xf32>, %b: tensor<3x4xf32>) {
  // expected-error @+1 {{expected input of rank 3 or more, but got 2}}
    %0 = ingot.conv_transpose %a, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads
      = array<i64: 0, 0, 0, 0>, output_padding = array<i64: 0, 0>, groups = 1 : i64}
      : (tensor<1x3xf32>, tensor<3x4xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @transpose_weight_rank(%a: tensor<1x3x8x8xf32>, %b: tensor<3x4x3xf32>) {
  // expected-error @+1 {{expected weight of rank 4, but got 3}}
    %0 = ingot.conv_transpose %a, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads
      = array<i64: 0, 0, 0, 0>, output_padding = array<i64: 0, 0>, groups = 1 : i64}
      : (tensor<1x3x8x8xf32>, tensor<3x4x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @transpose_types(%a: tensor<1x3x8x8xf32>, %b: tensor<3x4x3x3xf16>) {
  // expected-error @+1 {{expected input and weight of one element type, but got float and float16}}
    %0 = ingot.conv_transpose %a, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads
      = array<i64: 0, 0, 0, 0>, output_padding = array<i64: 0, 0>, groups = 1 : i64}
      : (tensor<1x3x8x8xf32>, tensor<3x4x3x3xf16>) -> tensor<2xf32>
  return
}

// -----

func.func @transpose_output_padding(%a: tensor<1x3x8x8xf32>, %b: tensor<3x4x3x3xf32>) {
  // expected-error @+1 {{expected 2 strides, dilations and output paddings and 4 pads}}
    %0 = ingot.conv_transpose %a, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads
      = array<i64: 0, 0, 0, 0>, output_padding = array<i64: 0>, groups = 1 : i64}
      : (tensor<1x3x8x8xf32>, tensor<3x4x3x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @transpose_channels(%a: tensor<1x3x8x8xf32>, %b: tensor<2x4x3x3xf32>) {
  // expected-error @+1 {{expected weight for 3 input channels, but got 2}}
    %0 = ingot.conv_transpose %a, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads
      = array<i64: 0, 0, 0, 0>, output_padding = array<i64: 0, 0>, groups = 1 : i64}
      : (tensor<1x3x8x8xf32>, tensor<2x4x3x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @transpose_groups(%a: tensor<1x3x8x8xf32>, %b: tensor<3x4x3x3xf32>) {
  // expected-error @+1 {{expected a number of groups that divides the input channels}}
    %0 = ingot.conv_transpose %a, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads
      = array<i64: 0, 0, 0, 0>, output_padding = array<i64: 0, 0>, groups = 2 : i64}
      : (tensor<1x3x8x8xf32>, tensor<3x4x3x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @transpose_dilation_of_zero(%a: tensor<1x3x8x8xf32>, %b: tensor<3x4x3x3xf32>) {
  // expected-error @+1 {{expected positive strides and dilations}}
    %0 = ingot.conv_transpose %a, %b {strides = array<i64: 1, 1>, dilations = array<i64: 0, 1>, pads
      = array<i64: 0, 0, 0, 0>, output_padding = array<i64: 0, 0>, groups = 1 : i64}
      : (tensor<1x3x8x8xf32>, tensor<3x4x3x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @transpose_pads(%a: tensor<1x3x2x2xf32>, %b: tensor<3x4x3x3xf32>) {
  // expected-error @+1 {{expected pads below the size of the output}}
    %0 = ingot.conv_transpose %a, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pads
      = array<i64: 4, 0, 4, 0>, output_padding = array<i64: 0, 0>, groups = 1 : i64}
      : (tensor<1x3x2x2xf32>, tensor<3x4x3x3xf32>) -> tensor<2xf32>
  return
}
