// RUN: ingot-opt %s --ingot-refine-shapes --split-input-file --verify-diagnostics

func.func @box_corners(%a: tensor<1x6x3xf32>,
                       %b: tensor<1x2x6xf32>,
                       %c: tensor<si64>,
                       %d: tensor<f32>) {
  %e = ingot.none
  // expected-error @+1 {{expected boxes [batch, n, 4] and scores [batch, classes, n]}}
  %0, %1 = ingot.non_max_suppression %a, %b, %c, %d, %e {center = false}
      : (tensor<1x6x3xf32>, tensor<1x2x6xf32>, tensor<si64>, tensor<f32>, none) -> (tensor<?x3xsi64>, tensor<1xsi64>)
  return
}

// -----

func.func @score_type(%a: tensor<1x6x4xf32>,
                      %b: tensor<1x2x6xf16>,
                      %c: tensor<si64>,
                      %d: tensor<f32>) {
  %e = ingot.none
  // expected-error @+1 {{expected boxes and scores of one float type}}
  %0, %1 = ingot.non_max_suppression %a, %b, %c, %d, %e {center = false}
      : (tensor<1x6x4xf32>, tensor<1x2x6xf16>, tensor<si64>, tensor<f32>, none) -> (tensor<?x3xsi64>, tensor<1xsi64>)
  return
}

// -----

func.func @float_limit(%a: tensor<1x6x4xf32>,
                       %b: tensor<1x2x6xf32>,
                       %c: tensor<f32>,
                       %d: tensor<f32>) {
  %e = ingot.none
  // expected-error @+1 {{expected an integer limit}}
  %0, %1 = ingot.non_max_suppression %a, %b, %c, %d, %e {center = false}
      : (tensor<1x6x4xf32>, tensor<1x2x6xf32>, tensor<f32>, tensor<f32>, none) -> (tensor<?x3xsi64>, tensor<1xsi64>)
  return
}

// -----

func.func @image_rank(%a: tensor<3x8x8xf32>, %b: tensor<5x4xf32>, %c: tensor<5xsi64>) {
  // expected-error @+1 {{expected an input of rank 4, regions of rank 2 and a batch vector}}
    %0 = ingot.roi_align %a, %b, %c {height = 2 : i64, width = 2 : i64, samples = 0 : i64, scale =
      1.0 : f64, largest = false, half_pixel = true}
      : (tensor<3x8x8xf32>, tensor<5x4xf32>, tensor<5xsi64>) -> tensor<5x3x2x2xf32>
  return
}

// -----

func.func @region_type(%a: tensor<1x3x8x8xf32>, %b: tensor<5x4xf64>, %c: tensor<5xsi64>) {
  // expected-error @+1 {{expected input and regions of one float type}}
    %0 = ingot.roi_align %a, %b, %c {height = 2 : i64, width = 2 : i64, samples = 0 : i64, scale =
      1.0 : f64, largest = false, half_pixel = true}
      : (tensor<1x3x8x8xf32>, tensor<5x4xf64>, tensor<5xsi64>) -> tensor<5x3x2x2xf32>
  return
}

// -----

func.func @empty_result(%a: tensor<1x3x8x8xf32>, %b: tensor<5x4xf32>, %c: tensor<5xsi64>) {
  // expected-error @+1 {{expected a positive size and a sampling ratio of 0 or more}}
    %0 = ingot.roi_align %a, %b, %c {height = 2 : i64, width = 0 : i64, samples = 0 : i64, scale =
      1.0 : f64, largest = false, half_pixel = true}
      : (tensor<1x3x8x8xf32>, tensor<5x4xf32>, tensor<5xsi64>) -> tensor<5x3x2x2xf32>
  return
}

// -----

func.func @score_batch(%a: tensor<1x6x4xf32>, %b: tensor<2x2x6xf32>, %c: tensor<si64>,
                       %d: tensor<f32>) {
  %e = ingot.none
  // expected-error @+1 {{expected scores of a batch of 1, but got 2}}
  %0, %1 = ingot.non_max_suppression %a, %b, %c, %d, %e {center = false}
      : (tensor<1x6x4xf32>, tensor<2x2x6xf32>, tensor<si64>, tensor<f32>, none) -> (tensor<?x3xsi64>, tensor<1xsi64>)
  return
}

// -----

func.func @score_count(%a: tensor<1x6x4xf32>, %b: tensor<1x2x7xf32>, %c: tensor<si64>,
                       %d: tensor<f32>) {
  %e = ingot.none
  // expected-error @+1 {{expected scores of a number of boxes of 6, but got 7}}
  %0, %1 = ingot.non_max_suppression %a, %b, %c, %d, %e {center = false}
      : (tensor<1x6x4xf32>, tensor<1x2x7xf32>, tensor<si64>, tensor<f32>, none) -> (tensor<?x3xsi64>, tensor<1xsi64>)
  return
}

// -----

func.func @limits(%a: tensor<1x6x4xf32>, %b: tensor<1x2x6xf32>, %c: tensor<2xsi64>,
                  %d: tensor<f32>) {
  %e = ingot.none
  // expected-error @+1 {{expected a limit with a dimension of 1, but got 2}}
  %0, %1 = ingot.non_max_suppression %a, %b, %c, %d, %e {center = false}
      : (tensor<1x6x4xf32>, tensor<1x2x6xf32>, tensor<2xsi64>, tensor<f32>, none) -> (tensor<?x3xsi64>, tensor<1xsi64>)
  return
}

// -----

func.func @region_batch(%a: tensor<1x3x8x8xf32>, %b: tensor<5x4xf32>, %c: tensor<4xsi64>) {
  // expected-error @+1 {{expected a batch vector for a number of regions of 5, but got 4}}
    %0 = ingot.roi_align %a, %b, %c {height = 2 : i64, width = 2 : i64, samples = 0 : i64, scale =
      1.0 : f64, largest = false, half_pixel = true}
      : (tensor<1x3x8x8xf32>, tensor<5x4xf32>, tensor<4xsi64>) -> tensor<5x3x2x2xf32>
  return
}

// -----

func.func @region_corners(%a: tensor<1x3x8x8xf32>, %b: tensor<5x3xf32>, %c: tensor<5xsi64>) {
  // expected-error @+1 {{expected regions with a last dimension of 4, but got 3}}
    %0 = ingot.roi_align %a, %b, %c {height = 2 : i64, width = 2 : i64, samples = 0 : i64, scale =
      1.0 : f64, largest = false, half_pixel = true}
      : (tensor<1x3x8x8xf32>, tensor<5x3xf32>, tensor<5xsi64>) -> tensor<5x3x2x2xf32>
  return
}
