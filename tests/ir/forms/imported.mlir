// RUN: ingot-opt %s --ingot-verify-imported --split-input-file --verify-diagnostics --allow-unregistered-dialect

// Nothing to say about what is as it should be.
func.func @good(%x: tensor<?x4xf32> {ingot.name = "x", ingot.dims = ["batch", ""]}) -> (tensor<?x?xf32> {ingot.name = "y"}) {
  %c = ingot.constant tensor<f32>, dense<[0, 0, -128, 63]> : tensor<4xi8>
  %0 = ingot.mul %x, %c : (tensor<?x4xf32>, tensor<f32>) -> tensor<?x?xf32> loc("node 'scale' (Mul)")
  return %0 : tensor<?x?xf32>
}

// -----

func.func @other_dialect(%x: tensor<4xf32> {ingot.name = "x"}) -> (tensor<4xf32> {ingot.name = "y"}) {
  // expected-error @+1 {{breaks the imported form: expected operators of the ingot dialect alone}}
  %0 = "test.op"(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// expected-error @+1 {{breaks the imported form: expected input 0 of static rank, but got 'tensor<*xf32>'}}
func.func @open_rank(%x: tensor<*xf32> {ingot.name = "x"}) {
  return
}

// -----

// expected-error @+1 {{breaks the imported form: expected ingot.dims of input 0 to have one entry for each dimension of 'tensor<?x4xf32>'}}
func.func @dimension_names(%x: tensor<?x4xf32> {ingot.name = "x", ingot.dims = ["batch"]}) {
  return
}

// -----

func.func @too_early(%x: tensor<4xf32> {ingot.name = "x"}) -> (tensor<4xf32> {ingot.name = "y"}) {
  // expected-error @+1 {{breaks the imported form: expected nothing of later forms}}
  %0 = ingot.kernel "none" on "cpu"(%x) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %1 = ingot.exp %a : (tensor<4xf32>) -> tensor<4xf32>
    ingot.yield %1 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// -----

func.func @few_bytes() -> (tensor<2xf32> {ingot.name = "y"}) {
  // expected-error @+1 {{breaks the imported form: expected 8 bytes, but got dense<0> : tensor<4xi8>}}
  %0 = ingot.constant tensor<2xf32>, dense<0> : tensor<4xi8>
  return %0 : tensor<2xf32>
}

// -----

func.func @small_resource() -> (tensor<f32> {ingot.name = "y"}) {
  // expected-error @+1 {{breaks the imported form: expected a dense attribute of 4 bytes}}
  %0 = ingot.constant tensor<f32>, dense_resource<small> : tensor<4xi8>
  return %0 : tensor<f32>
}

{-#
  dialect_resources: {
    builtin: {
      small: "0x040000000000803F"
    }
  }
#-}

// -----

func.func @odd_strings() -> (tensor<2x!ingot.string> {ingot.name = "y"}) {
  // expected-error @+1 {{breaks the imported form: expected 2 strings}}
  %0 = ingot.constant tensor<2x!ingot.string>, ["one"]
  return %0 : tensor<2x!ingot.string>
}

// -----

func.func @wrong_dimension(%x: tensor<4x8xf32> {ingot.name = "x"}) -> (tensor<4x4xf32> {ingot.name = "y"}) {
  // expected-error @+1 {{breaks the imported form: expected type 'tensor<8x4xf32>', but got 'tensor<4x4xf32>'}}
  %0 = ingot.transpose %x {permutation = array<i64: 1, 0>} : (tensor<4x8xf32>) -> tensor<4x4xf32>
  return %0 : tensor<4x4xf32>
}

// -----

func.func @wrong_element(%x: tensor<4xf32> {ingot.name = "x"}) -> (tensor<4xf32> {ingot.name = "y"}) {
  // expected-error @+1 {{breaks the imported form: expected type 'tensor<4xi1>', but got 'tensor<4xf32>'}}
  %0 = ingot.less %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// expected-error @+1 {{breaks the imported form: expected a name of input 0}}
func.func @nameless_input(%x: tensor<4xf32>) {
  return
}

// -----

// expected-error @+1 {{breaks the imported form: expected a name of output 0}}
func.func @nameless_output(%x: tensor<4xf32> {ingot.name = "x"}) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

func.func @nowhere(%x: tensor<4xf32> {ingot.name = "x"}) -> (tensor<4xf32> {ingot.name = "y"}) {
  // expected-error @+1 {{breaks the imported form: expected the name of a node for its location}}
  %0 = ingot.exp %x : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
