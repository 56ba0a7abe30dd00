// RUN: ingot-opt %s --ingot-tensors=fold=false --ingot-plan --ingot-verify-planned | FileCheck %s

// Each product's result lies where the one before the last lay: two places for any number of layers,
// and the workers' memory behind them. The last result goes right to the caller. Equal products are
// one kernel.
// CHECK: func.func @[[K:k0_matmul]](
// CHECK-SAME: ingot.arguments = ["read", "read", "worker:0", "write"]
// CHECK-NOT: func.func @k
// CHECK: func.func @run_layers(
// CHECK-SAME: ingot.arena_bytes = 256
// CHECK-SAME: {bytes = 128 : i64, first = 0 : i64, last = 1 : i64, offset = 0 : i64}
// CHECK-SAME: {bytes = 128 : i64, first = 1 : i64, last = 2 : i64, offset = 128 : i64}
// CHECK-SAME: {bytes = 128 : i64, first = 2 : i64, last = 3 : i64, offset = 0 : i64}]
// CHECK: %[[A:.*]] = llvm.getelementptr %arg4[%{{.*}}] {ingot.buffer = 0
// CHECK: ingot.launch @[[K]]({{.*}}, %[[A]])
// CHECK: %[[B:.*]] = llvm.getelementptr %arg4[%{{.*}}] {ingot.buffer = 1
// CHECK: ingot.launch @[[K]]({{.*}}, %[[A]], {{.*}}, %[[B]])
// CHECK: %[[C:.*]] = llvm.getelementptr %arg4[%{{.*}}] {ingot.buffer = 2
// CHECK: ingot.launch @[[K]]({{.*}}, %[[B]], {{.*}}, %[[C]])
// CHECK: %[[OUTPUT:.*]] = llvm.getelementptr %arg2[0]
// CHECK: %[[OUT:.*]] = llvm.load %[[OUTPUT]]
// CHECK: ingot.launch @[[K]]({{.*}}, %[[C]], {{.*}}, %[[OUT]])
func.func @layers(%x: tensor<4x8xf32> {ingot.name = "x"}) -> (tensor<4x8xf32> {ingot.name = "y"}) {
  %w = ingot.constant tensor<8x8xf32>, dense<0> : tensor<256xi8>
  %v = ingot.constant tensor<8x8xf32>, dense<64> : tensor<256xi8>
  %0 = ingot.matmul %x, %w : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  %1 = ingot.matmul %0, %v : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  %2 = ingot.matmul %1, %w : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  %3 = ingot.matmul %2, %v : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  return %3 : tensor<4x8xf32>
}
