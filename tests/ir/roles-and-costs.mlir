// RUN: ingot-opt %s --ingot-print-facts -o /dev/null | FileCheck %s

// CHECK-LABEL: @roles
// CHECK-NEXT: constant: none, 0 operations, 0 bytes
// CHECK-NEXT: none: none, 0 operations, 0 bytes
// CHECK-NEXT: shape: reader
// CHECK-NEXT: exp: elementwise, 32 operations, 256 bytes
// CHECK-NEXT: transpose: movement, 0 operations, 256 bytes
// CHECK-NEXT: reduce: reader, 32 operations, 144 bytes
// CHECK-NEXT: softmax: reader, 160 operations, 256 bytes
// CHECK-NEXT: cumulative: body, 32 operations, 256 bytes
func.func @roles(%x: tensor<4x8xf32>) -> tensor<8x4xf32> {
  %c = ingot.constant tensor<1xsi64>, dense<0> : tensor<8xi8>
  %n = ingot.none
  %s = ingot.shape %x : (tensor<4x8xf32>) -> tensor<2xsi64>
  %0 = ingot.exp %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  %1 = ingot.transpose %0 {permutation = array<i64: 1, 0>} : (tensor<4x8xf32>) -> tensor<8x4xf32>
  %2 = ingot.reduce %0 {kind = "sum", axes = array<i64: 1>, keepdims = false} : (tensor<4x8xf32>) -> tensor<4xf32>
  %3 = ingot.softmax %1 {axis = 1 : i64, log = false} : (tensor<8x4xf32>) -> tensor<8x4xf32>
  %4 = ingot.cumulative %3 {axis = 0 : i64, product = false, exclusive = false, reverse = false} : (tensor<8x4xf32>) -> tensor<8x4xf32>
  return %4 : tensor<8x4xf32>
}

// Windows of 2 * 3 over 4 * 4 * 3 results; the products of 5 steps of 2 sequences with 8 * 3 gates.
// CHECK-LABEL: @windows
// CHECK-NEXT: pool: reader, 288 operations
// CHECK-NEXT: none
// CHECK-NEXT: recurrence: body, 1920 operations
func.func @windows(%x: tensor<1x4x8x9xf32>, %gates: tensor<5x2x24xf32>, %r: tensor<1x24x8xf32>)
    -> (tensor<1x4x4x3xf32>, tensor<5x2x1x8xf32>, tensor<1x2x8xf32>) {
  %0 = ingot.pool %x {kernel = array<i64: 2, 3>, strides = array<i64: 2, 3>, dilations = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, ceil = false, kind = "max", count_pads = false} : (tensor<1x4x8x9xf32>) -> tensor<1x4x4x3xf32>
  %none = ingot.none
  %y, %h = ingot.recurrence %gates, %r, %none, %none, %none, %none, %none {
      cell = "gru", direction = "forward", functions = ["sigmoid", "tanh"],
      alphas = array<f64: 0.0, 0.0>, betas = array<f64: 0.0, 0.0>, clip = 0.0 : f64,
      reset_after = true, couple_input_forget = false}
      : (tensor<5x2x24xf32>, tensor<1x24x8xf32>, none, none, none, none, none)
      -> (tensor<5x2x1x8xf32>, tensor<1x2x8xf32>)
  return %0, %y, %h : tensor<1x4x4x3xf32>, tensor<5x2x1x8xf32>, tensor<1x2x8xf32>
}

// A size that only a run knows stays a symbol. Four-bit elements share bytes.
// CHECK-LABEL: @symbols
// CHECK-NEXT: exp: elementwise, 8*[[N:.*]] operations, 64*[[N]] bytes
// CHECK-NEXT: cast: elementwise, 3 operations, 14 bytes
func.func @symbols(%x: tensor<?x8xf32>, %y: tensor<3xf32>) -> (tensor<?x8xf32>, tensor<3xsi4>) {
  %0 = ingot.exp %x : (tensor<?x8xf32>) -> tensor<?x8xf32>
  %1 = ingot.cast %y {to = si4, saturate = true, round_mode = "up"} : (tensor<3xf32>) -> tensor<3xsi4>
  return %0, %1 : tensor<?x8xf32>, tensor<3xsi4>
}

// A kernel moves its operands and results alone, and of a table that it only gathers from no more
// than it takes: 8 of indices, 2 * 64 of rows, 64 * 4 of weights, 32 of results.
// CHECK-LABEL: @kernel
// CHECK-NEXT: kernel: none, 136 operations, 424 bytes
func.func @kernel(%t: tensor<9999x16xf32>, %i: tensor<2xsi32>, %w: tensor<16x4xf32>) -> tensor<2x4xf32> {
  %0 = ingot.kernel "matmul" on "cpu"(%t, %i, %w) : (tensor<9999x16xf32>, tensor<2xsi32>, tensor<16x4xf32>) -> tensor<2x4xf32> {
  ^bb0(%a: tensor<9999x16xf32>, %b: tensor<2xsi32>, %c: tensor<16x4xf32>):
    %1 = ingot.gather %a, %b {axis = 0 : i64} : (tensor<9999x16xf32>, tensor<2xsi32>) -> tensor<2x16xf32>
    %2 = ingot.matmul %1, %c : (tensor<2x16xf32>, tensor<16x4xf32>) -> tensor<2x4xf32>
    %3 = ingot.exp %2 : (tensor<2x4xf32>) -> tensor<2x4xf32>
    ingot.yield %3 : tensor<2x4xf32>
  }
  return %0 : tensor<2x4xf32>
}
