// RUN: ingot-opt %s --ingot-verify-laid-out --split-input-file --verify-diagnostics

// Written and read in one order; of a single pixel any order is row-major.
func.func @good(%x: tensor<1x2x3x3xf32>, %p: tensor<1x2x1x1xf32>) -> (tensor<1x2x3x3xf32>, tensor<1x2x1x1xf32>) {
  %0 = ingot.kernel "none" on "cpu"(%x) attributes {result_orders = [array<i64: 0, 2, 3, 1>]} : (tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32> {
  ^bb0(%a: tensor<1x2x3x3xf32>):
    ingot.yield %a : tensor<1x2x3x3xf32>
  }
  %1 = ingot.kernel "none" on "cpu"(%0) attributes {operand_orders = [array<i64: 0, 2, 3, 1>]} : (tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32> {
  ^bb0(%a: tensor<1x2x3x3xf32>):
    ingot.yield %a : tensor<1x2x3x3xf32>
  }
  %2 = ingot.kernel "none" on "cpu"(%p) attributes {result_orders = [array<i64: 0, 2, 3, 1>]} : (tensor<1x2x1x1xf32>) -> tensor<1x2x1x1xf32> {
  ^bb0(%a: tensor<1x2x1x1xf32>):
    ingot.yield %a : tensor<1x2x1x1xf32>
  }
  return %1, %2 : tensor<1x2x3x3xf32>, tensor<1x2x1x1xf32>
}

// -----

func.func @order_count(%x: tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32> {
  // expected-error @+1 {{breaks the laid out form: expected an order for each of 1 operands, but got 2}}
  %0 = ingot.kernel "none" on "cpu"(%x) attributes {operand_orders = [unit, unit]} : (tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32> {
  ^bb0(%a: tensor<1x2x3x3xf32>):
    ingot.yield %a : tensor<1x2x3x3xf32>
  }
  return %0 : tensor<1x2x3x3xf32>
}

// -----

func.func @no_permutation(%x: tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32> {
  // expected-error @+1 {{expected the order of result 0 to be a permutation of the dimensions of 'tensor<1x2x3x3xf32>', but got array<i64: 0, 2, 2, 1>}}
  %0 = ingot.kernel "none" on "cpu"(%x) attributes {result_orders = [array<i64: 0, 2, 2, 1>]} : (tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32> {
  ^bb0(%a: tensor<1x2x3x3xf32>):
    ingot.yield %a : tensor<1x2x3x3xf32>
  }
  return %0 : tensor<1x2x3x3xf32>
}

// -----

func.func @other_order(%x: tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32> {
  %0 = ingot.kernel "none" on "cpu"(%x) attributes {result_orders = [array<i64: 0, 2, 3, 1>]} : (tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32> {
  ^bb0(%a: tensor<1x2x3x3xf32>):
    ingot.yield %a : tensor<1x2x3x3xf32>
  }
  // expected-error @+1 {{expected operand 0 in the order it was written: [0, 2, 3, 1], but got [0, 1, 2, 3]}}
  %1 = ingot.kernel "none" on "cpu"(%0) : (tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32> {
  ^bb0(%a: tensor<1x2x3x3xf32>):
    ingot.yield %a : tensor<1x2x3x3xf32>
  }
  return %1 : tensor<1x2x3x3xf32>
}

// -----

func.func @input_order(%x: tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32> {
  // expected-error @+1 {{expected operand 0 in the order it was written: [0, 1, 2, 3], but got [0, 2, 3, 1]}}
  %0 = ingot.kernel "none" on "cpu"(%x) attributes {operand_orders = [array<i64: 0, 2, 3, 1>]} : (tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32> {
  ^bb0(%a: tensor<1x2x3x3xf32>):
    ingot.yield %a : tensor<1x2x3x3xf32>
  }
  return %0 : tensor<1x2x3x3xf32>
}

// -----

func.func @returned_order(%x: tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32> {
  %0 = ingot.kernel "none" on "cpu"(%x) attributes {result_orders = [array<i64: 0, 2, 3, 1>]} : (tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32> {
  ^bb0(%a: tensor<1x2x3x3xf32>):
    ingot.yield %a : tensor<1x2x3x3xf32>
  }
  // expected-error @+1 {{expected operand 0 in row-major order, but got [0, 2, 3, 1]}}
  return %0 : tensor<1x2x3x3xf32>
}

// -----

func.func @product(%x: tensor<2x3x3xf32>) -> tensor<2x3x3xf32> {
  %0 = ingot.kernel "none" on "cpu"(%x) attributes {result_orders = [array<i64: 0, 2, 1>]} : (tensor<2x3x3xf32>) -> tensor<2x3x3xf32> {
  ^bb0(%a: tensor<2x3x3xf32>):
    ingot.yield %a : tensor<2x3x3xf32>
  }
  // expected-error @+1 {{expected operand 0 in row-major order, but got [0, 2, 1]}}
  %1 = ingot.kernel "matmul" on "cpu"(%0) attributes {operand_orders = [array<i64: 0, 2, 1>]} : (tensor<2x3x3xf32>) -> tensor<2x3x3xf32> {
  ^bb0(%a: tensor<2x3x3xf32>):
    %2 = ingot.matmul %a, %a : (tensor<2x3x3xf32>, tensor<2x3x3xf32>) -> tensor<2x3x3xf32>
    ingot.yield %2 : tensor<2x3x3xf32>
  }
  return %1 : tensor<2x3x3xf32>
}

// -----

func.func @image(%x: tensor<1x2x5x5xf32>) -> tensor<1x2x5x5xf32> {
  %w = ingot.constant tensor<2x2x1x1xf32>, dense<[0, 0, 0, 64, 0, 0, 0, 64, 0, 0, 0, 64, 0, 0, 0, 64]> : tensor<16xi8>
  // expected-error @+1 {{expected the image, operand 0, channels last, but got [0, 1, 2, 3]}}
  %0 = ingot.kernel "conv" on "cpu"(%x, %w) : (tensor<1x2x5x5xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x5x5xf32> {
  ^bb0(%a: tensor<1x2x5x5xf32>, %b: tensor<2x2x1x1xf32>):
    %1 = ingot.conv %a, %b {dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x2x5x5xf32>, tensor<2x2x1x1xf32>) -> tensor<1x2x5x5xf32>
    ingot.yield %1 : tensor<1x2x5x5xf32>
  }
  return %0 : tensor<1x2x5x5xf32>
}
