// RUN: ingot-opt %s --ingot-refine-shapes --split-input-file --verify-diagnostics

func.func @limit_type(%a: tensor<f32>, %b: tensor<f64>, %c: tensor<f32>) {
  // expected-error @+1 {{expected start, limit and delta of one type}}
  %0 = ingot.range_count %a, %b, %c : (tensor<f32>, tensor<f64>, tensor<f32>) -> tensor<1xsi64>
  return
}

// -----

func.func @delta_type(%a: tensor<f32>, %b: tensor<si64>, %c: tensor<1xsi64>) {
  // expected-error @+1 {{expected start and delta of one type}}
  %0 = ingot.range %a, %b, %c : (tensor<f32>, tensor<si64>, tensor<1xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @no_count(%a: tensor<f32>, %b: tensor<f32>, %c: tensor<0xsi64>) {
  // expected-error @+1 {{expected a count of one element}}
  %0 = ingot.range %a, %b, %c : (tensor<f32>, tensor<f32>, tensor<0xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @shape_of_unknown_rank(%a: tensor<?xsi64>) {
  // expected-error @+1 {{expected a shape whose number of elements is known}}
  %0 = ingot.random %a {element = f32, normal = false, a = 0.0 : f64, b = 1.0 : f64, seed = 0 : i64}
      : (tensor<?xsi64>) -> tensor<?xf32>
  return
}

// -----

func.func @random_integers(%a: tensor<1xsi64>) {
  // expected-error @+1 {{expected a float type, but got int64}}
    %0 = ingot.random %a {element = si64, normal = false, a = 0.0 : f64, b = 1.0 : f64, seed = 0 :
      i64}
      : (tensor<1xsi64>) -> tensor<?xsi64>
  return
}

// -----

func.func @probabilities_of_rank_1(%a: tensor<4xf32>) {
  // expected-error @+1 {{expected floats of rank 2}}
  %0 = ingot.multinomial %a {element = si32, samples = 3 : i64, seed = 0 : i64}
      : (tensor<4xf32>) -> tensor<3xsi32>
  return
}

// -----

func.func @drawn_floats(%a: tensor<1x4xf32>) {
  // expected-error @+1 {{expected an integer type, but got float}}
  %0 = ingot.multinomial %a {element = f32, samples = 3 : i64, seed = 0 : i64}
      : (tensor<1x4xf32>) -> tensor<1x3xf32>
  return
}

// -----

func.func @range_of_vectors(%a: tensor<2xf32>, %b: tensor<f32>, %c: tensor<f32>) {
  // expected-error @+1 {{expected scalars, or vectors with a dimension of 1, but got 2}}
  %0 = ingot.range_count %a, %b, %c : (tensor<2xf32>, tensor<f32>, tensor<f32>) -> tensor<1xsi64>
  return
}
