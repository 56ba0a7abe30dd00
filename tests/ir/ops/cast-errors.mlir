// RUN: ingot-opt %s --ingot-refine-shapes --split-input-file --verify-diagnostics

func.func @string_to_float(%a: tensor<2x!ingot.string>) {
  // expected-error @+1 {{cannot convert string to float}}
  %0 = ingot.cast %a {to = f32} : (tensor<2x!ingot.string>) -> tensor<2xf32>
  return
}

// -----

func.func @bits_of_another_width(%a: tensor<2xf32>) {
  // expected-error @+1 {{expected types of equal width of at least 8 bits, but got float and int16}}
  %0 = ingot.bitcast %a {to = si16} : (tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @bits_below_a_byte(%a: tensor<2xsi4>) {
  // expected-error @+1 {{expected types of equal width of at least 8 bits, but got int4 and uint4}}
  %0 = ingot.bitcast %a {to = ui4} : (tensor<2xsi4>) -> tensor<2xui4>
  return
}
