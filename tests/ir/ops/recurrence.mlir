// RUN: ingot-opt %s --ingot-refine-shapes --split-input-file --verify-diagnostics | FileCheck %s

// Results follow from the gates and the recurrent weights, whatever the file says.
// CHECK-LABEL: @lstm
// CHECK: ingot.recurrence
// CHECK-SAME: -> (tensor<?x2x2x8xf32>, tensor<2x2x8xf32>, tensor<2x2x8xf32>)
func.func @lstm(%gates: tensor<?x2x64xf32>, %r: tensor<2x32x8xf32>)
    -> (tensor<?x?x?x?xf32>, tensor<?x?x?xf32>, tensor<?x?x?xf32>) {
  %none = ingot.none
  %y, %h, %c = ingot.recurrence %gates, %r, %none, %none, %none, %none, %none {
      cell = "lstm", direction = "bidirectional",
      functions = ["sigmoid", "tanh", "tanh", "sigmoid", "tanh", "tanh"],
      alphas = array<f64: 0.0, 0.0, 0.0, 0.0, 0.0, 0.0>,
      betas = array<f64: 0.0, 0.0, 0.0, 0.0, 0.0, 0.0>, clip = 0.0 : f64, reset_after = false,
      couple_input_forget = false}
      : (tensor<?x2x64xf32>, tensor<2x32x8xf32>, none, none, none, none, none)
      -> (tensor<?x?x?x?xf32>, tensor<?x?x?xf32>, tensor<?x?x?xf32>)
  return %y, %h, %c : tensor<?x?x?x?xf32>, tensor<?x?x?xf32>, tensor<?x?x?xf32>
}

// -----

func.func @gate_count(%gates: tensor<5x2x16xf32>, %r: tensor<1x24x8xf32>)
    -> (tensor<5x2x1x8xf32>, tensor<1x2x8xf32>) {
  %none = ingot.none
  // expected-error @+1 {{expected gates with dimension 2 of 24, but got 16}}
  %y, %h = ingot.recurrence %gates, %r, %none, %none, %none, %none, %none {
      cell = "gru", direction = "forward", functions = ["sigmoid", "tanh"],
      alphas = array<f64: 0.0, 0.0>, betas = array<f64: 0.0, 0.0>, clip = 0.0 : f64,
      reset_after = true, couple_input_forget = false}
      : (tensor<5x2x16xf32>, tensor<1x24x8xf32>, none, none, none, none, none)
      -> (tensor<5x2x1x8xf32>, tensor<1x2x8xf32>)
  return %y, %h : tensor<5x2x1x8xf32>, tensor<1x2x8xf32>
}

// -----

func.func @length_count(%gates: tensor<5x2x8xf32>, %r: tensor<1x8x8xf32>, %n: tensor<3xsi32>)
    -> (tensor<5x2x1x8xf32>, tensor<1x2x8xf32>) {
  %none = ingot.none
  // expected-error @+1 {{expected lengths with dimension 0 of 2, but got 3}}
  %y, %h = ingot.recurrence %gates, %r, %none, %n, %none, %none, %none {
      cell = "rnn", direction = "reverse", functions = ["tanh"], alphas = array<f64: 0.0>,
      betas = array<f64: 0.0>, clip = 0.0 : f64, reset_after = false, couple_input_forget = false}
      : (tensor<5x2x8xf32>, tensor<1x8x8xf32>, none, tensor<3xsi32>, none, none, none)
      -> (tensor<5x2x1x8xf32>, tensor<1x2x8xf32>)
  return %y, %h : tensor<5x2x1x8xf32>, tensor<1x2x8xf32>
}

// -----

func.func @unknown_function(%gates: tensor<5x2x8xf32>, %r: tensor<1x8x8xf32>)
    -> (tensor<5x2x1x8xf32>, tensor<1x2x8xf32>) {
  %none = ingot.none
  // expected-error @+1 {{expected an activation of cells, but got "cosh"}}
  %y, %h = ingot.recurrence %gates, %r, %none, %none, %none, %none, %none {
      cell = "rnn", direction = "forward", functions = ["cosh"], alphas = array<f64: 0.0>,
      betas = array<f64: 0.0>, clip = 0.0 : f64, reset_after = false, couple_input_forget = false}
      : (tensor<5x2x8xf32>, tensor<1x8x8xf32>, none, none, none, none, none)
      -> (tensor<5x2x1x8xf32>, tensor<1x2x8xf32>)
  return %y, %h : tensor<5x2x1x8xf32>, tensor<1x2x8xf32>
}
