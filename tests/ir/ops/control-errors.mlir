// RUN: ingot-opt %s --ingot-refine-shapes --split-input-file --verify-diagnostics

func.func @condition(%c: tensor<f32>, %a: tensor<3xf32>) {
  // expected-error @+1 {{expected a condition of type bool}}
  %0 = ingot.if %c : (tensor<f32>) -> tensor<3xf32> {
    ingot.yield %a : tensor<3xf32>
  } else {
    ingot.yield %a : tensor<3xf32>
  }
  return
}

// -----

func.func @branch_values(%c: tensor<i1>, %a: tensor<3xf32>) {
  // expected-error @+1 {{expected branches of 1 values}}
  %0 = ingot.if %c : (tensor<i1>) -> tensor<3xf32> {
    ingot.yield %a : tensor<3xf32>
  } else {
    ingot.yield %a, %a : tensor<3xf32>, tensor<3xf32>
  }
  return
}

// -----

func.func @branch_ranks(%c: tensor<i1>, %a: tensor<3xf32>, %b: tensor<3x1xf32>) {
  // expected-error @+1 {{expected value 0 to keep its rank and element type, but got 'tensor<3xf32>' and 'tensor<3x1xf32>'}}
  %0 = ingot.if %c : (tensor<i1>) -> tensor<3xf32> {
    ingot.yield %a : tensor<3xf32>
  } else {
    ingot.yield %b : tensor<3x1xf32>
  }
  return
}

// -----

func.func @body_arguments(%n: tensor<si64>, %a: tensor<3xf32>) {
  %none = ingot.none
  // expected-error @+1 {{expected a body of 2 arguments and 2 yielded values}}
  %0 = ingot.loop(%n, %none, %a) : (tensor<si64>, none, tensor<3xf32>) -> tensor<3xf32> {
  ^bb0(%i: tensor<si64>):
    %c = ingot.none
    ingot.yield %c, %a : none, tensor<3xf32>
  }
  return
}

// -----

func.func @carried_rank(%n: tensor<si64>, %a: tensor<3xf32>, %b: tensor<3x1xf32>) {
  %none = ingot.none
  // expected-error @+1 {{expected value 0 to keep its rank and element type, but got 'tensor<3xf32>' and 'tensor<3x1xf32>'}}
  %0 = ingot.loop(%n, %none, %a) : (tensor<si64>, none, tensor<3xf32>) -> tensor<3xf32> {
  ^bb0(%i: tensor<si64>, %carried: tensor<3xf32>):
    %c = ingot.none
    ingot.yield %c, %b : none, tensor<3x1xf32>
  }
  return
}

// -----

func.func @scanned_sequence(%n: tensor<si64>, %s: !ingot.sequence<tensor<3xf32>>) {
  %none = ingot.none
  // expected-error @+1 {{expected to scan tensors, but got '!ingot.sequence<tensor<3xf32>>'}}
  %0 = ingot.loop(%n, %none) : (tensor<si64>, none) -> tensor<?x3xf32> {
  ^bb0(%i: tensor<si64>):
    %c = ingot.none
    ingot.yield %c, %s : none, !ingot.sequence<tensor<3xf32>>
  }
  return
}
