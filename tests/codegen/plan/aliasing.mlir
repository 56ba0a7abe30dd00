// RUN: ingot-opt %s --ingot-tensors=fold=false --ingot-plan --ingot-verify-planned | FileCheck %s

// Control flow copies nothing. The result of the branch is the buffer of the product that it yields,
// or the input itself; the loop reads that, writes one of two buffers in turn, and what it has written
// last is what is read behind it. All have equal kernels.
// CHECK: func.func @run_control(
// CHECK-NOT: memcpy
// CHECK: cf.cond_br %{{.*}}, ^[[THEN:.*]], ^[[ELSE:.*]]
// CHECK: ^[[THEN]]:
// CHECK: %[[PRODUCT:.*]] = llvm.getelementptr %arg4[%{{.*}}] {ingot.buffer = 0
// CHECK: ingot.launch @[[K:.*]]({{.*}}, %[[PRODUCT]])
// CHECK: llvm.store %[[PRODUCT]], %[[JOINED:.*]] : !llvm.ptr
// CHECK: ^[[ELSE]]:
// CHECK: %[[INPUT:.*]] = llvm.load %{{.*}} : !llvm.ptr -> !llvm.ptr
// CHECK: llvm.store %[[INPUT]], %[[JOINED]] : !llvm.ptr
// CHECK: %[[INITIAL:.*]] = llvm.load %[[JOINED]]
// CHECK: llvm.store %[[INITIAL]], %[[CURRENT:.*]] : !llvm.ptr
// CHECK: %[[ONE:.*]] = llvm.getelementptr %arg4[%{{.*}}] {ingot.buffer = 1
// CHECK: llvm.store %[[ONE]], %[[NEXT:.*]] : !llvm.ptr
// CHECK: %[[OTHER:.*]] = llvm.getelementptr %arg4[%{{.*}}] {ingot.buffer = 2
// CHECK: llvm.store %[[OTHER]], %[[SPARE:.*]] : !llvm.ptr
// CHECK: cf.cond_br %{{.*}}, ^[[BODY:.*]], ^[[AFTER:.*]]
// CHECK: ^[[BODY]]:
// CHECK: %[[READ:.*]] = llvm.load %[[CURRENT]]
// CHECK: %[[WRITTEN:.*]] = llvm.load %[[NEXT]]
// CHECK: ingot.launch @[[K]](%{{.*}}, %[[READ]], %{{.*}}, %[[WRITTEN]])
// CHECK: ^[[AFTER]]:
// CHECK: %[[LAST:.*]] = llvm.load %[[CURRENT]]
// CHECK: ingot.launch @[[K]](%{{.*}}, %[[LAST]], %{{.*}}, %{{.*}})
// CHECK-NOT: memcpy
func.func @control(%x: tensor<4x8xf32> {ingot.name = "x"}, %c: tensor<i1> {ingot.name = "c"}, %n: tensor<si64> {ingot.name = "n"}) -> (tensor<4x8xf32> {ingot.name = "y"}) {
  %none = ingot.none
  %w = ingot.constant tensor<8x8xf32>, dense<64> : tensor<256xi8>
  %r = ingot.if %c : (tensor<i1>) -> tensor<4x8xf32> {
    %a = ingot.matmul %x, %w : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
    ingot.yield %a : tensor<4x8xf32>
  } else {
    ingot.yield %x : tensor<4x8xf32>
  }
  %l = ingot.loop(%n, %none, %r) : (tensor<si64>, none, tensor<4x8xf32>) -> tensor<4x8xf32> {
  ^bb0(%i: tensor<si64>, %s: tensor<4x8xf32>):
    %b = ingot.matmul %s, %w : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
    ingot.yield %none, %b : none, tensor<4x8xf32>
  }
  %y = ingot.matmul %l, %w : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}
