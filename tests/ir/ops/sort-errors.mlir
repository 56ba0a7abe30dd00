// RUN: ingot-opt %s --ingot-refine-shapes --split-input-file --verify-diagnostics

func.func @topk_axis(%a: tensor<2x3xf32>, %b: tensor<1xsi64>) {
  // expected-error @+1 {{expected an axis below the rank 2, but got 2}}
  %0, %1 = ingot.topk %a, %b {axis = 2 : i64, largest = true}
      : (tensor<2x3xf32>, tensor<1xsi64>) -> (tensor<2x1xf32>, tensor<2x1xsi64>)
  return
}

// -----

func.func @topk_of_truth_values(%a: tensor<2x3xi1>, %b: tensor<1xsi64>) {
  // expected-error @+1 {{expected numbers, but got bool}}
  %0, %1 = ingot.topk %a, %b {axis = 1 : i64, largest = true}
      : (tensor<2x3xi1>, tensor<1xsi64>) -> (tensor<2x1xi1>, tensor<2x1xsi64>)
  return
}

// -----

func.func @k_of_two_elements(%a: tensor<2x3xf32>, %b: tensor<2xsi64>) {
  // expected-error @+1 {{expected k of one element}}
  %0, %1 = ingot.topk %a, %b {axis = 1 : i64, largest = true}
      : (tensor<2x3xf32>, tensor<2xsi64>) -> (tensor<2x1xf32>, tensor<2x1xsi64>)
  return
}

// -----

func.func @k_beyond_the_size(%a: tensor<2x3xf32>) {
  %b = ingot.constant tensor<1xsi64>, dense<[4, 0, 0, 0, 0, 0, 0, 0]> : tensor<8xi8>
  // expected-error @+1 {{expected k from 0 to the size 3, but got 4}}
  %0, %1 = ingot.topk %a, %b {axis = 1 : i64, largest = true}
      : (tensor<2x3xf32>, tensor<1xsi64>) -> (tensor<2x1xf32>, tensor<2x1xsi64>)
  return
}

// -----

func.func @nonzero_count(%a: tensor<4xf32>, %b: tensor<2xsi64>) {
  // expected-error @+1 {{expected a count of one element}}
  %0 = ingot.nonzero %a, %b : (tensor<4xf32>, tensor<2xsi64>) -> tensor<1x?xsi64>
  return
}

// -----

func.func @unique_axis(%a: tensor<4xf32>) {
  // expected-error @+1 {{expected an axis below the rank 1, but got 1}}
  %0, %1, %2, %3, %4 = ingot.unique %a {axis = 1 : i64, sorted = true}
      : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xsi64>, tensor<4xsi64>, tensor<4xsi64>, tensor<1xsi64>)
  return
}

// -----

func.func @unique_strings(%a: tensor<4x!ingot.string>) {
  // expected-error @+1 {{expected numbers or truth values, but got string}}
  %0, %1, %2, %3, %4 = ingot.unique %a {sorted = true}
      : (tensor<4x!ingot.string>) -> (tensor<4xf32>, tensor<4xsi64>, tensor<4xsi64>, tensor<4xsi64>, tensor<1xsi64>)
  return
}
