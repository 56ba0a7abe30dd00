// RUN: ingot-opt %s --ingot-expand-floats | FileCheck %s --check-prefixes=CHECK,NATIVE
// RUN: ingot-opt %s --ingot-expand-floats=expand-f16 | FileCheck %s --check-prefixes=CHECK,EXPANDED

// CHECK-LABEL: func @extend_bf16
// CHECK: %[[BITS:.*]] = arith.bitcast %{{.*}} : vector<8xbf16> to vector<8xi16>
// CHECK: %[[WIDE:.*]] = arith.extui %[[BITS]]
// CHECK: %[[SHIFTED:.*]] = arith.shli %[[WIDE]]
// CHECK: arith.bitcast %[[SHIFTED]] : vector<8xi32> to vector<8xf32>
func.func @extend_bf16(%x: vector<8xbf16>) -> vector<8xf32> {
  %0 = arith.extf %x : vector<8xbf16> to vector<8xf32>
  return %0 : vector<8xf32>
}

// CHECK-LABEL: func @add_bf16
// CHECK-NOT: arith.extf
// CHECK: arith.addf %{{.*}} : f32
// CHECK-NOT: arith.truncf
// CHECK: return
func.func @add_bf16(%x: bf16, %y: bf16) -> bf16 {
  %0 = arith.addf %x, %y : bf16
  return %0 : bf16
}

// CHECK-LABEL: func @truncate_to_f16
// NATIVE: arith.truncf %{{.*}} : f32 to f16
// EXPANDED-NOT: arith.truncf
func.func @truncate_to_f16(%x: f32) -> f16 {
  %0 = arith.truncf %x : f32 to f16
  return %0 : f16
}

// No target rounds f64 to f16 at once: rounded to odd first, so that it happens once.
// CHECK-LABEL: func @truncate_f64_to_f16
// CHECK: arith.truncf %{{.*}} : f64 to f32
// CHECK: arith.ori
// NATIVE: arith.truncf %{{.*}} : f32 to f16
func.func @truncate_f64_to_f16(%x: f64) -> f16 {
  %0 = arith.truncf %x : f64 to f16
  return %0 : f16
}

// A float8 is its byte: LLVM has no such type.
// CHECK-LABEL: func @extend_f8
// CHECK-NOT: arith.extf
// CHECK: arith.extui %{{.*}} : vector<8xi8> to vector<8xi32>
func.func @extend_f8(%x: vector<8xi8>) -> vector<8xf32> {
  %0 = arith.bitcast %x : vector<8xi8> to vector<8xf8E4M3FN>
  %1 = arith.extf %0 : vector<8xf8E4M3FN> to vector<8xf32>
  return %1 : vector<8xf32>
}

// CHECK-LABEL: func @truncate_bf16_to_f4
// CHECK-NOT: arith.truncf
// CHECK: arith.trunci %{{.*}} : i8 to i4
// CHECK: arith.bitcast %{{.*}} : i4 to f4E2M1FN
func.func @truncate_bf16_to_f4(%x: bf16) -> f4E2M1FN {
  %0 = arith.truncf %x : bf16 to f4E2M1FN
  return %0 : f4E2M1FN
}
