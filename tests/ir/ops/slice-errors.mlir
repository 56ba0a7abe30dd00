// RUN: ingot-opt %s --ingot-refine-shapes --split-input-file --verify-diagnostics

func.func @unknown_starts(%a: tensor<4xf32>, %b: tensor<?xsi64>, %c: tensor<1xsi64>) {
  %d = ingot.none
  %e = ingot.none
  // expected-error @+1 {{expected starts and ends whose number is known}}
  %0 = ingot.slice %a, %b, %c, %d, %e
      : (tensor<4xf32>, tensor<?xsi64>, tensor<1xsi64>, none, none) -> tensor<2xf32>
  return
}

// -----

func.func @ends_count(%a: tensor<4x4xf32>, %b: tensor<2xsi64>, %c: tensor<1xsi64>) {
  %d = ingot.none
  %e = ingot.none
  // expected-error @+1 {{expected as many ends as starts, but got 1 and 2}}
  %0 = ingot.slice %a, %b, %c, %d, %e
      : (tensor<4x4xf32>, tensor<2xsi64>, tensor<1xsi64>, none, none) -> tensor<2xf32>
  return
}

// -----

func.func @steps_count(%a: tensor<4xf32>,
                       %b: tensor<1xsi64>,
                       %c: tensor<1xsi64>,
                       %e: tensor<2xsi64>) {
  %d = ingot.none
  // expected-error @+1 {{expected as many steps as starts}}
  %0 = ingot.slice %a, %b, %c, %d, %e
      : (tensor<4xf32>, tensor<1xsi64>, tensor<1xsi64>, none, tensor<2xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @step_of_zero(%a: tensor<4xf32>) {
  %b = ingot.constant tensor<1xsi64>, dense<0> : tensor<8xi8>
  %c = ingot.constant tensor<1xsi64>, dense<[4, 0, 0, 0, 0, 0, 0, 0]> : tensor<8xi8>
  %d = ingot.constant tensor<1xsi64>, dense<0> : tensor<8xi8>
  %e = ingot.constant tensor<1xsi64>, dense<0> : tensor<8xi8>
  // expected-error @+1 {{expected steps other than 0}}
  %0 = ingot.slice %a, %b, %c, %d, %e
      : (tensor<4xf32>, tensor<1xsi64>, tensor<1xsi64>, tensor<1xsi64>, tensor<1xsi64>) -> tensor<2xf32>
  return
}
