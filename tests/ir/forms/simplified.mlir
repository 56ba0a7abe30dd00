// RUN: ingot-opt %s --ingot-verify-simplified --split-input-file --verify-diagnostics

func.func @good(%x: tensor<?x4xf32>) -> tensor<4x?xf32> {
  %0 = ingot.transpose %x {permutation = array<i64: 1, 0>} : (tensor<?x4xf32>) -> tensor<4x?xf32>
  return %0 : tensor<4x?xf32>
}

// -----

func.func @known_dimension(%x: tensor<4x8xf32>) -> tensor<?x4xf32> {
  // expected-error @+1 {{breaks the simplified form: expected type 'tensor<8x4xf32>', but got 'tensor<?x4xf32>'}}
  %0 = ingot.transpose %x {permutation = array<i64: 1, 0>} : (tensor<4x8xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

func.func @identity(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  // expected-error @+1 {{breaks the simplified form: expected no operator that returns its operand}}
  %0 = ingot.transpose %x {permutation = array<i64: 0, 1>} : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}

// -----

func.func @idle(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{breaks the simplified form: expected a reader of its result}}
  %0 = ingot.exp %x : (tensor<4xf32>) -> tensor<4xf32>
  return %x : tensor<4xf32>
}
