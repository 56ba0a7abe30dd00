// RUN: ingot-opt %s --ingot-refine-shapes --split-input-file --verify-diagnostics

func.func @reshape_to_unknown_rank(%a: tensor<6xf32>, %b: tensor<?xsi64>) {
  // expected-error @+1 {{expected a shape whose number of elements is known}}
  %0 = ingot.reshape %a, %b : (tensor<6xf32>, tensor<?xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @reshape_two_open(%a: tensor<6xf32>) {
  %b = ingot.constant tensor<2xsi64>, dense<[-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1]> : tensor<16xi8>
  // expected-error @+1 {{expected at most one -1 in the shape}}
  %0 = ingot.reshape %a, %b : (tensor<6xf32>, tensor<2xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @reshape_open_rest(%a: tensor<6xf32>) {
  %b = ingot.constant tensor<2xsi64>, dense<[4, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, -1]> : tensor<16xi8>
  // expected-error @+1 {{cannot reshape 6 elements to a multiple of 4}}
  %0 = ingot.reshape %a, %b : (tensor<6xf32>, tensor<2xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @reshape_count(%a: tensor<6xf32>) {
  %b = ingot.constant tensor<1xsi64>, dense<[4, 0, 0, 0, 0, 0, 0, 0]> : tensor<8xi8>
  // expected-error @+1 {{cannot reshape 6 elements to 4}}
  %0 = ingot.reshape %a, %b : (tensor<6xf32>, tensor<1xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @reshape_beyond_64_bits(%a: tensor<?xf32>) {
  %b = ingot.constant tensor<2xsi64>, dense<[0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]> : tensor<16xi8>
  // expected-error @+1 {{sizes of this model do not fit 64 bits}}
  %0 = ingot.reshape %a, %b : (tensor<?xf32>, tensor<2xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @permutation_length(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{expected a permutation of 2 dimensions}}
  %0 = ingot.transpose %a {permutation = array<i64: 0>} : (tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @permutation_repeats(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{expected a permutation, but got one that repeats or exceeds the rank}}
  %0 = ingot.transpose %a {permutation = array<i64: 1, 1>} : (tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @expand_to_unknown_rank(%a: tensor<6xf32>, %b: tensor<?xsi64>) {
  // expected-error @+1 {{expected a shape whose number of elements is known}}
  %0 = ingot.expand %a, %b : (tensor<6xf32>, tensor<?xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @concat_axis(%a: tensor<2xf32>, %b: tensor<2xf32>) {
  // expected-error @+1 {{expected an axis below the rank 1, but got 1}}
  %0 = ingot.concat %a, %b {axis = 1 : i64} : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @concat_types(%a: tensor<2xf32>, %b: tensor<2xf64>) {
  // expected-error @+1 {{expected operands of one element type, but got float and double}}
  %0 = ingot.concat %a, %b {axis = 0 : i64} : (tensor<2xf32>, tensor<2xf64>) -> tensor<2xf32>
  return
}

// -----

func.func @concat_ranks(%a: tensor<2xf32>, %b: tensor<2x1xf32>) {
  // expected-error @+1 {{expected operands of rank 1, but got 2}}
  %0 = ingot.concat %a, %b {axis = 0 : i64} : (tensor<2xf32>, tensor<2x1xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @concat_dimensions(%a: tensor<2x3xf32>, %b: tensor<2x4xf32>) {
  // expected-error @+1 {{expected equal dimensions but for the axis, but got 3 and 4}}
  %0 = ingot.concat %a, %b {axis = 0 : i64} : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @gather_axis(%a: tensor<2x3xf32>, %b: tensor<2xsi64>) {
  // expected-error @+1 {{expected an axis below the rank 2, but got 2}}
  %0 = ingot.gather %a, %b {axis = 2 : i64} : (tensor<2x3xf32>, tensor<2xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @gather_float_indices(%a: tensor<2x3xf32>, %b: tensor<2xf32>) {
  // expected-error @+1 {{expected integer indices, but got float}}
  %0 = ingot.gather %a, %b {axis = 0 : i64} : (tensor<2x3xf32>, tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @gather_range(%a: tensor<2x3xf32>) {
  %b = ingot.constant tensor<1xsi64>, dense<[2, 0, 0, 0, 0, 0, 0, 0]> : tensor<8xi8>
  // expected-error @+1 {{expected indices in [-2, 2), but got 2}}
  %0 = ingot.gather %a, %b {axis = 0 : i64} : (tensor<2x3xf32>, tensor<1xsi64>) -> tensor<2xf32>
  return
}
