//===- Quantize.td - passes that make or use quantized tensors -----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===------------------------------------------------------------------------===//
include "mlir/Pass/PassBase.td"

def IntegerContractions : Pass<"ingot-integer-contractions", "::mlir::func::FuncOp"> {
  let summary = "Multiplies what was dequantized as the integers it came from";
  let description = [{
    A matrix product or convolution of two dequantized tensors becomes the exact product of the
    integers, summed in 32 bits, times the product of the scales. No product is computed in float;
    what follows (bias, activation, quantize) is fused into the store of the sums.

    Scales must be constant along the summed dimensions: per tensor, per row of the left operand, per
    column of the right one, per output channel. Operands have at most 8 bits, so that a sum over
    33,000 of the largest products fits.

    ```mlir
    func.func @f(%x: tensor<4x8xui8>, %w: tensor<8x8xsi8>, %xs: tensor<f32>, %ws: tensor<8xf32>,
                 %xz: tensor<ui8>, %wz: tensor<si8>) -> tensor<4x8xf32> {
      %0 = ingot.dequantize %x, %xs, %xz {to = f32}
          : (tensor<4x8xui8>, tensor<f32>, tensor<ui8>) -> tensor<4x8xf32>
      %1 = ingot.dequantize %w, %ws, %wz {to = f32}
          : (tensor<8x8xsi8>, tensor<8xf32>, tensor<si8>) -> tensor<8x8xf32>
      %2 = ingot.matmul %0, %1 : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
      return %2 : tensor<4x8xf32>
    }
    ```
    becomes
    ```mlir
    func.func @f(%x: tensor<4x8xui8>, %w: tensor<8x8xsi8>, %xs: tensor<f32>, %ws: tensor<8xf32>,
                 %xz: tensor<ui8>, %wz: tensor<si8>) -> tensor<4x8xf32> {
      %0 = ingot.matmul_integer %x, %w, %xz, %wz
          : (tensor<4x8xui8>, tensor<8x8xsi8>, tensor<ui8>, tensor<si8>) -> tensor<4x8xsi32>
      %1 = ingot.mul %xs, %ws : (tensor<f32>, tensor<8xf32>) -> tensor<8xf32>
      %2 = ingot.cast %0 {to = f32} : (tensor<4x8xsi32>) -> tensor<4x8xf32>
      %3 = ingot.mul %2, %1 : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
      return %3 : tensor<4x8xf32>
    }
    ```
  }];
}

def DynamicInt8 : Pass<"ingot-dynamic-int8", "::mlir::func::FuncOp"> {
  let summary = "Multiplies by constant weights in 8 bits";
  let description = [{
    Constant f32 weights of matrix products and convolutions, from `least` elements on, become int8
    with one scale per output channel and no zero point; the other operand is quantized to uint8 at
    run time, per tensor, by its least and largest element. The product is exact. Where: a record
    per layer in the function's `ingot.compression`.

    What it costs: on the MLP and the Keras CNN of tests/models in full size, probabilities stay
    within 0.03 of the float model's (tests/tools/ingot/compression.py).

    ```mlir
    func.func @f(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
      // 1, -2, 3, 4
      %w = ingot.constant tensor<2x2xf32>,
          dense<[0, 0, -128, 63, 0, 0, 0, -64, 0, 0, 64, 64, 0, 0, -128, 64]> : tensor<16xi8>
      %0 = ingot.matmul %x, %w : (tensor<3x2xf32>, tensor<2x2xf32>) -> tensor<3x2xf32>
      return %0 : tensor<3x2xf32>
    }
    ```
    with `least=4` becomes
    ```mlir
    func.func @f(%x: tensor<3x2xf32>) -> tensor<3x2xf32>
        attributes {ingot.compression = [{bits = 8 : i64, method = "dynamic-int8", node = "?",
                                          weights = 4 : i64, zeroed = 0 : i64} ]} {
      // The weights in steps of 3/127 and 4/127.
      %steps = ingot.constant tensor<2xf32>,
          dense<[6, -125, -63, 60, 4, 2, 1, 61]> : tensor<8xi8>
      %w = ingot.constant tensor<2x2xsi8>, dense<[42, -64, 127, 127]> : tensor<4xi8>
      %w_zero = ingot.constant tensor<si8>, dense<0> : tensor<1xi8>
      %zero = ingot.constant tensor<f32>, dense<0> : tensor<4xi8>
      %one = ingot.constant tensor<f32>, dense<[0, 0, -128, 63]> : tensor<4xi8>
      %255 = ingot.constant tensor<f32>, dense<[0, 0, 127, 67]> : tensor<4xi8>
      // The step of x: its range over 255, or 1 where it is constant.
      %0 = ingot.reduce %x {kind = "min", axes = array<i64: 0, 1>, keepdims = false}
          : (tensor<3x2xf32>) -> tensor<f32>
      %least = ingot.min %0, %zero : (tensor<f32>, tensor<f32>) -> tensor<f32>
      %1 = ingot.reduce %x {kind = "max", axes = array<i64: 0, 1>, keepdims = false}
          : (tensor<3x2xf32>) -> tensor<f32>
      %most = ingot.max %1, %zero : (tensor<f32>, tensor<f32>) -> tensor<f32>
      %range = ingot.sub %most, %least : (tensor<f32>, tensor<f32>) -> tensor<f32>
      %2 = ingot.equal %range, %zero : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %3 = ingot.div %range, %255 : (tensor<f32>, tensor<f32>) -> tensor<f32>
      %step = ingot.where %2, %one, %3
          : (tensor<i1>, tensor<f32>, tensor<f32>) -> tensor<f32>
      // Its zero point: how many steps 0 is above the least.
      %4 = ingot.sub %zero, %least : (tensor<f32>, tensor<f32>) -> tensor<f32>
      %5 = ingot.div %4, %step : (tensor<f32>, tensor<f32>) -> tensor<f32>
      %6 = ingot.round %5 : (tensor<f32>) -> tensor<f32>
      %7 = ingot.max %6, %zero : (tensor<f32>, tensor<f32>) -> tensor<f32>
      %8 = ingot.min %7, %255 : (tensor<f32>, tensor<f32>) -> tensor<f32>
      %x_zero = ingot.cast %8 {to = ui8} : (tensor<f32>) -> tensor<ui8>
      %9 = ingot.quantize %x, %step, %x_zero {precision = f32, saturate = true}
          : (tensor<3x2xf32>, tensor<f32>, tensor<ui8>) -> tensor<3x2xui8>
      %10 = ingot.matmul_integer %9, %w, %x_zero, %w_zero
          : (tensor<3x2xui8>, tensor<2x2xsi8>, tensor<ui8>, tensor<si8>) -> tensor<3x2xsi32>
      %11 = ingot.cast %10 {to = f32} : (tensor<3x2xsi32>) -> tensor<3x2xf32>
      %12 = ingot.mul %step, %steps : (tensor<f32>, tensor<2xf32>) -> tensor<2xf32>
      %13 = ingot.mul %11, %12 : (tensor<3x2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
      return %13 : tensor<3x2xf32>
    }
    ```
  }];
  let options = [Option<"least", "least", "int64_t", /*default=*/"1024",
                        "Weights of fewer elements stay as they are">];
}

def CenterWeights : Pass<"ingot-center-weights", "::mlir::func::FuncOp"> {
  let summary = "Brings constant integer weights into the form of the integer kernels";
  let description = [{
    The kernels take constant 8-bit weights whose zero point is 0, or 128 of unsigned ones. Others
    become int8 of that kind where the differences fit. Where they do not (an asymmetric uint8
    weight uses the whole range), the weights keep their bytes, and the product of the distance
    between the two zero points and the sum of the other operand is taken off the result; that sum
    is the same contraction with weights of 1. Weights of fewer bits become int8. Everything stays in
    32-bit integers.

    ```mlir
    func.func @f(%x: tensor<3x2xui8>, %xz: tensor<ui8>) -> tensor<3x2xsi32> {
      %w = ingot.constant tensor<2x2xui8>, dense<[1, 2, 3, 4]> : tensor<4xi8>
      %wz = ingot.constant tensor<ui8>, dense<2> : tensor<1xi8>
      %0 = ingot.matmul_integer %x, %w, %xz, %wz
          : (tensor<3x2xui8>, tensor<2x2xui8>, tensor<ui8>, tensor<ui8>) -> tensor<3x2xsi32>
      return %0 : tensor<3x2xsi32>
    }
    ```
    becomes
    ```mlir
    func.func @f(%x: tensor<3x2xui8>, %xz: tensor<ui8>) -> tensor<3x2xsi32> {
      %w = ingot.constant tensor<2x2xsi8>, dense<[-1, 0, 1, 2]> : tensor<4xi8>
      %wz = ingot.constant tensor<si8>, dense<0> : tensor<1xi8>
      %0 = ingot.matmul_integer %x, %w, %xz, %wz
          : (tensor<3x2xui8>, tensor<2x2xsi8>, tensor<ui8>, tensor<si8>) -> tensor<3x2xsi32>
      return %0 : tensor<3x2xsi32>
    }
    ```
  }];
}
