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

    ```mlir
    func.func @f(%x: tensor<4x8xui8>, %w: tensor<8x8xsi8>, %xs: tensor<f32>, %ws: tensor<8xf32>,
                 %xz: tensor<ui8>, %wz: tensor<si8>) -> tensor<4x8xf32> {
      %0 = ingot.dequantize %x, %xs, %xz {to = f32} : (tensor<4x8xui8>, tensor<f32>, tensor<ui8>) -> tensor<4x8xf32>
      %1 = ingot.dequantize %w, %ws, %wz {to = f32} : (tensor<8x8xsi8>, tensor<8xf32>, tensor<si8>) -> tensor<8x8xf32>
      %2 = ingot.matmul %0, %1 : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
      return %2 : tensor<4x8xf32>
    }
    ```
    computes `matmul_integer` of `%x` and `%w`.

    Scales must be constant along the summed dimensions: per tensor, per row of the left operand, per
    column of the right one, per output channel. Operands have at most 8 bits, so that a sum over
    33,000 of the largest products fits.
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
  }];
}
