// RUN: ingot-opt %s --ingot-refine-shapes --split-input-file --verify-diagnostics

func.func @axis(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{expected axes below the rank 2, but got 2}}
  %0 = ingot.normalize %a {axes = array<i64: 2>, epsilon = 1.0e-5 : f64, center = true}
      : (tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @repeated_axis(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{expected different axes, but got 1 twice}}
  %0 = ingot.normalize %a {axes = array<i64: 1, 1>, epsilon = 1.0e-5 : f64, center = true}
      : (tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @integers(%a: tensor<2x3xsi32>) {
  // expected-error @+1 {{expected floats, but got int32}}
  %0 = ingot.normalize %a {axes = array<i64: 1>, epsilon = 1.0e-5 : f64, center = true}
      : (tensor<2x3xsi32>) -> tensor<2x3xsi32>
  return
}
