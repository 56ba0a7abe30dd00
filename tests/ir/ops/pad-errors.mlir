// RUN: ingot-opt %s --ingot-refine-shapes --split-input-file --verify-diagnostics

func.func @odd_pads(%a: tensor<4xf32>, %b: tensor<3xsi64>) {
  %c = ingot.none
  %d = ingot.none
  // expected-error @+1 {{expected pads whose number is known and even}}
  %0 = ingot.pad %a, %b, %c, %d {mode = "constant"}
      : (tensor<4xf32>, tensor<3xsi64>, none, none) -> tensor<2xf32>
  return
}

// -----

func.func @too_few_pads(%a: tensor<4x4xf32>, %b: tensor<2xsi64>) {
  %c = ingot.none
  %d = ingot.none
  // expected-error @+1 {{expected 4 pads, but got 2}}
  %0 = ingot.pad %a, %b, %c, %d {mode = "constant"}
      : (tensor<4x4xf32>, tensor<2xsi64>, none, none) -> tensor<2xf32>
  return
}

// -----

func.func @mode(%a: tensor<4xf32>, %b: tensor<2xsi64>) {
  %c = ingot.none
  %d = ingot.none
  // expected-error @+1 {{expected mode constant, edge, reflect or wrap, but got mirror}}
  %0 = ingot.pad %a, %b, %c, %d {mode = "mirror"}
      : (tensor<4xf32>, tensor<2xsi64>, none, none) -> tensor<2xf32>
  return
}

// -----

func.func @value_type(%a: tensor<4xf32>, %b: tensor<2xsi64>, %c: tensor<f64>) {
  %d = ingot.none
  // expected-error @+1 {{expected a value of type float, but got double}}
  %0 = ingot.pad %a, %b, %c, %d {mode = "constant"}
      : (tensor<4xf32>, tensor<2xsi64>, tensor<f64>, none) -> tensor<2xf32>
  return
}

// -----

func.func @cut_below_zero(%a: tensor<4xf32>) {
  %b = ingot.constant tensor<2xsi64>, dense<[-3, -1, -1, -1, -1, -1, -1, -1, -3, -1, -1, -1, -1, -1, -1, -1]> : tensor<16xi8>
  %c = ingot.none
  %d = ingot.none
  // expected-error @+1 {{expected pads that leave a size of 0 or more, but got -2}}
  %0 = ingot.pad %a, %b, %c, %d {mode = "constant"}
      : (tensor<4xf32>, tensor<2xsi64>, none, none) -> tensor<2xf32>
  return
}

// -----

func.func @edge_of_nothing(%a: tensor<0xf32>) {
  %b = ingot.constant tensor<2xsi64>, dense<[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]> : tensor<16xi8>
  %c = ingot.none
  %d = ingot.none
  // expected-error @+1 {{expected a dimension that is not empty to pad from, but got 0}}
  %0 = ingot.pad %a, %b, %c, %d {mode = "edge"}
      : (tensor<0xf32>, tensor<2xsi64>, none, none) -> tensor<2xf32>
  return
}

// -----

func.func @unknown_axes(%a: tensor<4xf32>, %b: tensor<2xsi64>, %d: tensor<?xsi64>) {
  %c = ingot.none
  // expected-error @+1 {{expected axes whose number is known}}
  %0 = ingot.pad %a, %b, %c, %d {mode = "constant"}
      : (tensor<4xf32>, tensor<2xsi64>, none, tensor<?xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @axes_count(%a: tensor<4x4xf32>, %b: tensor<2xsi64>, %d: tensor<2xsi64>) {
  %c = ingot.none
  // expected-error @+1 {{expected 1 axes, but got 2}}
  %0 = ingot.pad %a, %b, %c, %d {mode = "constant"}
      : (tensor<4x4xf32>, tensor<2xsi64>, none, tensor<2xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @axes_range(%a: tensor<4x4xf32>, %b: tensor<2xsi64>) {
  %c = ingot.none
  %d = ingot.constant tensor<1xsi64>, dense<[2, 0, 0, 0, 0, 0, 0, 0]> : tensor<8xi8>
  // expected-error @+1 {{expected axes in [-2, 2), but got 2}}
  %0 = ingot.pad %a, %b, %c, %d {mode = "constant"}
      : (tensor<4x4xf32>, tensor<2xsi64>, none, tensor<1xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @axes_repeats(%a: tensor<4x4xf32>, %b: tensor<4xsi64>) {
  %c = ingot.none
  %d = ingot.constant tensor<2xsi64>, dense<[0, 0, 0, 0, 0, 0, 0, 0, -2, -1, -1, -1, -1, -1, -1, -1]> : tensor<16xi8>
  // expected-error @+1 {{expected axes without repeats, but got 0 twice}}
  %0 = ingot.pad %a, %b, %c, %d {mode = "constant"}
      : (tensor<4x4xf32>, tensor<4xsi64>, none, tensor<2xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @repeats_count(%a: tensor<4x4xf32>, %b: tensor<1xsi64>) {
  // expected-error @+1 {{expected 2 repeats, but got 1}}
  %0 = ingot.tile %a, %b : (tensor<4x4xf32>, tensor<1xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @repeats_unknown(%a: tensor<4x4xf32>, %b: tensor<?xsi64>) {
  // expected-error @+1 {{expected 2 repeats, but got unknown}}
  %0 = ingot.tile %a, %b : (tensor<4x4xf32>, tensor<?xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @negative_repeats(%a: tensor<4xf32>) {
  %b = ingot.constant tensor<1xsi64>, dense<[-1, -1, -1, -1, -1, -1, -1, -1]> : tensor<8xi8>
  // expected-error @+1 {{expected repeats of 0 or more, but got -1}}
  %0 = ingot.tile %a, %b : (tensor<4xf32>, tensor<1xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @reverse_axes(%a: tensor<4x4xf32>, %b: tensor<4xsi64>) {
  // expected-error @+1 {{expected two different axes below the rank 2, but got 1 and 1}}
  %0 = ingot.reverse_sequence %a, %b {batch_axis = 1 : i64, time_axis = 1 : i64}
      : (tensor<4x4xf32>, tensor<4xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @reverse_lengths(%a: tensor<4x4xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{expected a vector of integers as lengths}}
  %0 = ingot.reverse_sequence %a, %b {batch_axis = 0 : i64, time_axis = 1 : i64}
      : (tensor<4x4xf32>, tensor<4xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @triangle_of_a_vector(%a: tensor<4xf32>) {
  %b = ingot.none
  // expected-error @+1 {{expected an input of rank 2 or more, but got 1}}
  %0 = ingot.triangle %a, %b {upper = true} : (tensor<4xf32>, none) -> tensor<2xf32>
  return
}

// -----

func.func @lengths_of_batch(%a: tensor<4x3xf32>, %b: tensor<3xsi64>) {
  // expected-error @+1 {{expected lengths for a batch of 4, but got 3}}
  %0 = ingot.reverse_sequence %a, %b {batch_axis = 0 : i64, time_axis = 1 : i64}
      : (tensor<4x3xf32>, tensor<3xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @offsets(%a: tensor<4x3xf32>, %b: tensor<2xsi64>) {
  // expected-error @+1 {{expected an offset with a dimension of 1, but got 2}}
  %0 = ingot.triangle %a, %b {upper = true} : (tensor<4x3xf32>, tensor<2xsi64>) -> tensor<2xf32>
  return
}
