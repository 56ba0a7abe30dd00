// RUN: ingot-opt %s --ingot-refine-shapes --split-input-file --verify-diagnostics

func.func @missing_shape(%a: tensor<2x!ingot.string>) {
  // expected-error @+1 {{expected a type and a shape for each of 1 results}}
  %0 = ingot.host_call "string_concat"(%a, %a) {types = [tensor<2x!ingot.string>], shapes = array<i64>}
      : (tensor<2x!ingot.string>, tensor<2x!ingot.string>) -> tensor<2x!ingot.string>
  return
}

// -----

func.func @rank_of_the_operand(%a: tensor<2x!ingot.string>) {
  // expected-error @+1 {{expected operands of rank 2, but got 1}}
  %0 = ingot.host_call "string_concat"(%a, %a) {types = [tensor<?x?x!ingot.string>], shapes = array<i64: 0>}
      : (tensor<2x!ingot.string>, tensor<2x!ingot.string>) -> tensor<?x?x!ingot.string>
  return
}
