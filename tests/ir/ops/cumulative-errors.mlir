// RUN: ingot-opt %s --ingot-refine-shapes --split-input-file --verify-diagnostics

func.func @of_truth_values(%a: tensor<4xi1>) {
  // expected-error @+1 {{expected numbers, but got bool}}
  %0 = ingot.cumulative %a {axis = 0 : i64, product = false, exclusive = false, reverse = false}
      : (tensor<4xi1>) -> tensor<4xi1>
  return
}

// -----

func.func @axis(%a: tensor<4xf32>) {
  // expected-error @+1 {{expected an axis below the rank 1, but got 1}}
  %0 = ingot.cumulative %a {axis = 1 : i64, product = false, exclusive = false, reverse = false}
      : (tensor<4xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @axis_of_two_elements(%a: tensor<4xf32>, %b: tensor<2xsi64>) {
  // expected-error @+1 {{expected an axis of one element}}
  %0 = ingot.cumulative_at %a, %b {product = false, exclusive = false, reverse = false}
      : (tensor<4xf32>, tensor<2xsi64>) -> tensor<2xf32>
  return
}
