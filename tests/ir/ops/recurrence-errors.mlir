// RUN: ingot-opt %s --ingot-refine-shapes --split-input-file --verify-diagnostics

func.func @integer_gates(%a: tensor<5x2x8xsi32>, %b: tensor<1x8x8xf32>) {
  %c = ingot.none
  %d = ingot.none
  %e = ingot.none
  %f = ingot.none
  %g = ingot.none
  // expected-error @+1 {{expected floats, but got int32}}
    %0, %1 = ingot.recurrence %a, %b, %c, %d, %e, %f, %g {cell = "rnn", direction = "forward",
      functions = ["tanh"], alphas = array<f64: 0.0>, betas = array<f64: 0.0>, clip = 0.0 : f64,
      reset_after = false, couple_input_forget = false}
      : (tensor<5x2x8xsi32>, tensor<1x8x8xf32>, none, none, none, none, none) -> (tensor<5x2x1x8xf32>, tensor<1x2x8xf32>)
  return
}

// -----

func.func @gates_rank(%a: tensor<5x8xf32>, %b: tensor<1x8x8xf32>) {
  %c = ingot.none
  %d = ingot.none
  %e = ingot.none
  %f = ingot.none
  %g = ingot.none
  // expected-error @+1 {{expected gates and recurrent of rank 3, but got 2 and 3}}
    %0, %1 = ingot.recurrence %a, %b, %c, %d, %e, %f, %g {cell = "rnn", direction = "forward",
      functions = ["tanh"], alphas = array<f64: 0.0>, betas = array<f64: 0.0>, clip = 0.0 : f64,
      reset_after = false, couple_input_forget = false}
      : (tensor<5x8xf32>, tensor<1x8x8xf32>, none, none, none, none, none) -> (tensor<5x2x1x8xf32>, tensor<1x2x8xf32>)
  return
}

// -----

func.func @functions_count(%a: tensor<5x2x8xf32>, %b: tensor<1x8x8xf32>) {
  %c = ingot.none
  %d = ingot.none
  %e = ingot.none
  %f = ingot.none
  %g = ingot.none
  // expected-error @+1 {{expected 1 functions with their parameters, but got 2}}
    %0, %1 = ingot.recurrence %a, %b, %c, %d, %e, %f, %g {cell = "rnn", direction = "forward",
      functions = ["tanh", "tanh"], alphas = array<f64: 0.0>, betas = array<f64: 0.0>, clip = 0.0 : f64,
      reset_after = false, couple_input_forget = false}
      : (tensor<5x2x8xf32>, tensor<1x8x8xf32>, none, none, none, none, none) -> (tensor<5x2x1x8xf32>, tensor<1x2x8xf32>)
  return
}

// -----

func.func @cell_state_of_an_rnn(%a: tensor<5x2x8xf32>, %b: tensor<1x8x8xf32>) {
  %c = ingot.none
  %d = ingot.none
  %e = ingot.none
  %f = ingot.none
  %g = ingot.none
  // expected-error @+1 {{expected a cell state of an lstm only}}
    %0, %1, %2 = ingot.recurrence %a, %b, %c, %d, %e, %f, %g {cell = "rnn", direction = "forward",
      functions = ["tanh"], alphas = array<f64: 0.0>, betas = array<f64: 0.0>, clip = 0.0 : f64,
      reset_after = false, couple_input_forget = false}
      : (tensor<5x2x8xf32>, tensor<1x8x8xf32>, none, none, none, none, none) -> (tensor<5x2x1x8xf32>, tensor<1x2x8xf32>, tensor<1x2x8xf32>)
  return
}

// -----

func.func @initial_state_rank(%a: tensor<5x2x8xf32>, %b: tensor<1x8x8xf32>, %e: tensor<2x8xf32>) {
  %c = ingot.none
  %d = ingot.none
  %f = ingot.none
  %g = ingot.none
  // expected-error @+1 {{expected initial_h of rank 3, but got 2}}
    %0, %1 = ingot.recurrence %a, %b, %c, %d, %e, %f, %g {cell = "rnn", direction = "forward",
      functions = ["tanh"], alphas = array<f64: 0.0>, betas = array<f64: 0.0>, clip = 0.0 : f64,
      reset_after = false, couple_input_forget = false}
      : (tensor<5x2x8xf32>, tensor<1x8x8xf32>, none, none, tensor<2x8xf32>, none, none) -> (tensor<5x2x1x8xf32>, tensor<1x2x8xf32>)
  return
}
