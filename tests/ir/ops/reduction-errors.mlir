// RUN: ingot-opt %s --ingot-refine-shapes --split-input-file --verify-diagnostics

func.func @kind(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{expected kind sum, prod, max, min, and or or, but got mean}}
  %0 = ingot.reduce %a {kind = "mean", axes = array<i64: 1>, keepdims = true}
      : (tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @axis(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{expected axes below the rank 2, but got 2}}
  %0 = ingot.reduce %a {kind = "sum", axes = array<i64: 2>, keepdims = true}
      : (tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @extreme_axis(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{expected an axis below the rank 2, but got 2}}
  %0 = ingot.arg_extreme %a {axis = 2 : i64, largest = true, keepdims = true, select_last = false}
      : (tensor<2x3xf32>) -> tensor<2x1xsi64>
  return
}

// -----

func.func @extreme_of_nothing(%a: tensor<2x0xf32>) {
  // expected-error @+1 {{expected elements along the axis, but got none}}
  %0 = ingot.arg_extreme %a {axis = 1 : i64, largest = true, keepdims = true, select_last = false}
      : (tensor<2x0xf32>) -> tensor<2x1xsi64>
  return
}

// -----

func.func @softmax_axis(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{expected an axis below the rank 2, but got 2}}
  %0 = ingot.softmax %a {axis = 2 : i64, log = false} : (tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @softmax_of_integers(%a: tensor<2x3xsi32>) {
  // expected-error @+1 {{expected floats, but got int32}}
  %0 = ingot.softmax %a {axis = 1 : i64, log = false} : (tensor<2x3xsi32>) -> tensor<2xf32>
  return
}
