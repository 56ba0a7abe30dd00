// RUN: ingot-opt %s --ingot-refine-shapes --split-input-file --verify-diagnostics

func.func @different_types(%a: tensor<2xf32>, %b: tensor<2xf64>) {
  // expected-error @+1 {{expected operands of one element type, but got float and double}}
  %0 = ingot.add %a, %b : (tensor<2xf32>, tensor<2xf64>) -> tensor<2xf32>
  return
}

// -----

func.func @sum_of_truth_values(%a: tensor<2xi1>, %b: tensor<2xi1>) {
  // expected-error @+1 {{expected numbers, but got bool}}
  %0 = ingot.add %a, %b : (tensor<2xi1>, tensor<2xi1>) -> tensor<2xi1>
  return
}

// -----

func.func @power_of_a_string(%a: tensor<2x!ingot.string>, %b: tensor<2xf32>) {
  // expected-error @+1 {{expected numbers, but got string}}
  %0 = ingot.pow %a, %b : (tensor<2x!ingot.string>, tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @sizes_do_not_broadcast(%a: tensor<2x3xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{expected dimensions that broadcast, but got 3 against 4 in dimension 1}}
  %0 = ingot.mul %a, %b : (tensor<2x3xf32>, tensor<4xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @size_beyond_64_bits() {
  %a = ingot.constant tensor<1xsi64>, dense<[0, 0, 0, 0, 0, 0, 0, 64]> : tensor<8xi8>
  %b = ingot.constant tensor<1xsi64>, dense<[4, 0, 0, 0, 0, 0, 0, 0]> : tensor<8xi8>
  // expected-error @+1 {{sizes of this model do not fit 64 bits}}
  %0 = ingot.mul %a, %b : (tensor<1xsi64>, tensor<1xsi64>) -> tensor<1xsi64>
  return
}

// -----

func.func @coefficient_beyond_64_bits(%x: tensor<?xf32>) {
  %a = ingot.shape %x : (tensor<?xf32>) -> tensor<1xsi64>
  %b = ingot.constant tensor<1xsi64>, dense<[0, 0, 0, 0, 0, 0, 0, 64]> : tensor<8xi8>
  %0 = ingot.mul %a, %b : (tensor<1xsi64>, tensor<1xsi64>) -> tensor<1xsi64>
  // expected-error @+1 {{sizes of this model do not fit 64 bits}}
  %1 = ingot.add %0, %0 : (tensor<1xsi64>, tensor<1xsi64>) -> tensor<1xsi64>
  return
}
