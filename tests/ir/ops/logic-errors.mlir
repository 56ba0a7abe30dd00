// RUN: ingot-opt %s --ingot-refine-shapes --split-input-file --verify-diagnostics

func.func @and_of_floats(%a: tensor<2xf32>, %b: tensor<2xf32>) {
  // expected-error @+1 {{expected truth values, but got float}}
  %0 = ingot.and %a, %b : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @bits_of_floats(%a: tensor<2xf32>, %b: tensor<2xf32>) {
  // expected-error @+1 {{expected integers, but got float}}
  %0 = ingot.bit_and %a, %b : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @compared_types(%a: tensor<2xf32>, %b: tensor<2xsi32>) {
  // expected-error @+1 {{expected operands of one element type, but got float and int32}}
  %0 = ingot.equal %a, %b : (tensor<2xf32>, tensor<2xsi32>) -> tensor<2xi1>
  return
}

// -----

func.func @condition_of_integers(%a: tensor<2xsi32>, %b: tensor<2xf32>, %c: tensor<2xf32>) {
  // expected-error @+1 {{expected a condition of truth values, but got int32}}
  %0 = ingot.where %a, %b, %c : (tensor<2xsi32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @choices_of_two_types(%a: tensor<2xi1>, %b: tensor<2xf32>, %c: tensor<2xf64>) {
  // expected-error @+1 {{expected operands of one element type, but got float and double}}
  %0 = ingot.where %a, %b, %c : (tensor<2xi1>, tensor<2xf32>, tensor<2xf64>) -> tensor<2xf32>
  return
}

// -----

func.func @less_of_truth_values(%a: tensor<2xi1>, %b: tensor<2xi1>) {
  // expected-error @+1 {{expected numbers, but got bool}}
  %0 = ingot.less %a, %b : (tensor<2xi1>, tensor<2xi1>) -> tensor<2xi1>
  return
}

// -----

func.func @equal_strings(%a: tensor<2x!ingot.string>, %b: tensor<2x!ingot.string>) {
  // expected-error @+1 {{expected numbers or truth values, but got string}}
  %0 = ingot.equal %a, %b : (tensor<2x!ingot.string>, tensor<2x!ingot.string>) -> tensor<2xi1>
  return
}

// -----

func.func @nan_of_integers(%a: tensor<2xsi32>) {
  // expected-error @+1 {{expected floats, but got int32}}
  %0 = ingot.is_nan %a : (tensor<2xsi32>) -> tensor<2xi1>
  return
}
