// RUN: ingot-opt %s --ingot-verify-planned --split-input-file --verify-diagnostics -o /dev/null

// Where buffers may lie.
module {
module @program {
  // expected-error @+1 {{expected an offset or a number, bytes, and the first and the last step of buffer 0}}
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 64 : i64,
                  ingot.buffers = [{offset = 0 : i64}]} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64

    return %ok : i32
  }
}
}

// -----

module {
module @program {
  // expected-error @+1 {{expected buffer 0 to be in use from its first step to its last}}
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 64 : i64,
                  ingot.buffers = [{offset = 0 : i64, bytes = 64 : i64, first = 2 : i64, last = 1 : i64}]} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64

    return %ok : i32
  }
}
}

// -----

module {
module @program {
  // expected-error @+1 {{expected buffer 0 at a multiple of 64 bytes, but got 32}}
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 128 : i64,
                  ingot.buffers = [{offset = 32 : i64, bytes = 64 : i64, first = 0 : i64, last = 1 : i64}]} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64

    return %ok : i32
  }
}
}

// -----

module {
module @program {
  // expected-error @+1 {{expected buffer 0 inside the arena of 128 bytes}}
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 128 : i64,
                  ingot.buffers = [{offset = 64 : i64, bytes = 128 : i64, first = 0 : i64, last = 1 : i64}]} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64

    return %ok : i32
  }
}
}

// -----

module {
module @program {
  // expected-error @+1 {{expected buffers 0 and 1, in use at the same step, apart}}
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 192 : i64,
                  ingot.buffers = [{offset = 0 : i64, bytes = 128 : i64, first = 0 : i64, last = 1 : i64},
                                   {offset = 64 : i64, bytes = 64 : i64, first = 1 : i64, last = 2 : i64}]} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64

    return %ok : i32
  }
}
}

// -----

module {
module @program {
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 64 : i64,
                  ingot.buffers = [{offset = 0 : i64, bytes = 64 : i64, first = 0 : i64, last = 1 : i64}]} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64
    %oa = arith.constant 0 : i64
    // expected-error @+1 {{expected an address in the arena to name its buffer}}
    %a = llvm.getelementptr %arena[%oa] : (!llvm.ptr, i64) -> !llvm.ptr, i8
    return %ok : i32
  }
}
}

// -----

module {
module @program {
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 64 : i64,
                  ingot.buffers = [{offset = 0 : i64, bytes = 64 : i64, first = 0 : i64, last = 1 : i64}]} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64
    %oa = arith.constant 0 : i64
    // expected-error @+1 {{expected a buffer of this arena, but got 1}}
    %a = llvm.getelementptr %arena[%oa] {ingot.buffer = 1 : i64} : (!llvm.ptr, i64) -> !llvm.ptr, i8
    return %ok : i32
  }
}
}

// -----

module {
module @program {
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 128 : i64,
                  ingot.buffers = [{offset = 0 : i64, bytes = 64 : i64, first = 0 : i64, last = 1 : i64}]} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64
    %oa = arith.constant 64 : i64
    // expected-error @+1 {{expected the offset of buffer 0, which is 0}}
    %a = llvm.getelementptr %arena[%oa] {ingot.buffer = 0 : i64} : (!llvm.ptr, i64) -> !llvm.ptr, i8
    return %ok : i32
  }
}
}

// -----

module {
module @program {
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 0 : i64,
                  ingot.buffers = [{number = 0 : i64, first = 0 : i64, last = 1 : i64}]} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64
    %n = llvm.getelementptr %offsets[1] : (!llvm.ptr) -> !llvm.ptr, i64
    %o = llvm.load %n : !llvm.ptr -> i64
    // expected-error @+1 {{expected the offset of buffer 0, which is number 0 of those placed at run time}}
    %a = llvm.getelementptr %arena[%o] {ingot.buffer = 0 : i64} : (!llvm.ptr, i64) -> !llvm.ptr, i8
    return %ok : i32
  }
}
}

// -----

module {
module @program {
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 64 : i64,
                  ingot.buffers = [{offset = 0 : i64, bytes = 64 : i64, first = 0 : i64, last = 1 : i64}]} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64
    // expected-error @+1 {{expected a buffer in an arena}}
    %a = llvm.getelementptr %weights[%one] {ingot.buffer = 0 : i64} : (!llvm.ptr, i64) -> !llvm.ptr, i8
    return %ok : i32
  }
}
}
