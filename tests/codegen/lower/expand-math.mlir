// RUN: ingot-opt %s --ingot-expand-math --canonicalize --cse | FileCheck %s
// RUN: ingot-opt %s --ingot-expand-math=fma=false | FileCheck %s --check-prefix=SEPARATE

// SEPARATE-NOT: math.fma

// e^x scales twice by 2^h; no branch, no other math op.
// CHECK-LABEL: func @exp
// CHECK-NOT: math.exp
// CHECK: %[[H:.*]] = arith.shli
// CHECK: %[[POWER:.*]] = arith.bitcast %[[H]] : vector<8xi32> to vector<8xf32>
// CHECK: %[[ONCE:.*]] = arith.mulf %{{.*}}, %[[POWER]]
// CHECK: arith.mulf %[[ONCE]], %[[POWER]]
// CHECK-NEXT: return
func.func @exp(%x: vector<8xf32>) -> vector<8xf32> {
  %0 = math.exp %x : vector<8xf32>
  return %0 : vector<8xf32>
}

// Half precision is computed in f32.
// CHECK-LABEL: func @tanh_of_bf16
// CHECK: arith.extf %{{.*}} : bf16 to f32
// CHECK-NOT: math.tanh
// CHECK: arith.truncf %{{.*}} : f32 to bf16
func.func @tanh_of_bf16(%x: bf16) -> bf16 {
  %0 = math.tanh %x : bf16
  return %0 : bf16
}

// Large arguments take a branch of their own.
// CHECK-LABEL: func @sin
// CHECK: %[[ANY:.*]] = vector.reduction <or>
// CHECK: scf.if %[[ANY]]
// CHECK-NOT: math.sin
func.func @sin(%x: vector<4xf64>) -> vector<4xf64> {
  %0 = math.sin %x : vector<4xf64>
  return %0 : vector<4xf64>
}

// The usual exponents need no logarithm.
// CHECK-LABEL: func @square
// CHECK-SAME: (%[[X:.*]]: f32)
// CHECK-NEXT: %[[SQUARE:.*]] = arith.mulf %[[X]], %[[X]]
// CHECK-NEXT: return %[[SQUARE]]
func.func @square(%x: f32) -> f32 {
  %two = arith.constant 2.0 : f32
  %0 = math.powf %x, %two : f32
  return %0 : f32
}

// CHECK-LABEL: func @remainder
// CHECK-NOT: arith.remf
// CHECK: scf.while
func.func @remainder(%x: f32, %y: f32) -> f32 {
  %0 = arith.remf %x, %y : f32
  return %0 : f32
}

// What the targets have instructions for stays.
// CHECK-LABEL: func @left_alone
// CHECK: math.sqrt
// CHECK: math.floor
// CHECK: math.roundeven
func.func @left_alone(%x: vector<8xf32>) -> vector<8xf32> {
  %0 = math.sqrt %x : vector<8xf32>
  %1 = math.floor %0 : vector<8xf32>
  %2 = math.roundeven %1 : vector<8xf32>
  return %2 : vector<8xf32>
}
