// RUN: ingot-opt %s --ingot-refine-shapes --split-input-file --verify-diagnostics

func.func @mode(%a: tensor<1x1x4x4xf32>, %b: tensor<4xsi64>, %c: tensor<4xf64>) {
  %d = ingot.none
  // expected-error @+1 {{expected mode nearest, linear or cubic, but got area}}
    %0 = ingot.resize %a, %b, %c, %d {mode = "area", coordinates = "half_pixel", nearest = "floor",
      cubic_a = -0.75 : f64, exclude_outside = false, antialias = false, extrapolation = 0.0 : f64}
      : (tensor<1x1x4x4xf32>, tensor<4xsi64>, tensor<4xf64>, none) -> tensor<1x1x8x8xf32>
  return
}

// -----

func.func @coordinates(%a: tensor<1x1x4x4xf32>, %b: tensor<4xsi64>, %c: tensor<4xf64>) {
  %d = ingot.none
  // expected-error @+1 {{expected a coordinate transformation mode of the standard, but got corner}}
    %0 = ingot.resize %a, %b, %c, %d {mode = "linear", coordinates = "corner", nearest = "floor",
      cubic_a = -0.75 : f64, exclude_outside = false, antialias = false, extrapolation = 0.0 : f64}
      : (tensor<1x1x4x4xf32>, tensor<4xsi64>, tensor<4xf64>, none) -> tensor<1x1x8x8xf32>
  return
}

// -----

func.func @rounding(%a: tensor<1x1x4x4xf32>, %b: tensor<4xsi64>, %c: tensor<4xf64>) {
  %d = ingot.none
  // expected-error @+1 {{expected a nearest mode of the standard, but got up}}
    %0 = ingot.resize %a, %b, %c, %d {mode = "linear", coordinates = "half_pixel", nearest = "up",
      cubic_a = -0.75 : f64, exclude_outside = false, antialias = false, extrapolation = 0.0 : f64}
      : (tensor<1x1x4x4xf32>, tensor<4xsi64>, tensor<4xf64>, none) -> tensor<1x1x8x8xf32>
  return
}

// -----

func.func @truth_values(%a: tensor<1x1x4x4xi1>, %b: tensor<4xsi64>, %c: tensor<4xf64>) {
  %d = ingot.none
  // expected-error @+1 {{expected numbers, but got bool}}
    %0 = ingot.resize %a, %b, %c, %d {mode = "linear", coordinates = "half_pixel", nearest =
      "floor", cubic_a = -0.75 : f64, exclude_outside = false, antialias = false, extrapolation = 0.0 :
      f64}
      : (tensor<1x1x4x4xi1>, tensor<4xsi64>, tensor<4xf64>, none) -> tensor<1x1x8x8xi1>
  return
}

// -----

func.func @sizes_count(%a: tensor<1x1x4x4xf32>, %b: tensor<2xsi64>, %c: tensor<4xf64>) {
  %d = ingot.none
  // expected-error @+1 {{expected 4 sizes}}
    %0 = ingot.resize %a, %b, %c, %d {mode = "linear", coordinates = "half_pixel", nearest =
      "floor", cubic_a = -0.75 : f64, exclude_outside = false, antialias = false, extrapolation = 0.0 :
      f64}
      : (tensor<1x1x4x4xf32>, tensor<2xsi64>, tensor<4xf64>, none) -> tensor<1x1x8x8xf32>
  return
}

// -----

func.func @sampling_from_nothing(%a: tensor<0xf32>, %c: tensor<1xf64>) {
  %b = ingot.constant tensor<1xsi64>, dense<[2, 0, 0, 0, 0, 0, 0, 0]> : tensor<8xi8>
  %d = ingot.none
  // expected-error @+1 {{expected a dimension that is not empty to sample from, but got 0}}
    %0 = ingot.resize %a, %b, %c, %d {mode = "linear", coordinates = "half_pixel", nearest =
      "floor", cubic_a = -0.75 : f64, exclude_outside = false, antialias = false, extrapolation = 0.0 :
      f64}
      : (tensor<0xf32>, tensor<1xsi64>, tensor<1xf64>, none) -> tensor<2xf32>
  return
}

// -----

func.func @grid_mode(%a: tensor<1x1x4x4xf32>, %b: tensor<1x2x2x2xf32>) {
  // expected-error @+1 {{expected a mode and padding of the standard, but got area and zeros}}
  %0 = ingot.grid_sample %a, %b {mode = "area", padding = "zeros", align_corners = false}
      : (tensor<1x1x4x4xf32>, tensor<1x2x2x2xf32>) -> tensor<1x1x2x2xf32>
  return
}

// -----

func.func @grid_rank(%a: tensor<1x1x4x4xf32>, %b: tensor<1x2x2xf32>) {
  // expected-error @+1 {{expected input and grid of one rank, 3 or more, but got 4 and 3}}
  %0 = ingot.grid_sample %a, %b {mode = "linear", padding = "zeros", align_corners = false}
      : (tensor<1x1x4x4xf32>, tensor<1x2x2xf32>) -> tensor<1x1x2x2xf32>
  return
}

// -----

func.func @grid_coordinates(%a: tensor<1x1x4x4xf32>, %b: tensor<1x2x2x3xf32>) {
  // expected-error @+1 {{expected 2 coordinates of a position, but got 3}}
  %0 = ingot.grid_sample %a, %b {mode = "linear", padding = "zeros", align_corners = false}
      : (tensor<1x1x4x4xf32>, tensor<1x2x2x3xf32>) -> tensor<1x1x2x2xf32>
  return
}

// -----

func.func @grid_of_integers(%a: tensor<1x1x4x4xf32>, %b: tensor<1x2x2x2xsi32>) {
  // expected-error @+1 {{expected floats, but got float and int32}}
  %0 = ingot.grid_sample %a, %b {mode = "linear", padding = "zeros", align_corners = false}
      : (tensor<1x1x4x4xf32>, tensor<1x2x2x2xsi32>) -> tensor<1x1x2x2xf32>
  return
}

// -----

func.func @grid_batch(%a: tensor<1x1x4x4xf32>, %b: tensor<2x2x2x2xf32>) {
  // expected-error @+1 {{expected a grid for a batch of 1, but got 2}}
  %0 = ingot.grid_sample %a, %b {mode = "linear", padding = "zeros", align_corners = false}
      : (tensor<1x1x4x4xf32>, tensor<2x2x2x2xf32>) -> tensor<1x1x2x2xf32>
  return
}
