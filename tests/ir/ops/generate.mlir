// RUN: ingot-opt %s --ingot-refine-shapes --split-input-file --verify-diagnostics | FileCheck %s

// Spectrum bins and filters are the elements of the shape.
// CHECK-LABEL: @mel_weights
// CHECK: ingot.mel_weights
// CHECK-SAME: -> tensor<9x8xf32>
func.func @mel_weights(%n: tensor<si32>, %f: tensor<f32>) -> tensor<?x?xf32> {
  %shape = ingot.constant tensor<2xsi64>, dense<[9, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0]>
      : tensor<16xi8>
  %w = ingot.mel_weights %shape, %n, %n, %f, %f
      : (tensor<2xsi64>, tensor<si32>, tensor<si32>, tensor<f32>, tensor<f32>) -> tensor<?x?xf32>
  return %w : tensor<?x?xf32>
}

// -----

func.func @shape(%s: tensor<3xsi64>, %n: tensor<si32>, %f: tensor<f32>) -> tensor<?x?xf32> {
  // expected-error @+1 {{expected a shape of two dimensions}}
  %w = ingot.mel_weights %s, %n, %n, %f, %f
      : (tensor<3xsi64>, tensor<si32>, tensor<si32>, tensor<f32>, tensor<f32>) -> tensor<?x?xf32>
  return %w : tensor<?x?xf32>
}

// -----

func.func @rate(%s: tensor<2xsi64>, %n: tensor<si32>, %r: tensor<si64>, %f: tensor<f32>)
    -> tensor<?x?xf32> {
  // expected-error @+1 {{expected length and rate of one integer type}}
  %w = ingot.mel_weights %s, %n, %r, %f, %f
      : (tensor<2xsi64>, tensor<si32>, tensor<si64>, tensor<f32>, tensor<f32>) -> tensor<?x?xf32>
  return %w : tensor<?x?xf32>
}

// -----

func.func @edges(%s: tensor<2xsi64>, %n: tensor<si32>, %f: tensor<f32>) -> tensor<?x?xf32> {
  // expected-error @+1 {{expected lower and upper of one float type}}
  %w = ingot.mel_weights %s, %n, %n, %f, %n
      : (tensor<2xsi64>, tensor<si32>, tensor<si32>, tensor<f32>, tensor<si32>) -> tensor<?x?xf32>
  return %w : tensor<?x?xf32>
}
