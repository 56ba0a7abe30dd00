// RUN: ingot-opt %s --ingot-refine-shapes --split-input-file --verify-diagnostics

func.func @elements_axis(%a: tensor<2x3xf32>, %b: tensor<2x3xsi64>) {
  // expected-error @+1 {{expected an axis below the rank 2, but got 2}}
  %0 = ingot.gather_elements %a, %b {axis = 2 : i64}
      : (tensor<2x3xf32>, tensor<2x3xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @float_indices(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>) {
  // expected-error @+1 {{expected integer indices, but got float}}
  %0 = ingot.gather_elements %a, %b {axis = 0 : i64}
      : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @elements_rank(%a: tensor<2x3xf32>, %b: tensor<2xsi64>) {
  // expected-error @+1 {{expected indices of rank 2, but got 1}}
  %0 = ingot.gather_elements %a, %b {axis = 0 : i64}
      : (tensor<2x3xf32>, tensor<2xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @elements_size(%a: tensor<2x3xf32>, %b: tensor<2x4xsi64>) {
  // expected-error @+1 {{expected indices of at most 3 in dimension 1, but got 4}}
  %0 = ingot.gather_elements %a, %b {axis = 0 : i64}
      : (tensor<2x3xf32>, tensor<2x4xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @elements_range(%a: tensor<2xf32>) {
  %b = ingot.constant tensor<2xsi64>, dense<[0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]> : tensor<16xi8>
  // expected-error @+1 {{expected indices in [-2, 2), but got 2}}
  %0 = ingot.gather_elements %a, %b {axis = 0 : i64}
      : (tensor<2xf32>, tensor<2xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @vectors_rank(%a: tensor<2x3xf32>, %b: tensor<si64>) {
  // expected-error @+1 {{expected operands of rank 1 or more}}
  %0 = ingot.gather_nd %a, %b {batch_dims = 0 : i64}
      : (tensor<2x3xf32>, tensor<si64>) -> tensor<2xf32>
  return
}

// -----

func.func @vectors_of_unknown_length(%a: tensor<2x3xf32>, %b: tensor<2x?xsi64>) {
  // expected-error @+1 {{expected index vectors of known length}}
  %0 = ingot.gather_nd %a, %b {batch_dims = 0 : i64}
      : (tensor<2x3xf32>, tensor<2x?xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @vectors_too_long(%a: tensor<2x3xf32>, %b: tensor<2x3xsi64>) {
  // expected-error @+1 {{expected index vectors of length 1 to 2, but got 3}}
  %0 = ingot.gather_nd %a, %b {batch_dims = 0 : i64}
      : (tensor<2x3xf32>, tensor<2x3xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @scatter_reduction(%a: tensor<2x3xf32>, %b: tensor<2x3xsi64>, %c: tensor<2x3xf32>) {
  // expected-error @+1 {{expected reduction none, add, mul, max or min, but got mean}}
  %0 = ingot.scatter_elements %a, %b, %c {reduction = "mean", axis = 0 : i64}
      : (tensor<2x3xf32>, tensor<2x3xsi64>, tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @scatter_type(%a: tensor<2x3xf32>, %b: tensor<2x3xsi64>, %c: tensor<2x3xf64>) {
  // expected-error @+1 {{expected updates of type float, but got double}}
  %0 = ingot.scatter_elements %a, %b, %c {reduction = "add", axis = 0 : i64}
      : (tensor<2x3xf32>, tensor<2x3xsi64>, tensor<2x3xf64>) -> tensor<2xf32>
  return
}

// -----

func.func @scatter_rank(%a: tensor<2x3xf32>, %b: tensor<2x3xsi64>, %c: tensor<2xf32>) {
  // expected-error @+1 {{expected indices and updates of rank 2, but got 2 and 1}}
  %0 = ingot.scatter_elements %a, %b, %c {reduction = "add", axis = 0 : i64}
      : (tensor<2x3xf32>, tensor<2x3xsi64>, tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @scatter_count(%a: tensor<2x3xf32>, %b: tensor<2x3xsi64>, %c: tensor<2x2xf32>) {
  // expected-error @+1 {{expected as many updates as indices, but got 2 and 3 in dimension 1}}
  %0 = ingot.scatter_elements %a, %b, %c {reduction = "add", axis = 0 : i64}
      : (tensor<2x3xf32>, tensor<2x3xsi64>, tensor<2x2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @scatter_size(%a: tensor<2x3xf32>, %b: tensor<2x4xsi64>, %c: tensor<2x4xf32>) {
  // expected-error @+1 {{expected indices of at most 3 in dimension 1, but got 4}}
  %0 = ingot.scatter_elements %a, %b, %c {reduction = "add", axis = 0 : i64}
      : (tensor<2x3xf32>, tensor<2x4xsi64>, tensor<2x4xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @scatter_range(%a: tensor<2xf32>, %c: tensor<1xf32>) {
  %b = ingot.constant tensor<1xsi64>, dense<[-3, -1, -1, -1, -1, -1, -1, -1]> : tensor<8xi8>
  // expected-error @+1 {{expected indices in [-2, 2), but got -3}}
  %0 = ingot.scatter_elements %a, %b, %c {reduction = "add", axis = 0 : i64}
      : (tensor<2xf32>, tensor<1xsi64>, tensor<1xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @scatter_vectors(%a: tensor<2x3xf32>, %b: tensor<4x3xsi64>, %c: tensor<4xf32>) {
  // expected-error @+1 {{expected index vectors of length 0 to 2}}
  %0 = ingot.scatter_nd %a, %b, %c {reduction = "none"}
      : (tensor<2x3xf32>, tensor<4x3xsi64>, tensor<4xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @scatter_slices_rank(%a: tensor<2x3xf32>, %b: tensor<4x1xsi64>, %c: tensor<4xf32>) {
  // expected-error @+1 {{expected updates of rank 2, but got 1}}
  %0 = ingot.scatter_nd %a, %b, %c {reduction = "none"}
      : (tensor<2x3xf32>, tensor<4x1xsi64>, tensor<4xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @scatter_slices_size(%a: tensor<2x3xf32>, %b: tensor<4x1xsi64>, %c: tensor<4x2xf32>) {
  // expected-error @+1 {{expected updates of size 3 in dimension 1, but got 2}}
  %0 = ingot.scatter_nd %a, %b, %c {reduction = "none"}
      : (tensor<2x3xf32>, tensor<4x1xsi64>, tensor<4x2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @cache_batch_axis(%a: tensor<2x8xf32>, %b: tensor<2x1xf32>, %c: tensor<2xsi64>) {
  // expected-error @+1 {{expected an axis other than the batch, but got 0}}
  %0 = ingot.tensor_scatter %a, %b, %c {axis = 0 : i64, circular = false}
      : (tensor<2x8xf32>, tensor<2x1xf32>, tensor<2xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @cache_update(%a: tensor<2x8xf32>, %b: tensor<2xf32>, %c: tensor<2xsi64>) {
  // expected-error @+1 {{expected an update of the cache's rank and type}}
  %0 = ingot.tensor_scatter %a, %b, %c {axis = 1 : i64, circular = false}
      : (tensor<2x8xf32>, tensor<2xf32>, tensor<2xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @gather_nd_batch(%a: tensor<2x3xf32>, %b: tensor<3x1xsi64>) {
  // expected-error @+1 {{expected indices with a batch dimension of 2, but got 3}}
  %0 = ingot.gather_nd %a, %b {batch_dims = 1 : i64}
      : (tensor<2x3xf32>, tensor<3x1xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @update_dimension(%a: tensor<2x8x3xf32>, %b: tensor<2x4x5xf32>) {
  %none = ingot.none
  // expected-error @+1 {{expected an update with a dimension of 3, but got 5}}
  %0 = ingot.tensor_scatter %a, %b, %none {axis = 1 : i64, circular = false}
      : (tensor<2x8x3xf32>, tensor<2x4x5xf32>, none) -> tensor<2xf32>
  return
}

// -----

func.func @update_length(%a: tensor<2x8x3xf32>, %b: tensor<2x9x3xf32>) {
  %none = ingot.none
  // expected-error @+1 {{expected an update of at most 8 along the axis, but got 9}}
  %0 = ingot.tensor_scatter %a, %b, %none {axis = 1 : i64, circular = false}
      : (tensor<2x8x3xf32>, tensor<2x9x3xf32>, none) -> tensor<2xf32>
  return
}

// -----

func.func @positions_rank(%a: tensor<2x8x3xf32>, %b: tensor<2x4x3xf32>, %p: tensor<2x1xsi64>) {
  // expected-error @+1 {{expected positions of rank 1, but got 2}}
  %0 = ingot.tensor_scatter %a, %b, %p {axis = 1 : i64, circular = false}
      : (tensor<2x8x3xf32>, tensor<2x4x3xf32>, tensor<2x1xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @positions_batch(%a: tensor<2x8x3xf32>, %b: tensor<2x4x3xf32>, %p: tensor<3xsi64>) {
  // expected-error @+1 {{expected positions for a batch of 2, but got 3}}
  %0 = ingot.tensor_scatter %a, %b, %p {axis = 1 : i64, circular = false}
      : (tensor<2x8x3xf32>, tensor<2x4x3xf32>, tensor<3xsi64>) -> tensor<2xf32>
  return
}

// -----

func.func @sized_rank(%a: tensor<2x3xf32>) {
  %s = ingot.constant tensor<1xsi64>, dense<[2, 0, 0, 0, 0, 0, 0, 0]> : tensor<8xi8>
  // expected-error @+1 {{expected a shape of 2 dimensions}}
  %0 = ingot.sized %a, %s : (tensor<2x3xf32>, tensor<1xsi64>) -> tensor<2x3xf32>
  return
}

// -----

func.func @sized_otherwise(%a: tensor<3xf32>) {
  %s = ingot.constant tensor<1xsi64>, dense<[2, 0, 0, 0, 0, 0, 0, 0]> : tensor<8xi8>
  // expected-error @+1 {{expected a dimension of 2, but got 3}}
  %0 = ingot.sized %a, %s : (tensor<3xf32>, tensor<1xsi64>) -> tensor<3xf32>
  return
}
