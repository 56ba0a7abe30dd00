// RUN: ingot-opt %s --ingot-verify-fused --split-input-file --verify-diagnostics

// Shapes are the program's, and a rearrangement of which only the shape is read is nobody's.
func.func @good(%x: tensor<?x8xf32>) -> tensor<?xf32> {
  %zero = ingot.constant tensor<1xsi64>, dense<0> : tensor<8xi8>
  %0 = ingot.transpose %x {permutation = array<i64: 1, 0>} : (tensor<?x8xf32>) -> tensor<8x?xf32>
  %1 = ingot.shape %0 : (tensor<8x?xf32>) -> tensor<2xsi64>
  %2 = ingot.mul %1, %1 : (tensor<2xsi64>, tensor<2xsi64>) -> tensor<2xsi64>
  %3 = ingot.kernel "reduce" on "cpu"(%x, %2) : (tensor<?x8xf32>, tensor<2xsi64>) -> tensor<?xf32> {
  ^bb0(%a: tensor<?x8xf32>, %n: tensor<2xsi64>):
    %4 = ingot.reduce %a {axes = array<i64: 1>, keepdims = false, kind = "sum"} : (tensor<?x8xf32>) -> tensor<?xf32>
    %one = ingot.constant tensor<si64>, dense<[1, 0, 0, 0, 0, 0, 0, 0]> : tensor<8xi8>
    %5 = ingot.gather %n, %one {axis = 0 : i64} : (tensor<2xsi64>, tensor<si64>) -> tensor<si64>
    %6 = ingot.cast %5 {to = f32} : (tensor<si64>) -> tensor<f32>
    %7 = ingot.mul %4, %6 : (tensor<?xf32>, tensor<f32>) -> tensor<?xf32>
    ingot.yield %7 : tensor<?xf32>
  }
  return %3 : tensor<?xf32>
}

// -----

func.func @outside(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'ingot.exp' op breaks the fused form: expected to be in a kernel}}
  %0 = ingot.exp %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = ingot.kernel "none" on "cpu"(%0) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    ingot.yield %a : tensor<4xf32>
  }
  return %1 : tensor<4xf32>
}

// -----

// Truth values are data, however few.
func.func @truth(%x: tensor<?x2xf32>) -> tensor<2xi1> {
  %0 = ingot.shape %x : (tensor<?x2xf32>) -> tensor<2xsi64>
  // expected-error @+1 {{'ingot.less' op breaks the fused form: expected to be in a kernel}}
  %1 = ingot.less %0, %0 : (tensor<2xsi64>, tensor<2xsi64>) -> tensor<2xi1>
  return %1 : tensor<2xi1>
}

// -----

func.func @two_anchors(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  // expected-error @+1 {{expected the one anchor 'matmul', but got ingot.matmul, ingot.softmax}}
  %0 = ingot.kernel "matmul" on "cpu"(%x) : (tensor<4x4xf32>) -> tensor<4x4xf32> {
  ^bb0(%a: tensor<4x4xf32>):
    %1 = ingot.matmul %a, %a : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %2 = ingot.softmax %1 {axis = 1 : i64, log = false} : (tensor<4x4xf32>) -> tensor<4x4xf32>
    ingot.yield %2 : tensor<4x4xf32>
  }
  return %0 : tensor<4x4xf32>
}

// -----

func.func @wrong_anchor(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  // expected-error @+1 {{expected the one anchor 'conv', but got ingot.matmul}}
  %0 = ingot.kernel "conv" on "cpu"(%x) : (tensor<4x4xf32>) -> tensor<4x4xf32> {
  ^bb0(%a: tensor<4x4xf32>):
    %1 = ingot.matmul %a, %a : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    ingot.yield %1 : tensor<4x4xf32>
  }
  return %0 : tensor<4x4xf32>
}

// -----

func.func @nameless_anchor(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  // expected-error @+1 {{expected no anchor, but got ingot.matmul}}
  %0 = ingot.kernel "none" on "cpu"(%x) : (tensor<4x4xf32>) -> tensor<4x4xf32> {
  ^bb0(%a: tensor<4x4xf32>):
    %1 = ingot.matmul %a, %a : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    ingot.yield %1 : tensor<4x4xf32>
  }
  return %0 : tensor<4x4xf32>
}

// -----

func.func @no_anchor(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  // expected-error @+1 {{expected the one anchor 'matmul', but got none}}
  %0 = ingot.kernel "matmul" on "cpu"(%x) : (tensor<4x4xf32>) -> tensor<4x4xf32> {
  ^bb0(%a: tensor<4x4xf32>):
    %1 = ingot.exp %a : (tensor<4x4xf32>) -> tensor<4x4xf32>
    ingot.yield %1 : tensor<4x4xf32>
  }
  return %0 : tensor<4x4xf32>
}

// -----

func.func @no_attention(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  // expected-error @+1 {{expected one attention and nothing else that sums}}
  %0 = ingot.kernel "attention" on "cpu"(%x) : (tensor<4x4xf32>) -> tensor<4x4xf32> {
  ^bb0(%a: tensor<4x4xf32>):
    %1 = ingot.matmul %a, %a : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    ingot.yield %1 : tensor<4x4xf32>
  }
  return %0 : tensor<4x4xf32>
}

// -----

func.func @argument_type(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{expected type 'tensor<4xf32>', but got 'tensor<?xf32>'}}
  %0 = ingot.kernel "none" on "cpu"(%x) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<?xf32>):
    %1 = ingot.exp %a : (tensor<?xf32>) -> tensor<4xf32>
    ingot.yield %1 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// -----

func.func @argument_count(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{expected as many arguments as operands and as many yielded values as results}}
  %0 = ingot.kernel "none" on "cpu"(%x, %x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %1 = ingot.exp %a : (tensor<4xf32>) -> tensor<4xf32>
    ingot.yield %1 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// -----

func.func @unread_argument(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{expected argument 1 to be read}}
  %0 = ingot.kernel "none" on "cpu"(%x, %y) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>, %b: tensor<4xf32>):
    %1 = ingot.exp %a : (tensor<4xf32>) -> tensor<4xf32>
    ingot.yield %1 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// -----

func.func @unread_kernel(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected a reader of a result}}
  %0 = ingot.kernel "none" on "cpu"(%x) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %1 = ingot.exp %a : (tensor<4xf32>) -> tensor<4xf32>
    ingot.yield %1 : tensor<4xf32>
  }
  return
}

// -----

func.func @call_inside(%x: tensor<4x!ingot.string>) -> tensor<4xi1> {
  %0 = ingot.kernel "none" on "cpu"(%x) : (tensor<4x!ingot.string>) -> tensor<4xi1> {
  ^bb0(%a: tensor<4x!ingot.string>):
    // expected-error @+1 {{'ingot.host_call' op breaks the fused form: expected to be outside of kernels}}
    %1 = ingot.host_call "string_equal"(%a, %a) {types = [tensor<4xi1>], shapes = array<i64: 0>} : (tensor<4x!ingot.string>, tensor<4x!ingot.string>) -> tensor<4xi1>
    ingot.yield %1 : tensor<4xi1>
  }
  return %0 : tensor<4xi1>
}

// -----

func.func @unknown_device(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{expected the device "cpu" or "gpu", but got "npu"}}
  %0 = ingot.kernel "none" on "npu"(%x) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %1 = ingot.exp %a : (tensor<4xf32>) -> tensor<4xf32>
    ingot.yield %1 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// -----

func.func @other_memory(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{expected operands on the GPU, but got one that lies on the host}}
  %0 = ingot.kernel "none" on "gpu"(%x) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %1 = ingot.exp %a : (tensor<4xf32>) -> tensor<4xf32>
    ingot.yield %1 : tensor<4xf32>
  }
  %2 = ingot.transfer %0 to "cpu" : (tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

func.func @no_move(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{expected operands on the GPU, but got one that lies on the host}}
  %0 = ingot.transfer %x to "cpu" : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @returned_from_gpu(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = ingot.transfer %x to "gpu" : (tensor<4xf32>) -> tensor<4xf32>
  // expected-error @+1 {{expected output 0 on the host}}
  return %0 : tensor<4xf32>
}

// -----

func.func @returned_input(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{expected output 0 to be a result of a kernel, of control flow or of the host}}
  return %x : tensor<4xf32>
}

// -----

func.func @returned_twice(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = ingot.kernel "none" on "cpu"(%x) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %1 = ingot.exp %a : (tensor<4xf32>) -> tensor<4xf32>
    ingot.yield %1 : tensor<4xf32>
  }
  // expected-error @+1 {{expected output 1 to be a result of its own}}
  return %0, %0 : tensor<4xf32>, tensor<4xf32>
}

// -----

func.func @early_order(%x: tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32> {
  // expected-error @+1 {{expected no orders before layouts are chosen}}
  %0 = ingot.kernel "none" on "cpu"(%x) attributes {operand_orders = [array<i64: 0, 2, 3, 1>]} : (tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32> {
  ^bb0(%a: tensor<1x2x3x3xf32>):
    %1 = ingot.exp %a : (tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32>
    ingot.yield %1 : tensor<1x2x3x3xf32>
  }
  return %0 : tensor<1x2x3x3xf32>
}
