// RUN: ingot-opt %s -ingot-fold-constants | FileCheck %s
// RUN: ingot-opt %s -ingot-fold-constants=dequantize | FileCheck %s --check-prefix=ALL

// A chain becomes its last value: sqrt([1, 4, 9, 16]) + 1.
// CHECK-LABEL: @chain
// CHECK-NOT: ingot.sqrt
// CHECK: %[[C:.*]] = ingot.constant tensor<4xf32>, dense<[0, 0, 0, 64, 0, 0, 64, 64, 0, 0, -128, 64, 0, 0, -96, 64]>
// CHECK: ingot.mul %{{.*}}, %[[C]]
func.func @chain(%x: tensor<4xf32>) -> tensor<4xf32> {
  %v = ingot.constant tensor<4xf32>, dense<[0, 0, 128, 63, 0, 0, 128, 64, 0, 0, 16, 65, 0, 0, 128, 65]> : tensor<16xi8>
  %one = ingot.constant tensor<f32>, dense<[0, 0, 128, 63]> : tensor<4xi8>
  %s = ingot.sqrt %v : (tensor<4xf32>) -> tensor<4xf32>
  %t = ingot.add %s, %one : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %r = ingot.mul %x, %t : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// A view of a constant stays one: others may read the same bytes.
// CHECK-LABEL: @view
// CHECK: ingot.transpose
func.func @view(%x: tensor<4x2xf32>) -> tensor<4x2xf32> {
  %v = ingot.constant tensor<2x4xf32>, dense<0> : tensor<32xi8>
  %t = ingot.transpose %v {permutation = array<i64: 1, 0>} : (tensor<2x4xf32>) -> tensor<4x2xf32>
  %r = ingot.add %x, %t : (tensor<4x2xf32>, tensor<4x2xf32>) -> tensor<4x2xf32>
  return %r : tensor<4x2xf32>
}

// But not as the weights of a convolution, which are packed.
// CHECK-LABEL: @window
// CHECK-NOT: ingot.transpose
// CHECK: %[[W:.*]] = ingot.constant tensor<3x2x1xui8>, dense<[1, 4, 2, 5, 3, 6]>
// CHECK: ingot.conv_integer %arg0, %[[W]]
func.func @window(%x: tensor<1x2x5xui8>, %z: tensor<ui8>) -> tensor<1x3x5xsi32> {
  %v = ingot.constant tensor<1x2x3xui8>, dense<[1, 2, 3, 4, 5, 6]> : tensor<6xi8>
  %t = ingot.transpose %v {permutation = array<i64: 2, 1, 0>} : (tensor<1x2x3xui8>) -> tensor<3x2x1xui8>
  %r = ingot.conv_integer %x, %t, %z, %z {dilations = array<i64: 1>, groups = 1 : i64, pads = array<i64: 0, 0>, strides = array<i64: 1>} : (tensor<1x2x5xui8>, tensor<3x2x1xui8>, tensor<ui8>, tensor<ui8>) -> tensor<1x3x5xsi32>
  return %r : tensor<1x3x5xsi32>
}

// Integer products look for quantized constants; when they are through, the rest is folded.
// CHECK-LABEL: @quantized
// CHECK: ingot.dequantize
// ALL-LABEL: @quantized
// ALL-NOT: ingot.dequantize
// ALL: ingot.constant tensor<4xf32>, dense<[0, 0, 0, 0, 0, 0, 0, 63, 0, 0, -128, 63, 0, 0, -64, 63]>
func.func @quantized(%x: tensor<4xf32>) -> tensor<4xf32> {
  %q = ingot.constant tensor<4xui8>, dense<[1, 2, 3, 4]> : tensor<4xi8>
  %scale = ingot.constant tensor<f32>, dense<[0, 0, 0, 63]> : tensor<4xi8>
  %zero = ingot.constant tensor<ui8>, dense<1> : tensor<1xi8>
  %d = ingot.dequantize %q, %scale, %zero {to = f32} : (tensor<4xui8>, tensor<f32>, tensor<ui8>) -> tensor<4xf32>
  %r = ingot.add %x, %d : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// What a product packs is folded whatever its size; a large table of one number is not.
// CHECK-LABEL: @size
// CHECK: ingot.constant tensor<300x300xf32>
// CHECK: ingot.matmul
// CHECK-NOT: ingot.neg
// CHECK: ingot.constant tensor<300x1xf32>
// CHECK: ingot.add {{.*}} (tensor<300x1xf32>, tensor<1x300xf32>) -> tensor<300x300xf32>
func.func @size(%x: tensor<2x300xf32>, %y: tensor<300x300xf32>) -> (tensor<2x300xf32>, tensor<300x300xf32>) {
  %v = ingot.constant tensor<300x1xf32>, dense<0> : tensor<1200xi8>
  %u = ingot.constant tensor<1x300xf32>, dense<0> : tensor<1200xi8>
  %w = ingot.add %v, %u : (tensor<300x1xf32>, tensor<1x300xf32>) -> tensor<300x300xf32>
  %m = ingot.matmul %x, %w : (tensor<2x300xf32>, tensor<300x300xf32>) -> tensor<2x300xf32>
  %n = ingot.neg %v : (tensor<300x1xf32>) -> tensor<300x1xf32>
  %o = ingot.add %n, %u : (tensor<300x1xf32>, tensor<1x300xf32>) -> tensor<300x300xf32>
  %r = ingot.add %y, %o : (tensor<300x300xf32>, tensor<300x300xf32>) -> tensor<300x300xf32>
  return %m, %r : tensor<2x300xf32>, tensor<300x300xf32>
}

// A product of integers packs its operands as well.
// CHECK-LABEL: @integer_product
// CHECK: %[[W:.*]] = ingot.constant tensor<512x256xsi8>
// CHECK-NOT: ingot.add
// CHECK: ingot.matmul_integer %arg0, %[[W]]
func.func @integer_product(%x: tensor<2x512xui8>, %xz: tensor<ui8>) -> tensor<2x256xsi32> {
  %v = ingot.constant tensor<512x1xsi8>, dense<1> : tensor<512xi8>
  %u = ingot.constant tensor<1x256xsi8>, dense<2> : tensor<256xi8>
  %z = ingot.constant tensor<si8>, dense<0> : tensor<1xi8>
  %w = ingot.add %v, %u : (tensor<512x1xsi8>, tensor<1x256xsi8>) -> tensor<512x256xsi8>
  %m = ingot.matmul_integer %x, %w, %xz, %z : (tensor<2x512xui8>, tensor<512x256xsi8>, tensor<ui8>, tensor<si8>) -> tensor<2x256xsi32>
  return %m : tensor<2x256xsi32>
}

// An operand left out hides nothing: exporters reorder the gates of a recurrence this way.
// CHECK-LABEL: @gates
// CHECK-NOT: ingot.concat
// CHECK: ingot.constant tensor<4xui8>, dense<[3, 4, 1, 2]>
func.func @gates(%x: tensor<4xui8>) -> tensor<4xui8> {
  %v = ingot.constant tensor<4xui8>, dense<[1, 2, 3, 4]> : tensor<4xi8>
  %0 = ingot.constant tensor<1xsi64>, dense<0> : tensor<8xi8>
  %2 = ingot.constant tensor<1xsi64>, dense<[2, 0, 0, 0, 0, 0, 0, 0]> : tensor<8xi8>
  %4 = ingot.constant tensor<1xsi64>, dense<[4, 0, 0, 0, 0, 0, 0, 0]> : tensor<8xi8>
  %none = ingot.none
  %a = ingot.slice %v, %2, %4, %0, %none : (tensor<4xui8>, tensor<1xsi64>, tensor<1xsi64>, tensor<1xsi64>, none) -> tensor<2xui8>
  %b = ingot.slice %v, %0, %2, %0, %none : (tensor<4xui8>, tensor<1xsi64>, tensor<1xsi64>, tensor<1xsi64>, none) -> tensor<2xui8>
  %c = ingot.concat %a, %b {axis = 0 : i64} : (tensor<2xui8>, tensor<2xui8>) -> tensor<4xui8>
  %r = ingot.add %x, %c : (tensor<4xui8>, tensor<4xui8>) -> tensor<4xui8>
  return %r : tensor<4xui8>
}

// What reads strings is left to the run, and so does not keep the others from being folded.
// CHECK-LABEL: @strings
// CHECK: %[[R:.*]] = ingot.equal
// CHECK: return %[[R]]
func.func @strings() -> tensor<2xi1> {
  %a = ingot.constant tensor<2x!ingot.string>, ["p", "q"]
  %b = ingot.constant tensor<2x!ingot.string>, ["p", "r"]
  %r = ingot.equal %a, %b : (tensor<2x!ingot.string>, tensor<2x!ingot.string>) -> tensor<2xi1>
  return %r : tensor<2xi1>
}
