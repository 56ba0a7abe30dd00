// RUN: ingot-opt %s --ingot-verify-planned --split-input-file --verify-diagnostics -o /dev/null

// Two buffers take turns in one place; a slot hands one of them on.
module @kernels {
  func.func @k(%begin: index, %end: index, %worker: index, %x: memref<?xf32>, %y: memref<?xf32>)
      attributes {ingot.arguments = ["read", "write"]} {
    %zero = arith.constant 0 : index
    %v = memref.load %x[%zero] : memref<?xf32>
    memref.store %v, %y[%zero] : memref<?xf32>
    return
  }
}
module @program {
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 128 : i64,
                  ingot.buffers = [{offset = 0 : i64, bytes = 64 : i64, first = 0 : i64, last = 1 : i64},
                                   {offset = 64 : i64, bytes = 64 : i64, first = 1 : i64, last = 2 : i64},
                                   {offset = 0 : i64, bytes = 64 : i64, first = 2 : i64, last = 3 : i64}]} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64
    %x = llvm.load %inputs : !llvm.ptr -> !llvm.ptr
    %y = llvm.load %outputs : !llvm.ptr -> !llvm.ptr
    %oa = arith.constant 0 : i64
    %a = llvm.getelementptr %arena[%oa] {ingot.buffer = 0 : i64} : (!llvm.ptr, i64) -> !llvm.ptr, i8
    %ob = arith.constant 64 : i64
    %b = llvm.getelementptr %arena[%ob] {ingot.buffer = 1 : i64} : (!llvm.ptr, i64) -> !llvm.ptr, i8
    %oc = arith.constant 0 : i64
    %c = llvm.getelementptr %arena[%oc] {ingot.buffer = 2 : i64} : (!llvm.ptr, i64) -> !llvm.ptr, i8
    ingot.launch @k(%x, %a) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    ingot.launch @k(%a, %b) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    ingot.launch @k(%b, %c) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    %slot = llvm.alloca %one x !llvm.ptr : (i64) -> !llvm.ptr
    llvm.store %c, %slot : !llvm.ptr, !llvm.ptr
    %d = llvm.load %slot : !llvm.ptr -> !llvm.ptr
    ingot.launch @k(%d, %y) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    return %ok : i32
  }
}

// -----

// What is read was written, and is still there.
module @kernels {
  func.func @k(%begin: index, %end: index, %worker: index, %x: memref<?xf32>, %y: memref<?xf32>)
      attributes {ingot.arguments = ["read", "write"]} {
    %zero = arith.constant 0 : index
    %v = memref.load %x[%zero] : memref<?xf32>
    memref.store %v, %y[%zero] : memref<?xf32>
    return
  }
}
module @program {
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 64 : i64,
                  ingot.buffers = [{offset = 0 : i64, bytes = 64 : i64, first = 0 : i64, last = 1 : i64}]} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64
    %x = llvm.load %inputs : !llvm.ptr -> !llvm.ptr
    %y = llvm.load %outputs : !llvm.ptr -> !llvm.ptr
    %oa = arith.constant 0 : i64
    %a = llvm.getelementptr %arena[%oa] {ingot.buffer = 0 : i64} : (!llvm.ptr, i64) -> !llvm.ptr, i8
    // expected-error @+1 {{expected buffer 0, which it reads, to be written before}}
    ingot.launch @k(%a, %y) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    return %ok : i32
  }
}

// -----

// The steps say that the first buffer is done with, but it is read once more.
module @kernels {
  func.func @k(%begin: index, %end: index, %worker: index, %x: memref<?xf32>, %y: memref<?xf32>)
      attributes {ingot.arguments = ["read", "write"]} {
    %zero = arith.constant 0 : index
    %v = memref.load %x[%zero] : memref<?xf32>
    memref.store %v, %y[%zero] : memref<?xf32>
    return
  }
}
module @program {
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 192 : i64,
                  ingot.buffers = [{offset = 0 : i64, bytes = 128 : i64, first = 0 : i64, last = 0 : i64},
                                   {offset = 64 : i64, bytes = 64 : i64, first = 1 : i64, last = 1 : i64}]} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64
    %x = llvm.load %inputs : !llvm.ptr -> !llvm.ptr
    %y = llvm.load %outputs : !llvm.ptr -> !llvm.ptr
    %oa = arith.constant 0 : i64
    %a = llvm.getelementptr %arena[%oa] {ingot.buffer = 0 : i64} : (!llvm.ptr, i64) -> !llvm.ptr, i8
    %ob = arith.constant 64 : i64
    %b = llvm.getelementptr %arena[%ob] {ingot.buffer = 1 : i64} : (!llvm.ptr, i64) -> !llvm.ptr, i8
    ingot.launch @k(%x, %a) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    ingot.launch @k(%x, %b) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    // expected-error @+1 {{expected buffer 0, which it reads, to hold what was written there, but another buffer in its place has been written since}}
    ingot.launch @k(%a, %y) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    return %ok : i32
  }
}

// -----

// The same of sizes that depend on the input: what is not in use at one step may share a place.
module @kernels {
  func.func @k(%begin: index, %end: index, %worker: index, %x: memref<?xf32>, %y: memref<?xf32>)
      attributes {ingot.arguments = ["read", "write"]} {
    %zero = arith.constant 0 : index
    %v = memref.load %x[%zero] : memref<?xf32>
    memref.store %v, %y[%zero] : memref<?xf32>
    return
  }
}
module @program {
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 0 : i64,
                  ingot.buffers = [{number = 0 : i64, first = 0 : i64, last = 0 : i64},
                                   {number = 1 : i64, first = 1 : i64, last = 1 : i64}]} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64
    %x = llvm.load %inputs : !llvm.ptr -> !llvm.ptr
    %y = llvm.load %outputs : !llvm.ptr -> !llvm.ptr
    %na = llvm.getelementptr %offsets[0] : (!llvm.ptr) -> !llvm.ptr, i64
    %oa = llvm.load %na : !llvm.ptr -> i64
    %a = llvm.getelementptr %arena[%oa] {ingot.buffer = 0 : i64} : (!llvm.ptr, i64) -> !llvm.ptr, i8
    %nb = llvm.getelementptr %offsets[1] : (!llvm.ptr) -> !llvm.ptr, i64
    %ob = llvm.load %nb : !llvm.ptr -> i64
    %b = llvm.getelementptr %arena[%ob] {ingot.buffer = 1 : i64} : (!llvm.ptr, i64) -> !llvm.ptr, i8
    ingot.launch @k(%x, %a) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    ingot.launch @k(%x, %b) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    // expected-error @+1 {{expected buffer 0, which it reads, to hold what was written there, but another buffer in its place has been written since}}
    ingot.launch @k(%a, %y) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    return %ok : i32
  }
}

// -----

// On one path only.
module @kernels {
  func.func @k(%begin: index, %end: index, %worker: index, %x: memref<?xf32>, %y: memref<?xf32>)
      attributes {ingot.arguments = ["read", "write"]} {
    %zero = arith.constant 0 : index
    %v = memref.load %x[%zero] : memref<?xf32>
    memref.store %v, %y[%zero] : memref<?xf32>
    return
  }
}
module @program {
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 64 : i64,
                  ingot.buffers = [{offset = 0 : i64, bytes = 64 : i64, first = 0 : i64, last = 0 : i64},
                                   {offset = 0 : i64, bytes = 64 : i64, first = 1 : i64, last = 1 : i64}]} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64
    %x = llvm.load %inputs : !llvm.ptr -> !llvm.ptr
    %y = llvm.load %outputs : !llvm.ptr -> !llvm.ptr
    %n = llvm.load %symbols : !llvm.ptr -> i64
    %c = arith.cmpi eq, %n, %one : i64
    %oa = arith.constant 0 : i64
    %a = llvm.getelementptr %arena[%oa] {ingot.buffer = 0 : i64} : (!llvm.ptr, i64) -> !llvm.ptr, i8
    %ob = arith.constant 0 : i64
    %b = llvm.getelementptr %arena[%ob] {ingot.buffer = 1 : i64} : (!llvm.ptr, i64) -> !llvm.ptr, i8
    ingot.launch @k(%x, %a) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    cf.cond_br %c, ^then, ^after
    ^then:
    ingot.launch @k(%x, %b) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    cf.br ^after
    ^after:
    // expected-error @+1 {{expected buffer 0, which it reads, to hold what was written there, but another buffer in its place has been written since}}
    ingot.launch @k(%a, %y) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    return %ok : i32
  }
}

// -----

// By an address from the stack.
module @kernels {
  func.func @k(%begin: index, %end: index, %worker: index, %x: memref<?xf32>, %y: memref<?xf32>)
      attributes {ingot.arguments = ["read", "write"]} {
    %zero = arith.constant 0 : index
    %v = memref.load %x[%zero] : memref<?xf32>
    memref.store %v, %y[%zero] : memref<?xf32>
    return
  }
}
module @program {
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 64 : i64,
                  ingot.buffers = [{offset = 0 : i64, bytes = 64 : i64, first = 0 : i64, last = 0 : i64},
                                   {offset = 0 : i64, bytes = 64 : i64, first = 1 : i64, last = 1 : i64}]} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64
    %x = llvm.load %inputs : !llvm.ptr -> !llvm.ptr
    %y = llvm.load %outputs : !llvm.ptr -> !llvm.ptr
    %oa = arith.constant 0 : i64
    %a = llvm.getelementptr %arena[%oa] {ingot.buffer = 0 : i64} : (!llvm.ptr, i64) -> !llvm.ptr, i8
    %ob = arith.constant 0 : i64
    %b = llvm.getelementptr %arena[%ob] {ingot.buffer = 1 : i64} : (!llvm.ptr, i64) -> !llvm.ptr, i8
    %slot = llvm.alloca %one x !llvm.ptr : (i64) -> !llvm.ptr
    ingot.launch @k(%x, %a) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    llvm.store %a, %slot : !llvm.ptr, !llvm.ptr
    ingot.launch @k(%x, %b) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    %p = llvm.load %slot : !llvm.ptr -> !llvm.ptr
    // expected-error @+1 {{expected buffer 0, which it reads, to hold what was written there, but another buffer in its place has been written since}}
    ingot.launch @k(%p, %y) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    return %ok : i32
  }
}

// -----

// In the next iteration of a loop.
module @kernels {
  func.func @k(%begin: index, %end: index, %worker: index, %x: memref<?xf32>, %y: memref<?xf32>)
      attributes {ingot.arguments = ["read", "write"]} {
    %zero = arith.constant 0 : index
    %v = memref.load %x[%zero] : memref<?xf32>
    memref.store %v, %y[%zero] : memref<?xf32>
    return
  }
}
module @program {
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 64 : i64,
                  ingot.buffers = [{offset = 0 : i64, bytes = 64 : i64, first = 0 : i64, last = 0 : i64},
                                   {offset = 0 : i64, bytes = 64 : i64, first = 1 : i64, last = 1 : i64}]} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64
    %x = llvm.load %inputs : !llvm.ptr -> !llvm.ptr
    %y = llvm.load %outputs : !llvm.ptr -> !llvm.ptr
    %oa = arith.constant 0 : i64
    %a = llvm.getelementptr %arena[%oa] {ingot.buffer = 0 : i64} : (!llvm.ptr, i64) -> !llvm.ptr, i8
    %ob = arith.constant 0 : i64
    %b = llvm.getelementptr %arena[%ob] {ingot.buffer = 1 : i64} : (!llvm.ptr, i64) -> !llvm.ptr, i8
    ingot.launch @k(%x, %a) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    cf.br ^loop
    ^loop:
    // expected-error @+1 {{expected buffer 0, which it reads, to hold what was written there, but another buffer in its place has been written since}}
    ingot.launch @k(%a, %y) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    ingot.launch @k(%x, %b) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    %n = llvm.load %symbols : !llvm.ptr -> i64
    %c = arith.cmpi eq, %n, %one : i64
    cf.cond_br %c, ^loop, ^after
    ^after:
    return %ok : i32
  }
}

// -----

// A copy reads too.
module @kernels {
  func.func @k(%begin: index, %end: index, %worker: index, %x: memref<?xf32>, %y: memref<?xf32>)
      attributes {ingot.arguments = ["read", "write"]} {
    %zero = arith.constant 0 : index
    %v = memref.load %x[%zero] : memref<?xf32>
    memref.store %v, %y[%zero] : memref<?xf32>
    return
  }
}
module @program {
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 64 : i64,
                  ingot.buffers = [{offset = 0 : i64, bytes = 64 : i64, first = 0 : i64, last = 1 : i64}]} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64
    %x = llvm.load %inputs : !llvm.ptr -> !llvm.ptr
    %y = llvm.load %outputs : !llvm.ptr -> !llvm.ptr
    %oa = arith.constant 0 : i64
    %a = llvm.getelementptr %arena[%oa] {ingot.buffer = 0 : i64} : (!llvm.ptr, i64) -> !llvm.ptr, i8
    // expected-error @+1 {{expected buffer 0, which it reads, to be written before}}
    "llvm.intr.memcpy"(%y, %a, %one) <{isVolatile = false}> : (!llvm.ptr, !llvm.ptr, i64) -> ()
    return %ok : i32
  }
}

// -----

// And so does what the host is called with.
module {
module @program {
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 64 : i64,
                  ingot.buffers = [{offset = 0 : i64, bytes = 64 : i64, first = 0 : i64, last = 0 : i64},
                                   {offset = 0 : i64, bytes = 64 : i64, first = 1 : i64, last = 1 : i64}]} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64
    %oa = arith.constant 0 : i64
    %a = llvm.getelementptr %arena[%oa] {ingot.buffer = 0 : i64} : (!llvm.ptr, i64) -> !llvm.ptr, i8
    %view = llvm.alloca %one x i64 : (i64) -> !llvm.ptr
    llvm.store %a, %view : !llvm.ptr, !llvm.ptr
    %f = llvm.load %host : !llvm.ptr -> !llvm.ptr
    %ob = arith.constant 0 : i64
    %b = llvm.getelementptr %arena[%ob] {ingot.buffer = 1 : i64} : (!llvm.ptr, i64) -> !llvm.ptr, i8
    llvm.store %one, %a : i64, !llvm.ptr
    llvm.store %a, %view : !llvm.ptr, !llvm.ptr
    llvm.store %one, %b : i64, !llvm.ptr
    // expected-error @+1 {{expected buffer 0, which it reads, to hold what was written there, but another buffer in its place has been written since}}
    llvm.call %f(%view) : !llvm.ptr, (!llvm.ptr) -> ()
    return %ok : i32
  }
}
}

// -----

// No launch works in place.
module @kernels {
  func.func @k(%begin: index, %end: index, %worker: index, %x: memref<?xf32>, %y: memref<?xf32>)
      attributes {ingot.arguments = ["read", "write"]} {
    %zero = arith.constant 0 : index
    %v = memref.load %x[%zero] : memref<?xf32>
    memref.store %v, %y[%zero] : memref<?xf32>
    return
  }
}
module @program {
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 64 : i64,
                  ingot.buffers = [{offset = 0 : i64, bytes = 64 : i64, first = 0 : i64, last = 1 : i64}]} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64
    %x = llvm.load %inputs : !llvm.ptr -> !llvm.ptr
    %y = llvm.load %outputs : !llvm.ptr -> !llvm.ptr
    %oa = arith.constant 0 : i64
    %a = llvm.getelementptr %arena[%oa] {ingot.buffer = 0 : i64} : (!llvm.ptr, i64) -> !llvm.ptr, i8
    ingot.launch @k(%x, %a) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    // expected-error @+1 {{expected argument 1, which it writes, to share no bytes with argument 0}}
    ingot.launch @k(%a, %a) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    return %ok : i32
  }
}
